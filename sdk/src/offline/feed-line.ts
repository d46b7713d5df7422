import {
  SEVERITIES,
  SIGNAL_TYPES,
  isSignalHash,
  type SignalState,
  type SignalType,
} from '../../../src/domain/vocabulary';
import { isRecord } from '../../../src/domain/json';
import type { Basis } from '../../../src/domain/signal-assessment';
import { readFrames, writeFrames } from './feed-frames';

/** States in which a signal is matched; in any other it has left the lists. */
export const STANDING_STATES = ['active', 'provisional', 'disputed'] as const satisfies readonly SignalState[];
export type StandingState = (typeof STANDING_STATES)[number];

/** What is said of a signal beside its hash: much the same for many, so it is kept once for all of them. */
export interface About extends Basis {
  readonly type: SignalType;
  readonly state: StandingState;
  /** Ids of the permitted lists that it stands on, oldest contribution first. */
  readonly lists: readonly string[];
  readonly confirms: number;
  readonly disputes: number;
}

/** A signal that stands. */
export interface KnownSignal {
  readonly signalId: string;
  readonly value: string;
  /** Of a film where they are known: its usable frames, 32 bytes each. */
  readonly frames: Uint8Array | null;
  readonly about: About;
}

export type FeedLine =
  | ({ readonly kind: 'signal' } & KnownSignal)
  | { readonly kind: 'gone'; readonly signalId: string }
  /** A type that is not known here, or a record that is not sound: it is counted, and never stops a sync. */
  | { readonly kind: 'skipped'; readonly reason: 'type' | 'malformed' };

export interface PageEnd {
  readonly through: string;
  readonly more: boolean;
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const count = (value: unknown): number => (typeof value === 'number' && value > 0 ? Math.trunc(value) : 0);
const standingState = (value: unknown): StandingState | undefined => STANDING_STATES.find((state) => state === value);

/** A server of before `behind` was said names them. */
function behindOf({ behind, standing, opinions }: Record<string, unknown>): number {
  if (typeof behind === 'number') return count(behind);
  const confirming = (Array.isArray(opinions) ? opinions : []).flatMap((each: unknown) =>
    isRecord(each) && each['opinion'] === 'confirm' ? [each['organisationId']] : [],
  );
  return new Set([...strings(standing), ...strings(confirming)]).size;
}

function aboutOf(record: Record<string, unknown>, type: SignalType, state: StandingState): About {
  const lists = strings(record['lists']);
  return {
    type,
    state,
    lists,
    restsOn: Array.isArray(record['restsOn']) ? strings(record['restsOn']) : lists,
    labels: isRecord(record['labels']) ? record['labels'] : {},
    severity: SEVERITIES.find((severity) => severity === record['severity']) ?? null,
    incident: textOrNull(record['incident']),
    reviewed: record['reviewed'] === true,
    behind: behindOf(record),
    confirms: count(record['confirms']),
    disputes: count(record['disputes']),
  };
}

/** The last line of a page, or null when the line is a record. @throws SyntaxError when it is no JSON */
export function readPageEnd(line: string): PageEnd | null {
  const record: unknown = JSON.parse(line);
  if (!isRecord(record) || typeof record['through'] !== 'string') return null;
  return { through: record['through'], more: record['more'] === true };
}

/** The line again, as {@link readFeedLine} reads it. */
export function writeFeedLine(line: Exclude<FeedLine, { kind: 'skipped' }>): string {
  if (line.kind === 'gone') return JSON.stringify({ signalId: line.signalId, state: 'withdrawn' });
  const { signalId, value, frames, about } = line;
  const { lists, restsOn } = about;
  return JSON.stringify({
    signalId,
    value,
    ...(frames ? { frames: writeFrames(frames) } : {}),
    ...about,
    // Mostly all of them, as is read where it is left out: a sixth of a file of a million signals.
    restsOn: restsOn.join() === lists.join() ? undefined : restsOn,
  });
}

const HEAD = '{"signalId":"';
const MIDDLE = '","value":"';
const FRAMES = '","frames":"';

/**
 * Reads lines that {@link writeFeedLine} wrote and a digest vouches for. What follows the hash is much the same for many
 * signals and is parsed once for each wording, not once a line: a million lines take a third of the time.
 */
export class KeptLineReader {
  readonly #abouts = new Map<string, About>();

  read(line: string): FeedLine {
    const idEnd = line.startsWith(HEAD) ? line.indexOf('"', HEAD.length) : -1;
    const valueStart = idEnd + MIDDLE.length;
    if (idEnd < 0 || !line.startsWith(MIDDLE, idEnd)) return readLine(line, true);
    const valueEnd = line.indexOf('"', valueStart);
    const signalId = line.slice(HEAD.length, idEnd);
    if (valueEnd < 0 || signalId.includes('\\')) return readLine(line, true);
    // No wording is kept with the frames of one film, and no piece of so long a line, which would keep all of it.
    if (line.startsWith(FRAMES, valueEnd)) return readLine(line, true);
    const rest = line.slice(valueEnd);
    const known = this.#abouts.get(rest);
    if (known) return { kind: 'signal', signalId, value: line.slice(valueStart, valueEnd), frames: null, about: known };
    const read = readLine(line, true);
    if (read.kind === 'signal') this.#abouts.set(rest, read.about);
    return read;
  }
}

/** Never throws: what is wrong with a record is wrong with it alone. */
export const readFeedLine = (line: string): FeedLine => readLine(line, false);

/** @param vouched a digest vouches for the line, so that the frames need not be held against that of the film */
function readLine(line: string, vouched: boolean): FeedLine {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return { kind: 'skipped', reason: 'malformed' };
  }
  if (!isRecord(record)) return { kind: 'skipped', reason: 'malformed' };
  const { signalId, value } = record;
  if (typeof signalId !== 'string' || signalId === '') return { kind: 'skipped', reason: 'malformed' };
  const state = standingState(record['state']);
  // A state that we do not know is no state to act on: whatever it is called, the signal is not matched.
  if (!state) return { kind: 'gone', signalId };
  const type = SIGNAL_TYPES.find((each) => each === record['type']);
  if (!type) return { kind: 'skipped', reason: 'type' };
  if (typeof value !== 'string' || !isSignalHash(type, value)) return { kind: 'skipped', reason: 'malformed' };
  const given = type === 'vpdq' ? (record['frames'] ?? null) : null;
  const frames = given === null ? null : readFrames(given, vouched ? null : value);
  if (frames === undefined) return { kind: 'skipped', reason: 'malformed' };
  return { kind: 'signal', signalId, value, frames, about: aboutOf(record, type, state) };
}

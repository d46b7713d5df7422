import type { JsonObject } from '../../domain/canonical';
import type { ProblemCode } from '../../domain/errors';
import { isRecord } from '../../domain/json';
import { isUuid } from '../../domain/ledger-entry';
import { itemFaults, labelFaults, type Labels } from '../../domain/labels';
import { isSignalHash, SIGNAL_HEX_LENGTH, SIGNAL_TYPES, type Severity, type SignalType } from '../../domain/vocabulary';
import { parseInstant } from '../../infra/http/instant';
import { MOST_VIDEO_FRAMES, checkVpdqFrame, vpdqDigest, type VpdqFrame } from '../../perceptual/vpdq';

export interface FrameGiven {
  /** PDQ of the frame. */
  readonly hash: string;
  readonly quality: number;
  readonly atMs?: number;
}

/** A hash that an organisation wants to stand behind. */
export interface Candidate {
  readonly type: SignalType;
  readonly value: string;
  /** PDQ quality, 0 to 100. */
  readonly quality?: number;
  readonly labels: Labels;
  readonly severity?: Severity;
  readonly incident?: string;
  readonly exhibitId?: string;
  readonly caseId?: string;
  readonly noticeId?: string;
  /** When the contribution ends by itself; an unreviewed one ends after thirty days anyway. */
  readonly expiresAt?: Date;
  /** For the contributor's own organisation. */
  readonly note?: string;
  /** Where this one comes from, beside what its batch says; only the service's own intakes know. */
  readonly provenance?: JsonObject;
  /** Of a `vpdq`: the frames whose digest the value is. */
  readonly frames?: readonly FrameGiven[];
}

/**
 * Whether a person who looked at the item vouches for this hash of it. A PDQ that comes without its quality may be of a picture
 * that says nothing, which one sees by the quality alone: it stands, and is provisional.
 */
export const countsAsReviewed = ({ type, quality }: Pick<Candidate, 'type' | 'quality'>): boolean =>
  type !== 'pdq' || quality !== undefined;

/** Why a hash is not taken; `pointer` within the line. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly detail: string;
  readonly pointer?: string;
}

const invalid = (pointer: string, detail: string): Refusal => ({ code: 'request.invalid', pointer, detail });

/** What is wrong with a candidate by itself, whoever contributes it where. */
export function candidateFault(candidate: Candidate, at: Date): Refusal | null {
  const { type, value, quality, exhibitId, expiresAt } = candidate;
  if (!SIGNAL_TYPES.includes(type)) return invalid('/type', `one of ${SIGNAL_TYPES.join(', ')}`);
  if (typeof value !== 'string' || !isSignalHash(type, value)) {
    return invalid('/value', `${type} is ${SIGNAL_HEX_LENGTH[type]} lower-case hexadecimal digits`);
  }
  if (quality !== undefined && !(Number.isInteger(quality) && quality >= 0 && quality <= 100)) {
    return invalid('/quality', 'a whole number from 0 to 100');
  }
  const [fault] = [...labelFaults(candidate.labels), ...itemFaults(candidate)];
  if (fault) return invalid(fault.pointer, fault.detail);
  if (exhibitId !== undefined && !isUuid(exhibitId)) return invalid('/exhibitId', 'a UUID in lower case');
  if (expiresAt && expiresAt <= at) return invalid('/expiresAt', 'lies in the past');
  return candidate.frames ? framesFault(candidate, candidate.frames) : null;
}

function framesFault({ type, value }: Candidate, frames: readonly FrameGiven[]): Refusal | null {
  if (type !== 'vpdq') return invalid('/frames', 'only a vpdq has frames');
  if (!Array.isArray(frames) || frames.length > MOST_VIDEO_FRAMES) {
    return invalid('/frames', `a list of at most ${MOST_VIDEO_FRAMES} frames`);
  }
  try {
    const whole: VpdqFrame[] = frames.map((given: FrameGiven, frame) => ({ ...given, frame, atMs: given.atMs ?? 0 }));
    whole.forEach((frame, i) => checkVpdqFrame(frame, `frame ${i}`));
    if (vpdqDigest(whole) !== value) return invalid('/value', 'is not the digest of these frames');
  } catch (error) {
    return invalid('/frames', error instanceof Error ? error.message : 'not frames');
  }
  return null;
}

const LINE_MEMBERS = new Set([
  'type',
  'value',
  'quality',
  'labels',
  'severity',
  'incident',
  'exhibitId',
  'expiresAt',
  'frames',
]);

/** What a batch says of every line that does not say otherwise. */
export type Defaults = Pick<Candidate, 'labels' | 'severity' | 'incident'>;

/** One line of a batch as it came. What its members are is asked by `candidateFault`, as of any other candidate. */
export function readLine(line: unknown, defaults: Defaults): Candidate | Refusal {
  if (!isRecord(line)) return invalid('', 'a line is an object');
  const stranger = Object.keys(line).find((member) => !LINE_MEMBERS.has(member));
  if (stranger !== undefined) return invalid('', 'a line has a member that it should not have');
  const { labels, expiresAt } = line;
  if (labels !== undefined && !isRecord(labels)) return invalid('/labels', 'labels are an object');
  const ends = typeof expiresAt === 'string' ? parseInstant(expiresAt) : null;
  if (expiresAt !== undefined && !ends) return invalid('/expiresAt', 'an RFC 3339 instant with its offset');
  const merged = { ...defaults, ...line, labels: { ...defaults.labels, ...labels } };
  return { ...(merged as unknown as Candidate), ...(ends ? { expiresAt: ends } : {}) };
}

export const isRefusal = (read: Candidate | Refusal): read is Refusal => 'code' in read && 'detail' in read;

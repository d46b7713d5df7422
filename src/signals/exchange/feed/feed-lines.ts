import type { DisputeReason, Severity, SignalOpinion, SignalType, Tlp } from '../../../domain/vocabulary';
import type { PublicLabels } from '../../../domain/signal-merge';
import { isTombstone, type Line } from '../core/lines.query';
import { instantText } from '../core/sequenced.query';

/** A signal as the feed says it. Each line replaces what was said of the same `signalId` before. */
export interface FeedLine {
  /** The place in the ledger of its last change. */
  readonly seq: number;
  readonly signalId: string;
  readonly type: SignalType;
  readonly value: string | null;
  readonly state: string;
  /** PDQ quality, 0 to 100, where somebody has said it. */
  readonly quality?: number;
  /** Of a video, where they are asked for and known: its usable frames, 64 hex digits each, ascending; `value` is their digest. */
  readonly frames?: string;
  /** The strictest marking of the lists named here. */
  readonly tlp?: Tlp;
  /** All on which it stands, oldest contribution first. */
  readonly lists: readonly string[];
  /** Those of them on which it has this state: what follows up to `behind` is said there. Decide on these alone. */
  readonly restsOn: readonly string[];
  readonly labels: PublicLabels;
  readonly severity: Severity | null;
  readonly incident: string | null;
  /** A person looked at the item behind it. */
  readonly reviewed: boolean;
  /** Organisations that contribute it. */
  readonly standing: readonly string[];
  /** How many organisations stand behind it: those, and who confirms it there, each once. */
  readonly behind: number;
  /** Organisations that confirm it, on whichever list. */
  readonly confirms: number;
  /** Organisations that dispute it, on whichever list. */
  readonly disputes: number;
  readonly opinions: readonly FeedOpinion[];
  /** When `seq` was sequenced, with microseconds. */
  readonly at: string;
}

export interface FeedOpinion {
  readonly organisationId: string;
  readonly organisationName: string;
  readonly opinion: SignalOpinion;
  readonly reason: DisputeReason | null;
}

/** Drop it: nothing stands on your lists any more. `value` is null once it was destroyed after an erasure. */
export interface FeedTombstone {
  readonly seq: number;
  readonly signalId: string;
  readonly type: SignalType;
  readonly value: string | null;
  readonly state: 'withdrawn' | 'erased';
  readonly at: string;
}

/** The last line of an answer that came whole. */
export interface FeedEnd {
  readonly through: string;
  readonly more: boolean;
}

/** @param frames of a video, where they are asked for and known */
export function toFeedLine(line: Line, frames?: string): FeedLine | FeedTombstone {
  const { seq, id: signalId, type, value, state } = line;
  const at = instantText(line.micros);
  if (state === 'withdrawn' || state === 'erased') return { seq, signalId, type, value, state, at };
  return {
    seq,
    signalId,
    type,
    value,
    state,
    ...(line.quality === null ? {} : { quality: line.quality }),
    ...(frames === undefined ? {} : { frames }),
    ...(line.tlp === null ? {} : { tlp: line.tlp }),
    lists: line.lists,
    restsOn: line.restsOn,
    labels: line.labels,
    severity: line.severity,
    incident: line.incident,
    reviewed: line.reviewed,
    standing: [...new Set(line.standing.map(({ organisationId }) => organisationId))].toSorted(),
    behind: line.behind,
    confirms: line.confirms,
    disputes: line.opinions.filter(({ opinion }) => opinion === 'dispute').length,
    opinions: line.opinions,
    at,
  };
}

export const EXPORT_FORMATS = ['csv', 'ndjson', 'pdq'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const CSV_HEADER =
  'type,value,state,reviewed,severity,incident,category,ideology,behaviours,contentType,entityClass,confirms,disputes,lists,at\r\n';

/** RFC 4180, and what a spreadsheet would take for a formula is made text. */
function cell(value: string | number | boolean | null | undefined): string {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function toCsv(line: Line): string {
  const { labels } = line;
  const disputes = line.opinions.filter(({ opinion }) => opinion === 'dispute').length;
  return (
    [
      line.type,
      line.value,
      line.state,
      line.reviewed,
      line.severity,
      line.incident,
      labels.category,
      labels.ideology,
      labels.behaviours?.join(' '),
      labels.contentType,
      labels.entityClass,
      line.confirms,
      disputes,
      line.lists.join(' '),
      instantText(line.micros),
    ]
      .map(cell)
      .join(',') + '\r\n'
  );
}

/** One signal in a flat file; empty where the file does not hold it. */
export function toExport(line: Line, format: ExportFormat): string {
  if (isTombstone(line)) return '';
  if (format === 'csv') return toCsv(line);
  if (format === 'ndjson') return `${JSON.stringify(toFeedLine(line))}\n`;
  // A bare list says no state, so what is disputed, and would only be proposed, is not on it.
  return line.type === 'pdq' && line.state !== 'disputed' ? `${line.value}\n` : '';
}

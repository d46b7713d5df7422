import { isRecord } from '../../../domain/json';
import { isSignalHash, type SignalType } from '../../../domain/vocabulary';
import { isWellFormed } from '../../../infra/http/text';
import { isTombstone, type Line } from '../core/lines.query';

/** The StopNCII hash exchange as its deployed client has it (the shape alone: no data of that service is ours or goes there). */
export const STOPNCII_TYPES = ['ImagePDQ', 'VideoMD5'] as const;
export type StopnciiType = (typeof STOPNCII_TYPES)[number];

export type HashStatus = 'Received' | 'Active' | 'Withdrawn' | 'Deleted';
export type FeedbackValue = 'PendingReview' | 'Blocked' | 'NotBlocked';

export interface CspFeedback {
  readonly source: string;
  readonly feedbackValue: FeedbackValue;
  readonly tags: readonly string[];
}

/** A client leaves out a record that lacks a member or holds a word it does not know. */
export interface HashRecord {
  /** Seconds since 1970. */
  readonly lastModtimestamp: number;
  readonly signalType: StopnciiType;
  readonly hashValue: string;
  readonly hashStatus: HashStatus;
  readonly caseNumbers: Readonly<Record<string, HashStatus>>;
  readonly CSPFeedbacks: readonly CspFeedback[];
}

/** Speaks where no organisation does: for what is withdrawn, and disputes that the service itself has opened. */
export const NEUTRAL_SOURCE = 'Clepsydra';

/** Its only type for MD5 says video. A digest is equal or not, so one of another file finds nothing it should not. */
const TYPE_OF: Readonly<Record<StopnciiType, SignalType>> = { ImagePDQ: 'pdq', VideoMD5: 'md5' };

const statusOf = (line: Line): HashStatus => {
  if (line.state === 'erased') return 'Deleted';
  if (line.state === 'withdrawn') return 'Withdrawn';
  return line.state === 'provisional' ? 'Received' : 'Active';
};

/** Undefined for what this protocol has no word for. */
export function toHashRecord(line: Line): HashRecord | undefined {
  const signalType = STOPNCII_TYPES.find((each) => TYPE_OF[each] === line.type);
  if (!signalType || line.value === null) return undefined;
  const hashStatus = statusOf(line);
  return {
    lastModtimestamp: Math.floor(line.micros / 1_000_000),
    signalType,
    hashValue: line.value,
    hashStatus,
    caseNumbers: { [line.id]: hashStatus },
    CSPFeedbacks: feedbacksOf(line),
  };
}

/**
 * The deployed client never looks at `hashStatus` when it drops hashes (it compares the hash with the words), so the only thing
 * that reaches it is an opinion: what is withdrawn is said to be NotBlocked as well.
 */
function feedbacksOf(line: Line): CspFeedback[] {
  if (isTombstone(line)) return [{ source: NEUTRAL_SOURCE, feedbackValue: 'NotBlocked', tags: ['withdrawn'] }];
  const tags = [
    line.labels.category,
    line.labels.ideology,
    line.labels.contentType,
    ...(line.labels.behaviours ?? []),
    line.severity,
    line.incident,
  ].filter((tag) => typeof tag === 'string');
  const bySource = new Map<string, CspFeedback>();
  const say = (source: string, feedbackValue: FeedbackValue, own: readonly string[]): void => {
    // One organisation may stand behind it on two lists; that a person looked outweighs that none did.
    if (feedbackValue !== 'PendingReview' || !bySource.has(source))
      bySource.set(source, { source, feedbackValue, tags: own });
  };
  for (const each of line.standing) say(each.organisationName, each.reviewed ? 'Blocked' : 'PendingReview', tags);
  for (const { organisationId, organisationName, opinion, reason } of line.opinions) {
    // Who confirms it on a list on which it is disputed vouches for it on no other.
    if (opinion === 'confirm' && line.confirmers.includes(organisationId)) say(organisationName, 'Blocked', tags);
    if (opinion === 'dispute') say(organisationName, 'NotBlocked', ['disputed', ...(reason ? [reason] : [])]);
  }
  for (const { organisationName, reason } of line.disputes)
    say(organisationName ?? NEUTRAL_SOURCE, 'NotBlocked', ['disputed', reason]);
  return [...bySource.values()];
}

/** A hash that a program submits, or why it is not taken. */
export type Submitted =
  | {
      readonly type: SignalType;
      readonly value: string;
      readonly verdict: SubmittedVerdict;
      readonly tags: readonly string[];
    }
  | { readonly fault: string };

export type SubmittedVerdict = 'blocked' | 'not_blocked' | 'none';

/** Python 3.11 writes `str()` of an enumeration as `Class.Member`: both spellings arrive. */
const word = (value: unknown): string => (typeof value === 'string' ? value.slice(value.lastIndexOf('.') + 1) : '');

/** Null where one of them is no text that can be kept: the record is refused rather than said otherwise. */
function tagsOf(value: unknown): string[] | null {
  const tags = (Array.isArray(value) ? value : [])
    .filter((tag): tag is string => typeof tag === 'string' && tag.length <= 200)
    .slice(0, 50);
  return tags.every(isWellFormed) ? tags : null;
}

const ILL_FORMED = 'a tag is no well-formed Unicode, or holds U+0000';

const verdictOf = (value: unknown): SubmittedVerdict => {
  const said = word(value);
  if (said === 'Blocked') return 'blocked';
  return said === 'NotBlocked' ? 'not_blocked' : 'none';
};

export function readSubmitted(record: unknown): Submitted {
  if (!isRecord(record)) return { fault: 'a record is an object' };
  const said = word(record['signalType']);
  const known = STOPNCII_TYPES.find((each) => each === said);
  if (!known) return { fault: `signalType must be one of ${STOPNCII_TYPES.join(', ')}` };
  const type = TYPE_OF[known];
  const value = hashText(record['hashValue']);
  if (!isSignalHash(type, value)) return { fault: `hashValue is no ${said}` };
  const feedbacks = Array.isArray(record['CSPFeedbacks']) ? record['CSPFeedbacks'].filter(isRecord) : [];
  const verdicts = feedbacks.map((each) => verdictOf(each['feedbackValue']));
  const verdict = verdicts.find((each) => each !== 'none') ?? 'none';
  const tags = feedbacks.map((each) => tagsOf(each['tags']));
  if (tags.includes(null)) return { fault: ILL_FORMED };
  return { type, value, verdict, tags: [...new Set(tags.flatMap((each) => each ?? []))] };
}

/** Hashes arrive in either case. */
const hashText = (value: unknown): string => (typeof value === 'string' ? value.trim().toLowerCase() : '');

/** Feedback names a hash without its type. */
export type GivenFeedback =
  | { readonly value: string; readonly verdict: SubmittedVerdict; readonly tags: readonly string[] }
  | { readonly fault: string };

export function readFeedback(record: unknown): GivenFeedback {
  if (!isRecord(record)) return { fault: 'a feedback is an object' };
  const value = hashText(record['hashValue']);
  if (!/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/.test(value)) return { fault: 'hashValue is no hash' };
  const tags = tagsOf(record['tags']);
  return tags ? { value, verdict: verdictOf(record['feedbackValue']), tags } : { fault: ILL_FORMED };
}

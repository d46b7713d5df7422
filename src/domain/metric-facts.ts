import type { LedgerEntry } from './ledger-entry';
import type { Timing } from './clock';
import type { Category, DeclineReason, ItemOutcome, NoticeKind, PlatformSize, SignalType } from './vocabulary';

/** What figures read of a ledger entry; a parsed `LedgerEntry` is one. Bodies, actors and organisations are never read. */
export type EntryFact = Pick<LedgerEntry, 'kind' | 'at' | 'subjects' | 'dims'>;

/** By what notices are broken down: stamped when it happens, so that a platform that grows does not change the past. */
export interface NoticeDimensions {
  readonly noticeKind: NoticeKind;
  /** Null while a platform is provisional. */
  readonly platformSize: PlatformSize | null;
  /** BCP 47; `und` when unknown. */
  readonly language: string;
  /** The first category of the assessment. */
  readonly category: Category;
}

/**
 * The dimensions that services must stamp, by kind of entry, so that figures can be computed from entries alone.
 * Every instant is ISO 8601 in UTC with milliseconds. Subjects: every kind names `notice`, and `notice.answered`
 * names `item` too. Kinds that are only counted need no dimension: `match.found`, `signal.withdrawn`, `exhibit.sealed`.
 */
export interface NoticeFacts {
  readonly 'notice.sent': NoticeDimensions & { readonly sentAt: string; readonly items: number };
  readonly 'notice.received': NoticeDimensions & {
    /** The earliest receipt that stands; may lie before the entry's own instant. */
    readonly receivedAt: string;
    readonly items: number;
    /** True when no channel proved receipt and the answer or acknowledgement is its only sign. */
    readonly receiptImplied: boolean;
  };
  /** Null: the notice is on its way again. */
  readonly 'notice.receipt-voided': { readonly receivedAt: string | null };
  readonly 'notice.acknowledged': { readonly acknowledgedAt: string };
  /** One entry for each item; a later one for the same item supersedes. */
  readonly 'notice.answered': {
    readonly outcome: ItemOutcome;
    readonly measureAt: string | null;
    readonly answeredAt: string;
    readonly uploadedAt: string | null;
    readonly timing: Timing;
    readonly reason: DeclineReason | null;
  };
  readonly 'notice.closed': { readonly closedAt: string };
  readonly 'notice.withdrawn': { readonly withdrawnAt: string };
  readonly 'clock.target-missed': { readonly dueAt: string };
  readonly 'signal.contributed': { readonly signalType: SignalType };
}

/** A fact whose dimensions do not have the stated form: the figures refuse it rather than guess. */
export class UnreadableFact extends Error {
  constructor(kind: string, name: string) {
    super(`${kind} has no readable ${name}`);
    this.name = 'UnreadableFact';
  }
}

export const textOf = (fact: EntryFact, name: string): string => {
  const value = fact.dims[name];
  if (typeof value !== 'string') throw new UnreadableFact(fact.kind, name);
  return value;
};

/** Epoch milliseconds. */
export const instantOf = (fact: EntryFact, name: string): number => {
  const ms = Date.parse(textOf(fact, name));
  if (Number.isNaN(ms)) throw new UnreadableFact(fact.kind, name);
  return ms;
};

/** Null where it may be unknown. */
export const instantOrNull = (fact: EntryFact, name: string): number | null =>
  (fact.dims[name] ?? null) === null ? null : instantOf(fact, name);

export const countOf = (fact: EntryFact, name: string): number => {
  const value = fact.dims[name];
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new UnreadableFact(fact.kind, name);
  return value;
};

export const wordOf = <Word extends string>(fact: EntryFact, name: string, words: readonly Word[]): Word => {
  const found = words.find((word) => word === fact.dims[name]);
  if (found === undefined) throw new UnreadableFact(fact.kind, name);
  return found;
};

export const subjectOf = (fact: EntryFact, name: 'notice' | 'item'): string => {
  const id = fact.subjects[name];
  if (id === undefined) throw new UnreadableFact(fact.kind, `subject ${name}`);
  return id;
};

import { TIMINGS } from './clock';
import type { LedgerKind } from './ledger-kinds';
import {
  UnreadableFact,
  countOf,
  instantOf,
  instantOrNull,
  subjectOf,
  textOf,
  wordOf,
  type EntryFact,
} from './metric-facts';
import { EVENTS, isEvent, noEvents, type EventCounts } from './metric-events';
import {
  addNotice,
  emptyTally,
  resultOf,
  type NoticeRecord,
  type NoticeResult,
  type TakenBack,
  type Tally,
} from './metric-tally';
import {
  CATEGORIES,
  DECLINE_REASONS,
  ITEM_OUTCOMES,
  NOTICE_KINDS,
  PLATFORM_SIZES,
  perSignalType,
  SIGNAL_TYPES,
  isLanguage,
  type NoticeKind,
  type SignalType,
} from './vocabulary';

/**
 * Figures as a pure fold over ledger entries in their order, so that whoever has the entries gets the same numbers.
 * A notice belongs to the period in which it was received, and with it everything that became of it up to `now`:
 * items received = outcomes + withdrawn + annulled + open, always. What is not a notice is counted when it happened.
 */
export interface Period {
  /** Inclusive. */
  readonly from: Date;
  /** Exclusive. */
  readonly to: Date;
}

/**
 * Owned by whoever folds; `fold` changes it. Notices that are over are kept as sums, and as one word each, so that it holds the open
 * ones only.
 */
export interface SummaryState {
  readonly period: Period;
  readonly noticeKind: NoticeKind;
  sent: number;
  withdrawnBeforeReceipt: number;
  annulledBeforeReceipt: number;
  /** Notices that were taken back after they had been closed. */
  takenBackLate: number;
  readonly inTransit: Set<string>;
  readonly open: Map<string, NoticeRecord>;
  readonly settled: Tally;
  /** What closed notices came to: one that is taken back later counts as that. */
  readonly closed: Map<string, NoticeResult>;
  readonly events: EventCounts;
  readonly counts: { matches: number; exhibitsPreserved: number; hashesWithdrawn: number; corrections: number };
  readonly hashes: Record<SignalType, number>;
  unreadable: number;
}

export const emptySummary = (period: Period, noticeKind: NoticeKind = 'referral'): SummaryState => ({
  period,
  noticeKind,
  sent: 0,
  withdrawnBeforeReceipt: 0,
  annulledBeforeReceipt: 0,
  takenBackLate: 0,
  inTransit: new Set(),
  open: new Map(),
  settled: emptyTally(),
  closed: new Map(),
  events: noEvents(),
  counts: { matches: 0, exhibitsPreserved: 0, hashesWithdrawn: 0, corrections: 0 },
  hashes: perSignalType(() => 0),
  unreadable: 0,
});

const isWithin = ({ from, to }: Period, ms: number): boolean => from.getTime() <= ms && ms < to.getTime();
const happened = (state: SummaryState, fact: EntryFact): boolean => isWithin(state.period, Date.parse(fact.at));

/** One entry may tell of a whole batch of hashes; it says how many. */
const batchSize = ({ dims }: EntryFact): number =>
  typeof dims.count === 'number' && Number.isSafeInteger(dims.count) && dims.count > 0 ? dims.count : 1;

const isOfKind = (state: SummaryState, fact: EntryFact): boolean =>
  wordOf(fact, 'noticeKind', NOTICE_KINDS) === state.noticeKind;

const languageOf = (fact: EntryFact): string => {
  const language = textOf(fact, 'language');
  if (!isLanguage(language)) throw new UnreadableFact(fact.kind, 'language');
  return language;
};

const recordOf = (fact: EntryFact): NoticeRecord => ({
  dims: {
    noticeKind: wordOf(fact, 'noticeKind', NOTICE_KINDS),
    platformSize: (fact.dims['platformSize'] ?? null) === null ? null : wordOf(fact, 'platformSize', PLATFORM_SIZES),
    language: languageOf(fact),
    category: wordOf(fact, 'category', CATEGORIES),
  },
  receivedAt: instantOf(fact, 'receivedAt'),
  receiptImplied: fact.dims['receiptImplied'] === true,
  items: countOf(fact, 'items'),
  acknowledgedAt: null,
  isMissed: false,
  wasNotRunning: false,
  wasSentWithin: false,
  answers: new Map(),
});

const answer = (state: SummaryState, fact: EntryFact): void => {
  const notice = state.open.get(subjectOf(fact, 'notice'));
  if (notice === undefined) return;
  const item = subjectOf(fact, 'item');
  const isCorrection = notice.answers.has(item);
  if (!isCorrection && notice.answers.size === notice.items) throw new UnreadableFact(fact.kind, 'item of its notice');
  const hasReason = (fact.dims['reason'] ?? null) !== null;
  notice.answers.set(item, {
    outcome: wordOf(fact, 'outcome', ITEM_OUTCOMES),
    measureAt: instantOrNull(fact, 'measureAt'),
    answeredAt: instantOf(fact, 'answeredAt'),
    uploadedAt: instantOrNull(fact, 'uploadedAt'),
    timing: wordOf(fact, 'timing', TIMINGS),
    reason: hasReason ? wordOf(fact, 'reason', DECLINE_REASONS) : null,
  });
  if (isCorrection) state.counts.corrections += 1;
};

const receive = (state: SummaryState, fact: EntryFact): void => {
  const id = subjectOf(fact, 'notice');
  if (!isOfKind(state, fact)) return;
  const record = { ...recordOf(fact), wasSentWithin: state.inTransit.delete(id) };
  const known = state.open.get(id);
  // Another channel proved an earlier receipt: the earliest that stands counts.
  if (known !== undefined) known.receivedAt = Math.min(known.receivedAt, record.receivedAt);
  else if (isWithin(state.period, record.receivedAt)) state.open.set(id, record);
};

/** What had been a receipt was none: another takes its place, or the notice is on its way again. */
const voidReceipt = (state: SummaryState, fact: EntryFact): void => {
  const id = subjectOf(fact, 'notice');
  const notice = state.open.get(id);
  if (notice === undefined) return;
  const receivedAt = instantOrNull(fact, 'receivedAt');
  if (receivedAt !== null && isWithin(state.period, receivedAt)) notice.receivedAt = receivedAt;
  else state.open.delete(id);
  // What was sent in an earlier period is in transit there.
  if (receivedAt === null && notice.wasSentWithin) state.inTransit.add(id);
};

const close = (state: SummaryState, fact: EntryFact): void => {
  const id = subjectOf(fact, 'notice');
  const notice = state.open.get(id);
  state.inTransit.delete(id);
  if (notice === undefined) return;
  addNotice(state.settled, notice, null, null);
  state.closed.set(id, resultOf(notice, null));
  state.open.delete(id);
};

/** It leaves nothing to be answered; what had been answered stays what it was, also where the notice was closed before. */
const takeBack = (state: SummaryState, fact: EntryFact, takenBack: TakenBack): void => {
  const id = subjectOf(fact, 'notice');
  const notice = state.open.get(id);
  if (state.inTransit.delete(id)) state[`${takenBack}BeforeReceipt`] += 1;
  if (notice !== undefined) {
    addNotice(state.settled, notice, takenBack, null);
    state.open.delete(id);
    return;
  }
  const before = state.closed.get(id);
  if (before === undefined) return;
  state.settled.results[before] -= 1;
  state.settled.results[takenBack] += 1;
  state.takenBackLate += 1;
  state.closed.delete(id);
};

const miss = (state: SummaryState, fact: EntryFact): void => {
  const notice = state.open.get(subjectOf(fact, 'notice'));
  if (notice === undefined) return;
  notice.isMissed = true;
  notice.wasNotRunning = false;
};

type Fold = (state: SummaryState, fact: EntryFact) => void;

const FOLDS: Readonly<Record<string, Fold>> = {
  'notice.sent': (state, fact) => {
    if (!isOfKind(state, fact) || !isWithin(state.period, instantOf(fact, 'sentAt'))) return;
    state.sent += 1;
    state.inTransit.add(subjectOf(fact, 'notice'));
  },
  'notice.received': receive,
  'notice.receipt-voided': voidReceipt,
  'notice.acknowledged': (state, fact) => {
    const notice = state.open.get(subjectOf(fact, 'notice'));
    if (notice !== undefined) notice.acknowledgedAt ??= instantOf(fact, 'acknowledgedAt');
  },
  'notice.answered': answer,
  'notice.timing-corrected': (state, fact) => {
    const answers = state.open.get(subjectOf(fact, 'notice'))?.answers;
    const item = subjectOf(fact, 'item');
    const before = answers?.get(item);
    if (before) answers?.set(item, { ...before, timing: wordOf(fact, 'timing', TIMINGS) });
  },
  'notice.closed': close,
  'notice.withdrawn': (state, fact) => takeBack(state, fact, 'withdrawn'),
  'notice.annulled': (state, fact) => takeBack(state, fact, 'annulled'),
  'clock.target-missed': miss,
  'clock.deadline-passed': miss,
  'clock.not-running': (state, fact) => {
    const notice = state.open.get(subjectOf(fact, 'notice'));
    if (notice !== undefined) notice.wasNotRunning = true;
  },
  'signal.contributed': (state, fact) => {
    if (happened(state, fact)) state.hashes[wordOf(fact, 'signalType', SIGNAL_TYPES)] += batchSize(fact);
  },
  'signal.withdrawn': (state, fact) => {
    if (happened(state, fact)) state.counts.hashesWithdrawn += batchSize(fact);
  },
  'match.found': (state, fact) => {
    if (happened(state, fact)) state.counts.matches += 1;
  },
  'exhibit.sealed': (state, fact) => {
    if (happened(state, fact)) state.counts.exhibitsPreserved += 1;
  },
} satisfies Partial<Record<LedgerKind, Fold>>;
/** The kinds of entry that figures read; a query may fetch these alone. */
export const COUNTED_KINDS = [...new Set([...Object.keys(FOLDS), ...Object.keys(EVENTS)])];

/** Takes one entry in, in the order of the ledger, and returns `state`. An entry it cannot read is counted as such. */
export function fold(state: SummaryState, fact: EntryFact): SummaryState {
  try {
    FOLDS[fact.kind]?.(state, fact);
    if (isEvent(fact.kind) && happened(state, fact) && isOfKind(state, fact)) EVENTS[fact.kind](state.events, fact);
  } catch (error) {
    if (!(error instanceof UnreadableFact)) throw error;
    state.unreadable += 1;
  }
  return state;
}

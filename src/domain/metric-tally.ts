import { HOUR_MS, TIMINGS, correctsMiss, exposureMs, type Timing } from './clock';
import { hasMeasure } from './item-answer';
import type { NoticeDimensions } from './metric-facts';
import { DECLINE_REASONS, ITEM_OUTCOMES, type DeclineReason, type ItemOutcome } from './vocabulary';

/** How a notice stands as a whole. `open` ones are right-censored: counted, never left out. */
export const NOTICE_RESULTS = [
  'acted',
  'partly_acted',
  'declined',
  'nothing_found',
  'withdrawn',
  'annulled',
  'open',
] as const;
export type NoticeResult = (typeof NOTICE_RESULTS)[number];

/** What became of an item; the rows of every table, which add up to the items received. */
export const ITEM_ROWS = [...ITEM_OUTCOMES, 'withdrawn', 'annulled', 'open'] as const;
/** What ends a notice whatever was answered: its sender, or a decision. */
export type TakenBack = 'withdrawn' | 'annulled';
export type ItemRow = (typeof ITEM_ROWS)[number];

export const DIMENSIONS = ['platformSize', 'language', 'category'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

export interface Answer {
  readonly outcome: ItemOutcome;
  readonly measureAt: number | null;
  readonly answeredAt: number;
  readonly uploadedAt: number | null;
  readonly timing: Timing;
  readonly reason: DeclineReason | null;
}

/** A received notice of the period that is not over. Instants in epoch ms. */
export interface NoticeRecord {
  readonly dims: NoticeDimensions;
  receivedAt: number;
  readonly receiptImplied: boolean;
  readonly items: number;
  acknowledgedAt: number | null;
  isMissed: boolean;
  /** An obstacle told later, or a receipt that was none: the clock had not been running. */
  wasNotRunning: boolean;
  /** It left within the period, too. */
  readonly wasSentWithin: boolean;
  readonly answers: Map<string, Answer>;
}

export interface Tally {
  received: number;
  acknowledged: number;
  receiptImplied: number;
  missed: number;
  missedCorrected: number;
  items: number;
  uploadUnknown: number;
  withinHour: number;
  openPastHour: number;
  results: Record<NoticeResult, number>;
  outcomes: Record<ItemRow, number>;
  timings: Record<Timing, number>;
  reasons: Record<DeclineReason, number>;
  tables: Record<Dimension, Record<string, Record<ItemRow, number>>>;
  /** Durations in ms. */
  samples: Record<'response' | 'answer' | 'acknowledgement' | 'exposure', number[]>;
}

type Counts<Key extends string> = Record<Key, number>;
const isWhole = <Key extends string>(counts: Partial<Counts<Key>>, keys: readonly Key[]): counts is Counts<Key> =>
  keys.every((key) => counts[key] !== undefined);

function zeros<Key extends string>(keys: readonly Key[]): Counts<Key> {
  const counts: Partial<Counts<Key>> = {};
  for (const key of keys) counts[key] = 0;
  if (!isWhole(counts, keys)) throw new TypeError('A key went missing');
  return counts;
}

export const emptyTally = (): Tally => ({
  received: 0,
  acknowledged: 0,
  receiptImplied: 0,
  missed: 0,
  missedCorrected: 0,
  items: 0,
  uploadUnknown: 0,
  withinHour: 0,
  openPastHour: 0,
  results: zeros(NOTICE_RESULTS),
  outcomes: zeros(ITEM_ROWS),
  timings: zeros(TIMINGS),
  reasons: zeros(DECLINE_REASONS),
  tables: { platformSize: {}, language: {}, category: {} },
  samples: { response: [], answer: [], acknowledgement: [], exposure: [] },
});

export const copyTally = (tally: Tally): Tally => {
  const { samples, ...counts } = tally;
  const { response, answer, acknowledgement, exposure } = samples;
  return {
    ...structuredClone(counts),
    samples: {
      response: [...response],
      answer: [...answer],
      acknowledgement: [...acknowledgement],
      exposure: [...exposure],
    },
  };
};

export const resultOf = (notice: NoticeRecord, takenBack: TakenBack | null): NoticeResult => {
  if (takenBack) return takenBack;
  if (notice.answers.size < notice.items) return 'open';
  const outcomes = [...notice.answers.values()].map(({ outcome }) => outcome);
  const acted = outcomes.some(hasMeasure);
  if (!outcomes.includes('declined')) return acted ? 'acted' : 'nothing_found';
  return acted ? 'partly_acted' : 'declined';
};

const addAnswer = (tally: Tally, notice: NoticeRecord, answer: Answer): void => {
  tally.timings[answer.timing] += 1;
  if (answer.reason !== null) tally.reasons[answer.reason] += 1;
  if (!notice.receiptImplied) tally.samples.answer.push(answer.answeredAt - notice.receivedAt);
  if (answer.measureAt === null) return;
  if (!notice.receiptImplied) {
    const responseMs = answer.measureAt - notice.receivedAt;
    tally.samples.response.push(responseMs);
    if (responseMs < HOUR_MS) tally.withinHour += 1;
  }
  const uploaded = answer.uploadedAt === null ? null : new Date(answer.uploadedAt);
  const exposed = exposureMs(uploaded, new Date(answer.measureAt));
  if (exposed === null) tally.uploadUnknown += 1;
  else tally.samples.exposure.push(exposed);
};

const addRows = (tally: Tally, notice: NoticeRecord, row: ItemRow, count: number): void => {
  tally.outcomes[row] += count;
  for (const dimension of DIMENSIONS) {
    const value = notice.dims[dimension] ?? 'unknown';
    const table = tally.tables[dimension];
    const cells = (table[value] ??= zeros(ITEM_ROWS));
    cells[row] += count;
  }
};

/** Adds a notice as it stands: over for good, or open at `nowMs`. Changes `tally`. */
export function addNotice(tally: Tally, notice: NoticeRecord, takenBack: TakenBack | null, nowMs: number | null): void {
  const answers = [...notice.answers.values()];
  const unanswered = notice.items - answers.length;
  tally.received += 1;
  tally.items += notice.items;
  tally.results[resultOf(notice, takenBack)] += 1;
  if (notice.receiptImplied) tally.receiptImplied += 1;
  if (notice.acknowledgedAt !== null) {
    tally.acknowledged += 1;
    if (!notice.receiptImplied) tally.samples.acknowledgement.push(notice.acknowledgedAt - notice.receivedAt);
  }
  if (notice.isMissed) {
    tally.missed += 1;
    const isLateFeedback = unanswered === 0 && correctsMiss(answers.map(({ timing }) => timing));
    if (notice.wasNotRunning || isLateFeedback) tally.missedCorrected += 1;
  }
  for (const answer of answers) {
    addAnswer(tally, notice, answer);
    addRows(tally, notice, answer.outcome, 1);
  }
  if (unanswered > 0) addRows(tally, notice, takenBack ?? 'open', unanswered);
  const isPastHour = nowMs !== null && nowMs - notice.receivedAt >= HOUR_MS;
  if (unanswered > 0 && takenBack === null && isPastHour && !notice.receiptImplied) tally.openPastHour += unanswered;
}

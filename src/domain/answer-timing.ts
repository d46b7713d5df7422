import { dueAt, isOnTime, timingOf, type ClockRun, type Correction, type Timing } from './clock';
import { isDown } from './item-answer';
import type { ItemOutcome } from './vocabulary';

/** The present run of a clock, as far as a deadline depends on it. */
export interface Deadline {
  readonly run: ClockRun;
  /** When an obstacle halted it. */
  readonly haltedAt: Date | null;
  /** What became of its fact. */
  readonly correction: Correction | null;
}

export interface GivenAnswer {
  readonly outcome: ItemOutcome;
  readonly measureAt: Date | null;
  readonly answeredAt: Date;
}
export type TimedAnswer = GivenAnswer & { readonly timing: Timing };

/** Until when something was due by this run; null: by nothing, for it was halted before, or had not been running. */
export function deadlineOf({ run, haltedAt, correction }: Deadline): Date | null {
  if (correction === 'not_running') return null;
  const due = dueAt(run);
  return haltedAt !== null && isOnTime(haltedAt, due) ? null : due;
}

/** What was down is not any more, and no other measure took its place. */
export const takesBack = (before: GivenAnswer | null, { outcome }: GivenAnswer): boolean =>
  before !== null && isDown(before.outcome) && !isDown(outcome) && outcome !== 'already_gone';

/**
 * Content that was put out of reach in time stays so by another measure, or when it is found gone: a later answer that says so is
 * not late. The same measure at another time is a correction, and counts by what it says.
 */
const continues = (before: TimedAnswer | null, { outcome }: GivenAnswer): before is TimedAnswer =>
  before !== null &&
  before.timing !== 'late' &&
  isDown(before.outcome) &&
  (outcome === 'already_gone' || (isDown(outcome) && outcome !== before.outcome));

/**
 * How an answer stands to the deadline, by the answer before it to the same item. What was not running cannot have been late. A
 * measure that is taken back after the deadline was no measure: the answer is judged like one that came without it. Where
 * nothing was due because an obstacle had halted the clock, whoever took a measure could act: the time is reckoned from there.
 */
export function timingAfter(before: TimedAnswer | null, answer: GivenAnswer, deadline: Deadline): Timing {
  const due = deadlineOf(deadline) ?? dueAfterMeasure(before, answer, deadline.run);
  if (due === null) return 'in_time';
  const timing = timingOf(answer, due);
  return timing === 'late' && continues(before, answer) ? before.timing : timing;
}

const dueAfterMeasure = (before: TimedAnswer | null, answer: GivenAnswer, run: ClockRun): Date | null =>
  before?.measureAt && takesBack(before, answer) ? dueAt({ ...run, startedAt: before.measureAt }) : null;

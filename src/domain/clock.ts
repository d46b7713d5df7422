import { afterStaffed, type StaffedHours } from './staffed-hours';
import type { LedgerKind } from './ledger-kinds';
import type { ClockKind, NoticeKind } from './vocabulary';

/**
 * Clock arithmetic. An hour is 3,600,000 ms between two instants: no zone, no summer time and no calendar can
 * change it, and nothing here reads a clock.
 */
export const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Minutes of the hour at which people are told; the last is the deadline itself. */
export const MARKS = [25, 45, 55, 60] as const;
export type Mark = (typeof MARKS)[number];

/** One run of a clock. A restart is a new run (TCO Art 3(7), 3(8)); the old one keeps its instants. */
export interface ClockRun {
  readonly kind: ClockKind;
  readonly startedAt: Date;
  readonly targetMs: number;
  /** When the contact point of a referral is staffed; null, and always for an order: round the clock. */
  readonly staffed: StaffedHours | null;
}
export interface MarkAt {
  readonly mark: Mark;
  readonly at: Date;
}
/** `stale`: a later mark was reached too, after an outage; record it, page nobody for it. */
export interface ReachedMark extends MarkAt {
  readonly stale: boolean;
}

/** A referral has a target that binds nobody (recital 40); an order has the hour of Art 3(3). */
export const clockKindOf = (kind: NoticeKind): ClockKind => (kind === 'referral' ? 'target' : 'statutory');

/**
 * A clock that starts at receipt.
 * @param targetMs agreed with the platform for a referral; a statutory hour is an hour
 * @param staffed of the contact point, for a referral; the law knows no office hours
 * @throws RangeError when the law leaves no such choice, or the target is not a positive whole number
 */
export function startClock(
  kind: ClockKind,
  startedAt: Date,
  targetMs: number = HOUR_MS,
  staffed: StaffedHours | null = null,
): ClockRun {
  if (kind === 'statutory' && (targetMs !== HOUR_MS || staffed !== null)) {
    throw new RangeError('A statutory clock runs for one hour');
  }
  if (!Number.isSafeInteger(targetMs) || targetMs <= 0) throw new RangeError('A target is a positive number of ms');
  return { kind, startedAt, targetMs, staffed };
}

/** The full time again, from when the ground ceased or the clarification arrived; nothing of the old run is carried over. */
export const restart = (run: ClockRun, at: Date): ClockRun => startClock(run.kind, at, run.targetMs, run.staffed);

export const dueAt = ({ startedAt, targetMs, staffed }: ClockRun): Date => afterStaffed(startedAt, targetMs, staffed);

/** Milliseconds left; negative once the deadline has passed. */
export const remainingMs = (run: ClockRun, now: Date): number => dueAt(run).getTime() - now.getTime();

/** Marks are minutes of an hour; a shorter or longer target keeps their proportion. */
export const markAt = ({ startedAt, targetMs, staffed }: ClockRun, mark: Mark): Date =>
  afterStaffed(startedAt, Math.round((targetMs * mark) / 60), staffed);

/** The mark after `last` (null: none was reached yet), or null after the deadline. */
export function nextMark(run: ClockRun, last: Mark | null): MarkAt | null {
  const mark = MARKS.find((candidate) => last === null || candidate > last);
  return mark === undefined ? null : { mark, at: markAt(run, mark) };
}

/**
 * Every mark after `last` that `now` has reached, each dated to its own instant however late the tick. Only the
 * latest is news: an outage must not end in a burst of pages about marks long past.
 */
export function reachedMarks(run: ClockRun, last: Mark | null, now: Date): readonly ReachedMark[] {
  const reached = MARKS.filter((mark) => (last === null || mark > last) && markAt(run, mark) <= now);
  return reached.map((mark) => ({ mark, at: markAt(run, mark), stale: mark !== reached.at(-1) }));
}

export type DeadlineFact = 'target_missed' | 'deadline_passed';
/** The ledger entry that each fact is. */
export const ENTRY_OF_FACT = {
  target_missed: 'clock.target-missed',
  deadline_passed: 'clock.deadline-passed',
} as const satisfies Record<DeadlineFact, LedgerKind>;

/** What the clock writes once at its deadline: a fact dated to the deadline, never a verdict. */
export const factAtDeadline = (run: ClockRun): { readonly fact: DeadlineFact; readonly at: Date } => ({
  fact: run.kind === 'target' ? 'target_missed' : 'deadline_passed',
  at: dueAt(run),
});

/** 59:59.999 is in time, 60:00.000 is late. */
export const isOnTime = (at: Date, due: Date): boolean => at.getTime() < due.getTime();

export const TIMINGS = ['in_time', 'late_feedback', 'late'] as const;
export type Timing = (typeof TIMINGS)[number];

/**
 * How an answer stands to the deadline. What counts is the measure where one was taken, otherwise the answer:
 * a measure within the hour that is told after it is late feedback, not a miss.
 */
export function timingOf(answer: { measureAt: Date | null; answeredAt: Date }, due: Date): Timing {
  if (isOnTime(answer.answeredAt, due)) return 'in_time';
  return answer.measureAt !== null && isOnTime(answer.measureAt, due) ? 'late_feedback' : 'late';
}

/** What became of a deadline's fact: it stands, or was corrected by one of these. */
export const CORRECTIONS = ['late_feedback', 'not_running'] as const;
export type Correction = (typeof CORRECTIONS)[number];

/**
 * An obstacle of Art. 3(7) or 3(8) halts the clock from when it began. One that began before the deadline and was told after
 * it means that the clock was not running then; one that began later changes nothing about the deadline.
 */
export const haltsBeforeDeadline = (since: Date, due: Date): boolean => since.getTime() < due.getTime();

/** The deadline's fact is corrected when every item turned out to have been dealt with before it. */
export const correctsMiss = (timings: readonly Timing[]): boolean =>
  timings.length > 0 && timings.every((timing) => timing !== 'late');

/** Receipt to measure: what the platform needed. Published beside exposure and never mixed with it. */
export const responseMs = (receivedAt: Date, measureAt: Date): number => measureAt.getTime() - receivedAt.getTime();

/** Upload to measure: how long the public could see it. Null when the upload is unknown, or claimed after the measure. */
export function exposureMs(uploadedAt: Date | null, measureAt: Date): number | null {
  const ms = uploadedAt === null ? -1 : measureAt.getTime() - uploadedAt.getTime();
  return ms < 0 ? null : ms;
}

/** Whole minutes left, rounded down, as a screen and a page say it: "51 min left". */
export const minutesLeft = (run: ClockRun, now: Date): number => Math.floor(remainingMs(run, now) / MINUTE_MS);

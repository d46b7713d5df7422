import { v7 as uuidv7 } from 'uuid';
import type { Deadline } from '../domain/answer-timing';
import {
  clockKindOf,
  correctsMiss,
  dueAt,
  HOUR_MS,
  isOnTime,
  nextMark,
  startClock,
  type ClockRun,
  type Correction,
  type Timing,
} from '../domain/clock';
import { DEFAULT_REFERRAL_TARGET_MINUTES } from '../domain/providers';
import type { StaffedHours } from '../domain/staffed-hours';
import type { Actor, Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { NoticeClock, type ClockEnd } from './clock.entity';
import { entryOf } from './notice-facts';
import type { Notice } from './notice.entity';

const MINUTE_MS = 60_000;

interface Terms {
  readonly targetMs: number;
  readonly staffed: StaffedHours | null;
}

/**
 * A referral's clock runs for the target of its platform's register entry and counts the hours in which its contact point is
 * staffed. An order's is the hour of Art. 3(3), whatever the register says.
 */
export async function termsOf(tx: Tx, notice: Notice): Promise<Terms> {
  if (notice.kind !== 'referral') return { targetMs: HOUR_MS, staffed: null };
  const [row] = await tx.query<{ hours: StaffedHours | null; minutes: number | null }[]>(
    `select (select hours from contact_hours where organisation_id = $1) as hours,
       (select referral_target_minutes from provider_entry where platform_id = $1) as minutes`,
    [notice.recipientId],
  );
  const minutes = row?.minutes ?? DEFAULT_REFERRAL_TARGET_MINUTES;
  return { targetMs: minutes * MINUTE_MS, staffed: row?.hours ?? null };
}

/** What a run sets in the clock's row; nothing of an earlier run is carried over. */
const freshRun = (run: ClockRun, runNo: number) =>
  ({
    state: 'running',
    runNo,
    startedAt: run.startedAt,
    dueAt: dueAt(run),
    stoppedAt: null,
    pausedAt: null,
    lastMark: null,
    nextMarkAt: nextMark(run, null)?.at ?? null,
    fact: null,
    factAt: null,
    correction: null,
    correctedAt: null,
  }) as const;

const insertRun = (tx: Tx, { id, runNo, startedAt, dueAt: due }: NoticeClock): Promise<unknown> =>
  tx.query(`insert into clock_run (clock_id, run_no, started_at, due_at) values ($1, $2, $3, $4)`, [
    id,
    runNo,
    startedAt,
    due,
  ]);

export const runOf = ({ kind, startedAt, targetMs, staffed }: NoticeClock): ClockRun => ({
  kind,
  startedAt,
  targetMs,
  staffed,
});

/**
 * Starts the clock of a notice at its receipt: the hour runs from receipt, not from reading (Art. 3(3)). Where an earlier
 * receipt proved to be none, the clock that it had started begins again.
 */
export async function startNoticeClock(
  tx: Tx,
  notice: Notice,
  startedAt: Date,
  actor: Actor | 'service',
): Promise<NoticeClock> {
  const voided = await lockClock(tx, notice.id);
  if (voided) return restartNoticeClock(tx, notice, voided, { at: startedAt, ground: 'receipt', actor });
  const { targetMs, staffed } = await termsOf(tx, notice);
  const run = startClock(clockKindOf(notice.kind), startedAt, targetMs, staffed);
  const clock: NoticeClock = {
    id: uuidv7(),
    noticeId: notice.id,
    senderId: notice.senderId,
    recipientId: notice.recipientId,
    kind: run.kind,
    targetMs: run.targetMs,
    staffed: run.staffed,
    ...freshRun(run, 1),
  };
  await tx.insert(NoticeClock, clock);
  await insertRun(tx, clock);
  const dims = { clock: run.kind, run: 1, dueAt: clock.dueAt.toISOString() };
  await append(tx, entryOf(notice, { kind: 'clock.started', actor, at: startedAt, dims }));
  return clock;
}

/** The clock of a notice, locked until this transaction ends; the ticker passes over it meanwhile. */
export const lockClock = (tx: Tx, noticeId: string): Promise<NoticeClock | null> =>
  tx.findOne(NoticeClock, { where: { noticeId }, lock: { mode: 'pessimistic_write' } });

interface Ending {
  readonly at: Date;
  readonly reason: ClockEnd;
  readonly actor: Actor | 'service';
}

const isOwed = (clock: NoticeClock, at: Date): boolean => clock.nextMarkAt !== null && clock.nextMarkAt <= at;

const endRun = (tx: Tx, clock: NoticeClock, { at, reason }: Ending): Promise<unknown> =>
  tx.query(
    `update clock_run set ended_at = $3, end_reason = $4 where clock_id = $1 and run_no = $2 and ended_at is null`,
    [clock.id, clock.runNo, at, reason],
  );

/**
 * Stops a clock at `at`, for good. Marks that it had reached by then and that nobody has written yet, because every worker was
 * down, stay due: the ticker writes them, the deadline's fact included, up to the stop and no further. That an obstacle had halted
 * it before stays known: nothing became due after that.
 */
export async function stopNoticeClock(tx: Tx, notice: Notice, clock: NoticeClock, stop: Ending): Promise<void> {
  if (clock.state === 'stopped') return;
  const { at, reason, actor } = stop;
  const change = {
    state: 'stopped',
    stoppedAt: at,
    nextMarkAt: isOwed(clock, clock.pausedAt ?? at) ? clock.nextMarkAt : null,
  } as const;
  const wasRunning = clock.state === 'running';
  await tx.update(NoticeClock, { id: clock.id }, change);
  await endRun(tx, clock, stop);
  const onTime = !wasRunning || isOnTime(at, clock.dueAt);
  const dims = { clock: clock.kind, run: clock.runNo, reason, onTime };
  await append(tx, entryOf(notice, { kind: 'clock.stopped', actor, at, dims }));
}

/**
 * Halts a clock from `since` on, which may lie before now: marks and the deadline after it are not reached. What had been
 * reached before it and nobody has written yet stays due.
 * @param halt `at` is when we were told
 */
export async function pauseNoticeClock(
  tx: Tx,
  notice: Notice,
  clock: NoticeClock,
  halt: Ending & { readonly since: Date },
): Promise<void> {
  const { since, at, reason, actor } = halt;
  await tx.update(
    NoticeClock,
    { id: clock.id },
    { state: 'paused', pausedAt: since, nextMarkAt: isOwed(clock, since) ? clock.nextMarkAt : null },
  );
  await endRun(tx, clock, { ...halt, at: since });
  const dims = { clock: clock.kind, run: clock.runNo, ground: reason, since: since.toISOString() };
  await append(tx, entryOf(notice, { kind: 'clock.paused', actor, at, dims }));
}

/** The full time again from `at`, in a run of its own; the run before keeps its instants, its fact and what corrected it. */
export async function restartNoticeClock(
  tx: Tx,
  notice: Notice,
  clock: NoticeClock,
  again: { readonly at: Date; readonly ground: string; readonly actor: Actor | 'service' },
): Promise<NoticeClock> {
  const { at, ground, actor } = again;
  await tx.query(
    `update clock_run set fact = $3, fact_at = $4, correction = $5, corrected_at = $6 where clock_id = $1 and run_no = $2`,
    [clock.id, clock.runNo, clock.fact, clock.factAt, clock.correction, clock.correctedAt],
  );
  const run = startClock(clock.kind, at, clock.targetMs, clock.staffed);
  const change = freshRun(run, clock.runNo + 1);
  await tx.update(NoticeClock, { id: clock.id }, change);
  Object.assign(clock, change);
  await insertRun(tx, clock);
  const dims = { clock: clock.kind, run: clock.runNo, ground, dueAt: clock.dueAt.toISOString() };
  await append(tx, entryOf(notice, { kind: 'clock.restarted', actor, at, dims }));
  return clock;
}

const ENTRY_OF_CORRECTION = { late_feedback: 'clock.late-feedback', not_running: 'clock.not-running' } as const;

/**
 * The fact of the deadline stands, and is corrected beside it: by late feedback, when every item turns out to have been dealt
 * with in time, or because an obstacle had halted the clock before. A later answer can take the first back, not the second.
 */
export async function correctFact(
  tx: Tx,
  notice: Notice,
  clock: NoticeClock,
  {
    at,
    actor,
    correction,
  }: { readonly at: Date; readonly actor: Actor | 'service'; readonly correction: Correction | null },
): Promise<void> {
  if (clock.correction === correction || clock.correction === 'not_running') return;
  const change = { correction, correctedAt: correction === null ? null : at };
  await tx.update(NoticeClock, { id: clock.id }, change);
  Object.assign(clock, change);
  if (correction === null) return;
  const dims = { clock: clock.kind, run: clock.runNo, dueAt: clock.dueAt.toISOString() };
  await append(tx, entryOf(notice, { kind: ENTRY_OF_CORRECTION[correction], actor, at, dims }));
}

/** What the present run says of a deadline. */
export const deadlineFactsOf = (clock: NoticeClock): Deadline => ({
  run: runOf(clock),
  haltedAt: clock.pausedAt,
  correction: clock.correction,
});

/** Whether the deadline of the present run has passed at `at`, written or not yet. One that was not running has none. */
export const isPast = (clock: NoticeClock, at: Date): boolean =>
  clock.correction !== 'not_running' &&
  (clock.fact !== null || !isOnTime(clock.pausedAt ?? clock.stoppedAt ?? at, clock.dueAt));

/** What the answers so far make of a deadline that has passed. */
export const correctionBy = (timings: readonly Timing[]): Correction | null =>
  correctsMiss(timings) ? 'late_feedback' : null;

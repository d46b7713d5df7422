import { v7 as uuidv7 } from 'uuid';
import { clockKindOf, correctsMiss, dueAt, isOnTime, nextMark, startClock, type Timing } from '../domain/clock';
import type { Actor, Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { NoticeClock, type ClockEnd } from './clock.entity';
import { entryOf } from './notice-facts';
import type { Notice } from './notice.entity';

/** Starts the clock of a notice at its receipt: the hour runs from receipt, not from reading (Art. 3(3)). */
export async function startNoticeClock(
  tx: Tx,
  notice: Notice,
  startedAt: Date,
  actor: Actor | 'service',
): Promise<NoticeClock> {
  const run = startClock(clockKindOf(notice.kind), startedAt);
  const clock: NoticeClock = {
    id: uuidv7(),
    noticeId: notice.id,
    senderId: notice.senderId,
    recipientId: notice.recipientId,
    kind: run.kind,
    state: 'running',
    runNo: 1,
    targetMs: run.targetMs,
    startedAt,
    dueAt: dueAt(run),
    stoppedAt: null,
    lastMark: null,
    nextMarkAt: nextMark(run, null)?.at ?? null,
    fact: null,
    factAt: null,
    correctedAt: null,
  };
  await tx.insert(NoticeClock, clock);
  await tx.query(`insert into clock_run (clock_id, run_no, started_at, due_at) values ($1, $2, $3, $4)`, [
    clock.id,
    clock.runNo,
    clock.startedAt,
    clock.dueAt,
  ]);
  const dims = { clock: run.kind, dueAt: clock.dueAt.toISOString() };
  await append(tx, entryOf(notice, { kind: 'clock.started', actor, at: startedAt, dims }));
  return clock;
}

/** The clock of a notice, locked until this transaction ends; the ticker passes over it meanwhile. */
export const lockClock = (tx: Tx, noticeId: string): Promise<NoticeClock | null> =>
  tx.findOne(NoticeClock, { where: { noticeId }, lock: { mode: 'pessimistic_write' } });

/**
 * Stops a running clock at `at`. Marks that it had reached by then and that nobody has written yet, because every worker was
 * down, stay due: the ticker writes them, the deadline's fact included, up to the stop and no further.
 */
export async function stopNoticeClock(
  tx: Tx,
  notice: Notice,
  clock: NoticeClock,
  stop: { readonly at: Date; readonly reason: ClockEnd; readonly actor: Actor },
): Promise<void> {
  if (clock.state === 'stopped') return;
  const { at, reason, actor } = stop;
  const isOwed = clock.nextMarkAt !== null && clock.nextMarkAt <= at;
  await tx.update(
    NoticeClock,
    { id: clock.id },
    { state: 'stopped', stoppedAt: at, nextMarkAt: isOwed ? clock.nextMarkAt : null },
  );
  await tx.query(`update clock_run set ended_at = $3, end_reason = $4 where clock_id = $1 and run_no = $2`, [
    clock.id,
    clock.runNo,
    at,
    reason,
  ]);
  const dims = { clock: clock.kind, reason, onTime: isOnTime(at, clock.dueAt) };
  await append(tx, entryOf(notice, { kind: 'clock.stopped', actor, at, dims }));
}

/**
 * The fact of the deadline stands, and is corrected beside it when every item turns out to have been dealt with in time:
 * late feedback is not a miss. A later answer can take the correction back.
 */
export async function correctFact(
  tx: Tx,
  notice: Notice,
  clock: NoticeClock,
  answer: { readonly at: Date; readonly actor: Actor; readonly timings: readonly Timing[] },
): Promise<void> {
  const { at, actor, timings } = answer;
  const isMissed = clock.fact !== null || !isOnTime(clock.stoppedAt ?? at, clock.dueAt);
  if (!isMissed) return;
  const isCorrected = correctsMiss(timings);
  if (isCorrected === (clock.correctedAt !== null)) return;
  await tx.update(NoticeClock, { id: clock.id }, { correctedAt: isCorrected ? at : null });
  if (!isCorrected) return;
  const dims = { clock: clock.kind, dueAt: clock.dueAt.toISOString() };
  await append(tx, entryOf(notice, { kind: 'clock.late-feedback', actor, at, dims }));
}

import { dueAt } from '../domain/clock';
import { advance } from '../domain/notice-lifecycle';
import type { Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { NoticeClock, type ClockEnd } from './clock.entity';
import { lockClock, pauseNoticeClock, restartNoticeClock, runOf, stopNoticeClock } from './clocks';
import { entryOf, facts } from './notice-facts';
import { Notice, type ReceiptChannel } from './notice.entity';
import { Obstacle } from './obstacle.entity';
import { lockNotice } from './receiving';
import { beginPeriodsOfReceipt } from './redress/periods';
import { reckonAnew } from './reckoning';

interface Standing {
  readonly at: Date;
  readonly channel: ReceiptChannel;
}

interface Voiding {
  /** When it came out. */
  readonly at: Date;
  /** The earliest proof by another channel; null when there is none. */
  readonly standing: Standing | null;
}

/**
 * What a notice's clock ran from was no receipt: the message came back. The earliest receipt that stands takes its place, and an
 * acknowledgement or an answer is one; without any the notice is `sent` again, as it had been all the time, and no clock runs.
 * A fact that the clock had written stays, corrected: it had not been running; what was late by it is reckoned anew. A run that
 * began after an obstacle did not begin with the receipt, and stays. Returns whether no receipt is left.
 */
export async function voidReceipt(tx: Tx, noticeId: string, { at, standing }: Voiding): Promise<boolean> {
  const notice = await lockNotice(tx, noticeId);
  if (!notice?.receivedAt || notice.state === 'withdrawn' || notice.state === 'annulled') return false;
  const clock = await lockClock(tx, noticeId);
  const stands = earliest(standing, notice.acknowledgedAt && { at: notice.acknowledgedAt, channel: 'answer' });
  const isOfReceipt = clock?.startedAt.getTime() === notice.receivedAt.getTime();
  if (clock && isOfReceipt) await correctUnstarted(tx, notice, clock, at);
  else if (clock) await correctUnstartedRun(tx, notice, clock, { of: notice.receivedAt, stands, at });
  const change = {
    receivedAt: stands?.at ?? null,
    receiptChannel: stands?.channel ?? null,
    version: notice.version + 1,
    // It is on its way again, and if it reaches nobody its sender is told anew.
    ...(stands ? {} : { state: advance(notice.state, 'void_receipt'), unreachedAt: null }),
  };
  await tx.update(Notice, { id: noticeId }, change);
  Object.assign(notice, change);
  await beginPeriodsOfReceipt(tx, notice);
  const dims = facts('notice.receipt-voided', { receivedAt: stands?.at.toISOString() ?? null });
  await append(tx, entryOf(notice, { kind: 'notice.receipt-voided', actor: 'service', at, dims: { ...dims } }));
  if (!clock) return stands === null;
  if (!stands) await haltForGood(tx, notice, clock, at);
  else if (isOfReceipt) await beginAgain(tx, notice, clock, { at: stands.at, ground: 'receipt' }, at);
  await reckonAnew(tx, notice, { at, actor: 'service' });
  return stands === null;
}

function earliest(one: Standing | null, other: Standing | null): Standing | null {
  if (!one || !other) return one ?? other;
  return one.at <= other.at ? one : other;
}

interface ClarificationVoiding {
  /** When it came out. */
  readonly at: Date;
  readonly obstacleId: string;
  /** What had counted as the receipt of the clarification. */
  readonly receiptAt: Date;
  /** The earliest proof by another channel; null when there is none. */
  readonly standing: Date | null;
}

/**
 * The platform never had the clarification that its hour began again with: it runs from the earliest receipt that stands, or
 * the platform still waits and no clock runs. What it did meanwhile stays: an answer, or that it can act again.
 */
export async function voidClarification(
  tx: Tx,
  notice: Notice,
  { at, obstacleId, receiptAt, standing }: ClarificationVoiding,
): Promise<void> {
  const clock = await lockClock(tx, notice.id);
  const where = { id: obstacleId, endRecordedAt: receiptAt };
  const obstacle = await tx.findOne(Obstacle, { where, lock: { mode: 'pessimistic_write' } });
  if (!obstacle || !clock || clock.state === 'paused') return;
  if (clock.startedAt.getTime() !== obstacle.endedAt?.getTime()) return;
  await correctUnstarted(tx, notice, clock, at);
  if (clock.state === 'running') {
    await tx.update(Obstacle, { id: obstacleId }, { endedAt: standing, endRecordedAt: standing });
  }
  if (standing) await beginAgain(tx, notice, clock, { at: standing, ground: 'clarification' }, at);
  else if (clock.state === 'running') {
    await pauseNoticeClock(tx, notice, clock, { at, since: clock.startedAt, reason: 'voided', actor: 'service' });
  } else await tx.update(NoticeClock, { id: clock.id }, { pausedAt: clock.startedAt, nextMarkAt: null });
  await reckonAnew(tx, notice, { at, actor: 'service' });
}

/** Nothing was due by a clock that a receipt which was none had started. */
async function correctUnstarted(tx: Tx, notice: Notice, clock: NoticeClock, at: Date): Promise<void> {
  if (!clock.fact || clock.correction === 'not_running') return;
  const change = { correction: 'not_running', correctedAt: at } as const;
  await tx.update(NoticeClock, { id: clock.id }, change);
  Object.assign(clock, change);
  const dims = { clock: clock.kind, run: clock.runNo, dueAt: clock.dueAt.toISOString() };
  await append(tx, entryOf(notice, { kind: 'clock.not-running', actor: 'service', at, dims }));
}

interface EarlierRun {
  /** The receipt that was none. */
  readonly of: Date;
  readonly stands: Standing | null;
  readonly at: Date;
}

/** The same of the run that the receipt had started, where an obstacle has ended it since; unless it was missed by the standing one too. */
async function correctUnstartedRun(
  tx: Tx,
  notice: Notice,
  clock: NoticeClock,
  { of, stands, at }: EarlierRun,
): Promise<void> {
  const due = stands && dueAt({ ...runOf(clock), startedAt: stands.at });
  const [rows] = await tx.query<[{ run_no: number; due_at: Date }[], number]>(
    `update clock_run set correction = 'not_running', corrected_at = $3 where clock_id = $1 and run_no < $2 and started_at = $4
       and fact is not null and correction is distinct from 'not_running' and ($5::timestamptz is null or ended_at < $5)
     returning run_no, due_at`,
    [clock.id, clock.runNo, at, of, due],
  );
  for (const { run_no: run, due_at: dueThen } of rows) {
    const dims = { clock: clock.kind, run, dueAt: dueThen.toISOString() };
    await append(tx, entryOf(notice, { kind: 'clock.not-running', actor: 'service', at, dims }));
  }
}

/** Marks that it had reached and nobody has written yet are no longer owed: they were reached by no clock. */
async function haltForGood(tx: Tx, notice: Notice, clock: NoticeClock, at: Date): Promise<void> {
  await stopNoticeClock(tx, notice, clock, { at, reason: 'voided', actor: 'service' });
  await tx.update(NoticeClock, { id: clock.id }, { nextMarkAt: null });
}

interface Beginning {
  readonly at: Date;
  readonly ground: 'receipt' | 'clarification';
}

/** What had halted or stopped the clock meanwhile does so again, at its own instant: an answer stays, and what it was in time for. */
async function beginAgain(tx: Tx, notice: Notice, clock: NoticeClock, begin: Beginning, at: Date): Promise<void> {
  const { pausedAt, stoppedAt } = clock;
  const [ended] = await tx.query<{ reason: ClockEnd | null }[]>(
    `select end_reason as reason from clock_run where clock_id = $1 and run_no = $2`,
    [clock.id, clock.runNo],
  );
  await tx.query(
    `update clock_run set ended_at = $3, end_reason = 'voided' where clock_id = $1 and run_no = $2 and ended_at is null`,
    [clock.id, clock.runNo, at],
  );
  await restartNoticeClock(tx, notice, clock, { ...begin, actor: 'service' });
  const reason = ended?.reason ?? 'voided';
  if (pausedAt) {
    const since = later(pausedAt, begin.at);
    await pauseNoticeClock(tx, notice, clock, { at, since, reason, actor: 'service' });
    Object.assign(clock, { state: 'paused', pausedAt: since });
  }
  if (!stoppedAt) return;
  const stop = { at: later(stoppedAt, begin.at), reason: pausedAt ? 'answered' : reason, actor: 'service' } as const;
  await stopNoticeClock(tx, notice, clock, stop);
}

const later = (one: Date, other: Date): Date => (one < other ? other : one);

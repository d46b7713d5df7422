import { IsNull } from 'typeorm';
import type { Actor, Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { lockClock, restartNoticeClock } from './clocks';
import { entryOf } from './notice-facts';
import type { Notice } from './notice.entity';
import { Obstacle } from './obstacle.entity';
import { lockNotice } from './receiving';

export const openObstacle = (tx: Tx, noticeId: string): Promise<Obstacle | null> =>
  tx.findOne(Obstacle, { where: { noticeId, endedAt: IsNull() }, lock: { mode: 'pessimistic_write' } });

interface End {
  /** When it was over. */
  readonly at: Date;
  readonly recordedAt: Date;
  readonly actor: Actor | 'service';
}

/** Ends an obstacle without setting the clock going again: the notice was answered, withdrawn or annulled meanwhile. */
export async function dropObstacle(tx: Tx, noticeId: string, at: Date): Promise<void> {
  await tx.query(
    `update notice_obstacle set ended_at = greatest(since, $2::timestamptz), end_recorded_at = $2
     where notice_id = $1 and ended_at is null`,
    [noticeId, at],
  );
}

/** What kept the platform from acting is over: the full hour again, from when it was (TCO Art. 3(7), 3(8)). */
export async function endObstacle(tx: Tx, notice: Notice, obstacle: Obstacle, end: End): Promise<void> {
  const { at, recordedAt, actor } = end;
  await tx.update(Obstacle, { id: obstacle.id }, { endedAt: at, endRecordedAt: recordedAt });
  const dims = { obstacle: obstacle.kind, ground: obstacle.ground, endedAt: at.toISOString() };
  await append(tx, entryOf(notice, { kind: 'notice.possible-again', actor, at: recordedAt, dims }));
  const clock = await lockClock(tx, notice.id);
  if (clock?.state !== 'paused') return;
  await restartNoticeClock(tx, notice, clock, { at, ground: obstacle.kind, actor });
}

/**
 * A channel proves that the platform has the clarification it had asked for. Like the notice's own receipt, the earliest that is
 * recorded stands. Returns whether it was the first.
 */
export async function proveClarification(
  tx: Tx,
  noticeId: string,
  { at, actor }: { readonly at: Date; readonly actor: Actor | 'service' },
): Promise<boolean> {
  const notice = await lockNotice(tx, noticeId);
  const obstacle = notice && (await openObstacle(tx, noticeId));
  if (!notice || !obstacle?.clarifiedAt) return false;
  await endObstacle(tx, notice, obstacle, { at: at < obstacle.since ? obstacle.since : at, recordedAt: at, actor });
  return true;
}

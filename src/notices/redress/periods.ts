import { v7 as uuidv7 } from 'uuid';
import { endOf } from '../../domain/deadlines';
import { redressEndsAt, type PeriodKind } from '../../domain/redress';
import type { Tx } from '../../infra/database/work';
import type { Notice } from '../notice.entity';

interface Period {
  readonly noticeId: string;
  readonly kind: PeriodKind;
  /** Which scrutiny, item or complaint, where an order has several. */
  readonly subjectId?: string;
  readonly startedAt: Date;
  readonly endsAt: Date;
}

/** Begins a period, or moves one that has not ended: an earlier receipt was proved, or non-disclosure extended. */
export async function beginPeriod(tx: Tx, { noticeId, kind, subjectId, startedAt, endsAt }: Period): Promise<void> {
  await tx.query(
    `insert into order_period as p (id, notice_id, kind, subject_id, started_at, ends_at) values ($1, $2, $3, $4, $5, $6)
     on conflict on constraint order_period_once do update set started_at = excluded.started_at, ends_at = excluded.ends_at
       where p.ended_at is null`,
    [uuidv7(), noticeId, kind, subjectId ?? null, startedAt, endsAt],
  );
}

/** What the period was for has been done: its end is no fact any more. One that has ended stays ended. */
export async function closePeriod(
  tx: Tx,
  { noticeId, kind, subjectId }: Omit<Period, 'startedAt' | 'endsAt'>,
  at: Date,
): Promise<void> {
  await tx.query(
    `update order_period set closed_at = $4 where notice_id = $1 and kind = $2 and subject_id is not distinct from $3::uuid
       and closed_at is null and ended_at is null`,
    [noticeId, kind, subjectId ?? null, at],
  );
}

/** An order left: the home authority has its copy from this moment on, and the time of a non-disclosure runs. */
export async function beginPeriodsOfSending(tx: Tx, notice: Notice, sentAt: Date): Promise<void> {
  if (notice.kind !== 'removal_order') return;
  const noticeId = notice.id;
  if (notice.homeAuthorityId) {
    const endsAt = endOf('TCO_SCRUTINY_OWN', sentAt);
    await beginPeriod(tx, { noticeId, kind: 'scrutiny_own', startedAt: sentAt, endsAt });
  }
  const [order] = await tx.query<{ until: Date | null }[]>(
    `select non_disclosure_until as until from removal_order where notice_id = $1`,
    [noticeId],
  );
  const until = order?.until;
  if (until && until > sentAt) {
    await beginPeriod(tx, { noticeId, kind: 'non_disclosure', startedAt: sentAt, endsAt: until });
  }
}

/** An order was received, or its receipt was another than had been thought: what runs from there. */
export async function beginPeriodsOfReceipt(tx: Tx, notice: Notice): Promise<void> {
  if (notice.kind !== 'removal_order') return;
  const { id: noticeId, receivedAt } = notice;
  if (!receivedAt) {
    await tx.query(
      `delete from order_period where notice_id = $1 and kind in ('scrutiny_request', 'redress') and subject_id is null and ended_at is null`,
      [noticeId],
    );
    return;
  }
  if (notice.homeAuthorityId) {
    const endsAt = endOf('TCO_SCRUTINY_REQUEST', receivedAt);
    await beginPeriod(tx, { noticeId, kind: 'scrutiny_request', startedAt: receivedAt, endsAt });
  }
  const [order] = await tx.query<{ deadline: Parameters<typeof redressEndsAt>[0] }[]>(
    `select redress -> 'deadline' as deadline from removal_order where notice_id = $1`,
    [noticeId],
  );
  if (!order) return;
  const endsAt = redressEndsAt(order.deadline, receivedAt);
  await beginPeriod(tx, { noticeId, kind: 'redress', startedAt: receivedAt, endsAt });
}

import { Injectable } from '@nestjs/common';
import { OrderDeconfliction } from '../cases/deconfliction/order-deconfliction.service';
import { DomainError } from '../domain/errors';
import { advance } from '../domain/notice-lifecycle';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { addJob } from '../infra/jobs/jobs';
import { append } from '../ledger/append';
import { TELL } from '../signals/telling';
import { enqueue } from './delivery-job';
import { entryOf, facts } from './notice-facts';
import { Notice, NoticeItem } from './notice.entity';
import { assertOrderCanLeave } from './orders/order-gate';
import { beginPeriodsOfSending } from './redress/periods';

/** Notices of one transaction. Others that look at the same time pass over them. */
const BATCH = 200;

/** Lets notices leave whose time for second thoughts is over, each once, whichever worker comes first. */
@Injectable()
export class Departing {
  constructor(
    private readonly work: Work,
    private readonly deconfliction: OrderDeconfliction,
  ) {}

  /** Returns how many left. An order that must not leave any more is a draft again, and its sender is told why. */
  departDue(now: Date): Promise<number> {
    return this.work.asWorker(async (tx) => {
      const due = await tx
        .createQueryBuilder(Notice, 'n')
        .setLock('pessimistic_write')
        .setOnLocked('skip_locked')
        .where('n.departsAt <= :now', { now })
        .orderBy('n.departsAt')
        .limit(BATCH)
        .getMany();
      let left = 0;
      for (const notice of due) {
        const refusal = await refusalOf(tx, notice, now);
        if (refusal) {
          await this.holdBack(tx, notice, refusal, now);
          continue;
        }
        await depart(tx, notice, { at: now, actor: 'service' });
        left += 1;
      }
      return left;
    });
  }

  private async holdBack(tx: Tx, notice: Notice, { code }: DomainError, at: Date): Promise<void> {
    const change = { state: advance(notice.state, 'undo'), departsAt: null, version: notice.version + 1 };
    await tx.update(Notice, { id: notice.id }, change);
    Object.assign(notice, change);
    await this.deconfliction.releaseOrderTokens(tx, notice.id);
    const dims = { because: code };
    const { id: entryId } = await append(tx, entryOf(notice, { kind: 'notice.recalled', actor: 'service', at, dims }));
    await addJob(tx, TELL, { entryId });
  }
}

/** Why an order must not leave any more, though it could when it was let go. */
async function refusalOf(tx: Tx, notice: Notice, now: Date): Promise<DomainError | null> {
  if (notice.kind !== 'removal_order') return null;
  try {
    await assertOrderCanLeave(tx, notice, now);
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

/** A notice leaves: state, entry, parties and the job that delivers it. `notice` is locked, and brought up to date in place. */
export async function depart(
  tx: Tx,
  notice: Notice,
  { at, actor }: { readonly at: Date; readonly actor: Actor | 'service' },
): Promise<void> {
  const change = { state: advance(notice.state, 'depart'), departsAt: null, sentAt: at, version: notice.version + 1 };
  await tx.update(Notice, { id: notice.id }, change);
  Object.assign(notice, change);
  await tx.query(
    `insert into notice_party (organisation_id, created_at, notice_id, side)
     select u.id, $3, $4, u.side from unnest($1::uuid[], $2::text[]) u (id, side) where u.id is not null`,
    [[notice.recipientId, notice.homeAuthorityId], ['platform', 'home'], at, notice.id],
  );
  const items = await tx.find(NoticeItem, { where: { noticeId: notice.id }, order: { position: 'asc' } });
  const dims = facts('notice.sent', { sentAt: at.toISOString(), items: items.length });
  const shared = {
    reference: notice.reference,
    grounds: notice.grounds,
    requestedAction: notice.requestedAction,
    items: items.map(({ itemId, kind, address }) => ({ itemId, kind, address })),
  };
  await append(tx, entryOf(notice, { kind: 'notice.sent', actor, at, dims: { ...dims }, shared }));
  await beginPeriodsOfSending(tx, notice, at);
  await enqueue(tx, notice.id, 'notice.sent');
}

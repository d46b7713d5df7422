import { Injectable } from '@nestjs/common';
import { DomainError } from '../domain/errors';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor } from '../infra/database/work';
import { Notice } from '../notices/notice.entity';
import { lockNotice } from '../notices/receiving';
import { Delivery } from './deliveries.entity';
import type { FeedReceiptView } from './deliveries.dto';
import { plan } from './plan';
import { prove } from './proving';

/**
 * Receipt by the feed. A request that only reads must change nothing, and least of all start the hour of an order; so the platform's
 * own system says that it has read the entry, and proves it by the entry's digest, which stands nowhere else than in the feed.
 */
@Injectable()
export class FeedReceipts {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  async confirm(actor: Actor, noticeId: string, digest: string): Promise<FeedReceiptView> {
    const at = this.clock.now();
    const read = await this.work.read(actor, async (tx) => {
      const isOurs = await tx.existsBy(Notice, { id: noticeId, recipientId: actor.organisationId });
      if (!isOurs) throw new DomainError('request.not-found');
      return tx.query<unknown[]>(
        `select 1 from ledger_entry e join ledger_leaf l on l.entry_id = e.id
         where e.notice_id = $1 and e.kind = 'notice.sent' and encode(l.leaf_hash, 'hex') = $2`,
        [noticeId, digest],
      );
    });
    if (read.length === 0) throw new DomainError('receipt.digest-mismatch');
    return this.work.asWorker(async (tx) => {
      const notice = await lockNotice(tx, noticeId);
      // The entry can be read before the job that begins the telling has run.
      if (notice) await plan(tx, notice, { event: 'notice.sent', subject: null, at });
      const delivery = await tx.findOneBy(Delivery, { noticeId, event: 'notice.sent', channel: 'feed' });
      if (!notice || !delivery) throw new DomainError('receipt.no-feed');
      await prove(tx, notice, delivery, { at, proof: 'feed' });
      const proven = await tx.findOneByOrFail(Delivery, { id: delivery.id });
      return { noticeId, receiptAt: (proven.receiptAt ?? at).toISOString() };
    });
  }
}

import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { assertExtendable, exposureOf } from '../../domain/redress';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { entryOf } from '../notice-facts';
import type { NoticeView } from '../notice.view';
import { viewOf } from '../notices.queries';
import { lockNotice } from '../receiving';
import { beginPeriod } from './periods';
import type { ExposureView, ExtendNonDisclosureDto } from './reviews.dto';

/** What authorities see to of an order that has gone: how long it stays undisclosed, and how often a provider had final ones. */
@Injectable()
export class OrderUpkeep {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** Once, by six weeks at most, while it runs (Art. 11(3)). */
  extend(actor: Actor, id: string, { until, reasons }: ExtendNonDisclosureDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      const notice = await lockNotice(tx, id);
      if (notice?.senderId !== actor.organisationId) throw new DomainError('request.not-found');
      if (notice.kind !== 'removal_order') throw new DomainError('notice.not-an-order');
      const { state, sentAt } = notice;
      if (!sentAt || state === 'withdrawn' || state === 'annulled') throw new DomainError('order.no-non-disclosure');
      const [order] = await tx.query<{ until: Date | null; extendedAt: Date | null }[]>(
        `select non_disclosure_until as until, non_disclosure_extended_at as "extendedAt" from removal_order where notice_id = $1`,
        [id],
      );
      if (!order) throw new DomainError('request.not-found');
      const at = this.clock.now();
      assertExtendable(order, until, at);
      const [row] = await tx.query<{ extended: boolean }[]>(`select extend_non_disclosure($1, $2, $3) as extended`, [
        id,
        until,
        at,
      ]);
      if (!row?.extended) throw new DomainError('order.non-disclosure-extended');
      await tx.query(`update notice_origin set non_disclosure_extension_reasons = $2 where notice_id = $1`, [
        id,
        reasons,
      ]);
      await beginPeriod(tx, { noticeId: id, kind: 'non_disclosure', startedAt: sentAt, endsAt: until });
      const dims = { until: until.toISOString() };
      await append(
        tx,
        entryOf(notice, { kind: 'order.non-disclosure-extended', actor, at, dims, internal: { reasons } }),
      );
      return viewOf(tx, actor, id);
    });
  }

  /** For an authority of the provider's home Member State alone; for anybody else there is no such thing. */
  exposure(actor: Actor, platformId: string): Promise<ExposureView> {
    return this.work.read(actor, async (tx) => {
      const [home] = await tx.query<{ is_home: boolean }[]>(`select is_home_authority($1) as is_home`, [platformId]);
      if (!home?.is_home) throw new DomainError('request.not-found');
      const now = this.clock.now();
      const { since } = exposureOf([], now);
      const rows = await tx.query<{ at: Date }[]>(`select at from final_orders($1, $2) as at`, [platformId, since]);
      const finalAt = rows.map(({ at }) => at);
      const { finalOrders, isFactor } = exposureOf(finalAt, now);
      return {
        platformId,
        since: since.toISOString(),
        finalOrders,
        finalAt: finalAt.map((at) => at.toISOString()),
        isFactor,
      };
    });
  }
}

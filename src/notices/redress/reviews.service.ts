import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import type { ReviewLodger, ReviewOutcome } from '../../domain/redress';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { instant } from '../course.queries';
import { entryOf } from '../notice-facts';
import type { NoticeView } from '../notice.view';
import { Notice } from '../notice.entity';
import { viewOf } from '../notices.queries';
import { lockNotice } from '../receiving';
import { Annulling } from './annulling.service';
import { homeAuthorityOf } from './home-authority';
import { closePeriod } from './periods';
import type { AnnulDto, ConfirmReviewDto, DiscontinueReviewDto, LodgeReviewDto, ReviewView } from './reviews.dto';

interface ReviewRow {
  readonly id: string;
  readonly notice_id: string;
  readonly lodged_by: ReviewLodger;
  readonly court: string;
  readonly reference: string;
  readonly lodged_at: Date;
  readonly recorded_at: Date;
  readonly outcome: ReviewOutcome;
  readonly decided_at: Date | null;
  readonly decision: string | null;
}

/** Remedies before a court (Art. 9), what comes of them, and when an order is final (Art. 3(9)). */
@Injectable()
export class Reviews {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly annulling: Annulling,
  ) {}

  list(actor: Actor, noticeId: string): Promise<ReviewView[]> {
    return this.work.read(actor, async (tx) => {
      if (!(await tx.existsBy(Notice, { id: noticeId }))) throw new DomainError('request.not-found');
      return reviewsOf(tx, noticeId);
    });
  }

  /** Somebody went to court. While that is pending the order does not become final. */
  lodge(actor: Actor, noticeId: string, dto: LodgeReviewDto): Promise<ReviewView> {
    return this.work.run(actor, async (tx) => {
      const notice = await lockOrder(tx, noticeId);
      const isOwn = notice.senderId === actor.organisationId;
      const mayRecord = isOwn || (notice.recipientId === actor.organisationId && dto.lodgedBy === 'provider');
      if (!mayRecord || !notice.sentAt) throw new DomainError('request.not-found');
      const at = this.clock.now();
      if (dto.lodgedAt > at || dto.lodgedAt < notice.sentAt) throw new DomainError('review.instant');
      const id = uuidv7();
      await tx.query(
        `insert into review_proceeding (id, notice_id, organisation_id, lodged_by, court, reference, lodged_at, recorded_at, outcome)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'pending')`,
        [id, noticeId, actor.organisationId, dto.lodgedBy, dto.court, dto.reference, dto.lodgedAt, at],
      );
      const dims = { review: id, lodgedBy: dto.lodgedBy, lodgedAt: dto.lodgedAt.toISOString() };
      const shared = { court: dto.court, reference: dto.reference };
      await append(tx, entryOf(notice, { kind: 'order.review-lodged', actor, at, dims, shared }));
      return reviewOf(tx, id);
    });
  }

  /** The court has confirmed the order: with no other review pending it is final. */
  confirm(actor: Actor, noticeId: string, reviewId: string, dto: ConfirmReviewDto): Promise<ReviewView> {
    return this.end(actor, noticeId, reviewId, { ...dto, outcome: 'confirmed' });
  }

  /**
   * The review ended and the court said nothing of the order. That confirms nothing: others have the time that they had, and
   * where it was over while this was pending the order is final from now on.
   */
  discontinue(actor: Actor, noticeId: string, reviewId: string, dto: DiscontinueReviewDto): Promise<ReviewView> {
    return this.end(actor, noticeId, reviewId, { ...dto, outcome: 'discontinued' });
  }

  /** The order falls by the decision of a court, or of its issuer in its own review; carried out by a second person. */
  async annul(actor: Actor, noticeId: string, dto: AnnulDto): Promise<NoticeView> {
    const touched: string[] = [];
    const view = await this.work.run(actor, async (tx) => {
      const notice = await lockOwn(tx, actor, noticeId);
      const at = this.clock.now();
      const { ground, reasons, reviewId } = dto;
      if (reviewId) {
        if (ground !== 'court') throw wrongMember('/reviewId', 'for the ground court alone');
        const decision = { outcome: 'annulled', decidedAt: at, decision: reasons } as const;
        await decideReview(tx, { actor, notice, at }, reviewId, decision);
      }
      const shared = { reasons, ...(reviewId ? { review: reviewId } : {}) };
      touched.push(...(await this.annulling.annul(tx, notice, { ground, at, actor, shared })));
      return viewOf(tx, actor, noticeId);
    });
    await this.annulling.told(touched);
    return view;
  }

  private end(actor: Actor, noticeId: string, reviewId: string, end: EndedReview): Promise<ReviewView> {
    return this.work.run(actor, async (tx) => {
      const notice = await lockOwn(tx, actor, noticeId);
      // A worker that ends the time for a remedy at this moment still finds the review pending: it is waited for, and `at` is later.
      await tx.query(`select 1 from order_period where notice_id = $1 and kind = 'redress' for update`, [noticeId]);
      const at = this.clock.now();
      await decideReview(tx, { actor, notice, at }, reviewId, end);
      await this.becomeFinal(tx, actor, notice, at);
      return reviewOf(tx, reviewId);
    });
  }

  private async becomeFinal(tx: Tx, actor: Actor, notice: Notice, at: Date): Promise<void> {
    if (notice.state === 'withdrawn' || notice.state === 'annulled') return;
    const [row] = await tx.query<{ by: string | null }[]>(`select order_becomes_final($1, $2) as by`, [notice.id, at]);
    if (!row?.by) return;
    await closePeriod(tx, { noticeId: notice.id, kind: 'redress' }, at);
    const entry = entryOf(notice, { kind: 'order.final', actor, at, dims: { by: row.by } });
    const home = await homeAuthorityOf(tx, notice.recipientId);
    await append(tx, { ...entry, audience: [...entry.audience, ...(home ? [home] : [])] });
  }
}

const wrongMember = (pointer: string, detail: string): DomainError =>
  new DomainError('request.invalid', {}, [{ pointer, detail }]);

async function lockOrder(tx: Tx, id: string): Promise<Notice> {
  const notice = await lockNotice(tx, id);
  if (!notice) throw new DomainError('request.not-found');
  if (notice.kind !== 'removal_order') throw new DomainError('notice.not-an-order');
  return notice;
}

async function lockOwn(tx: Tx, actor: Actor, id: string): Promise<Notice> {
  const notice = await lockOrder(tx, id);
  if (notice.senderId !== actor.organisationId) throw new DomainError('request.not-found');
  return notice;
}

/** What came of it, whichever of these it was. */
type EndedReview = ConfirmReviewDto & { readonly outcome: Exclude<ReviewOutcome, 'pending'> };

interface Act {
  readonly actor: Actor;
  readonly notice: Notice;
  readonly at: Date;
}

async function decideReview(
  tx: Tx,
  { actor, notice, at }: Act,
  id: string,
  { outcome, decidedAt, decision }: EndedReview,
): Promise<void> {
  const [row] = await tx.query<ReviewRow[]>(`select * from review_proceeding where id = $1 and notice_id = $2`, [
    id,
    notice.id,
  ]);
  if (!row) throw new DomainError('request.not-found');
  if (row.outcome !== 'pending') throw new DomainError('review.decided', { outcome: row.outcome });
  if (decidedAt > at || decidedAt < row.lodged_at) throw new DomainError('review.instant');
  await tx.query(`update review_proceeding set outcome = $2, decided_at = $3, decision = $4 where id = $1`, [
    id,
    outcome,
    decidedAt,
    decision,
  ]);
  const dims = { review: id, outcome, decidedAt: decidedAt.toISOString() };
  await append(tx, entryOf(notice, { kind: 'order.review-decided', actor, at, dims, shared: { decision } }));
}

async function reviewsOf(tx: Tx, noticeId: string): Promise<ReviewView[]> {
  const rows = await tx.query<ReviewRow[]>(
    `select * from review_proceeding where notice_id = $1 order by lodged_at, id`,
    [noticeId],
  );
  return rows.map(toView);
}

async function reviewOf(tx: Tx, id: string): Promise<ReviewView> {
  const [row] = await tx.query<ReviewRow[]>(`select * from review_proceeding where id = $1`, [id]);
  if (!row) throw new DomainError('request.not-found');
  return toView(row);
}

const toView = (row: ReviewRow): ReviewView => ({
  id: row.id,
  noticeId: row.notice_id,
  lodgedBy: row.lodged_by,
  court: row.court,
  reference: row.reference,
  lodgedAt: row.lodged_at.toISOString(),
  recordedAt: row.recorded_at.toISOString(),
  outcome: row.outcome,
  decidedAt: instant(row.decided_at),
  decision: row.decision,
});

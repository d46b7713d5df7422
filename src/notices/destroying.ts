import { endOf } from '../domain/deadlines';
import { barOfAll, type DeletionBar, type Removed } from '../domain/hard-deletion';
import type { Tx } from '../infra/database/work';
import type { Notice } from './notice.entity';

type Row = Omit<Removed, 'preserveUntil'> & { readonly noticeId: string; readonly measureAt: Date | null };

/** Cross-border also where its home authority is not on this installation: what has to stay possible does not depend on that. */
const REMOVED = `select n.id as "noticeId", n.kind, a.outcome, a.measure_at as "measureAt", p.state as preservation,
    (n.home_authority_id is not null or coalesce(o.is_cross_border, false)) as "isCrossBorder",
    coalesce(r.outcome = 'reinstated', false) as "isBack",
    exists (select 1 from reinstatement x where x.notice_id = n.id and x.item_id = i.item_id and x.outcome is null) as "isReinstatementOpen",
    exists (select 1 from complaint c where c.notice_id = n.id and c.item_id = i.item_id and c.outcome is null) as "isComplaintOpen",
    exists (select 1 from review_proceeding v where v.notice_id = n.id and v.outcome = 'pending') as "isReviewPending"
  from notice_item i join notice n on n.id = i.notice_id left join removal_order o on o.notice_id = n.id
    left join notice_preservation p on p.notice_id = n.id and p.item_id = i.item_id
    left join lateral (select outcome, measure_at from notice_answer a where a.notice_id = n.id and a.item_id = i.item_id
      order by revision desc limit 1) a on true
    left join lateral (select outcome from reinstatement r where r.notice_id = n.id and r.item_id = i.item_id
      order by asked_at desc, id desc limit 1) r on true
  where i.item_id = $1 and n.recipient_id = $2 and n.sent_at is not null`;

/** Why the platform must not destroy an item for good yet: what every notice to it about the item says, and not the named one alone. */
export async function barToDestroying(tx: Tx, notice: Notice, itemId: string, now: Date): Promise<DeletionBar | null> {
  const rows = await tx.query<Row[]>(REMOVED, [itemId, notice.recipientId]);
  const named = rows.find(({ noticeId }) => noticeId === notice.id);
  if (!named) throw new Error('an item that its notice does not have');
  const others = rows.filter((row) => row !== named);
  return barOfAll(removedOf(named), others.map(removedOf), now);
}

/** Six calendar months from the removal (Art. 6(2)), for an order; a referral creates no such duty. */
const removedOf = ({ noticeId: _id, measureAt, ...row }: Row): Removed => ({
  ...row,
  preserveUntil: row.kind === 'removal_order' && measureAt ? endOf('TCO_PRESERVE', measureAt) : null,
});

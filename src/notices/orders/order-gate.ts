import { assertMayOrder } from '../../accounts/registry/registry.queries';
import { providerOf } from '../../accounts/providers/providers.queries';
import { DomainError } from '../../domain/errors';
import { firstOrderBar } from '../../domain/first-order';
import { acceptsLanguage } from '../../domain/providers';
import type { Tx } from '../../infra/database/work';
import type { Notice } from '../notice.entity';
import { informedBy } from './advance-information.queries';
import { assertOrderable } from './orderable';

interface OrderRow {
  readonly signed_at: Date | null;
  readonly is_emergency: boolean;
  readonly order_language: string;
  readonly assessmentId: string;
  readonly caseId: string;
}

/** What an order must have before it goes, asked again when it goes: what was so when it was drafted may have changed. */
export async function assertOrderCanGo(tx: Tx, notice: Notice, itemIds: readonly string[], now: Date): Promise<void> {
  await assertMayOrder(tx, notice.senderId);
  const [order] = await tx.query<OrderRow[]>(
    `select o.signed_at, o.is_emergency, o.order_language, o.assessment_id as "assessmentId", n.case_id as "caseId"
     from removal_order o join notice_origin n on n.notice_id = o.notice_id where o.notice_id = $1`,
    [notice.id],
  );
  if (!order?.signed_at) throw new DomainError('order.unsigned');
  await assertOrderable(tx, { ...order, itemIds });
  const provider = await providerOf(tx, notice.recipientId);
  if (!provider.isInTcoScope) throw new DomainError('order.out-of-scope', { serviceKind: provider.serviceKind });
  if (!acceptsLanguage(provider, order.order_language)) {
    throw new DomainError('order.language-not-accepted', { languages: provider.languages });
  }
  await assertAnnounced(tx, notice, order.is_emergency, now);
}

/** Art. 3(2): twelve hours after the information, for the first order of this authority to this provider. */
async function assertAnnounced(tx: Tx, notice: Notice, isEmergency: boolean, now: Date): Promise<void> {
  const before = await tx.query<unknown[]>(
    `select 1 from notice where sender_id = $1 and recipient_id = $2 and kind = 'removal_order' and sent_at is not null limit 1`,
    [notice.senderId, notice.recipientId],
  );
  const { at: informedAt, awaitsReceipt } = await informedBy(tx, notice.senderId, notice.recipientId);
  const known = { hasOrdered: before.length > 0, informedAt, isEmergency };
  const bar = firstOrderBar(known, now);
  if (bar === null) return;
  const readyAt = bar === 'never' ? null : bar.toISOString();
  throw new DomainError('order.advance-information-missing', { readyAt, awaitsReceipt });
}

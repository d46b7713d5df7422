import { assertMayOrder } from '../../accounts/registry/registry.queries';
import { providerOf } from '../../accounts/providers/providers.queries';
import { endOf } from '../../domain/deadlines';
import { DomainError } from '../../domain/errors';
import { firstOrderBar } from '../../domain/first-order';
import { acceptsLanguage } from '../../domain/providers';
import type { Tx } from '../../infra/database/work';
import { NoticeItem, type Notice } from '../notice.entity';
import { informedBy } from './advance-information.queries';
import { assertHomeUnchanged } from './home';
import { assertOrderable } from './orderable';

interface OrderRow {
  readonly signedAt: Date | null;
  readonly isEmergency: boolean;
  readonly language: string;
  readonly assessmentId: string;
  readonly country: string;
  readonly isCrossBorder: boolean;
  readonly nonDisclosureUntil: Date | null;
}

/**
 * What an order must have before it is signed: a signature dates it, and what it states has to be so on that day. READY comes
 * before SIGNED (Art. 3(2): the information is there twelve hours before the order is issued).
 */
export async function assertOrderCanBeSigned(tx: Tx, notice: Notice, now: Date): Promise<void> {
  const order = await partOf(tx, notice.id);
  await assertSound(tx, notice, order, now);
  await assertAnnounced(tx, notice, order, now);
}

/** What an order must have before it goes, asked again when it goes: what was so when it was signed may have changed. */
export async function assertOrderCanGo(tx: Tx, notice: Notice, now: Date): Promise<void> {
  const order = await partOf(tx, notice.id);
  if (!order.signedAt) throw new DomainError('order.unsigned');
  await assertSound(tx, notice, order, now);
  await assertAnnounced(tx, notice, order, order.signedAt);
}

/**
 * What is asked once more when the time for second thoughts is over, by the service: whether the issuer may order still, and
 * whether what was signed is true at the instant at which the order is issued. Not what it rests on, which is the issuer's own and
 * not the service's to read; nor language and kind of service, with which an addressee could stop what has been let go.
 */
export async function assertOrderCanLeave(tx: Tx, notice: Notice, now: Date): Promise<void> {
  const order = await partOf(tx, notice.id);
  if (!order.signedAt) throw new DomainError('order.unsigned');
  await assertMayOrder(tx, notice.senderId);
  await assertHomeUnchanged(tx, notice, order);
  assertNonDisclosure(order, now);
  await assertAnnounced(tx, notice, order, order.signedAt);
}

async function partOf(tx: Tx, noticeId: string): Promise<OrderRow> {
  const [order] = await tx.query<OrderRow[]>(
    `select signed_at as "signedAt", is_emergency as "isEmergency", order_language as language, assessment_id as "assessmentId",
       home_country as country, is_cross_border as "isCrossBorder", non_disclosure_until as "nonDisclosureUntil"
     from removal_order where notice_id = $1`,
    [noticeId],
  );
  if (!order) throw new Error('an order without its part');
  return order;
}

/** Its issuer, what it rests on, and its addressee, as they are now. */
async function assertSound(tx: Tx, notice: Notice, order: OrderRow, now: Date): Promise<void> {
  const { assessmentId, language } = order;
  await assertMayOrder(tx, notice.senderId);
  const items = await tx.find(NoticeItem, { where: { noticeId: notice.id }, order: { position: 'asc' } });
  const [origin] = await tx.query<{ caseId: string }[]>(
    `select case_id as "caseId" from notice_origin where notice_id = $1`,
    [notice.id],
  );
  assertExactUrls(items);
  if (!origin) throw new Error('an order without its case');
  await assertOrderable(tx, { caseId: origin.caseId, assessmentId, itemIds: items.map(({ itemId }) => itemId) });
  const provider = await providerOf(tx, notice.recipientId);
  if (!provider.isInTcoScope) throw new DomainError('order.out-of-scope', { serviceKind: provider.serviceKind });
  if (!acceptsLanguage(provider, language)) {
    throw new DomainError('order.language-not-accepted', { languages: provider.languages });
  }
  await assertHomeUnchanged(tx, notice, order);
  assertNonDisclosure(order, now);
}

/** Art. 11(3): the order tells the provider to be silent, which it must not say when the time for that is over. */
function assertNonDisclosure({ nonDisclosureUntil: until }: OrderRow, now: Date): void {
  const latest = endOf('TCO_NONDISCLOSURE', now);
  if (until === null || (until > now && until <= latest)) return;
  throw new DomainError('order.non-disclosure-over', { until: until.toISOString(), latest: latest.toISOString() });
}

/**
 * Art. 3(4)(c): an order names the exact URL. An account or a channel that is known by its name alone has none.
 * @throws DomainError `order.no-url` with the items
 */
export function assertExactUrls(items: readonly Pick<NoticeItem, 'itemId' | 'kind'>[]): void {
  const itemIds = items.filter(({ kind }) => kind !== 'url').map(({ itemId }) => itemId);
  if (itemIds.length > 0) throw new DomainError('order.no-url', { itemIds });
}

/**
 * Art. 3(2): twelve hours after the information, for the first order of this authority to this provider.
 * @param issuedAt of its signature, or now where it is about to be signed
 */
async function assertAnnounced(tx: Tx, notice: Notice, { isEmergency }: OrderRow, issuedAt: Date): Promise<void> {
  const before = await tx.query<unknown[]>(
    `select 1 from notice where sender_id = $1 and recipient_id = $2 and kind = 'removal_order' and sent_at is not null limit 1`,
    [notice.senderId, notice.recipientId],
  );
  const { at: informedAt, awaitsReceipt } = await informedBy(tx, notice.senderId, notice.recipientId);
  const known = { hasOrdered: before.length > 0, informedAt, isEmergency };
  const bar = firstOrderBar(known, issuedAt);
  if (bar === null) return;
  const readyAt = bar === 'never' ? null : bar.toISOString();
  throw new DomainError('order.advance-information-missing', { readyAt, awaitsReceipt });
}

import { Injectable } from '@nestjs/common';
import { authorityOf } from '../../accounts/registry/registry.queries';
import { providerOf } from '../../accounts/providers/providers.queries';
import { ARTICLE_2_7_OF } from '../../domain/assessment';
import { DomainError } from '../../domain/errors';
import { annexI, formBytes, type AnnexI, type Article27, type Form } from '../../domain/forms/forms';
import { isMemberState, type MemberState } from '../../domain/union';
import type { Category } from '../../domain/vocabulary';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { AuthorityKeys } from '../forms/authority-keys.service';
import { validForm } from '../forms/validate-form';
import { sha256 } from '../../ledger/native-hash';
import { entryOf } from '../notice-facts';
import type { NoticeView } from '../notice.view';
import { Notice, NoticeItem } from '../notice.entity';
import { viewOf } from '../notices.queries';
import { lockNotice } from '../receiving';
import { assertOrderCanBeSigned } from './order-gate';
import type { IssuerDto, RedressDto } from './orders.dto';

interface OrderRow {
  readonly assessment_id: string;
  readonly categories: Category[];
  readonly reasons: string;
  readonly additional_information: string;
  readonly emergency_reasons: string | null;
  readonly home_country: string | null;
  readonly is_cross_border: boolean;
  readonly home_copy_note: string | null;
  readonly non_disclosure_until: Date | null;
  readonly issuer: IssuerDto;
  readonly redress: RedressDto;
  readonly signed_at: Date | null;
}

/** How the form says that it is signed: the signature itself lies beside it. */
const SIGNED_BESIDE = 'Ed25519, detached JWS (RFC 7515)';

/** The signature of an order by a second person of the authority: Annex I is made from the draft, and signed as one. */
@Injectable()
export class Signing {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly keys: AuthorityKeys,
  ) {}

  sign(actor: Actor, id: string): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      const at = this.clock.now();
      const { notice, order } = await lockSignable(tx, actor, id, at);
      const form = validForm(annexI(await contentOf(tx, notice, order, at)));
      const { kid, compact } = await this.keys.signForm(tx, actor, form);
      await tx.query(`update removal_order set signed_at = $2, form = $3, kid = $4, jws = $5 where notice_id = $1`, [
        id,
        at,
        JSON.stringify(form),
        kid,
        compact,
      ]);
      await tx.query(`update notice_origin set signed_by = $2 where notice_id = $1`, [id, actor.personId]);
      await tx.update(Notice, { id }, { version: notice.version + 1 });
      const dims = { kid, form: sha256(formBytes(form)).toString('hex') };
      await append(tx, entryOf(notice, { kind: 'order.signed', actor, at, dims }));
      return viewOf(tx, actor, id);
    });
  }

  /** What would be signed now, without a signature: for whoever asks for one or gives it. */
  preview(actor: Actor, id: string): Promise<Form> {
    return this.work.read(actor, async (tx) => {
      const notice = await tx.findOneBy(Notice, { id, senderId: actor.organisationId, kind: 'removal_order' });
      if (!notice) throw new DomainError('request.not-found');
      const order = await orderOf(tx, id);
      // What was signed is read as it was signed.
      if (order.signed_at) throw new DomainError('order.signed');
      const content = await contentOf(tx, notice, order, this.clock.now());
      return validForm(annexI({ ...content, e: { ...content.e, signature: '' } }));
    });
  }
}

/** An order of one's own that waits for its signature. @throws DomainError for whatever cannot be signed now, whoever signs it */
export async function lockSignable(
  tx: Tx,
  actor: Actor,
  id: string,
  now: Date,
): Promise<{ readonly notice: Notice; readonly order: OrderRow }> {
  const notice = await lockNotice(tx, id);
  if (notice?.senderId !== actor.organisationId) throw new DomainError('request.not-found');
  if (notice.kind !== 'removal_order') throw new DomainError('notice.not-an-order');
  if (notice.state !== 'draft')
    throw new DomainError('notice.illegal-transition', { state: notice.state, event: 'sign' });
  const order = await orderOf(tx, id);
  if (order.signed_at) throw new DomainError('order.signed');
  await assertOrderCanBeSigned(tx, notice, now);
  return { notice, order };
}

/** The signed Annex I of an order that the transaction's organisation may read. @throws DomainError order.unsigned */
export async function signedFormOf(
  tx: Tx,
  id: string,
): Promise<{ readonly form: Form; readonly kid: string; readonly compact: string; readonly issuerId: string }> {
  const [row] = await tx.query<{ form: Form | null; kid: string | null; jws: string | null; issuer_id: string }[]>(
    `select o.form, o.kid, o.jws, n.sender_id as issuer_id from removal_order o join notice n on n.id = o.notice_id
     where o.notice_id = $1`,
    [id],
  );
  if (!row) throw new DomainError('request.not-found');
  const { form, kid, jws, issuer_id: issuerId } = row;
  if (!form || !kid || !jws) throw new DomainError('order.unsigned');
  return { form, kid, compact: jws, issuerId };
}

async function orderOf(tx: Tx, id: string): Promise<OrderRow> {
  const [order] = await tx.query<OrderRow[]>(
    `select o.*, a.categories, a.reasons from removal_order o join assessment a on a.id = o.assessment_id where o.notice_id = $1`,
    [id],
  );
  if (!order) throw new Error('an order without its part');
  return order;
}

const typesOf = (categories: readonly Category[]): Article27[] =>
  categories.flatMap((category) => (category === 'other' ? [] : [ARTICLE_2_7_OF[category]])).sort();

const memberState = (country: string | null): MemberState => {
  if (!isMemberState(country)) throw new DomainError('order.home-unknown');
  return country;
};

async function contentOf(tx: Tx, notice: Notice, order: OrderRow, at: Date): Promise<AnnexI> {
  const provider = await providerOf(tx, notice.recipientId);
  const authority = await authorityOf(tx, notice.senderId);
  if (!authority) throw new DomainError('authority.may-not-order', { reason: 'not_registered' });
  const items = await tx.find(NoticeItem, { where: { noticeId: notice.id }, order: { position: 'asc' } });
  const { issuer, redress } = order;
  const { fax = '', stamp, ...office } = issuer;
  const home = await homeLines(tx, notice, order);
  return {
    a: {
      issuingMemberState: memberState(authority.country),
      addressee: provider.name,
      ...(provider.legalRepresentative ? { legalRepresentative: provider.legalRepresentative } : {}),
      contactPoint: provider.contacts[0]?.value ?? provider.hosts[0] ?? provider.name,
      homeMemberState: memberState(order.home_country),
      issuedAt: at.toISOString(),
      reference: notice.reference,
    },
    b: {
      targets: items.map(({ address }) => ({ url: address, additionalInfo: order.additional_information })),
      types: typesOf(order.categories),
      reasons: order.emergency_reasons === null ? order.reasons : `${order.reasons}\n\n${order.emergency_reasons}`,
    },
    c: { nonDisclosure: order.non_disclosure_until !== null },
    d: { crossBorder: order.is_cross_border, copySent: order.is_cross_border },
    e: {
      ...office,
      name: authority.name,
      fax,
      date: at.toISOString().slice(0, 10),
      ...(stamp === undefined ? {} : { stamp }),
      signature: SIGNED_BESIDE,
    },
    f: { issuer: `${authority.name}\n${office.tel}\n${office.email}`, ...(home === null ? {} : { home }) },
    g: { body: redress.body, deadline: { ...redress.deadline }, lawUrl: redress.lawUrl },
  };
}

async function homeLines(tx: Tx, notice: Notice, order: OrderRow): Promise<string | null> {
  if (!order.is_cross_border) return null;
  const home = notice.homeAuthorityId ? await authorityOf(tx, notice.homeAuthorityId) : null;
  return home ? `${home.name}\n${home.contactPoint}\n${home.telephone}` : order.home_copy_note;
}

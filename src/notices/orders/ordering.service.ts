import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { assertMayOrder } from '../../accounts/registry/registry.queries';
import { providerOf } from '../../accounts/providers/providers.queries';
import type { ProviderView } from '../../accounts/providers/providers.dto';
import { OrderDeconfliction } from '../../cases/deconfliction/order-deconfliction.service';
import { endOf } from '../../domain/deadlines';
import { DomainError } from '../../domain/errors';
import { acceptsLanguage } from '../../domain/providers';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { addJob } from '../../infra/jobs/jobs';
import { append } from '../../ledger/append';
import { TELL } from '../../signals/telling';
import { assertCompetent } from '../competence';
import { choose, writeDraft } from '../drafting.service';
import { entryOf } from '../notice-facts';
import type { NoticeView } from '../notice.view';
import { Notice, NoticeItem } from '../notice.entity';
import { lastAnswers, viewOf } from '../notices.queries';
import { informationsOf } from './advance-information.queries';
import { mailInformation } from './advance-job';
import { homeOf, type Home } from './home';
import { assertExactUrls } from './order-gate';
import { assertOrderable } from './orderable';
import type { AdvanceInformationDto, AdvanceInformationView, DraftOrderDto } from './orders.dto';

interface Escalation {
  /** Of the referral. */
  readonly id: string;
  readonly caseId: string;
  readonly recipientId: string;
  readonly itemIds: readonly string[];
}

/** Removal orders before they are signed (TCO Art. 3): drafted on an assessment, and announced to a provider that has had none. */
@Injectable()
export class Ordering {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly deconfliction: OrderDeconfliction,
  ) {}

  /** Drafts an order about items of a case. What it rests on and states is written with it, and signed as it was written. */
  async draft(actor: Actor, dto: DraftOrderDto): Promise<NoticeView> {
    const { language: _language, ...about } = dto;
    const itemIds = await this.work.read(actor, async (tx) => {
      const chosen = await choose(tx, await withReferred(tx, dto));
      const items = await tx.query<Pick<NoticeItem, 'itemId' | 'kind'>[]>(
        `select id as "itemId", kind from content_item where id = any ($1) order by added_at, id`,
        [chosen.itemIds],
      );
      assertExactUrls(items);
      return chosen.itemIds;
    });
    await this.deconfliction.assertNoOtherOrder(actor, itemIds);
    return this.work.run(actor, async (tx) => {
      const at = this.clock.now();
      await assertCompetent(tx, actor, 'removal_order');
      await assertMayOrder(tx, actor.organisationId);
      const { caseId, assessmentId } = dto;
      const assessment = await assertOrderable(tx, { caseId, assessmentId, itemIds });
      const { recipientId } = await choose(tx, { ...dto, itemIds: [...itemIds] });
      const provider = await providerOf(tx, recipientId);
      assertReachable(provider, dto.language);
      const home = await homeWithCopy(tx, actor, recipientId, dto);
      if (dto.escalatedFrom) {
        await assertEscalatable(tx, actor, { id: dto.escalatedFrom, caseId, recipientId, itemIds });
      }
      const [category] = assessment.categories;
      const notice = await writeDraft(
        tx,
        actor,
        {
          ...about,
          itemIds: [...itemIds],
          kind: 'removal_order',
          ...(category ? { category } : {}),
          grounds: assessment.reasons,
          requestedAction: 'review_and_preserve',
          homeAuthorityId: home.authorityId,
        },
        at,
      );
      await this.insert(tx, actor, notice, dto, home);
      if (dto.escalatedFrom) {
        const internal = { escalatedFrom: dto.escalatedFrom };
        await append(tx, entryOf(notice, { kind: 'order.escalated', actor, at, internal }));
      }
      return viewOf(tx, actor, notice.id);
    });
  }

  /**
   * Sends a provider the information that it has twelve hours before a first order (Art. 3(2)): to its webhooks and its feed, and by
   * mail to every address that it has declared.
   */
  inform(actor: Actor, { platformId, text }: AdvanceInformationDto): Promise<AdvanceInformationView> {
    return this.work.run(actor, async (tx) => {
      await assertMayOrder(tx, actor.organisationId);
      await providerOf(tx, platformId);
      const [id, at] = [uuidv7(), this.clock.now()];
      await tx.query(
        `insert into advance_information (id, organisation_id, platform_id, sent_at, sent_by, text, by_mail_alone)
         values ($1, $2, $3, $4, $5, $6, reached_by_mail_alone($3))`,
        [id, actor.organisationId, platformId, at, actor.personId, text],
      );
      const { id: entryId } = await append(tx, {
        kind: 'order.advance-information',
        actor,
        at,
        subjects: { information: id },
        dims: { platformId },
        shared: { text },
        audience: [platformId],
      });
      await tx.query(`update advance_information set entry_id = $2 where id = $1`, [id, entryId]);
      await addJob(tx, TELL, { entryId });
      await mailInformation(tx, id);
      const [view] = await informationsOf(tx, id);
      if (!view) throw new Error('an information that was written is not there');
      return view;
    });
  }

  /** What one's own organisation sent or was sent, newest first. */
  informations(actor: Actor): Promise<AdvanceInformationView[]> {
    return this.work.read(actor, (tx) => informationsOf(tx));
  }

  private async insert(tx: Tx, actor: Actor, notice: Notice, dto: DraftOrderDto, home: Home): Promise<void> {
    const { isEmergency = false, emergencyReasons = null, nonDisclosure } = dto;
    if (isEmergency !== (emergencyReasons !== null)) throw new DomainError('order.emergency-reasons');
    const now = this.clock.now();
    if (nonDisclosure && (nonDisclosure.until <= now || nonDisclosure.until > endOf('TCO_NONDISCLOSURE', now))) {
      throw new DomainError('order.non-disclosure', { latest: endOf('TCO_NONDISCLOSURE', now).toISOString() });
    }
    await tx.query(
      `insert into removal_order (notice_id, organisation_id, recipient_id, assessment_id, order_language, legal_basis, additional_information,
         is_emergency, emergency_reasons, home_country, is_cross_border, home_copy_note, non_disclosure_until, issuer, redress)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        notice.id,
        actor.organisationId,
        notice.recipientId,
        dto.assessmentId,
        dto.language,
        dto.legalBasis,
        dto.additionalInformation ?? '',
        isEmergency,
        emergencyReasons,
        home.country,
        home.isCrossBorder,
        dto.homeCopyNote ?? null,
        nonDisclosure?.until ?? null,
        JSON.stringify(dto.issuer),
        JSON.stringify(dto.redress),
      ],
    );
    await tx.query(`update notice_origin set non_disclosure_reasons = $2 where notice_id = $1`, [
      notice.id,
      nonDisclosure?.reasons ?? null,
    ]);
  }
}

/** An order that carries on a referral is about what is open of it, unless it says about which of that. */
async function withReferred(tx: Tx, dto: DraftOrderDto): Promise<DraftOrderDto> {
  if (dto.itemIds || !dto.escalatedFrom) return dto;
  const rows = await tx.query<{ id: string }[]>(
    `select i.id from notice_item n join content_item i on i.id = n.item_id where n.notice_id = $1 and i.state = 'open' order by n.position`,
    [dto.escalatedFrom],
  );
  return rows.length > 0 ? { ...dto, itemIds: rows.map(({ id }) => id) } : dto;
}

function assertReachable(provider: ProviderView, language: string): void {
  const { isInTcoScope, serviceKind, scopeReasons, languages } = provider;
  if (!isInTcoScope) throw new DomainError('order.out-of-scope', { serviceKind, scopeReasons });
  if (!acceptsLanguage(provider, language)) throw new DomainError('order.language-not-accepted', { languages });
}

/** Art. 4(1): the copy reaches the home authority at the same moment, here or as the draft says. */
async function homeWithCopy(tx: Tx, actor: Actor, recipientId: string, dto: DraftOrderDto): Promise<Home> {
  const home = await homeOf(tx, actor.organisationId, recipientId);
  if (home.isCrossBorder && home.authorityId === null && !dto.homeCopyNote) {
    throw new DomainError('order.home-authority-unknown', { country: home.country });
  }
  return home;
}

/**
 * A referral of one's own in the same case, of which an item was declined or is open still: to the platform that the order goes to,
 * which reads its id, and about everything that the order is about.
 */
async function assertEscalatable(
  tx: Tx,
  actor: Actor,
  { id, caseId, recipientId, itemIds }: Escalation,
): Promise<void> {
  const referral = await tx.findOneBy(Notice, { id, senderId: actor.organisationId, kind: 'referral' });
  const [origin] = await tx.query<{ case_id: string }[]>(`select case_id from notice_origin where notice_id = $1`, [
    id,
  ]);
  const isSent = referral?.sentAt && referral.state !== 'withdrawn';
  if (!isSent || origin?.case_id !== caseId) throw new DomainError('order.not-escalatable', { reason: 'referral' });
  if (referral.recipientId !== recipientId) throw new DomainError('order.not-escalatable', { reason: 'platform' });
  const referred = (await tx.findBy(NoticeItem, { noticeId: id })).map(({ itemId }) => itemId);
  const others = itemIds.filter((itemId) => !referred.includes(itemId));
  if (others.length > 0) throw new DomainError('order.not-escalatable', { reason: 'items', itemIds: others });
  const answers = await lastAnswers(tx, [id]);
  const isOpen = answers.length < referred.length || answers.some(({ outcome }) => outcome === 'declined');
  if (!isOpen) throw new DomainError('order.not-escalatable', { reason: 'answered' });
}

import { Injectable } from '@nestjs/common';
import { authorityOf } from '../../accounts/registry/registry.queries';
import type { AuthorityView } from '../../accounts/registry/registry.dto';
import { LIFE_THREAT_BASES } from '../../domain/life-threat';
import { hasMeasure } from '../../domain/item-answer';
import { ClockSource } from '../../infra/clock-source';
import { requestContext } from '../../infra/context';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { Answering } from '../../notices/answering.service';
import type { ReportLifeThreatDto } from '../../notices/life-threat/life-threat.dto';
import { reportLifeThreat } from '../../notices/life-threat/reporting';
import { Notice, NoticeItem } from '../../notices/notice.entity';
import type { AnswerNoticeDto, ItemAnswerDto } from '../../notices/notices.dto';
import type { NoticeView } from '../../notices/notice.view';
import { lastAnswers, viewOf } from '../../notices/notices.queries';
import { Obstacles } from '../../notices/obstacles.service';
import { lockNotice } from '../../notices/receiving';
import { choicesOf, instantOf, ReplyFault, shortTextOf, textOf, type Choice, type Fields } from './form-body';
import { PuttingBack } from './putting-back.service';
import type { OpenLink } from './reply-links';

export const REPLY_ACTIONS = [
  'acknowledge',
  'answer',
  'impossible',
  'clarification',
  'possible-again',
  'life-threat',
  'reinstatement',
] as const;
export type ReplyAction = (typeof REPLY_ACTIONS)[number];

export interface Shown {
  readonly notice: NoticeView;
  readonly authority: AuthorityView | null;
  /** Of the entry that sent the notice, in hex; null until it is in the ledger. */
  readonly digest: string | null;
}

export interface Done {
  /** What it came to, as it was taken: the machine acknowledges exactly this. Null for a form that was used before. */
  readonly message: object | null;
  readonly entryIds: readonly string[];
  readonly at: Date;
}

type Verb = (tx: Tx, actor: Actor, noticeId: string, fields: Fields) => Promise<object>;

/** What a platform does by the link in a mail. The rules are those of everybody else; only the door is another. */
@Injectable()
export class Replying {
  private readonly verbs: Readonly<Record<ReplyAction, Verb>> = {
    acknowledge: (tx, actor, id) => this.acknowledge(tx, actor, id),
    answer: (...given) => this.answer(...given),
    impossible: async (tx, actor, id, fields) => {
      const dto = { explanation: textOf(fields, 'explanation') };
      await this.obstacles.impossibleIn(tx, actor, id, dto);
      return dto;
    },
    clarification: async (tx, actor, id, fields) => {
      const ground = fields['ground'] === 'manifest_errors' ? 'manifest_errors' : 'insufficient_information';
      const dto = { ground, explanation: textOf(fields, 'explanation'), needed: textOf(fields, 'needed') } as const;
      await this.obstacles.askClarificationIn(tx, actor, id, dto);
      return dto;
    },
    'possible-again': async (tx, actor, id) => {
      await this.obstacles.possibleAgainIn(tx, actor, id, {});
      return {};
    },
    // Art. 14(5): whoever reads an order may see what it does not name.
    'life-threat': async (tx, actor, _id, fields) => {
      const dto = lifeThreatIn(fields);
      await reportLifeThreat(tx, actor, dto, this.clock.now());
      return dto;
    },
    reinstatement: (...given) => this.puttingBack.say(...given),
  };

  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly answering: Answering,
    private readonly obstacles: Obstacles,
    private readonly puttingBack: PuttingBack,
  ) {}

  show({ actor, noticeId }: OpenLink): Promise<Shown> {
    return this.work.read(actor, async (tx) => {
      const notice = await viewOf(tx, actor, noticeId);
      return { notice, authority: await authorityOf(tx, notice.sender.id), digest: await sentDigest(tx, noticeId) };
    });
  }

  /**
   * Each action of a form, used once: whoever sends it again, or twice at the same time, is told what it had recorded. What one
   * page offers beside it is another action.
   * @throws ReplyFault for what can be mended on the page; DomainError `notice.*` for what the rules refuse
   */
  act(link: OpenLink, formId: string, action: ReplyAction, fields: Fields): Promise<Done> {
    const { actor, noticeId, id } = link;
    // What a link is for is all that it opens.
    if ((action === 'reinstatement') !== (link.purpose === 'reinstatement')) throw new ReplyFault('state');
    return this.work.run(actor, async (tx) => {
      const at = this.clock.now();
      await assertStands(tx, id);
      const used = await useForm(tx, link, { formId, action, at });
      if (used) return { message: null, ...used };
      const entryIds = requestContext()?.entryIds ?? [];
      const before = entryIds.length;
      const message = { action, notice: noticeId, ...(await this.verbs[action](tx, actor, noticeId, fields)) };
      const own = entryIds.slice(before);
      await tx.query('update reply_use set entry_ids = $4 where link_id = $1 and form_id = $2 and action = $3', [
        id,
        formId,
        action,
        own,
      ]);
      return { message, entryIds: own, at };
    });
  }

  private async acknowledge(tx: Tx, actor: Actor, id: string): Promise<object> {
    const notice = await lockNotice(tx, id);
    if (notice?.humanAckAt) throw new ReplyFault('acknowledged');
    await this.answering.acknowledgeIn(tx, actor, id, {});
    return {};
  }

  private async answer(tx: Tx, actor: Actor, id: string, fields: Fields): Promise<object> {
    // Locked first: what is done "now" is done after whatever was recorded while this waited.
    const notice = await lockNotice(tx, id);
    if (!notice) throw new ReplyFault('state');
    const now = this.clock.now();
    const { items, all } = choicesOf(fields);
    const isCorrection = items.some(({ afterRevision }) => afterRevision > 0);
    if (isCorrection && fields['sure'] !== 'yes') throw new ReplyFault('sure');
    const answers = items.map(({ itemId, afterRevision, ...choice }) => ({
      itemId,
      afterRevision,
      ...answerOf(choice, notice, now),
    }));
    const rest = all ? await openItems(tx, id, items) : [];
    const others = all ? rest.map((itemId) => ({ itemId, afterRevision: 0, ...answerOf(all, notice, now) })) : [];
    const dto: AnswerNoticeDto = { answers: [...answers, ...others], ...signatureOf(fields) };
    if (dto.answers.length === 0) throw new ReplyFault('nothing');
    await this.answering.answerIn(tx, actor, id, dto);
    return dto;
  }
}

/** States and what they are concerned by go together, or are not known. */
function lifeThreatIn(fields: Fields): ReportLifeThreatDto {
  const msConcerned = fields['states']?.toUpperCase().match(/[A-Z]+/g) ?? [];
  const basis = LIFE_THREAT_BASES.find((one) => one === fields['basis']);
  return {
    contentRef: textOf(fields, 'contentRef', { max: 4_000 }),
    whyImminent: textOf(fields, 'whyImminent', { min: 10 }),
    ...(msConcerned.length > 0 ? { msConcerned } : {}),
    ...(basis ? { basis } : {}),
  };
}

/** Annex II, A and C. */
function signatureOf(fields: Fields): Pick<AnswerNoticeDto, 'addresseeRef' | 'authorisedPerson'> {
  const [addresseeRef, authorisedPerson] = [
    shortTextOf(fields, 'addresseeRef'),
    shortTextOf(fields, 'authorisedPerson'),
  ];
  return { ...(addresseeRef ? { addresseeRef } : {}), ...(authorisedPerson ? { authorisedPerson } : {}) };
}

function answerOf({ outcome, reason, measure }: Choice, notice: Notice, now: Date): Omit<ItemAnswerDto, 'itemId'> {
  const receivedAt = notice.receivedAt ?? notice.sentAt ?? now;
  return {
    outcome,
    ...(reason ? { reason } : {}),
    ...(hasMeasure(outcome) ? { measureAt: measure ? instantOf(measure, receivedAt) : now } : {}),
    ...(outcome === 'disabled' ? { territory: 'worldwide' } : {}),
  };
}

/** Those without an answer that nobody has chosen anything for. */
async function openItems(
  tx: Tx,
  noticeId: string,
  chosen: readonly { readonly itemId: string }[],
): Promise<readonly string[]> {
  const items = await tx.find(NoticeItem, { where: { noticeId }, order: { position: 'asc' } });
  const taken = new Set([...(await lastAnswers(tx, [noticeId])), ...chosen].map(({ itemId }) => itemId));
  return items.map(({ itemId }) => itemId).filter((itemId) => !taken.has(itemId));
}

/** Waits for a revocation that is under way. */
async function assertStands(tx: Tx, linkId: string): Promise<void> {
  const rows = await tx.query<unknown[]>('select 1 from reply_link where id = $1 and revoked_at is null for share', [
    linkId,
  ]);
  if (rows.length === 0) throw new ReplyFault('state');
}

/** Null when this is its first use; otherwise what the first had recorded. A twin under way is waited for. */
async function useForm(
  tx: Tx,
  { id, actor }: OpenLink,
  { formId, action, at }: { readonly formId: string; readonly action: ReplyAction; readonly at: Date },
): Promise<Pick<Done, 'entryIds' | 'at'> | null> {
  const inserted = await tx.query<unknown[]>(
    `insert into reply_use (link_id, form_id, recipient_id, action, at) values ($1, $2, $3, $4, $5)
     on conflict do nothing returning form_id`,
    [id, formId, actor.organisationId, action, at],
  );
  if (inserted.length > 0) return null;
  const [before] = await tx.query<{ entry_ids: string[]; at: Date }[]>(
    'select entry_ids, at from reply_use where link_id = $1 and form_id = $2 and action = $3',
    [id, formId, action],
  );
  return { entryIds: before?.entry_ids ?? [], at: before?.at ?? at };
}

async function sentDigest(tx: Tx, noticeId: string): Promise<string | null> {
  const [row] = await tx.query<{ digest: string }[]>(
    `select encode(leaf_hash, 'hex') as digest from ledger_entry where notice_id = $1 and kind = 'notice.sent'`,
    [noticeId],
  );
  return row?.digest ?? null;
}

import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { hashToken } from '../../accounts/token';
import { endOf } from '../../domain/deadlines';
import { DomainError } from '../../domain/errors';
import { isDown } from '../../domain/item-answer';
import { assertRequestInTime } from '../../domain/scrutiny';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { entryOf } from '../notice-facts';
import { NoticeItem } from '../notice.entity';
import { lockNotice } from '../receiving';
import { assertScrutinisable, openScrutiny } from '../scrutiny/opening';
import type { ComplainDto, ContentNoticeView, NewReferenceView, RequestScrutinyDto } from './content.dto';
import { besideOf, informedAtOf, toldBy, type Told } from './content.queries';
import { NOTHING, contentView, isBoundByOrder } from './content.view';
import { beginPeriod } from './periods';

const MOST_REFERENCES = 10;
/** For everything that is asked without a login: however much it is, others have connections of their own. */
const WHOSE = 'content-provider';

/** Where a person reads it in a browser. */
export const pageOfReference = (reference: string): string => `/content/${encodeURIComponent(reference)}`;

/** What a content provider is told and does, by a reference that its platform handed out: without an account (Art. 10, 11). */
@Injectable()
export class ContentNotices {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** The platform makes a reference to hand out, at any time: it tells nothing before there is something to be told. */
  makeReference(actor: Actor, noticeId: string, itemId: string): Promise<NewReferenceView> {
    const reference = randomBytes(32).toString('base64url');
    const [path, page] = [`/v1/content/${reference}`, pageOfReference(reference)];
    const make = async (tx: Tx): Promise<NewReferenceView> => {
      const notice = await lockNotice(tx, noticeId);
      if (notice?.recipientId !== actor.organisationId) throw new DomainError('request.not-found');
      if (!(await tx.existsBy(NoticeItem, { noticeId, itemId }))) throw new DomainError('request.not-found');
      const made = await tx.query<unknown[]>(`select 1 from content_reference where notice_id = $1 and item_id = $2`, [
        noticeId,
        itemId,
      ]);
      if (made.length >= MOST_REFERENCES) throw new DomainError('content.too-many-references');
      const at = this.clock.now();
      await tx.query(
        `insert into content_reference (id, notice_id, item_id, organisation_id, token_hash, made_at) values ($1, $2, $3, $4, $5, $6)`,
        [uuidv7(), noticeId, itemId, actor.organisationId, hashToken(reference), at],
      );
      await append(tx, entryOf(notice, { kind: 'content.reference-made', actor, at, itemId }));
      return { reference, path, page };
    };
    return this.work.run(actor, make, { redact: () => ({ reference: '', path: '', page: '' }) });
  }

  /** What can be told under a reference now. The first reading of it is the receipt of the information under Art. 11(2). */
  read(reference: string): Promise<ContentNoticeView> {
    const now = this.clock.now();
    return this.work.asWorkerFor(WHOSE, async (tx) => {
      const told = await toldBy(tx, hashToken(reference), now);
      if (!told) return NOTHING;
      await noteInformed(tx, told, now);
      return contentView(told, await besideOf(tx, told), now);
    });
  }

  /** Complains of a measure of the platform's own; decided within two weeks by somebody who did not take it. */
  complain(reference: string, { text }: ComplainDto): Promise<ContentNoticeView> {
    const at = this.clock.now();
    return this.work.asWorkerFor(WHOSE, async (tx) => {
      const told = await demand(tx, reference, at);
      const notice = await lockNotice(tx, told.notice.id);
      if (!notice || !isDown(told.last.outcome)) throw new DomainError('content.nothing');
      if (isBoundByOrder(notice)) throw new DomainError('complaint.order-stands');
      const { item_id: itemId } = told.reference;
      const [id, dueAt] = [uuidv7(), endOf('TCO_COMPLAINT_OUTCOME', at)];
      const lodged = await tx.query<unknown[]>(
        `insert into complaint (id, notice_id, item_id, organisation_id, revision, complaint_text, lodged_at, due_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict on constraint complaint_once do nothing returning id`,
        [id, notice.id, itemId, notice.recipientId, told.last.revision, text, at, dueAt],
      );
      if (lodged.length === 0) throw new DomainError('complaint.open');
      await beginPeriod(tx, { noticeId: notice.id, kind: 'complaint', subjectId: id, startedAt: at, endsAt: dueAt });
      // Its words are the platform's to read; what happens is both sides'.
      const dims = { complaint: id, dueAt: dueAt.toISOString() };
      await append(tx, entryOf(notice, { kind: 'complaint.lodged', actor: 'service', at, itemId, dims }));
      return contentView(told, await besideOf(tx, told), at);
    });
  }

  /** Asks the home authority to scrutinise the order, within 48 hours of having been informed (Art. 4(4)). */
  requestScrutiny(reference: string, { reasons }: RequestScrutinyDto): Promise<ContentNoticeView> {
    const at = this.clock.now();
    return this.work.asWorkerFor(WHOSE, async (tx) => {
      const told = await demand(tx, reference, at);
      const notice = await lockNotice(tx, told.notice.id);
      if (!notice) throw new DomainError('content.nothing');
      assertScrutinisable(notice);
      assertRequestInTime(await informedAtOf(tx, told.reference), at);
      const itemId = told.reference.item_id;
      await openScrutiny(tx, notice, { origin: 'content_provider', itemId, reasons, at, actor: 'service' });
      return contentView(told, await besideOf(tx, told), at);
    });
  }
}

async function demand(tx: Tx, reference: string, now: Date): Promise<Told> {
  const told = await toldBy(tx, hashToken(reference), now);
  if (!told) throw new DomainError('content.nothing');
  return told;
}

async function noteInformed(tx: Tx, { reference, notice }: Told, at: Date): Promise<void> {
  if (await informedAtOf(tx, reference)) return;
  const [, changed] = await tx.query<[unknown[], number]>(
    `update content_reference set informed_at = $2 where id = $1 and informed_at is null`,
    [reference.id, at],
  );
  if (changed === 0) return;
  const itemId = reference.item_id;
  await append(tx, entryOf(notice, { kind: 'content.informed', actor: 'service', at, itemId }));
  if (!notice.homeAuthorityId || !isBoundByOrder(notice)) return;
  const endsAt = endOf('TCO_SCRUTINY_REQUEST', at);
  await beginPeriod(tx, { noticeId: notice.id, kind: 'scrutiny_request', subjectId: itemId, startedAt: at, endsAt });
}

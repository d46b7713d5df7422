import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { assertTellable } from '../cases/pap';
import { DomainError } from '../domain/errors';
import type { Category, Ideology, ItemKind, NoticeKind } from '../domain/vocabulary';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { assertCompetent } from './competence';
import { entryOf } from './notice-facts';
import type { NoticeView } from './notice.view';
import { Notice, NoticeItem } from './notice.entity';
import type { DraftNoticeDto } from './notices.dto';
import { viewOf } from './notices.queries';

interface CaseRow {
  readonly state: 'open' | 'closed';
  readonly category: Category;
  readonly ideology: Ideology;
  readonly language: string;
}

interface ItemRow {
  readonly id: string;
  readonly kind: ItemKind;
  readonly address: string;
  readonly platform_id: string | null;
  readonly state: 'open' | 'held' | 'closed';
  readonly uploaded_at: Date | null;
}

@Injectable()
export class Drafting {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** Writes a notice about items of a case. What it will say of them is copied now, so that the platform never needs the case. */
  draft(actor: Actor, dto: DraftNoticeDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      await assertCompetent(tx, actor, dto.kind);
      const notice = await writeDraft(tx, actor, dto, this.clock.now());
      return viewOf(tx, actor, notice.id);
    });
  }
}

/** What a notice is drafted from, whatever its kind. */
export type DraftOf = Omit<DraftNoticeDto, 'kind'> & {
  readonly kind: NoticeKind;
  readonly homeAuthorityId?: string | null;
  readonly escalatedFrom?: string;
};

/** The items that a draft would be about, and their platform. */
export async function choose(
  tx: Tx,
  dto: Pick<DraftOf, 'caseId' | 'itemIds' | 'platformId'>,
): Promise<{ readonly itemIds: readonly string[]; readonly recipientId: string }> {
  await findCase(tx, dto.caseId);
  const items = chooseItems(await itemsOfCase(tx, dto.caseId), dto);
  return { itemIds: items.map(({ id }) => id), recipientId: platformOf(items, dto.platformId) };
}

/** The draft with its items and its entry, in the transaction of whoever writes it. */
export async function writeDraft(tx: Tx, actor: Actor, dto: DraftOf, at: Date): Promise<Notice> {
  const file = await findCase(tx, dto.caseId);
  const items = chooseItems(await itemsOfCase(tx, dto.caseId), dto);
  const itemIds = items.map(({ id }) => id);
  await assertTellable(tx, itemIds);
  const recipientId = platformOf(items, dto.platformId);
  const notice = await insertNotice(tx, actor, { dto, file, recipientId, at });
  await tx.query(
    `insert into notice_origin (notice_id, organisation_id, case_id, drafted_by) values ($1, $2, $3, $4)`,
    [notice.id, actor.organisationId, dto.caseId, actor.personId],
  );
  await tx.query(
    `insert into notice_party (organisation_id, created_at, notice_id, side) values ($1, $2, $3, 'sender')`,
    [actor.organisationId, at, notice.id],
  );
  await tx.insert(
    NoticeItem,
    items.map((item, index) => copyOf(item, notice.id, index)),
  );
  const internal = { caseId: dto.caseId, itemIds };
  await append(tx, entryOf(notice, { kind: 'notice.drafted', actor, at, dims: { items: items.length }, internal }));
  return notice;
}

async function findCase(tx: Tx, id: string): Promise<CaseRow> {
  const [file] = await tx.query<CaseRow[]>(`select state, category, ideology, language from case_file where id = $1`, [
    id,
  ]);
  if (!file) throw new DomainError('request.not-found');
  if (file.state === 'closed') throw new DomainError('notice.case-closed');
  return file;
}

/** Its own items and those of another case that it joined. */
const itemsOfCase = (tx: Tx, caseId: string): Promise<ItemRow[]> =>
  tx.query<ItemRow[]>(
    `select i.id, i.kind, i.address, i.platform_id, i.state, i.uploaded_at from content_item i
     where i.case_id = $1 or i.id in (select j.item_id from case_join j where j.case_id = $1)
     order by i.added_at, i.id`,
    [caseId],
  );

function chooseItems(
  items: readonly ItemRow[],
  { itemIds, platformId }: Pick<DraftOf, 'itemIds' | 'platformId'>,
): ItemRow[] {
  const named = itemIds?.map((id) => id.toLowerCase());
  const unknown = named?.filter((id) => !items.some((item) => item.id === id)) ?? [];
  if (unknown.length > 0) throw new DomainError('notice.unknown-item', { itemIds: unknown });
  const chosen = items.filter((item) =>
    named ? named.includes(item.id) : item.state === 'open' && (!platformId || item.platform_id === platformId),
  );
  if (chosen.length === 0) throw new DomainError('notice.no-items');
  return chosen;
}

function platformOf(items: readonly ItemRow[], wanted: string | undefined): string {
  const platforms = [...new Set(items.map((item) => item.platform_id))];
  const [platform] = platforms;
  if (platforms.includes(null) || !platform) throw new DomainError('notice.no-platform');
  if (platforms.length > 1) throw new DomainError('notice.several-platforms', { platformIds: platforms });
  if (wanted && wanted !== platform)
    throw new DomainError('notice.several-platforms', { platformIds: [platform, wanted] });
  return platform;
}

const copyOf = (item: ItemRow, noticeId: string, index: number): NoticeItem => ({
  noticeId,
  itemId: item.id,
  position: index + 1,
  kind: item.kind,
  address: item.address,
  uploadedAt: item.uploaded_at,
});

interface Draft {
  readonly dto: DraftOf;
  readonly file: CaseRow;
  readonly recipientId: string;
  readonly at: Date;
}

async function insertNotice(tx: Tx, actor: Actor, { dto, file, recipientId, at }: Draft): Promise<Notice> {
  const notice: Notice = {
    id: uuidv7(),
    reference: await nextReference(tx, actor, at),
    kind: dto.kind,
    state: 'draft',
    version: 1,
    senderId: actor.organisationId,
    recipientId,
    category: dto.category ?? file.category,
    ideology: file.ideology,
    language: dto.language ?? file.language,
    grounds: dto.grounds ?? null,
    requestedAction: dto.requestedAction ?? 'review',
    senderCountry: null,
    platformSize: null,
    createdAt: at,
    sentAt: null,
    receivedAt: null,
    receiptChannel: null,
    acknowledgedAt: null,
    systemAckAt: null,
    humanAckAt: null,
    answeredAt: null,
    closedAt: null,
    withdrawnAt: null,
    withdrawalReason: null,
    departsAt: null,
    unreachedAt: null,
    annulledAt: null,
    annulmentGround: null,
    homeAuthorityId: dto.homeAuthorityId ?? null,
    escalatedFrom: dto.escalatedFrom ?? null,
  };
  await tx.insert(Notice, notice);
  return notice;
}

/** Without gaps within an authority and a year: the counter is taken in the transaction that uses it. */
async function nextReference(tx: Tx, actor: Actor, at: Date): Promise<string> {
  const year = at.getUTCFullYear();
  const [row] = await tx.query<{ last: number; slug: string }[]>(
    `insert into notice_counter as c (organisation_id, year, last) values ($1, $2, 1)
     on conflict (organisation_id, year) do update set last = c.last + 1
     returning last, (select slug from organisation where id = $1) as slug`,
    [actor.organisationId, year],
  );
  if (!row) throw new Error('no reference was counted');
  return `${row.slug.toUpperCase()}-${year}-${String(row.last).padStart(6, '0')}`;
}

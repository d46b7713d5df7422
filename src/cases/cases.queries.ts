import { Exhibit } from '../evidence/evidence.entity';
import { toView as exhibitToView } from '../evidence/exhibit.dto';
import { mediaOf } from '../evidence/media';
import { DomainError } from '../domain/errors';
import type { Actor } from '../infra/database/actor';
import type { Tx } from '../infra/database/work';
import { pageOf, parseCursor, type Cursor, type Page, type PageQuery } from '../infra/http/paging';
import type { CaseQuery, CaseSummaryView, CaseView, ItemView, PlatformView, ReuploadView } from './cases.dto';
import { CaseFile, type ContentItem } from './cases.entity';
import { reuploadsOf } from './reuploads';

/** A row of `ITEM_COLUMNS`. */
export interface ItemRow extends Pick<
  ContentItem,
  | 'id'
  | 'kind'
  | 'address'
  | 'identity'
  | 'state'
  | 'heldBecause'
  | 'caseId'
  | 'previousItemId'
  | 'reappearedFrom'
  | 'uploadedAt'
  | 'note'
> {
  readonly platform: PlatformView | null;
}

/** Columns and tables of an item as it is shown, up to the `where`. */
export const ITEM_COLUMNS = `i.id, i.kind, i.address, i.identity, i.state, i.held_because as "heldBecause", i.case_id as "caseId",
  i.previous_item_id as "previousItemId", i.reappeared_from as "reappearedFrom", i.uploaded_at as "uploadedAt", i.note,
  case when p.id is not null then json_build_object('id', p.id, 'name', p.name, 'slug', p.slug, 'status', p.status) end as platform
  from content_item i left join organisation p on p.id = i.platform_id`;

export const itemToView = (
  row: ItemRow,
  joined: boolean,
  reuploads: readonly ReuploadView[] = [],
): Pick<ItemView, keyof ItemView> => ({
  id: row.id,
  kind: row.kind,
  address: row.address,
  identity: row.identity,
  platform: row.platform,
  state: row.state,
  heldBecause: row.state === 'held' ? row.heldBecause : null,
  joined,
  caseId: row.caseId,
  previousItemId: row.previousItemId,
  reappearedFrom: row.reappearedFrom,
  reuploadOf: [...reuploads],
  uploadedAt: row.uploadedAt?.toISOString() ?? null,
  note: row.note,
});

interface SummaryRow {
  readonly file: CaseFile;
  readonly items: number;
}

const summaryOf = ({ file, items }: SummaryRow): Pick<CaseSummaryView, keyof CaseSummaryView> => ({
  id: file.id,
  reference: file.reference,
  state: file.state,
  title: file.title,
  category: file.category,
  ideology: file.ideology,
  language: file.language,
  tlp: file.tlp,
  pap: file.pap,
  items,
  exhibits: file.exhibits,
  openedAt: file.openedAt.toISOString(),
  closedAt: file.closedAt?.toISOString() ?? null,
  version: file.version,
});

/** One's own cases, newest first. */
export async function listCases(tx: Tx, actor: Actor, query: CaseQuery): Promise<Page<CaseSummaryView>> {
  const after = parseCursor(query.cursor);
  const files = await tx
    .createQueryBuilder(CaseFile, 'c')
    .where('c.organisationId = :org', { org: actor.organisationId })
    .andWhere(query.state ? 'c.state = :state' : 'true', { state: query.state })
    .andWhere(after ? '(c.openedAt, c.id) < (:at, :id)' : 'true', { ...after })
    .orderBy('c.openedAt', 'DESC')
    .addOrderBy('c.id', 'DESC')
    .limit(query.limit + 1)
    .getMany();
  const itemsOf = await countItems(
    tx,
    files.map(({ id }) => id),
  );
  const rows = files.map((file) => ({ file, items: itemsOf.get(file.id) ?? 0 }));
  return pageOf(rows, query.limit, ({ file }) => ({ at: file.openedAt, id: file.id }), summaryOf);
}

/** Items that a case shows at once; a list of ten thousand is read page by page. */
const ITEMS_SHOWN = 200;

/** A case's items, joined ones too, in the order in which they came in. */
export async function listItems(tx: Tx, id: string, { limit, cursor }: PageQuery): Promise<Page<ItemView>> {
  const after = parseCursor(cursor);
  if (!(await tx.existsBy(CaseFile, { id }))) throw new DomainError('request.not-found');
  const rows = await tx.query<ItemRow[]>(
    `select ${ITEM_COLUMNS} where (i.case_id = $1 or i.id in (select j.item_id from case_join j where j.case_id = $1))
       and ($2::uuid is null or i.id > $2) order by i.id limit $3`,
    [id, after?.id ?? null, limit + 1],
  );
  const reuploads = await reuploadsOf(
    tx,
    rows.map((row) => row.id),
  );
  // The id alone tells the place; a cursor has an instant beside it.
  const keyOf = (row: ItemRow): Cursor => ({ at: new Date(0), id: row.id });
  return pageOf(rows, limit, keyOf, (row) => itemToView(row, row.caseId !== id, reuploads.get(row.id)));
}

async function countItems(tx: Tx, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const counts = await tx.query<{ id: string; items: number }[]>(
    `select c.id, (select count(*) from content_item i where i.case_id = c.id)::int
       + (select count(*) from case_join j where j.case_id = c.id)::int as items from unnest($1::uuid[]) as c (id)`,
    [ids],
  );
  return new Map(counts.map(({ id, items }) => [id, items]));
}

/** A case with everything in it, but for the items after the first page of them. */
export async function readCase(tx: Tx, id: string): Promise<CaseView> {
  const file = await tx.findOneBy(CaseFile, { id });
  if (!file) throw new DomainError('request.not-found');
  const { items, next } = await listItems(tx, id, { limit: ITEMS_SHOWN });
  const exhibits = await tx.find(Exhibit, { where: { caseId: id }, order: { number: 'ASC' } });
  const media = await mediaOf(
    tx,
    exhibits.map((exhibit) => exhibit.id),
  );
  return {
    ...summaryOf({ file, items: 0 }),
    reasons: file.reasons,
    items: [...items],
    itemCount: (await countItems(tx, [id])).get(id) ?? 0,
    nextItems: next,
    exhibits: exhibits.map((exhibit) => exhibitToView(exhibit, media.get(exhibit.id))),
  };
}

import { Exhibit } from '../evidence/evidence.entity';
import { toView as exhibitToView } from '../evidence/exhibit.dto';
import { mediaOf } from '../evidence/media';
import { DomainError } from '../domain/errors';
import type { Actor } from '../infra/database/actor';
import type { Tx } from '../infra/database/work';
import { pageOf, parseCursor, type Page } from '../infra/http/paging';
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
  const counts = await tx.query<{ id: string; items: number }[]>(
    `select c.id, (select count(*) from content_item i where i.case_id = c.id)::int
       + (select count(*) from case_join j where j.case_id = c.id)::int as items from unnest($1::uuid[]) as c (id)`,
    [files.map(({ id }) => id)],
  );
  const itemsOf = new Map(counts.map(({ id, items }) => [id, items]));
  const rows = files.map((file) => ({ file, items: itemsOf.get(file.id) ?? 0 }));
  return pageOf(rows, query.limit, ({ file }) => ({ at: file.openedAt, id: file.id }), summaryOf);
}

/** A case with everything in it, its joined items too. */
export async function readCase(tx: Tx, id: string): Promise<CaseView> {
  const file = await tx.findOneBy(CaseFile, { id });
  if (!file) throw new DomainError('request.not-found');
  const rows = await tx.query<ItemRow[]>(
    `select ${ITEM_COLUMNS} where i.case_id = $1 or i.id in (select j.item_id from case_join j where j.case_id = $1) order by i.id`,
    [id],
  );
  const exhibits = await tx.find(Exhibit, { where: { caseId: id }, order: { number: 'ASC' } });
  const media = await mediaOf(
    tx,
    exhibits.map((exhibit) => exhibit.id),
  );
  const reuploads = await reuploadsOf(
    tx,
    rows.map((row) => row.id),
  );
  return {
    ...summaryOf({ file, items: 0 }),
    reasons: file.reasons,
    items: rows.map((row) => itemToView(row, row.caseId !== id, reuploads.get(row.id))),
    exhibits: exhibits.map((exhibit) => exhibitToView(exhibit, media.get(exhibit.id))),
  };
}

import { DomainError } from '../../domain/errors';
import type { Actor } from '../../infra/database/actor';
import type { Tx } from '../../infra/database/work';
import type { Page } from '../../infra/http/paging';
import type { PlatformView } from '../cases.dto';
import type { BulkCut, BulkLineView, BulkOutcome, BulkState, BulkView } from './bulk.dto';
import type { Portion } from './portions';
import type { BulkFormat } from './records';

/** A row of `bulk_submission`. */
export interface BulkRow {
  readonly id: string;
  readonly case_id: string;
  readonly reference: string;
  readonly format: BulkFormat;
  readonly state: BulkState;
  readonly cut_because: BulkCut | null;
  readonly portions: number;
  readonly lines: number;
  readonly added: number;
  readonly joined: number;
  readonly held: number;
  readonly rejected: number;
  readonly begun_at: Date;
  readonly completed_at: Date | null;
}

/** What became of one line. */
export interface LineResult {
  readonly line: number;
  readonly outcome: BulkOutcome;
  readonly itemId: string | null;
  readonly platformProvisional: boolean | null;
  readonly code: string | null;
  readonly detail: string | null;
}

/** Of rejected lines in the answer itself. */
const MOST_SHOWN = 100;
/** Places in a list, for the cursor of its results. */
const POSITION = /^\d{1,5}$/;

export async function insertBulk(
  tx: Tx,
  actor: Actor,
  at: Date,
  row: { id: string; caseId: string; format: BulkFormat },
): Promise<void> {
  await tx.query(
    `insert into bulk_submission (id, organisation_id, case_id, format, begun_at, begun_by) values ($1, $2, $3, $4, $5, $6)`,
    [row.id, actor.organisationId, row.caseId, row.format, at, actor.personId],
  );
}

/** @throws DomainError `request.not-found` */
export async function findBulk(tx: Tx, id: string, lock = ''): Promise<BulkRow> {
  const [row] = await tx.query<BulkRow[]>(
    `select b.*, c.reference from bulk_submission b join case_file c on c.id = b.case_id where b.id = $1 ${lock}`,
    [id],
  );
  if (!row) throw new DomainError('request.not-found');
  return row;
}

/** The list, which nobody else adds to until this transaction ends. */
export const lockBulk = (tx: Tx, id: string): Promise<BulkRow> => findBulk(tx, id, 'for update of b');

/** What a portion of this number held, if it was taken. */
export async function digestOf(tx: Tx, bulkId: string, no: number): Promise<Buffer | null> {
  const [row] = await tx.query<{ digest: Buffer }[]>(`select digest from bulk_portion where bulk_id = $1 and no = $2`, [
    bulkId,
    no,
  ]);
  return row?.digest ?? null;
}

/** Keeps a portion with what became of its lines. */
export async function insertPortion(
  tx: Tx,
  actor: Actor,
  at: Date,
  bulk: BulkRow,
  portion: Portion,
  results: readonly LineResult[],
): Promise<void> {
  await tx.query(
    `insert into bulk_portion (bulk_id, no, organisation_id, digest, taken_at) values ($1, $2, $3, $4, $5)`,
    [bulk.id, portion.no, actor.organisationId, portion.digest, at],
  );
  await tx.query(
    `insert into bulk_line (bulk_id, position, organisation_id, line, outcome, item_id, platform_provisional, code, detail)
     select $1, $2 + r.n - 1, $3, r.line, r.outcome, r.item, r.provisional, r.code, r.detail
     from unnest($4::int[], $5::text[], $6::uuid[], $7::boolean[], $8::text[], $9::text[])
       with ordinality as r (line, outcome, item, provisional, code, detail, n)`,
    [
      bulk.id,
      bulk.lines,
      actor.organisationId,
      results.map(({ line }) => line),
      results.map(({ outcome }) => outcome),
      results.map(({ itemId }) => itemId),
      results.map(({ platformProvisional }) => platformProvisional),
      results.map(({ code }) => code),
      results.map(({ detail }) => detail),
    ],
  );
}

export async function countPortion(
  tx: Tx,
  bulkId: string,
  counts: Readonly<Record<BulkOutcome, number>>,
): Promise<void> {
  const { added, joined, held, rejected } = counts;
  await tx.query(
    `update bulk_submission set portions = portions + 1, lines = lines + $2 + $3 + $4 + $5, added = added + $2, joined = joined + $3,
       held = held + $4, rejected = rejected + $5 where id = $1`,
    [bulkId, added, joined, held, rejected],
  );
}

interface LineRow {
  readonly position: number;
  readonly line: number;
  readonly outcome: BulkOutcome;
  readonly itemId: string | null;
  readonly address: string | null;
  readonly platform: PlatformView | null;
  readonly code: string | null;
  readonly detail: string | null;
}

const LINES = `select l.position, l.line, l.outcome, l.item_id as "itemId", i.address, l.code, l.detail,
    case when p.id is not null then json_build_object('id', p.id, 'name', p.name, 'slug', p.slug,
      'status', case when l.platform_provisional then 'provisional' else p.status end) end as platform
  from bulk_line l left join content_item i on i.id = l.item_id left join organisation p on p.id = i.platform_id`;

const toLineView = ({ position: _place, ...line }: LineRow): BulkLineView => line;

/** The results in the order of the list. The cursor is the place in it. */
export async function resultsPage(
  tx: Tx,
  bulkId: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<BulkLineView>> {
  if (cursor !== undefined && !POSITION.test(cursor))
    throw new DomainError('request.invalid', {}, [{ pointer: '/cursor', detail: 'not a cursor of this list' }]);
  const rows = await tx.query<LineRow[]>(
    `${LINES} where l.bulk_id = $1 and l.position > $2 order by l.position limit $3`,
    [bulkId, Number(cursor ?? -1), limit + 1],
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(toLineView), next: rows.length > limit && last ? String(last.position) : null };
}

export async function toView(tx: Tx, row: BulkRow): Promise<BulkView> {
  const rejected = await tx.query<LineRow[]>(
    `${LINES} where l.bulk_id = $1 and l.outcome = 'rejected' order by l.position limit ${MOST_SHOWN}`,
    [row.id],
  );
  return {
    id: row.id,
    caseId: row.case_id,
    reference: row.reference,
    format: row.format,
    state: row.state,
    cutBecause: row.cut_because,
    lines: row.lines,
    added: row.added,
    joined: row.joined,
    held: row.held,
    rejected: row.rejected,
    begunAt: row.begun_at.toISOString(),
    completedAt: row.completed_at?.toISOString() ?? null,
    results: `/v1/bulk/${row.id}/results`,
    rejectedLines: rejected.map(toLineView),
  };
}

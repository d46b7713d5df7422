import type { Actor, Tx } from '../../../infra/database/work';
import type { Sorted } from './sorting';

interface StatementRow {
  readonly remoteId: string;
  readonly about: string;
  readonly by: string;
  readonly reason: string;
}

/** Kept of what is said of records that are not here, for each source. */
const MOST_AHEAD = 50_000;

export interface Stated {
  /** Records of which something was said that is said no more, or is said anew. */
  readonly touched: readonly string[];
  /** Statements of which something was not kept: too many speak of records that are not here. */
  readonly notKept: readonly string[];
}

/**
 * Keeps what is said against records, each opinion by its own id; what is said with a record replaces all said with it before. An
 * opinion may come before what it is about, and outlasts what goes for a while: an indicator that is revised comes behind it, and
 * one that had ended or was marked too strictly may come again, and nobody says the opinion anew.
 */
export async function writeStatements(tx: Tx, actor: Actor, sourceId: string, page: Sorted): Promise<Stated> {
  const before = await takeStatements(tx, sourceId, page);
  const restated = new Set(page.statements.map(({ remoteId }) => remoteId));
  const gone = new Set(page.gone.filter(({ erased }) => !erased).map(({ remoteId }) => remoteId));
  const withRecords = page.standing.flatMap(({ remoteId, statements = [] }) =>
    statements.map(({ by, reason }, nth) => ({ remoteId: nthOf(remoteId, nth), about: remoteId, by, reason })),
  );
  const alone = [
    ...before.filter((row) => gone.has(row.about) && !restated.has(row.remoteId) && !isWithRecord(row)),
    ...page.statements
      .filter(({ ends }) => !ends)
      .flatMap(({ remoteId, about, by, reason }) =>
        [...new Set(about)].map((one) => ({ remoteId, about: one, by, reason })),
      ),
  ];
  const notKept = await insertStatements(tx, actor, sourceId, withRecords, alone);
  return { touched: [...new Set(before.map(({ about }) => about))], notKept };
}

const nthOf = (remoteId: string, nth: number): string => `${remoteId}#${nth}`;
const isWithRecord = ({ remoteId, about }: StatementRow): boolean => remoteId.startsWith(`${about}#`);

/** What the page says anew, or may say no more, is taken out. */
async function takeStatements(
  tx: Tx,
  sourceId: string,
  { standing, gone, statements }: Sorted,
): Promise<StatementRow[]> {
  const whole = standing.filter((record) => record.statements !== undefined);
  const over = [...whole, ...gone].map(({ remoteId }) => remoteId);
  if (over.length === 0 && statements.length === 0) return [];
  const [rows] = await tx.query<[StatementRow[], number]>(
    `delete from exchange_statement where source_id = $1 and (about = any ($2::text[]) or remote_id = any ($3::text[]))
     returning remote_id as "remoteId", about, stated_by as by, reason`,
    [sourceId, over, statements.map(({ remoteId }) => remoteId)],
  );
  return rows;
}

/**
 * Of what is said with a record nothing is kept where the record was refused: it comes with it again.
 * @returns which of those that come alone were not kept
 */
async function insertStatements(
  tx: Tx,
  actor: Actor,
  sourceId: string,
  withRecords: readonly StatementRow[],
  alone: readonly StatementRow[],
): Promise<string[]> {
  const rows = [...withRecords, ...alone];
  if (rows.length === 0) return [];
  const left = await tx.query<{ id: string }[]>(
    `with said as (
       select u.*, exists (select 1 from exchange_record r where r.source_id = $1 and r.remote_id = u.about) as is_here
       from unnest($3::text[], $4::text[], $5::text[], $6::text[]) with ordinality as u (remote_id, about, stated_by, reason, place)
     ), wanted as (
       select *, row_number() over (partition by is_here order by place) as nth from said where is_here or place > $7
     ), room as (
       select ${MOST_AHEAD} - count(*) as free from exchange_statement x where x.source_id = $1
         and not exists (select 1 from exchange_record r where r.source_id = $1 and r.remote_id = x.about)
     ), kept as (
       insert into exchange_statement (source_id, remote_id, about, organisation_id, stated_by, reason)
       select $1, remote_id, about, $2, stated_by, reason from wanted where is_here or nth <= (select free from room)
       on conflict do nothing
     )
     select distinct remote_id as id from wanted where not is_here and nth > (select free from room) order by 1`,
    [
      sourceId,
      actor.organisationId,
      rows.map(({ remoteId }) => remoteId),
      rows.map(({ about }) => about),
      rows.map(({ by }) => by),
      rows.map(({ reason }) => reason),
      withRecords.length,
    ],
  );
  return left.map(({ id }) => id);
}

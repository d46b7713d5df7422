import type { Actor, Tx } from '../../../infra/database/work';
import { readKept, type Kept, type Part } from './sorting';

/** A row of `exchange_record`: one hash that a source says stands. */
export interface RecordRow {
  readonly remoteId: string;
  readonly part: number;
  readonly signalId: string | null;
  /** Null: a contribution of this source stands for it. */
  readonly waits: 'quota' | 'shadow' | null;
  readonly said: Kept | null;
  readonly disputed: boolean | null;
}

export async function recordsOf(
  tx: Tx,
  sourceId: string,
  remoteIds: readonly string[],
): Promise<Pick<RecordRow, 'remoteId' | 'part' | 'signalId'>[]> {
  if (remoteIds.length === 0) return [];
  return tx.query(
    `select remote_id as "remoteId", part, signal_id as "signalId" from exchange_record where source_id = $1 and remote_id = any ($2::text[])`,
    [sourceId, remoteIds],
  );
}

export async function writeRecords(tx: Tx, actor: Actor, sourceId: string, rows: readonly RecordRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `insert into exchange_record (source_id, remote_id, part, organisation_id, signal_id, waits, said, disputed)
     select $1, u.remote_id, u.part, $2, u.signal_id, u.waits, u.said::jsonb, u.disputed
     from unnest($3::text[], $4::int[], $5::uuid[], $6::text[], $7::text[], $8::boolean[]) as u (remote_id, part, signal_id, waits, said, disputed)
     on conflict (source_id, remote_id, part) do update
       set signal_id = excluded.signal_id, waits = excluded.waits, said = excluded.said, disputed = excluded.disputed`,
    [
      sourceId,
      actor.organisationId,
      rows.map(({ remoteId }) => remoteId),
      rows.map(({ part }) => part),
      rows.map(({ signalId }) => signalId),
      rows.map(({ waits }) => waits),
      rows.map(({ said }) => (said ? JSON.stringify(said) : null)),
      rows.map(({ disputed }) => disputed),
    ],
  );
}

export async function deleteRecords(
  tx: Tx,
  sourceId: string,
  rows: readonly Pick<RecordRow, 'remoteId' | 'part'>[],
): Promise<void> {
  if (rows.length === 0) return;
  await tx.query(
    `delete from exchange_record r using unnest($2::text[], $3::int[]) as u (remote_id, part)
     where r.source_id = $1 and r.remote_id = u.remote_id and r.part = u.part`,
    [sourceId, rows.map(({ remoteId }) => remoteId), rows.map(({ part }) => part)],
  );
}

/** Which of the source's records name these signals, each once. */
export async function recordsNaming(tx: Tx, sourceId: string, signalIds: readonly string[]): Promise<string[]> {
  if (signalIds.length === 0) return [];
  const rows = await tx.query<{ id: string }[]>(
    `select distinct remote_id as id from exchange_record where signal_id = any ($2::uuid[]) and source_id = $1 order by 1`,
    [sourceId, signalIds],
  );
  return rows.map(({ id }) => id);
}

/** Those of the signals that the source names in no record any more. */
export async function unnamed(tx: Tx, sourceId: string, signalIds: readonly string[]): Promise<string[]> {
  if (signalIds.length === 0) return [];
  const rows = await tx.query<{ id: string }[]>(
    `select u.id from (select distinct unnest($2::uuid[]) as id) u
     where not exists (select 1 from exchange_record r where r.source_id = $1 and r.signal_id = u.id)`,
    [sourceId, signalIds],
  );
  return rows.map(({ id }) => id);
}

/** How a part stands here already. */
export interface Standing {
  readonly signalId: string;
  /** By this source. */
  readonly isOurs: boolean;
  /** It was, and somebody here ended it: what a person decided is not brought back by the source saying it again. */
  readonly isDecided: boolean;
}

const DECISIONS = ['withdrawn', 'dispute_upheld', 'rolled_back', 'rejected', 'erased', 'order_annulled'];

export async function standingOf(tx: Tx, sourceId: string, parts: readonly Part[]): Promise<(Standing | undefined)[]> {
  if (parts.length === 0) return [];
  const rows = await tx.query<(Standing & { index: number })[]>(
    `select (g.place - 1)::int as index, s.id as "signalId", coalesce(c.withdrawn_at is null and c.id is not null, false) as "isOurs",
       coalesce(c.withdrawn_at is not null and c.end_ground = any ($4::text[]), false) as "isDecided"
     from unnest($2::text[], $3::text[]) with ordinality as g (type, value, place)
     join signal s on s.type = g.type and s.value = g.value
     left join lateral (select id, withdrawn_at, end_ground from signal_contribution where signal_id = s.id and source_id = $1
       order by withdrawn_at desc nulls first, id desc limit 1) c on true`,
    [sourceId, parts.map(({ hash }) => hash.type), parts.map(({ hash }) => hash.value), DECISIONS],
  );
  const found = new Map(rows.map(({ index, ...standing }) => [index, standing]));
  return parts.map((_, index) => found.get(index));
}

interface KeptRow {
  readonly source_id: string;
  readonly remote_id: string;
  readonly part: number;
  readonly signal_id: string | null;
  readonly said: unknown;
  readonly disputed: boolean | null;
}

/** A part that waits. */
export type Waiting = RecordRow & { readonly sourceId: string; readonly said: Kept };

const toWaiting = (row: KeptRow, waits: 'quota' | 'shadow'): Waiting => ({
  sourceId: row.source_id,
  remoteId: row.remote_id,
  part: row.part,
  signalId: row.signal_id,
  waits,
  said: readKept(row.said),
  disputed: row.disputed,
});

/** The first that wait for the quota, at most `most`. */
export async function waitingForQuota(tx: Tx, sourceId: string, most: number): Promise<Waiting[]> {
  const rows = await tx.query<KeptRow[]>(
    `select * from exchange_record where source_id = $1 and waits = 'quota' order by remote_id, part limit $2`,
    [sourceId, most],
  );
  return rows.map((row) => toWaiting(row, 'quota'));
}

/** Who of the organisation's other sources says that these stand, on the same list, of which nothing of its own stands now. */
export async function shadowsOf(tx: Tx, listId: string, signalIds: readonly string[]): Promise<Waiting[]> {
  const rows = await tx.query<KeptRow[]>(
    `select distinct on (r.signal_id) r.* from exchange_record r join exchange_source s on s.id = r.source_id
     where r.signal_id = any ($2::uuid[]) and r.waits = 'shadow' and s.list_id = $1 and s.state <> 'ended'
       and not exists (select 1 from signal_contribution c where c.signal_id = r.signal_id and c.organisation_id = r.organisation_id
         and c.list_id = $1 and c.withdrawn_at is null)
     order by r.signal_id, s.created_at, s.id, r.remote_id, r.part`,
    [listId, signalIds],
  );
  return rows.map((row) => toWaiting(row, 'shadow'));
}

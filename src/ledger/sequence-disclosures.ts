import { isUuid } from '../domain/ledger-entry';
import type { Tx } from '../infra/database/work';

export interface PendingEntry {
  readonly id: string;
  readonly leaf: Buffer;
  readonly disclosure: boolean;
}

interface Announced {
  readonly id: string;
  readonly bytes: Buffer;
}

/** The entries that a `ledger.disclosed` names, from its canonical bytes. What is no id names nothing. */
export function disclosedBy(dims: Readonly<Record<string, unknown>>): string[] {
  const entries = dims['entries'];
  return Array.isArray(entries) ? entries.filter(isUuid) : [];
}

async function announced(tx: Tx, batch: readonly PendingEntry[]): Promise<{ id: string; names: string[] }[]> {
  const ids = batch.filter(({ disclosure }) => disclosure).map(({ id }) => id);
  if (ids.length === 0) return [];
  const rows: Announced[] = await tx.query(`select id, bytes from ledger_entry where id = any ($1::uuid[])`, [ids]);
  return rows.map(({ id, bytes }) => {
    const { dims }: { dims: Record<string, unknown> } = JSON.parse(bytes.toString());
    return { id, names: disclosedBy(dims) };
  });
}

/** Leaves for a later batch each disclosure of an entry that waits in none before it. */
export async function deferUnready(tx: Tx, batch: readonly PendingEntry[]): Promise<readonly PendingEntry[]> {
  const disclosures = await announced(tx, batch);
  if (disclosures.length === 0) return batch;
  const here = new Set(batch.filter(({ disclosure }) => !disclosure).map(({ id }) => id));
  const elsewhere: { id: string }[] = await tx.query(
    `select entry_id as id from ledger_pending where entry_id = any ($1::uuid[])`,
    [disclosures.flatMap(({ names }) => names)],
  );
  // A disclosure may itself be disclosed, but one of the same batch is waited for.
  const waiting = new Set(elsewhere.map(({ id }) => id).filter((id) => !here.has(id)));
  const unready = new Set(
    disclosures.filter(({ id, names }) => names.some((name) => name !== id && waiting.has(name))).map(({ id }) => id),
  );
  return batch.filter(({ id }) => !unready.has(id));
}

/**
 * At each disclosure's place, whoever is in its audience gets the entries it names, if they were not for them already and
 * if the discloser could read them before. One statement each, so that a disclosure can build on the one before.
 */
export async function deliverDisclosures(tx: Tx, first: number, batch: readonly PendingEntry[]): Promise<void> {
  const places = new Map(batch.map(({ id }, i) => [id, first + i]));
  const disclosures = (await announced(tx, batch)).map(({ id, names }) => ({ id, names, seq: places.get(id) ?? 0 }));
  for (const { id, names, seq } of disclosures.sort((a, b) => a.seq - b.seq)) {
    await tx.query(
      `insert into ledger_audience (organisation_id, seq, leaf_seq)
       select reader.id, $1, l.seq
       from ledger_entry d cross join unnest(d.audience) as reader (id)
         cross join (select distinct unnest($3::uuid[]) as id) named
         join ledger_entry e on e.id = named.id join ledger_leaf l on l.entry_id = e.id and l.seq < $1
       where d.id = $2 and not reader.id = any (e.audience)
         and (d.organisation_id is null or d.organisation_id = any (e.audience) or exists (
           select from ledger_audience earlier
           where earlier.organisation_id = d.organisation_id and earlier.leaf_seq = l.seq
             and earlier.leaf_seq <> earlier.seq and earlier.seq < $1))`,
      [seq, id, names],
    );
  }
}

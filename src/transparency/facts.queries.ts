import { COUNTED_KINDS } from '../domain/metric-fold';
import type { EntryFact } from '../domain/metric-facts';
import type { Tx } from '../infra/database/work';

const ROWS = 5_000;

interface FactRow {
  readonly seq: string;
  readonly bytes: Buffer;
}

/**
 * The sequenced entries that figures count, in ledger order, of those that `tx` may see, from `from` on. Read in pages, so
 * that a year fits in memory; each is parsed from its immutable bytes and not from a column.
 */
export async function* readFacts(tx: Tx, from: Date): AsyncGenerator<EntryFact> {
  let after = '-1';
  for (;;) {
    const rows = await tx.query<FactRow[]>(
      `select l.seq, e.bytes from ledger_entry e join ledger_leaf l on l.entry_id = e.id
       where e.kind = any($1) and e.at >= $2 and l.seq > $3 order by l.seq limit $4`,
      [COUNTED_KINDS, from, after, ROWS],
    );
    for (const row of rows) yield JSON.parse(row.bytes.toString('utf8')) as EntryFact;
    const last = rows.at(-1);
    if (!last || rows.length < ROWS) return;
    after = last.seq;
  }
}

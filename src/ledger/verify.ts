import type { VerifierKey } from '../domain/checkpoint';
import { BODY_ERASED, parseEntry, type LedgerEntry } from '../domain/ledger-entry';
import { rootOf } from '../domain/merkle';
import type { Tx, Work } from '../infra/database/work';
import { RowCursor, rowsOf } from './row-cursor';
import { AUDIENCE_BY_PLACE, AudienceCheck } from './verify-audience';
import { ENTRY_COLUMNS, WITH_BODIES, checkEntry, type EntryRow, type Erasures } from './verify-entry';
import { TreeCheck, type CheckpointRow, type LedgerFault } from './verify-tree';

export type { LedgerFault } from './verify-tree';

export interface LedgerAudit {
  readonly ok: boolean;
  /** In the order of the ledger: the first is the first entry that does not fit. Reading ends with the batch it is in. */
  readonly faults: readonly LedgerFault[];
  readonly size: number;
  /** Hex. */
  readonly root: string;
  readonly pending: number;
  readonly tiles: number;
  readonly checkpoints: number;
  /** Bodies that are gone, each with an entry that says so. */
  readonly erasedBodies: number;
}

interface LeafRow extends EntryRow {
  readonly seq: string;
  readonly entry_id: string;
  readonly leaf: Buffer;
}

const ROWS_AT_ONCE = 2048;
const LEAVES = `select l.seq, l.entry_id, l.leaf_hash as leaf, ${ENTRY_COLUMNS}
  from ledger_leaf l left join ledger_entry e on e.id = l.entry_id ${WITH_BODIES} order by l.seq`;
const PENDING = `select p.entry_id, p.leaf_hash as leaf, p.audience::text as waiting_for, ${ENTRY_COLUMNS}
  from ledger_pending p left join ledger_entry e on e.id = p.entry_id ${WITH_BODIES} order by p.entry_id`;

/**
 * Derives the whole ledger again from the bytes of its entries and holds every column of every table against it. It does not
 * hold this ledger against what others keep of it: a rewritten ledger signed anew passes here, and only a checkpoint
 * outside convicts it. Reads one snapshot on three connections of the worker role.
 */
export async function verifyLedger(work: Work, key: VerifierKey): Promise<LedgerAudit> {
  return work.asWorker(async (tx) => {
    await tx.query(`set transaction isolation level repeatable read, read only`);
    const [exported]: { snapshot: string }[] = await tx.query(`select pg_export_snapshot() as snapshot`);
    const beside = <T>(use: (tx: Tx) => Promise<T>): Promise<T> =>
      work.asWorker(async (other) => {
        await other.query(`set transaction isolation level repeatable read, read only`);
        await other.query(`set transaction snapshot '${exported?.snapshot}'`);
        return use(other);
      });
    return beside((leaves) => beside((audience) => new Verification(tx, leaves, audience, key).run()));
  });
}

class Verification {
  private readonly tree: TreeCheck;
  private readonly audience = new AudienceCheck();
  private readonly faults: LedgerFault[] = [];
  private erasures: Erasures = new Map();
  private erasedBodies = 0;
  private pending = 0;

  constructor(
    private readonly tx: Tx,
    private readonly leafTx: Tx,
    private readonly audienceTx: Tx,
    key: VerifierKey,
  ) {
    this.tree = new TreeCheck(key);
  }

  async run(): Promise<LedgerAudit> {
    this.erasures = await erasures(this.tx);
    await this.checkLeaves();
    if (this.faults.length === 0) await this.checkPending();
    if (this.faults.length === 0) await this.checkRemainder();
    const { range, tiles, checkpoints } = this.tree;
    return {
      ok: this.faults.length === 0,
      faults: this.faults.toSorted((a, b) => (a.seq ?? Infinity) - (b.seq ?? Infinity)),
      size: range.size,
      root: Buffer.from(rootOf(range)).toString('hex'),
      pending: this.pending,
      tiles,
      checkpoints,
      erasedBodies: this.erasedBodies,
    };
  }

  private async checkLeaves(): Promise<void> {
    const heard = new RowCursor<{ seq: string; heard: string }>(this.audienceTx, AUDIENCE_BY_PLACE, ROWS_AT_ONCE);
    const stored = `select size, root, note, at from ledger_checkpoint order by size`;
    const checkpoints = new RowCursor<CheckpointRow>(this.tx, stored, ROWS_AT_ONCE);
    const meet = (to: number): Promise<CheckpointRow[]> => checkpoints.takeWhile(({ size }) => Number(size) <= to);
    for await (const rows of rowsOf<LeafRow>(this.leafTx, LEAVES, ROWS_AT_ONCE)) {
      const [first, last] = [this.tree.range.size, Number(rows.at(-1)?.seq)];
      const groups = await heard.takeWhile(({ seq }) => Number(seq) <= last);
      await this.checkBatch(first, rows, groups);
      const leaves = rows.map(({ leaf }) => leaf);
      this.faults.push(...(await this.tree.grow(this.tx, leaves, await meet(first + rows.length))));
      if (this.faults.length > 0) return;
    }
    // An empty ledger has one checkpoint, of size 0; a fuller one has met it with its first leaves.
    this.faults.push(...(await this.tree.grow(this.tx, [], await meet(this.tree.range.size))));
    const [beyond] = await checkpoints.takeWhile(() => true);
    if (beyond) this.add(null, null, `checkpoint ${beyond.size}: the tree is not that large`);
    const [stray] = await heard.takeWhile(() => true);
    if (stray) this.add(Number(stray.seq), null, 'it has an audience and is not there');
  }

  private async checkBatch(first: number, rows: LeafRow[], groups: { seq: string; heard: string }[]): Promise<void> {
    let next = 0;
    for (const [i, row] of rows.entries()) {
      const seq = first + i;
      if (Number(row.seq) !== seq) return this.add(seq, null, 'there is no leaf of this number');
      if (row.id === null) return this.add(seq, row.entry_id, 'the entry of this leaf is missing');
      const checked = checkEntry(row, row.leaf, this.erasures);
      if (checked.fault) return this.add(seq, row.entry_id, checked.fault);
      this.erasedBodies += checked.erased;
      const expected = await this.audience.heardAt(this.tx, seq, checked);
      // An entry of the service may be for nobody; then it has no row.
      const heard = Number(groups[next]?.seq) === seq ? groups[next++]?.heard : '';
      if (heard !== expected) {
        return this.add(seq, row.entry_id, 'ledger_audience does not say who may read it');
      }
    }
    if (groups[next]) this.add(Number(groups[next]?.seq), null, 'it has an audience and is not there');
  }

  private async checkPending(): Promise<void> {
    type PendingRow = EntryRow & { entry_id: string; leaf: Buffer; waiting_for: string };
    for await (const rows of rowsOf<PendingRow>(this.leafTx, PENDING, ROWS_AT_ONCE, 'pending')) {
      for (const row of rows) {
        this.pending++;
        if (row.id === null) return this.add(null, row.entry_id, 'it is pending and has no entry');
        const { fault } = checkEntry(row, row.leaf, this.erasures);
        if (fault) return this.add(null, row.entry_id, fault);
        if (row.waiting_for !== row.audience) return this.add(null, row.entry_id, 'it is pending for another audience');
      }
    }
  }

  /** What is there without belonging to anything. */
  private async checkRemainder(): Promise<void> {
    if (this.tree.range.size > 0 && this.tree.signedSize !== this.tree.range.size) {
      this.add(this.tree.range.size - 1, null, 'the last leaves are under no checkpoint');
    }
    const [tiles]: { count: number }[] = await this.tx.query(`select count(*)::int as count from ledger_tile`);
    if (tiles?.count !== this.tree.tiles)
      this.add(null, null, `there are ${tiles?.count} tiles for ${this.tree.tiles}`);
    await this.none(
      'it is neither pending nor in the tree',
      `select id from ledger_entry e where not exists
      (select from ledger_leaf l where l.entry_id = e.id) and not exists (select from ledger_pending p where p.entry_id = e.id)`,
    );
    await this.none(
      'it is in the tree and still pending',
      `select p.entry_id as id from ledger_pending p
      where exists (select from ledger_leaf l where l.entry_id = p.entry_id)`,
    );
    await this.none(
      'a body is there and its entry is not',
      `select b.entry_id as id from ledger_body b
      where not exists (select from ledger_entry e where e.id = b.entry_id)`,
    );
  }

  private async none(what: string, query: string): Promise<void> {
    const [row]: { id: string }[] = await this.tx.query(`${query} order by 1 limit 1`);
    if (row) this.add(null, row.id, what);
  }

  private add(seq: number | null, entryId: string | null, what: string): void {
    this.faults.push({ seq, entryId, what });
  }
}

/** What the ledger says was erased. These entries are themselves held to their leaves like all others. */
async function erasures(tx: Tx): Promise<Erasures> {
  const rows: { bytes: Buffer }[] = await tx.query(`select bytes from ledger_entry where kind = '${BODY_ERASED}'`);
  const found = new Map<string, { part: string; by: string | null }[]>();
  for (const { bytes } of rows) {
    const entry = readable(bytes);
    const parts = entry?.dims['parts'];
    const of = entry?.subjects['entry'];
    if (!of || !Array.isArray(parts)) continue;
    found.set(of, [...(found.get(of) ?? []), ...parts.map((part: string) => ({ part, by: entry.org }))]);
  }
  return found;
}

/** Null for bytes that are no entry: they are found where they stand in the tree, and erase nothing. */
function readable(bytes: Buffer): LedgerEntry | null {
  try {
    return parseEntry(bytes);
  } catch {
    return null;
  }
}

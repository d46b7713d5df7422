import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { openCheckpoint } from '../domain/checkpoint';
import { DISCLOSED } from '../domain/ledger-entry';
import { appendLeaf, equalHashes, rootOf, type CompactRange, type Hash } from '../domain/merkle';
import { extendEdge, rangeOfEdge, type Tile, type TileEdge } from '../domain/tiles';
import { ClockSource } from '../infra/clock-source';
import { Work, type Tx } from '../infra/database/work';
import { log } from '../infra/log';
import { LedgerKey, verifySignature } from './ledger-key';
import { nodeHash } from './native-hash';
import { deferUnready, deliverDisclosures, type PendingEntry } from './sequence-disclosures';
import { TornLedgerError, loadEdge } from './tree';

/** Any number of nodes may run one; this lock makes one of them at a time the sequencer, batch by batch. */
const SEQUENCER_LOCK = 4_127_032;
const POLL_MS = 15;
const MOST_AT_ONCE = 2000;
const LONGEST_DRAIN_MS = 5000;
const LONGEST_PAUSE_MS = 5000;

/** The tree as this node last left it. Believed only while the last stored checkpoint says the same. */
interface State {
  readonly edge: TileEdge;
  readonly range: CompactRange;
}

/**
 * Puts committed entries into the tree: leaf, tiles, audience and a signed checkpoint in one transaction. Ordering happens
 * here and not in a serial column, because transactions commit in another order than they take numbers.
 */
@Injectable()
export class Sequencer {
  private state: State | null = null;
  private running: Promise<void> | null = null;
  private stopping = new AbortController();

  constructor(
    private readonly work: Work,
    private readonly key: LedgerKey,
    private readonly clock: ClockSource,
  ) {}

  /** Refuses a ledger that another key or origin has signed: also on a node that only answers requests. */
  async check(): Promise<void> {
    await this.work.asWorker(async (tx) => {
      const head = await lastCheckpoint(tx);
      if (head) openCheckpoint(head.note, this.key.verifier, verifySignature);
    });
  }

  /** Writes the checkpoint of the empty tree, then sequences until it is stopped. */
  async start(): Promise<void> {
    if (this.running) return;
    await this.check();
    this.stopping = new AbortController();
    this.running = this.loop(this.stopping.signal);
  }

  /** Sequences what is still pending, then ends. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    this.running = null;
  }

  private async loop(stop: AbortSignal): Promise<void> {
    let pauseMs = POLL_MS;
    let drainUntil = Number.POSITIVE_INFINITY;
    for (;;) {
      const startedAt = performance.now();
      let moved = 0;
      try {
        moved = await this.sequence();
        pauseMs = POLL_MS;
      } catch (error) {
        // Nothing is lost by waiting: the entries are committed, and stay pending until somebody has sequenced them.
        this.state = null;
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
        log.error({ event: 'ledger.sequencer-failed', reason: String(error), pauseMs });
        if (stop.aborted) return;
      }
      if (stop.aborted) {
        drainUntil = Math.min(drainUntil, performance.now() + LONGEST_DRAIN_MS);
        if (moved === 0 || performance.now() > drainUntil) return;
      } else if (moved < MOST_AT_ONCE) {
        const restMs = Math.max(1, pauseMs - (performance.now() - startedAt));
        await sleep(restMs, undefined, { signal: stop }).catch(() => undefined);
      }
    }
  }

  /** One batch. How many entries it moved: 0 when there were none, or another node is at it. */
  async sequence(): Promise<number> {
    if (!(await this.isWaiting())) return 0;
    const done = await this.work.asWorker(async (tx) => {
      const [lock]: { held: boolean }[] = await tx.query(`select pg_try_advisory_xact_lock($1) as held`, [
        SEQUENCER_LOCK,
      ]);
      return lock?.held ? this.sequenceBatch(tx) : null;
    });
    if (!done) return 0;
    // Only now is it known to be committed.
    this.state = done.state;
    return done.moved;
  }

  /** Resolves once all that was committed before is in the tree, whoever put it there: another loop may be at it. */
  async settle(): Promise<void> {
    while ((await this.sequence()) > 0 || (await this.isWaiting())) await sleep(1);
  }

  /** For entries, which leave the table with the commit that puts them into the tree, or for the empty tree's checkpoint. */
  private isWaiting(): Promise<boolean> {
    return this.work.glance(async (tx) => {
      const [look]: { waiting: boolean }[] = await tx.query(
        `select exists (select from ledger_pending) or not exists (select from ledger_checkpoint) as waiting`,
      );
      return look?.waiting ?? false;
    });
  }

  private async sequenceBatch(tx: Tx): Promise<{ state: State; moved: number } | null> {
    const head = await lastCheckpoint(tx);
    const before = await this.stateAt(tx, head);
    const batch = await deferUnready(tx, await nextPending(tx));
    if (batch.length === 0 && head) return null;
    const leaves = batch.map(({ leaf }) => leaf);
    const { edge, full } = extendEdge(before.edge, leaves, nodeHash);
    const range = leaves.reduce((grown: CompactRange, leaf) => appendLeaf(grown, leaf, nodeHash), before.range);
    await writeLeaves(tx, before.range.size, batch);
    await deliverDisclosures(tx, before.range.size, batch);
    await writeTiles(tx, full);
    await this.writeCheckpoint(tx, range.size, rootOf(range, nodeHash));
    return { state: { edge, range }, moved: batch.length };
  }

  private async stateAt(tx: Tx, head: StoredCheckpoint | null): Promise<State> {
    const size = Number(head?.size ?? 0);
    const state = this.state;
    if (state && head && state.range.size === size && equalHashes(rootOf(state.range, nodeHash), head.root)) {
      return state;
    }
    const edge = await loadEdge(tx, size);
    const range = rangeOfEdge(edge, nodeHash);
    if (head && !equalHashes(rootOf(range, nodeHash), head.root)) {
      throw new TornLedgerError(`the stored tree of ${size} leaves has not the root that was signed`);
    }
    return { edge, range };
  }

  private async writeCheckpoint(tx: Tx, size: number, root: Hash): Promise<void> {
    const at = this.clock.now();
    const note = this.key.sign({ origin: this.key.origin, size, root, at });
    await tx.query(`insert into ledger_checkpoint (size, root, note, at) values ($1, $2, $3, $4)`, [
      size,
      root,
      note,
      at,
    ]);
  }
}

interface StoredCheckpoint {
  readonly size: string;
  readonly root: Buffer;
  readonly note: string;
}

async function lastCheckpoint(tx: Tx): Promise<StoredCheckpoint | null> {
  const [row]: StoredCheckpoint[] = await tx.query(
    `select size, root, note from ledger_checkpoint order by size desc limit 1`,
  );
  return row ?? null;
}

/** In the order of their ids (UUID version 7: the order of their making), disclosures after what they may disclose. */
async function nextPending(tx: Tx): Promise<PendingEntry[]> {
  const rows: PendingEntry[] = await tx.query(
    `select p.entry_id as id, p.leaf_hash as leaf, d.id is not null as disclosure
     from (select entry_id, leaf_hash from ledger_pending order by entry_id limit $1) p
     left join ledger_entry d on d.id = p.entry_id and d.kind = '${DISCLOSED}'
     order by p.entry_id`,
    [MOST_AT_ONCE],
  );
  return [...rows.filter((row) => !row.disclosure), ...rows.filter((row) => row.disclosure)];
}

/** Moves the batch from pending to leaves and audience, and refuses when not every single one arrived. */
async function writeLeaves(tx: Tx, first: number, batch: readonly PendingEntry[]): Promise<void> {
  const [moved]: { leaves: number; deleted: number; unheard: number }[] = await tx.query(
    `with leaves as (
       insert into ledger_leaf (seq, entry_id, leaf_hash)
       select $1::bigint + u.place - 1, p.entry_id, p.leaf_hash
       from unnest($2::uuid[]) with ordinality as u (id, place) join ledger_pending p on p.entry_id = u.id
       returning seq, entry_id
     ), heard as (
       insert into ledger_audience (organisation_id, seq, leaf_seq)
       select o.id, l.seq, l.seq from leaves l join ledger_pending p on p.entry_id = l.entry_id cross join unnest(p.audience) as o (id)
       returning seq
     ), deleted as (
       delete from ledger_pending p using leaves l where p.entry_id = l.entry_id returning p.entry_id
     )
     select (select count(*)::int from leaves) as leaves, (select count(*)::int from deleted) as deleted,
       (select coalesce(sum(cardinality(p.audience)), 0)::int from leaves l join ledger_pending p on p.entry_id = l.entry_id)
         - (select count(*)::int from heard) as unheard`,
    [first, batch.map(({ id }) => id)],
  );
  if (moved?.leaves !== batch.length || moved.deleted !== batch.length || moved.unheard !== 0) {
    throw new TornLedgerError(
      `of ${batch.length} pending entries ${moved?.leaves} became leaves and ${moved?.deleted} were removed`,
    );
  }
}

async function writeTiles(tx: Tx, tiles: readonly Tile[]): Promise<void> {
  if (tiles.length === 0) return;
  await tx.query(
    `insert into ledger_tile (level, index, root, hashes)
     select * from unnest($1::smallint[], $2::bigint[], $3::bytea[], $4::bytea[])`,
    [
      tiles.map(({ level }) => level),
      tiles.map(({ index }) => index),
      tiles.map(({ root }) => root),
      tiles.map(({ hashes }) => Buffer.concat(hashes)),
    ],
  );
}

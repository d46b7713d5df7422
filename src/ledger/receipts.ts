import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { inclusionPath } from '../domain/merkle';
import type { Receipt } from '../domain/receipt';
import type { Actor } from '../infra/database/actor';
import { Work, type Tx } from '../infra/database/work';
import { log } from '../infra/log';
import { Tree } from './tree';

const POLL_MS = 7;
const LONGEST_PAUSE_MS = 200;
const PATIENCE_MS = 2000;

interface Waiter {
  readonly resolve: (receipt: Receipt | null) => void;
  readonly until: number;
}

/**
 * Hands out receipts. While somebody waits, one poller for the whole process asks which entries have been sequenced, and
 * proves all of them against the newest checkpoint at once.
 */
@Injectable()
export class Receipts {
  private readonly tree = new Tree();
  private readonly waiting = new Map<string, Waiter[]>();
  private polling: Promise<void> | null = null;

  constructor(private readonly work: Work) {}

  /** The receipt of an entry that this request has just committed; null when it is not sequenced within the patience. */
  wait(entryId: string, patienceMs: number = PATIENCE_MS): Promise<Receipt | null> {
    return new Promise((resolve) => {
      const waiter = { resolve, until: performance.now() + patienceMs };
      this.waiting.set(entryId, [...(this.waiting.get(entryId) ?? []), waiter]);
      this.polling ??= this.poll().finally(() => {
        this.polling = null;
      });
    });
  }

  /** The receipt of an entry that the actor may read; null when it is not sequenced yet, undefined when there is none. */
  async of(actor: Actor, entryId: string): Promise<Receipt | null | undefined> {
    return this.work.read(actor, async (tx) => {
      const seen: unknown[] = await tx.query(`select from ledger_entry where id = $1`, [entryId]);
      if (seen.length === 0) return undefined;
      return (await this.issue(tx, [entryId])).get(entryId) ?? null;
    });
  }

  /** Receipts of those entries that are sequenced, against the newest checkpoint. */
  async issue(tx: Tx, entryIds: readonly string[]): Promise<Map<string, Receipt>> {
    const rows: { id: string; seq: string; leaf: Buffer; bytes: Buffer }[] = await tx.query(
      `select l.entry_id as id, l.seq, l.leaf_hash as leaf, e.bytes
       from ledger_leaf l join ledger_entry e on e.id = l.entry_id where l.entry_id = any ($1::uuid[])`,
      [entryIds],
    );
    if (rows.length === 0) return new Map();
    const [head]: { size: string; note: string }[] = await tx.query(
      `select size, note from ledger_checkpoint order by size desc limit 1`,
    );
    const size = Number(head?.size ?? 0);
    const proofs = await this.tree.prove(tx, size, rows.map(({ seq }) => inclusionPath(Number(seq), size))); // prettier-ignore
    return new Map(
      rows.map(({ id, seq, leaf, bytes }, i) => [
        id,
        {
          entry: { id, digest: leaf.toString('hex'), seq: Number(seq), bytes: bytes.toString('base64') },
          inclusion: (proofs[i] ?? []).map((hash) => Buffer.from(hash).toString('hex')),
          checkpoint: head?.note ?? '',
        },
      ]),
    );
  }

  private async poll(): Promise<void> {
    // Whoever asked in this turn is asked for together.
    await sleep(0);
    let pauseMs = POLL_MS;
    while (this.waiting.size > 0) {
      const startedAt = performance.now();
      try {
        const issued = await this.work.asWorker((tx) => this.issue(tx, [...this.waiting.keys()]));
        for (const [id, receipt] of issued) this.settle(id, receipt);
        pauseMs = POLL_MS;
      } catch (error) {
        if (pauseMs === POLL_MS) log.warn({ event: 'ledger.receipts-failed', reason: String(error) });
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
      this.dismissImpatient();
      if (this.waiting.size > 0) await sleep(Math.max(1, pauseMs - (performance.now() - startedAt)));
    }
  }

  private settle(entryId: string, receipt: Receipt): void {
    const waiters = this.waiting.get(entryId) ?? [];
    this.waiting.delete(entryId);
    for (const { resolve } of waiters) resolve(receipt);
  }

  private dismissImpatient(): void {
    const now = performance.now();
    for (const [id, waiters] of this.waiting) {
      const patient = waiters.filter(({ until }) => until > now);
      if (patient.length === waiters.length) continue;
      if (patient.length > 0) this.waiting.set(id, patient);
      else this.waiting.delete(id);
      for (const waiter of waiters) if (!patient.includes(waiter)) waiter.resolve(null);
    }
  }
}

import { Injectable } from '@nestjs/common';
import { DomainError } from '../domain/errors';
import { consistencyPath } from '../domain/merkle';
import type { Receipt } from '../domain/receipt';
import type { Actor } from '../infra/database/actor';
import { Work } from '../infra/database/work';
import { treeSize } from './feed.query';
import { pendingReceipt, type PendingReceipt } from './receipt.interceptor';
import { Receipts } from './receipts';
import { Tree } from './tree';

/** All who ask take these turns together: a checkpoint and a proof are the same for everybody. */
const EVERYBODY = 'ledger';

/** What anybody may ask of the ledger: hashes and signatures, and for one's own entries receipts. */
@Injectable()
export class Ledger {
  private readonly tree = new Tree();

  constructor(
    private readonly work: Work,
    private readonly receipts: Receipts,
  ) {}

  /** The newest signed checkpoint, or that of a tree of exactly `size` leaves. */
  async checkpoint(size?: number): Promise<string> {
    // No tree is larger than a number is exact, and PostgreSQL's bigint would refuse to read it.
    if (size !== undefined && !Number.isSafeInteger(size)) throw new DomainError('ledger.unknown-checkpoint');
    const rows: { note: string }[] = await this.work.asWorkerFor(EVERYBODY, (tx) =>
      tx.query(`select note from ledger_checkpoint where $1::bigint is null or size = $1 order by size desc limit 1`, [
        size ?? null,
      ]),
    );
    if (!rows[0]) throw new DomainError('ledger.unknown-checkpoint');
    return rows[0].note;
  }

  /** RFC 9162 consistency proof in hex. Both sizes may be any that the tree has had. */
  async consistency(from: number, to: number): Promise<string[]> {
    const proof = await this.work.asWorkerFor(EVERYBODY, async (tx) => {
      if (from > to || to > (await treeSize(tx))) throw new DomainError('ledger.unknown-checkpoint');
      return (await this.tree.prove(tx, to, [consistencyPath(from, to)]))[0] ?? [];
    });
    return proof.map((hash) => Buffer.from(hash).toString('hex'));
  }

  async receipt(actor: Actor, entryId: string): Promise<Receipt | PendingReceipt> {
    const receipt = await this.receipts.of(actor, entryId);
    if (receipt === undefined) throw new DomainError('request.not-found');
    return receipt ?? pendingReceipt(entryId);
  }
}

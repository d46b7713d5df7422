import { openCheckpoint, type Checkpoint, type VerifierKey } from '../../src/domain/checkpoint';
import { checkConsistency, verifyReceipt, type Receipt } from '../../src/domain/receipt';
import { verifyEd25519 } from './ed25519';
import type { PendingReceipt } from './api';
import { VerificationError } from './errors';
import { isPending, type ReceiptStore } from './receipt-store';

/** What a check asks of a server. */
export interface LedgerSource {
  /** The verifier key the server says it signs with. */
  key(): Promise<string>;
  /** The newest checkpoint, a signed note. */
  checkpoint(): Promise<string>;
  /** Hex hashes; from ≤ to. */
  consistency(from: number, to: number): Promise<readonly string[]>;
  /** The receipt of an entry as the server gives it now. */
  receipt(entryId: string): Promise<Receipt | PendingReceipt>;
}

/** Throws unless the larger of two verified checkpoints begins with the smaller. */
export async function requireConsistent(a: Checkpoint, b: Checkpoint, source: LedgerSource): Promise<void> {
  const [older, newer] = a.size <= b.size ? [a, b] : [b, a];
  const proof = older.size === newer.size || older.size === 0 ? [] : await source.consistency(older.size, newer.size);
  if (!checkConsistency(older, newer, proof)) {
    throw new VerificationError(
      `the ledger of ${newer.size} entries does not begin with the ledger of ${older.size} entries that was signed before: history was rewritten`,
    );
  }
}

/**
 * Looks over the operator's shoulder: each receipt is verified with the key kept at first use and stored, and each new
 * checkpoint must contain the one seen before. Receipts are taken one after the other.
 */
export class Witness {
  #turn: Promise<void> = Promise.resolve();

  constructor(
    readonly store: ReceiptStore,
    private readonly source: LedgerSource,
    private readonly onPinned: (key: string) => void = () => undefined,
  ) {}

  /**
   * Asks for the server's key and keeps it at first use.
   * @throws VerificationError when it is not the one kept
   */
  async pin(): Promise<VerifierKey> {
    const text = await this.source.key();
    if (this.store.pin(text)) this.onPinned(text);
    return this.#key();
  }

  /** @throws VerificationError when the receipt, or the history behind it, does not hold */
  async take(receipt: Receipt | PendingReceipt, route: string, organisationId: string | null): Promise<void> {
    const turn = this.#turn.then(() => this.#take(receipt, route, organisationId));
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Fetches the receipts that were still pending when their answers came. */
  async collect(): Promise<void> {
    for (const { receipt, route, organisationId } of this.store.awaited()) {
      const now = await this.source.receipt(receipt.entry.id);
      if (!isPending(now)) await this.take(now, route, organisationId);
    }
  }

  #key(): VerifierKey {
    const key = this.store.key();
    if (!key) throw new VerificationError('no key of this server is kept');
    return key;
  }

  async #take(receipt: Receipt | PendingReceipt, route: string, organisationId: string | null): Promise<void> {
    const noted = { savedAt: new Date().toISOString(), route, organisationId };
    if (isPending(receipt)) return this.store.keepAwaited({ ...noted, receipt });
    const key = this.store.key() ?? (await this.pin());
    // Kept before it is judged: a receipt that does not verify is evidence too.
    this.store.keep({ ...noted, receipt });
    this.store.forgetAwaited(receipt.entry.id);
    const verdict = verifyReceipt(receipt, key, verifyEd25519);
    if (!verdict.ok) throw new VerificationError(`the receipt does not verify: ${verdict.fault}`);
    const before = this.store.lastCheckpoint();
    const last = before === null ? null : openCheckpoint(before, key, verifyEd25519);
    if (last) await requireConsistent(last, verdict.checkpoint, this.source);
    if (!last || verdict.checkpoint.size > last.size) this.store.rememberCheckpoint(receipt.checkpoint);
  }
}

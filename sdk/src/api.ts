import type { Acknowledgement } from '../../src/domain/acknowledgement';
import type { Receipt } from '../../src/domain/receipt';

/** What travels over the wire, in camel case; instants are ISO 8601 in UTC with milliseconds, ids are UUIDs. */
export type { Acknowledgement, Receipt };

/** What stands in for a receipt while the ledger has not come to the entry yet. */
export interface PendingReceipt {
  readonly state: 'pending';
  readonly entry: { readonly id: string };
}

/** Where the request changed a notice: what the machine says, at once, of the message that it has taken. */
export interface Acknowledged {
  /** See `verifyAcknowledgement`. */
  readonly acknowledgement?: Acknowledgement;
}

/** Every answer to a request that changed something carries the receipt of its last ledger entry. */
export interface Receipted {
  readonly receipt?: ((Receipt | PendingReceipt) & Acknowledged) | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Given as `cursor` for the next page; null on the last one. */
  readonly next: string | null;
}

/** The answer to a verb that waits for a second person (202). */
export interface AwaitingApproval extends Receipted {
  readonly approval: { readonly id: string; readonly state: string };
}

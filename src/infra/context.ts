import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from 'typeorm';

/** The idempotency key of the request under way; claimed by the first transaction of the request. */
export interface IdempotencyClaim {
  readonly key: string;
  /** SHA-256 over method, path and body. A multipart route sets it once the parts have been read. */
  fingerprint: string;
  claimed: boolean;
  replayed: boolean;
}

export interface RequestContext {
  readonly requestId: string;
  idempotency?: IdempotencyClaim;
  /**
   * Set by the verb that wants a second person: runs first in the work's transaction. When it answers, the first person has
   * asked, the answer goes out, and the work does not run.
   */
  gate?: (tx: EntityManager) => Promise<unknown>;
  /** Ledger entries that the work of this request appended, in order: the answer's receipt is for the last one. */
  readonly entryIds: string[];
  /** One of them is about a notice: the message that led to it is acknowledged. */
  aboutNotice?: boolean;
}

const storage = new AsyncLocalStorage<RequestContext>();

export const requestContext = (): RequestContext | undefined => storage.getStore();

export function runInContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** Called by the ledger for each appended entry, so that the answer can carry its receipt. */
export function noteEntry(id: string, isAboutNotice = false): void {
  const context = storage.getStore();
  context?.entryIds.push(id);
  if (context && isAboutNotice) context.aboutNotice = true;
}

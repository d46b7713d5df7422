import type { PendingReceipt, Receipt } from './api';
import type { FeedEntry, FeedPage } from './ledger-api';
import { NetworkError, VerificationError } from './errors';
import { readEvents } from './server-sent-events';
import { isRecord } from '../../src/domain/json';
import type { Wire } from './wire';
import type { LedgerSource } from './witness';

const RECONNECT_MS = 1000;
const PAGE = 200;

/** The public side of the ledger: key, checkpoints and proofs. */
export class Ledger implements LedgerSource {
  constructor(private readonly wire: Wire) {}

  async key(): Promise<string> {
    const answer = await this.#read('/v1/ledger/key');
    if (!isRecord(answer) || typeof answer['key'] !== 'string') throw new VerificationError('the server gives no key');
    return answer['key'];
  }

  async checkpoint(): Promise<string> {
    const answer = await this.#read('/v1/ledger/checkpoint');
    if (typeof answer !== 'string') throw new VerificationError('the server gives no checkpoint');
    return answer;
  }

  async consistency(from: number, to: number): Promise<readonly string[]> {
    const answer = await this.#read(`/v1/ledger/proof/consistency?from=${from}&to=${to}`);
    const proof: unknown = isRecord(answer) ? answer['proof'] : null;
    if (!Array.isArray(proof) || !proof.every((hash) => typeof hash === 'string')) {
      throw new VerificationError('the server gives no consistency proof');
    }
    return proof;
  }

  async receipt(entryId: string): Promise<Receipt | PendingReceipt> {
    const answer = await this.#read(`/v1/ledger/entries/${encodeURIComponent(entryId)}/receipt`);
    if (!isRecord(answer) || !isRecord(answer['entry'])) throw new VerificationError('the server gives no receipt');
    return answer as unknown as Receipt | PendingReceipt;
  }

  async #read(path: string): Promise<unknown> {
    const response = await this.wire.exchange(path, { method: 'GET' });
    const isJson = response.headers.get('content-type')?.includes('json') === true;
    return isJson ? response.json() : response.text();
  }
}

export interface FollowOptions {
  /** The last sequence number seen; entries after it are given. -1 gives everything. */
  readonly after?: number;
  readonly signal?: AbortSignal;
}

/** What this organisation may see of the ledger, in order and without gaps. */
export class Feed {
  constructor(private readonly wire: Wire) {}

  async page(query: { after?: number; limit?: number } = {}): Promise<FeedPage> {
    return this.wire.answer(this.wire.api.GET('/v1/feed', { params: { query } }), 'GET /v1/feed');
  }

  /** Everything up to now. */
  async *entries({ after, signal }: FollowOptions = {}): AsyncGenerator<FeedEntry> {
    let cursor = after;
    for (;;) {
      const page = await this.page({ ...(cursor === undefined ? {} : { after: cursor }), limit: PAGE });
      yield* page.entries;
      const stands = page.through === cursor || page.entries.length === 0;
      cursor = page.through;
      if (stands || signal?.aborted) return;
    }
  }

  /**
   * Everything up to now, and then whatever comes, by server-sent events; reconnects where it left off. Ends when
   * `signal` says so, throws what a reconnect cannot mend (not signed in, not permitted).
   */
  async *follow({ after, signal }: FollowOptions = {}): AsyncGenerator<FeedEntry> {
    let cursor = after;
    for (;;) {
      if (signal?.aborted) return;
      try {
        for await (const page of this.#stream(cursor, signal)) {
          yield* page.entries;
          cursor = page.through;
        }
      } catch (error) {
        if (signal?.aborted) return;
        // A stream that breaks off is nothing new: every connection does some day.
        if (!(error instanceof NetworkError) && !(error instanceof TypeError)) throw error;
      }
      await pause(RECONNECT_MS, signal);
    }
  }

  async *#stream(
    after: number | undefined,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<{ entries: FeedEntry[]; through: number | undefined }> {
    const response = await this.wire.exchange(`/v1/feed/stream${after === undefined ? '' : `?after=${after}`}`, {
      method: 'GET',
      headers: { accept: 'text/event-stream' },
      signal: signal ?? null,
    });
    if (!response.body) return;
    const text = response.body.pipeThrough(new TextDecoderStream());
    for await (const event of readEvents(text)) {
      const entries = event.data === '' ? [] : [JSON.parse(event.data) as FeedEntry];
      // Several entries may share a place: the id stands behind the last of them, and only then is the place done.
      yield { entries, through: event.id === null ? after : Number(event.id) };
    }
  }
}

async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(done, ms);
    signal?.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
  });
}

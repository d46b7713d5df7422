import type * as Api from './api';
import { NetworkError, VerificationError } from './errors';
import { readEvents } from './server-sent-events';
import type { Wire } from './wire';
import type { LedgerSource } from './witness';

const RECONNECT_MS = 1000;
const PAGE = 200;

/** The text of an answer that is either the text itself or an object that has it as a member. */
function textIn(answer: unknown, member: string): string {
  if (typeof answer === 'string') return answer;
  const value = (answer as Record<string, unknown> | null)?.[member];
  if (typeof value !== 'string') throw new VerificationError(`the server gives no ${member}`);
  return value;
}

/** The public side of the ledger: key, checkpoints and proofs. */
export class Ledger implements LedgerSource {
  constructor(private readonly wire: Wire) {}

  async key(): Promise<string> {
    return textIn(await this.#read('/v1/ledger/key'), 'key');
  }

  async checkpoint(): Promise<string> {
    return textIn(await this.#read('/v1/ledger/checkpoint'), 'checkpoint');
  }

  async consistency(from: number, to: number): Promise<readonly string[]> {
    const answer = await this.#read(`/v1/ledger/proof/consistency?from=${from}&to=${to}`);
    const proof = (answer as { proof?: unknown } | null)?.proof;
    if (!Array.isArray(proof) || !proof.every((hash) => typeof hash === 'string')) {
      throw new VerificationError('the server gives no consistency proof');
    }
    return proof;
  }

  async receipt(entryId: string): Promise<Api.Receipt> {
    const answer = await this.#read(`/v1/ledger/entries/${encodeURIComponent(entryId)}/receipt`);
    const receipt = (answer as { receipt?: unknown } | null)?.receipt ?? answer;
    if (typeof (receipt as Api.Receipt | null)?.checkpoint !== 'string') {
      throw new VerificationError('the server gives no receipt');
    }
    return receipt as Api.Receipt;
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

  async page(query: { after?: number; limit?: number } = {}): Promise<Api.FeedPage> {
    return this.wire.answer(this.wire.api.GET('/v1/feed', { params: { query } }), 'GET /v1/feed');
  }

  /** Everything up to now. */
  async *entries({ after, signal }: FollowOptions = {}): AsyncGenerator<Api.FeedEntry> {
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
  async *follow({ after, signal }: FollowOptions = {}): AsyncGenerator<Api.FeedEntry> {
    let cursor = after;
    while (!signal?.aborted) {
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

  async *#stream(after: number | undefined, signal: AbortSignal | undefined): AsyncGenerator<Api.FeedPage> {
    const response = await this.wire.exchange(`/v1/feed/stream${after === undefined ? '' : `?after=${after}`}`, {
      method: 'GET',
      headers: { accept: 'text/event-stream' },
      signal: signal ?? null,
    });
    if (!response.body) return;
    const text = response.body.pipeThrough(new TextDecoderStream());
    for await (const event of readEvents(text)) {
      if (event === null || event.data === '') continue;
      yield pageOf(JSON.parse(event.data), event.id);
    }
  }
}

/** An event is a page of the feed or one entry of it. */
function pageOf(data: Partial<Api.FeedPage> & Partial<Api.FeedEntry>, id: string | null): Api.FeedPage {
  if (data.entries) return { entries: data.entries, through: data.through ?? Number(id) };
  if (data.kind !== undefined && data.seq !== undefined) return { entries: [data as Api.FeedEntry], through: data.seq };
  return { entries: [], through: data.through ?? Number(id) };
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

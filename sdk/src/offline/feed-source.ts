import { NetworkError, ProblemError } from '../errors';
import type { Wire } from '../wire';
import { readPageEnd, type PageEnd } from './feed-line';

export interface FeedPage extends PageEnd {
  /** Records as the server wrote them. */
  readonly lines: readonly string[];
}

export const PAGE_LIMIT = 5_000;
/** A page is at most as long as was asked for; far more is not the feed. */
const MOST_LINES = 4 * PAGE_LIMIT;
const MOST_LINE_CHARACTERS = 256 * 1024;
/** How often a page is asked for again when it broke off. */
const BROKEN_ATTEMPTS = 3;

/** One page, whole: a page that breaks off before its last line is asked for again, and never used in part. */
export async function fetchPage(
  wire: Wire,
  cursor: string | null,
  lists: readonly string[],
  signal?: AbortSignal,
): Promise<FeedPage> {
  const query = new URLSearchParams({ limit: String(PAGE_LIMIT) });
  if (cursor !== null) query.set('cursor', cursor);
  if (lists.length > 0) query.set('lists', lists.join(','));
  for (let attempt = 1; ; attempt++) {
    const response = await wire.exchange(`/v1/signals/feed?${query.toString()}`, {
      method: 'GET',
      headers: { accept: 'application/x-ndjson', 'accept-encoding': 'gzip' },
      ...(signal ? { signal } : {}),
    });
    try {
      return await readPage(response);
    } catch (error) {
      if (signal?.aborted) throw error;
      if (attempt >= BROKEN_ATTEMPTS) {
        throw new NetworkError('the feed breaks off before the end of its page', { cause: error });
      }
    }
  }
}

/** The server no longer knows the cursor, or never gave it: what is missing since cannot be told. */
export function isCursorRefused(error: unknown): boolean {
  if (!(error instanceof ProblemError)) return false;
  return error.status === 410 || error.errors.some(({ pointer }) => pointer === '/cursor');
}

async function readPage(response: Response): Promise<FeedPage> {
  const lines: string[] = [];
  let end: PageEnd | null = null;
  for await (const line of linesOf(response.body)) {
    if (end) throw new Error('the page goes on behind its last line');
    // Only the last line has this member; to parse every record here and again when it is applied would take twice the time.
    end = line.includes('"through"') ? readPageEnd(line) : null;
    if (!end) lines.push(line);
    if (lines.length > MOST_LINES) throw new Error('the page is longer than was asked for');
  }
  if (!end) throw new Error('the page has no last line');
  return { ...end, lines };
}

async function* linesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  if (!body) return;
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of body) {
    const parts = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > MOST_LINE_CHARACTERS) throw new Error('a line of the feed is too long');
    for (const part of parts) if (part !== '') yield part;
  }
  if (rest.trim() !== '') yield rest;
}

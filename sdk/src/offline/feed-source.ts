import { NetworkError, ProblemError } from '../errors';
import type { Wire } from '../wire';
import { LocalCopyError } from './copy-state';
import { MOST_FRAMES_CHARACTERS } from './feed-frames';
import { readPageEnd, type PageEnd } from './feed-line';

export interface FeedPage extends PageEnd {
  /** Records as the server wrote them. */
  readonly lines: readonly string[];
}

export const PAGE_LIMIT = 5_000;
/** A page is at most as long as was asked for; far more is not the feed. */
const MOST_LINES = 4 * PAGE_LIMIT;
/** What is said of a signal, and the frames of a film. */
const MOST_LINE_CHARACTERS = 256 * 1024 + MOST_FRAMES_CHARACTERS;
/** Twice what a server sends before it ends a page. */
const MOST_PAGE_CHARACTERS = 32 * 2 ** 20;
/** How often a page is asked for again when it broke off. */
const BROKEN_ATTEMPTS = 3;

/**
 * One page, whole: a page that breaks off before its last line is asked for again, and never used in part.
 * @throws LocalCopyError for what is longer than the feed is
 */
export async function fetchPage(
  wire: Wire,
  cursor: string | null,
  lists: readonly string[],
  signal?: AbortSignal,
): Promise<FeedPage> {
  const query = new URLSearchParams({ limit: String(PAGE_LIMIT), frames: 'true' });
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
      if (signal?.aborted || error instanceof LocalCopyError) throw error;
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
  let characters = 0;
  for await (const line of linesOf(response.body)) {
    if (end) throw new Error('the page goes on behind its last line');
    // Only the last line has this member; to parse every record here and again when it is applied would take twice the time.
    end = line.includes('"through"') ? readPageEnd(line) : null;
    if (!end) lines.push(line);
    characters += line.length;
    if (lines.length > MOST_LINES || characters > MOST_PAGE_CHARACTERS) throw tooLong('page');
  }
  if (!end) throw new Error('the page has no last line');
  return { ...end, lines };
}

const tooLong = (what: 'line' | 'page'): LocalCopyError =>
  new LocalCopyError(`the server sends a ${what} that is longer than one of the feed can be; nothing of it was taken`);

async function* linesOf(body: ReadableStream<Uint8Array> | null): AsyncGenerator<string> {
  if (!body) return;
  const decoder = new TextDecoder();
  // Of the line that has not ended: joined once, because a film's comes in hundreds.
  let pieces: string[] = [];
  let length = 0;
  for await (const bytes of body) {
    const [head = '', ...others] = decoder.decode(bytes, { stream: true }).split('\n');
    pieces.push(head);
    length += head.length;
    const rest = others.pop();
    if (rest !== undefined) {
      for (const line of [pieces.join(''), ...others]) if (line !== '') yield line;
      pieces = [rest];
      length = rest.length;
    }
    if (length > MOST_LINE_CHARACTERS) throw tooLong('line');
  }
  const rest = pieces.join('');
  if (rest.trim() !== '') yield rest;
}

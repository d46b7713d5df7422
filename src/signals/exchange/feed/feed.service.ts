import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import { Work } from '../../../infra/database/work';
import { behindLine, type ChangePage, type Following } from '../core/changes.query';
import { ExchangeChanges } from '../core/changes.service';
import { isTombstone, type Line } from '../core/lines.query';
import { formatPosition, parsePosition, selectionOf, type Position } from '../core/position';
import { servedLists } from '../core/scope';
import type { Subscriber } from '../credentials/credential';
import type { SignalExportQuery, SignalFeedQuery } from './feed.dto';
import { CSV_HEADER, toExport, toFeedLine, type FeedEnd } from './feed-lines';
import { framesOf } from './frames.query';

/** Signals read in one transaction and held in memory at once. */
const PAGE = 1_000;
/** Of one answer, before it is packed: with the frames of films its lines may be 1.3 MB each. */
const MOST_BYTES = 16 * 2 ** 20;
/** Whose frames are read, and held in memory, at once. */
const FILMS_AT_ONCE = 8;

/** What is wanted of one answer. */
interface Wanted {
  readonly following: Following;
  readonly from: Position | null;
  readonly limit: number;
  readonly selection: string;
  readonly withFrames: boolean;
}

/** How far one answer has come. */
interface Progress {
  bytes: number;
  /** Behind the last line that was written. */
  reached: Position | null;
}

/** Our own feed and the flat files. */
@Injectable()
export class SignalFeed {
  constructor(
    private readonly work: Work,
    private readonly changes: ExchangeChanges,
  ) {}

  /**
   * The lines of one answer as they are read. The first page is read before this resolves, so that what is wrong with the
   * question is answered as a problem; what fails later breaks the answer off before its last line.
   */
  async lines(subscriber: Subscriber, query: SignalFeedQuery): Promise<AsyncIterable<string>> {
    const chosen = query.lists ? [...new Set(query.lists)].toSorted() : null;
    const following = await this.following(subscriber, chosen);
    const selection = selectionOf(subscriber.id, ...(chosen ?? ['all']));
    const from = query.cursor === undefined ? null : parsePosition(query.cursor, selection, 'cursor');
    const first = await this.changes.page(following, from, Math.min(PAGE, query.limit));
    const withFrames = query.frames === 'true';
    return this.write({ following, from, limit: query.limit, selection, withFrames }, first);
  }

  private async *write(wanted: Wanted, first: ChangePage): AsyncGenerator<string, void, undefined> {
    const { following, selection } = wanted;
    const progress: Progress = { bytes: 0, reached: wanted.from };
    let page = first;
    let left = wanted.limit;
    let isWhole: boolean;
    for (;;) {
      isWhole = yield* this.writePage(wanted, page, progress);
      left -= page.lines.length;
      if (!isWhole || !page.more || left <= 0) break;
      page = await this.changes.page(following, page.next, Math.min(PAGE, left));
    }
    const through = formatPosition(progress.reached ?? page.next, selection);
    const end: FeedEnd = { through, more: page.more || !isWhole };
    yield `${JSON.stringify(end)}\n`;
  }

  /** False when the answer is full before the end of the page; the first line of an answer is written whatever its size. */
  private async *writePage(
    { following, withFrames }: Wanted,
    page: ChangePage,
    progress: Progress,
  ): AsyncGenerator<string, boolean, undefined> {
    const from = progress.reached;
    for (const lines of withFrames ? byFilms(page.lines) : [page.lines]) {
      const frames = withFrames ? await this.framesOf(following, lines) : null;
      let text = '';
      for (const line of lines) {
        const said = `${JSON.stringify(toFeedLine(line, frames?.get(line.id)))}\n`;
        const bytes = Buffer.byteLength(said);
        if (progress.bytes > 0 && progress.bytes + bytes > MOST_BYTES) {
          if (text !== '') yield text;
          return false;
        }
        progress.bytes += bytes;
        progress.reached = behindLine(page, from, line);
        text += said;
      }
      if (text !== '') yield text;
    }
    progress.reached = page.next;
    return true;
  }

  /** In a transaction of its own after that of the lines: a film that was withdrawn between the two comes without frames. */
  private framesOf(following: Following, lines: readonly Line[]): Promise<ReadonlyMap<string, string>> {
    const films = lines.filter(isFilm).map(({ id }) => id);
    return films.length === 0
      ? Promise.resolve(new Map())
      : this.changes.read(following, (tx) => framesOf(tx, films, following.lists));
  }

  /** All that stands now, as a file. */
  async file(subscriber: Subscriber, query: SignalExportQuery): Promise<AsyncIterable<string>> {
    const following = await this.following(subscriber, query.list === undefined ? null : [query.list]);
    const first = await this.changes.page(following, null, PAGE);
    return this.writeFile(following, first, query.format);
  }

  private async *writeFile(
    following: Following,
    first: ChangePage,
    format: SignalExportQuery['format'],
  ): AsyncGenerator<string, void, undefined> {
    if (format === 'csv') yield CSV_HEADER;
    for (let page = first; ;) {
      const text = page.lines.map((line) => toExport(line, format)).join('');
      if (text !== '') yield text;
      const next: Position = page.next;
      if (next.phase !== 'snapshot') return;
      page = await this.changes.page(following, next, PAGE);
    }
  }

  /** A list that one was served once and no more may still be asked for: that is how one learns what to drop. */
  private async following(subscriber: Subscriber, chosen: readonly string[] | null): Promise<Following> {
    const following = await this.changes.following(subscriber, chosen);
    if (chosen === null) return following;
    const served = await this.work.read(subscriber.actor, (tx) => servedLists(tx, subscriber.id));
    const detail = 'there is no such list, or it is not yours to fetch';
    const faults = chosen.flatMap((id, index) => (served.has(id) ? [] : [{ pointer: `/lists/${index}`, detail }]));
    if (faults.length > 0) throw new DomainError('request.not-found', {}, faults);
    return following;
  }
}

const isFilm = (line: Line): boolean => line.type === 'vpdq' && !isTombstone(line);

/** The lines in pieces with a few films each. */
function* byFilms(lines: readonly Line[]): Generator<readonly Line[]> {
  let start = 0;
  let films = 0;
  for (const [at, line] of lines.entries()) {
    if (!isFilm(line) || ++films < FILMS_AT_ONCE) continue;
    yield lines.slice(start, at + 1);
    start = at + 1;
    films = 0;
  }
  if (start < lines.length) yield lines.slice(start);
}

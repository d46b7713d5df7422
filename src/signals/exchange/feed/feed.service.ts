import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import { Work } from '../../../infra/database/work';
import type { ChangePage, Following } from '../core/changes.query';
import { ExchangeChanges } from '../core/changes.service';
import { formatPosition, parsePosition, selectionOf, type Position } from '../core/position';
import { servedLists } from '../core/scope';
import type { Subscriber } from '../credentials/credential';
import type { SignalExportQuery, SignalFeedQuery } from './feed.dto';
import { CSV_HEADER, toExport, toFeedLine, type FeedEnd } from './feed-lines';

/** Signals read in one transaction and held in memory at once. */
const PAGE = 1_000;

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
    return this.write(following, first, query.limit, selection);
  }

  private async *write(
    following: Following,
    first: ChangePage,
    limit: number,
    selection: string,
  ): AsyncGenerator<string, void, undefined> {
    let page = first;
    let left = limit;
    for (;;) {
      left -= page.lines.length;
      if (page.lines.length > 0) yield page.lines.map((line) => `${JSON.stringify(toFeedLine(line))}\n`).join('');
      if (!page.more || left <= 0) break;
      page = await this.changes.page(following, page.next, Math.min(PAGE, left));
    }
    const end: FeedEnd = { through: formatPosition(page.next, selection), more: page.more };
    yield `${JSON.stringify(end)}\n`;
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

import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../infra/database/work';
import { ExchangeChanges } from '../core/changes.service';
import { formatPosition, parsePosition, selectionOf, through, type Position } from '../core/position';
import { badMember, textOf, type Sent } from '../core/sent';
import { headOf, placeAt, timeOf } from '../core/sequenced.query';
import type { Bearer } from '../credentials/credential';
import { toHashRecord, type HashRecord } from './stopncii-records';

export interface FetchAnswer {
  readonly count: number;
  readonly nextPageToken: string | null;
  readonly nextSetTimestamp: number;
  readonly hasMoreRecords: boolean;
  readonly hashRecords: readonly HashRecord[];
}

const DEFAULT_PAGE = 800;
const LARGEST_PAGE = 5_000;
const SECOND = 1_000_000;
/** The client's first question: there was nothing then. */
const BEGINNING = 10;
/** What a first fetch is answered before its last page: a client that is killed then does not ask the first question again. */
const BEGUN = BEGINNING + 1;
/** A timestamp further ahead than this was never one of ours. */
const AHEAD = 2 * SECOND;

@Injectable()
export class StopnciiFetch {
  constructor(private readonly changes: ExchangeChanges) {}

  async page(bearer: Bearer, query: Sent): Promise<{ answer: FetchAnswer; leftOut: number }> {
    const start = wholeNumber(query, 'startTimestamp', BEGINNING, 0, 99_999_999_999);
    const pageSize = wholeNumber(query, 'pageSize', DEFAULT_PAGE, 1, LARGEST_PAGE);
    const token = textOf(query, 'nextPageToken');
    const following = await this.changes.following(bearer, null);
    const selection = selectionOf(bearer.id, `${start}`);
    const from =
      token !== ''
        ? parsePosition(token, selection, 'nextPageToken')
        : await this.changes.read(following, (tx) => beginning(tx, start));
    const page = await this.changes.page(following, from, pageSize);
    // The end of a first fetch is as far as its snapshot reached: what has come since is the next fetch's.
    const isLast = !page.more || (from?.phase ?? 'snapshot') !== page.next.phase;
    const records = page.lines.map(toHashRecord).filter((record) => record !== undefined);
    const reached = isLast
      ? Math.floor((await this.changes.read(following, (tx) => timeOf(tx, page.next.seq))) / SECOND)
      : BEGUN;
    return {
      leftOut: page.lines.length - records.length,
      answer: {
        count: records.length,
        nextPageToken: isLast ? null : formatPosition(page.next, selection),
        // A client that stops between two pages comes back with this: until the last one it is where it began. Never less
        // than what it came with, or it raises "checkpoint time rewound".
        nextSetTimestamp: Math.max(start, reached),
        hasMoreRecords: !isLast,
        hashRecords: records,
      },
    };
  }
}

/**
 * Null: the first question, so begin with all that stands. Whoever comes back has something already, and has to hear as well of
 * what was withdrawn since: from the beginning of the ledger, if need be.
 */
async function beginning(tx: Tx, startSeconds: number): Promise<Position | null> {
  if (startSeconds <= BEGINNING) return null;
  const head = await headOf(tx);
  const isOurs = startSeconds * SECOND <= head.micros + AHEAD;
  return through(isOurs ? await placeAt(tx, startSeconds * SECOND - 1) : -1);
}

/** The client writes some of its whole numbers with a fraction. */
function wholeNumber(query: Sent, name: string, usual: number, least: number, most: number): number {
  const given = query[name];
  if (given === undefined || given === '') return usual;
  const text = textOf(query, name);
  const value = /^\d{1,15}(\.\d+)?$/.test(text) ? Math.floor(Number(text)) : -1;
  if (value < least) throw badMember(name, `a whole number of at least ${least}`);
  return Math.min(value, most);
}

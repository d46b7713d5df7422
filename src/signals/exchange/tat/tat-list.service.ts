import { Injectable } from '@nestjs/common';
import type { Tx } from '../../../infra/database/work';
import type { Following } from '../core/changes.query';
import { ExchangeChanges } from '../core/changes.service';
import { formatPosition, parsePosition, selectionOf, through, type Position } from '../core/position';
import { badMember, limitOf, textOf, type Sent } from '../core/sent';
import { headOf, placeAt, timeOf } from '../core/sequenced.query';
import type { Bearer } from '../credentials/credential';
import { formatCheckpoint, parseCheckpoint, toTatEntry, type Checkpoint, type TatEntry } from './tat-records';

export interface TatPage {
  /** Entries on this page. */
  readonly count: number;
  /** A bare query string: the client pastes it behind its question mark. */
  readonly next: string | null;
  readonly previous: null;
  readonly checkpoint: string;
  readonly results: readonly TatEntry[];
}

const DEFAULT_PAGE = 1_000;
const LARGEST_PAGE = 5_000;
const IDEOLOGIES = ['all', 'islamist', 'far-right'];

@Injectable()
export class TatList {
  constructor(private readonly changes: ExchangeChanges) {}

  /** The client's first page has a literal `None` where `limit` and `offset` would be; what we do not know is passed over. */
  async page(bearer: Bearer, query: Sent): Promise<TatPage> {
    const limit = limitOf(query, DEFAULT_PAGE, LARGEST_PAGE);
    const ideology = textOf(query, 'ideology') || 'all';
    if (!IDEOLOGIES.includes(ideology)) throw badMember('ideology', `one of ${IDEOLOGIES.join(', ')}`);
    // Newest first could not be resumed, and would give deletions before what they delete.
    if (!['', 'asc'].includes(textOf(query, 'order')))
      throw badMember('order', 'this list is given in ascending order');
    const after = afterOf(query);
    const following = await this.changes.following(bearer, null);
    const selection = selectionOf(bearer.id, textOf(query, 'after'), ideology);
    const offset = textOf(query, 'offset');
    const from =
      offset !== '' && offset !== '0'
        ? parsePosition(offset, selection, 'offset')
        : await this.changes.read(following, (tx) => beginning(tx, after));
    const page = await this.changes.page(following, from, limit);
    const isLast = !page.more || (from?.phase ?? 'snapshot') !== page.next.phase;
    const entries = page.lines.map(toTatEntry).filter((entry) => entry !== undefined);
    const results = entries.filter((entry) => ideology === 'all' || entry.deleted || entry.ideology === ideology);
    return {
      count: results.length,
      next: isLast
        ? null
        : new URLSearchParams({ limit: `${limit}`, offset: formatPosition(page.next, selection) }).toString(),
      previous: null,
      checkpoint: await this.checkpoint(following, after, isLast ? page.next.seq : null),
      results,
    };
  }

  /**
   * Never empty, and never less than what the client came with. Until the last page it is where the fetch began, so that one
   * that breaks off is begun anew and misses nothing.
   */
  private async checkpoint(following: Following, after: Checkpoint | null, reached: number | null): Promise<string> {
    if (reached === null) return formatCheckpoint(after?.micros ?? 0, after ? (after.place ?? -1) : -1);
    const micros = await this.changes.read(following, (tx) => timeOf(tx, reached));
    return formatCheckpoint(Math.max(micros, after?.micros ?? 0), reached);
  }
}

function afterOf(query: Sent): Checkpoint | null {
  const given = textOf(query, 'after');
  if (given === '' || given === 'None') return null;
  const checkpoint = parseCheckpoint(given);
  if (!checkpoint) throw badMember('after', 'a checkpoint: seconds since 1970, a comma, a number');
  return checkpoint;
}

/**
 * Null: the first question, so begin with all that stands. Whoever comes back with a checkpoint, if only that of a first page,
 * has something already, and has to hear as well of what was withdrawn since.
 */
async function beginning(tx: Tx, after: Checkpoint | null): Promise<Position | null> {
  if (!after) return null;
  const head = await headOf(tx);
  // A place or a time that this ledger has not reached was never one of ours.
  if (after.micros > head.micros) return through(-1);
  const isOurs = after.place !== null && after.place <= head.through;
  return through(isOurs ? after.place : await placeAt(tx, after.micros - 1));
}

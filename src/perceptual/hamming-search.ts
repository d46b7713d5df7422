import type { HashWords } from './hex';
import { inOrder } from './match-order';

/** Bits beyond which nothing is searched for. */
export const MAX_RADIUS = 64;

/** One entry within the radius. */
export interface HammingMatch {
  readonly id: number;
  /** Differing bits, 0..radius. */
  readonly distance: number;
}

/**
 * A search that may have to compare every entry, cut into slices so that an event loop stays free.
 * An entry inserted or removed between two slices may or may not be in the answer; every other is treated exactly.
 */
export interface HammingScan {
  /**
   * Compares up to about `rows` entries (default 131,072: 0.2 to 0.5 ms), or does work that takes as long.
   * @returns true when the answer is complete.
   */
  step(rows?: number): boolean;
  /** What was found so far; by query, distance and id once `step` has returned true. */
  readonly found: MatchBuffer;
  /** The matches of the first query, for scans of one. */
  readonly matches: HammingMatch[];
}

/** What can be asked of an index, on the thread that writes it or on another. */
export interface HammingSearch {
  /** Entries, counting each id. */
  readonly size: number;
  /**
   * Every entry at most `radius` bits away, nearest first, then by id.
   * @throws RangeError for a radius that is not an integer of 0..64, or a malformed hash.
   */
  query(hash: string | HashWords, radius: number): HammingMatch[];
  /**
   * Many queries without an allocation each. Runs to the end; see `startMany` for the event loop.
   * @param hashes 32 bytes a query, most significant first (as hex reads).
   * @param out reused when given: cleared, filled and returned.
   */
  queryMany(hashes: Uint8Array, radius: number, out?: MatchBuffer): MatchBuffer;
  start(hash: string | HashWords, radius: number): HammingScan;
  startMany(hashes: Uint8Array, radius: number, out?: MatchBuffer): HammingScan;
}

/** An index and its writer. One thread writes. */
export interface HammingStore extends HammingSearch {
  /** Bytes held, room to grow included. */
  readonly bytes: number;
  has(id: number): boolean;
  /**
   * Adds an entry, matchable by the next query; other entries may have the same hash.
   * @param id a uint32 of the caller's, the handle that matches carry.
   * @returns false when the id is already there with this very hash.
   * @throws RangeError for an id out of range, an id already there with another hash, a malformed hash, or a full index.
   */
  insert(id: number, hash: string | HashWords): boolean;
  /**
   * Adds many; all or none. For loading: batches of 10,000 and more are fastest.
   * @param hashes 32 bytes an id.
   * @returns how many were not there before.
   */
  insertMany(ids: Uint32Array, hashes: Uint8Array): number;
  /** @returns false when there is no such id. */
  remove(id: number): boolean;
  /**
   * Whether the index is outgrowing its tables. Inserts move it along by themselves; `rebuildStep` from an idle timer
   * finishes sooner. Queries stay exact throughout.
   */
  readonly needsRebuild: boolean;
  /** Does about `work` postings (default 16,384: some 0.5 ms). @returns true while there is more to do. */
  rebuildStep(work?: number): boolean;
  /** Ids ascending and their hashes, 32 bytes each: what a snapshot holds. */
  entries(): { ids: Uint32Array; hashes: Uint8Array };
  /** For `HammingReader.attach` in ONE other thread (call it once for each); undefined where memory cannot be shared. */
  share(): SharedHammingIndex | undefined;
}

/** Structured-cloneable: post it to a worker. */
export interface SharedHammingIndex {
  /** WebAssembly.Module */
  readonly module: object;
  /** WebAssembly.Memory, shared */
  readonly memory: object;
  /** Address of the reader's own working space. */
  readonly scratch: number;
}

/** Matches packed in columns that grow and are kept between uses. */
export class MatchBuffer {
  /** Rows in use. */
  count = 0;
  /** Number of the query, from 0, in the order given. */
  queries = new Uint32Array(256);
  ids = new Uint32Array(256);
  distances = new Uint8Array(256);

  clear(): void {
    this.count = 0;
  }

  push(query: number, id: number, distance: number): void {
    if (this.count === this.ids.length) this.reserve(1);
    this.queries[this.count] = query;
    this.ids[this.count] = id;
    this.distances[this.count] = distance;
    this.count++;
  }

  /** Makes room for `more` rows. */
  reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.ids.length) return;
    const size = Math.max(needed, this.ids.length * 2);
    const { queries, ids, distances } = this;
    this.queries = new Uint32Array(size);
    this.ids = new Uint32Array(size);
    this.distances = new Uint8Array(size);
    this.queries.set(queries);
    this.ids.set(ids);
    this.distances.set(distances);
  }

  /** Puts rows from `from` on, all of one query, in order of distance, then id; a row that is there twice is kept once. */
  sortFrom(from: number): void {
    const sorting = this.sorting(from, Number.MAX_SAFE_INTEGER);
    while (sorting.next().done !== true);
  }

  /** As `sortFrom`, with a pause after every so many rows of work; nothing is pushed meanwhile. */
  *sorting(from: number, rows: number): Generator<void, void> {
    if (this.count - from < 2) return;
    const [ids, distances] = [this.ids.subarray(from, this.count), this.distances.subarray(from, this.count)];
    this.count = from + (yield* inOrder({ ids, distances }, rows));
  }

  /** Rows `from`..`to` as objects. */
  toMatches(from = 0, to = this.count): HammingMatch[] {
    const matches: HammingMatch[] = [];
    for (let at = from; at < to; at++) {
      matches.push({ id: this.ids[at] ?? 0, distance: this.distances[at] ?? 0 });
    }
    return matches;
  }
}

/** @throws RangeError when it is not an integer of 0..64. */
export function checkRadius(radius: number): void {
  if (!Number.isInteger(radius) || radius < 0 || radius > MAX_RADIUS) {
    throw new RangeError(`A radius is an integer of 0 to ${MAX_RADIUS}`);
  }
}

/** @throws RangeError when it is not an integer of 32 bits. */
export function checkId(id: number): void {
  if (!Number.isInteger(id) || id < 0 || id > 0xffffffff) throw new RangeError('An id is an integer of 32 bits');
}

import { MatchBuffer, checkRadius } from './hamming-search';
import type { HammingMatch, HammingScan } from './hamming-search';
import {
  AREA,
  BATCH,
  MAX_PROBED_RADIUS,
  PERMUTATION,
  ROWS,
  SCRATCH_COUNTS,
  SCRATCH_INPUT,
  SCRATCH_MATCHES,
  SCRATCH_QUERY,
  SCRATCH_WORK,
  SEGMENT_ROWS,
} from './hamming-layout';
import type { HammingExports, WasmMemory } from './hamming-wasm';
import { HASH256_BYTES, HASH256_WORDS, parseHexInto } from './hex';
import type { HashWords } from './hex';

/** A query through the slots takes the time of about this many comparisons, and a block or candidate of so many. */
const ROWS_PER_QUERY = 6144;
const ROWS_PER_READ = 32;
/** Going over so many matches to sort them takes the time of so many comparisons while the code for it is cold. */
const SORTED_AT_ONCE = 1 << 12;
const ROWS_PER_SORT = 1 << 15;
/** Of the last of them, which may be all. */
const ROWS_PER_SORTED = 32;

/**
 * Asks an index on one thread: an instance of the module on the index's memory with a working space of its own, which
 * nothing else uses. Bytes outside of it are only read.
 */
export class HammingProbe {
  readonly bytes: Uint8Array;
  readonly #header: Int32Array;
  readonly #counts: Uint32Array;
  readonly #matches: Uint32Array;
  readonly #work: Uint32Array;
  readonly #found = new MatchBuffer();

  constructor(
    readonly run: HammingExports,
    memory: WasmMemory,
    readonly scratch: number,
  ) {
    this.bytes = new Uint8Array(memory.buffer);
    this.#header = new Int32Array(memory.buffer, 0, 64);
    this.#counts = new Uint32Array(memory.buffer, scratch + SCRATCH_COUNTS, BATCH);
    this.#work = new Uint32Array(memory.buffer, scratch + SCRATCH_WORK, 1);
    this.#matches = new Uint32Array(memory.buffer, scratch + SCRATCH_MATCHES, SEGMENT_ROWS * 4);
  }

  get input(): number {
    return this.scratch + SCRATCH_INPUT;
  }

  get permuted(): number {
    return this.scratch + SCRATCH_QUERY;
  }

  /** Whether queries of this radius go through slots. */
  probes(radius: number): boolean {
    return radius <= MAX_PROBED_RADIUS && Atomics.load(this.#header, AREA >> 2) !== 0;
  }

  rows(): number {
    return Atomics.load(this.#header, ROWS >> 2);
  }

  /** @throws RangeError for a malformed hash. */
  write(hash: string | HashWords): void {
    if (typeof hash === 'string') {
      if (!parseHexInto(hash, this.bytes, this.input)) {
        throw new RangeError('A 256-bit hash is 64 lower-case hex digits');
      }
      return;
    }
    if (hash.length !== HASH256_WORDS) throw new RangeError('A 256-bit hash is 8 words');
    for (let word = 0; word < HASH256_WORDS; word++) {
      const value = hash[word] ?? 0;
      const at = this.input + word * 4;
      this.bytes[at] = value >>> 24;
      this.bytes[at + 1] = value >>> 16;
      this.bytes[at + 2] = value >>> 8;
      this.bytes[at + 3] = value;
    }
  }

  query(hash: string | HashWords, radius: number): HammingMatch[] {
    checkRadius(radius);
    this.write(hash);
    if (this.probes(radius) && this.run.batch(this.scratch, 1, radius) === 1) {
      const count = this.#counts[0] ?? 0;
      const matches: HammingMatch[] = [];
      for (let at = 0; at < count * 2; at += 2) {
        matches.push({ id: this.#matches[at] ?? 0, distance: this.#matches[at + 1] ?? 0 });
      }
      return matches;
    }
    this.run.permute(PERMUTATION, this.input, this.permuted);
    const found = this.#found;
    found.clear();
    for (let from = 0, rows = this.rows(); from < rows; from += SEGMENT_ROWS) {
      this.compare(radius, from, Math.min(from + SEGMENT_ROWS, rows), 0, found);
    }
    found.sortFrom(0);
    return found.toMatches();
  }

  startMany(hashes: Uint8Array, radius: number, out: MatchBuffer): HammingScan {
    checkRadius(radius);
    if (hashes.length % HASH256_BYTES !== 0) throw new RangeError('A query is a hash of 32 bytes');
    return new ProbeScan(this, hashes, radius, out);
  }

  /** Compares rows `from`..`to`, at most a segment of them, with the permuted query of the working space. */
  compare(radius: number, from: number, to: number, query: number, out: MatchBuffer): void {
    this.#drain(this.run.flat(this.scratch, radius, from, to), 0, query, out);
  }

  /** Answers up to `count` of the packed queries of the working space through the slots. @returns how many. */
  batch(count: number, radius: number, firstQuery: number, out: MatchBuffer): number {
    const done = this.run.batch(this.scratch, count, radius);
    for (let query = 0, at = 0; query < done; query++) {
      const matches = this.#counts[query] ?? 0;
      if (matches > 0) this.#drain(matches, at, firstQuery + query, out);
      at += matches;
    }
    return done;
  }

  /** Of the last batch, as so many rows compared. */
  work(): number {
    return (this.#work[0] ?? 0) * ROWS_PER_READ;
  }

  #drain(count: number, from: number, query: number, out: MatchBuffer): void {
    const matches = this.#matches;
    for (let at = from * 2; at < (from + count) * 2; at += 2) {
      out.push(query, matches[at] ?? 0, matches[at + 1] ?? 0);
    }
  }
}

/** Keeps its queries outside of the working space, which others may use between two steps. */
class ProbeScan implements HammingScan {
  #next = 0;
  /** Row from which the next query is to be compared with every row; undefined while it has not come to that. */
  #row: number | undefined;
  #begin = 0;
  /** Of the matches of a query that was compared with every row. */
  #sorting: Generator<void, void> | undefined;

  constructor(
    readonly probe: HammingProbe,
    readonly hashes: Uint8Array,
    readonly radius: number,
    readonly found: MatchBuffer,
  ) {
    found.clear();
  }

  get matches(): HammingMatch[] {
    let to = 0;
    while (to < this.found.count && this.found.queries[to] === 0) to++;
    return this.found.toMatches(0, to);
  }

  step(rows = 1 << 17): boolean {
    const count = this.hashes.length / HASH256_BYTES;
    for (let left = rows; left > 0 && this.#next < count;) {
      if (this.#sorting) left -= this.#sort(this.#sorting);
      else left -= this.#row === undefined ? this.#probe(left, count) : this.#compare(left, this.#row);
    }
    return this.#next === count;
  }

  #sort(sorting: Generator<void, void>): number {
    const matches = this.found.count - this.#begin;
    if (sorting.next().done !== true) return ROWS_PER_SORT;
    this.#sorting = undefined;
    this.#next++;
    return 1 + ROWS_PER_SORTED * Math.min(matches, SORTED_AT_ONCE);
  }

  #probe(left: number, count: number): number {
    const { probe, radius } = this;
    const most = Math.min(BATCH, count - this.#next, Math.ceil(left / ROWS_PER_QUERY));
    this.#load(most);
    const done = probe.probes(radius) ? probe.batch(most, radius, this.#next, this.found) : 0;
    this.#next += done;
    if (done === 0) {
      this.#row = 0;
      this.#begin = this.found.count;
    }
    return done * ROWS_PER_QUERY + probe.work();
  }

  #compare(left: number, from: number): number {
    const { probe, radius, found } = this;
    this.#load(1);
    probe.run.permute(PERMUTATION, probe.input, probe.permuted);
    const rows = probe.rows();
    const to = Math.min(rows, from + left);
    for (let row = from; row < to; row += SEGMENT_ROWS) {
      probe.compare(radius, row, Math.min(row + SEGMENT_ROWS, to), this.#next, found);
    }
    this.#row = to;
    if (to === rows) {
      this.#sorting = found.sorting(this.#begin, SORTED_AT_ONCE);
      this.#row = undefined;
    }
    return to - from + 64;
  }

  #load(queries: number): void {
    const from = this.#next * HASH256_BYTES;
    this.probe.bytes.set(this.hashes.subarray(from, from + queries * HASH256_BYTES), this.probe.input);
  }
}

import { CHUNKS, CHUNK_SLOTS, OVERFLOWED, SCRATCH_MATCHES, SEGMENT_ROWS, SLOTS, WASTED } from './hamming-layout';
import type { HammingMemory } from './hamming-memory';

/** Lanes of a vector; a slot is of so many vectors, and in whole cache lines from 4 on. */
const LANES = 8;
const SIZES = [1, 2, 4, 8, 12, 16, 20, 24, 28, 32, 36];
const AREA_BYTES = 64;
/** Vectors x slots that take as long to clear as a posting to place: pages that are touched first cost most. */
const CLEARED_PER_POSTING = 2;

/**
 * Vectors of a slot for so many rows: the mean number of postings and a little of their spread must fit, and what does
 * not goes to overflow blocks, which costs a line more for those slots.
 */
export function vectorsFor(rows: number): number {
  return SIZES.find((vectors) => rows <= rowsFor(vectors)) ?? 36;
}

/** Rows that slots of so many vectors are for: the largest n with mean + 0.4 x standard deviation within the capacity. */
export function rowsFor(vectors: number): number {
  const capacity = vectors * LANES - 2;
  const root = (Math.sqrt(0.16 + 4 * capacity) - 0.4) / 2;
  return Math.floor(root * root * CHUNK_SLOTS);
}

/** Rows whose postings are sorted at once, in 8 MB, before they are placed. */
const SORTED_ROWS = 2 ** 20;
const POSTING_BYTES = 8;
/** Slots whose numbers begin with the same byte. */
const BUCKET_SLOTS = 256;
const BUCKETS = CHUNK_SLOTS / BUCKET_SLOTS;

/** Slots for all chunks, with the overflow blocks behind them; built chunk by chunk, because a chunk's fit the cache. */
export class HammingArea {
  readonly address: number;
  /** Chunk under way, 16 when all rows are placed. */
  #chunk = 0;
  #cleared = 0;
  /** Rows below are placed in the chunk under way. */
  #row = 0;
  readonly #regions: { start: number; bytes: number }[] = [];

  /** @throws RangeError when there is no memory; nothing is taken then. */
  constructor(
    readonly memory: HammingMemory,
    readonly vectors: number,
    readonly onChained: (row: number, before: number, after: number) => void,
  ) {
    const stride = vectors * 16;
    const numbers = vectors * LANES * 3;
    try {
      this.address = this.#take(AREA_BYTES);
      const slots = this.#take(SLOTS * stride);
      const ids = this.#take(SLOTS * numbers + 64);
      const counts = this.#take(SLOTS * 2);
      [slots, ids, stride, numbers, vectors * LANES - 2, counts].forEach((word, at) =>
        memory.store(this.address + at * 4, word),
      );
    } catch (error) {
      for (const { start, bytes } of this.#regions) memory.release(start, bytes);
      throw error;
    }
    memory.store(OVERFLOWED, 0);
    memory.store(WASTED, 0);
  }

  get isBuilt(): boolean {
    return this.#chunk === CHUNKS;
  }

  /** Chunks in which a row is placed by now. */
  chunksOf(row: number): number {
    return this.#chunk + (this.#chunk < CHUNKS && row < this.#row ? 1 : 0);
  }

  /**
   * Places the next of `rows` rows: about `work` postings, or as much clearing. @returns true while there is more.
   * @throws RangeError when there is no memory.
   */
  build(rows: number, work: number): boolean {
    for (let left = work; left > 0 && !this.isBuilt;) {
      if (this.#cleared < CHUNK_SLOTS) left -= this.#clear(left);
      else if (this.#row < rows) left -= this.#place(Math.min(rows, this.#row + left));
      else {
        this.#chunk++;
        this.#cleared = 0;
        this.#row = 0;
        if (this.#chunk === 1 && left >= rows * CHUNKS) this.#buildSorted(rows);
      }
    }
    return !this.isBuilt;
  }

  /** Rows that were appended together, in the chunks that are done already. */
  placeRange(from: number, to: number): void {
    for (let chunk = 0; chunk < CHUNKS && chunk < this.chunksOf(from); chunk++) {
      for (let row = from; row < to;) row = this.#placeSegment(chunk, row, to);
    }
  }

  place(row: number): void {
    this.memory.reserveBlocks(CHUNKS);
    this.memory.run.insert(this.address, row, 0, this.chunksOf(row));
  }

  displace(row: number): void {
    this.memory.run.remove(this.address, row, 0, this.chunksOf(row));
  }

  /** A row with the permuted hash at this address, if it is not in a crowd. */
  find(query: number): number | undefined {
    if (this.#chunk === 0) return undefined;
    const row = this.memory.run.find(this.address, query);
    return row < 0 ? undefined : row;
  }

  /** @param blocks the overflow blocks behind its slots. */
  release(blocks: readonly { start: number; end: number }[]): void {
    for (const { start, bytes } of this.#regions) this.memory.release(start, bytes);
    for (const { start, end } of blocks) this.memory.release(start, end - start);
  }

  #take(bytes: number): number {
    const start = this.memory.take(bytes);
    this.#regions.push({ start, bytes });
    return start;
  }

  /**
   * All chunks behind the first, which has told which rows have postings. Those of many rows are sorted by the first byte of
   * their slot's number, so that the slots that are written stay in the cache: otherwise two lines of memory are read and
   * written for each of them.
   */
  #buildSorted(rows: number): void {
    const { memory } = this;
    const postings = memory.take(Math.min(rows, SORTED_ROWS) * POSTING_BYTES);
    const counts = memory.take(CHUNKS * BUCKETS * 4);
    try {
      for (let from = 0; from < rows; from += SORTED_ROWS) {
        this.#placeSorted(from, Math.min(rows, from + SORTED_ROWS), postings, counts);
      }
    } finally {
      memory.release(counts, CHUNKS * BUCKETS * 4);
      memory.release(postings, Math.min(rows, SORTED_ROWS) * POSTING_BYTES);
    }
    this.#chunk = CHUNKS;
  }

  #placeSorted(from: number, to: number, postings: number, counts: number): void {
    const { memory } = this;
    memory.bytes.fill(0, counts, counts + CHUNKS * BUCKETS * 4);
    for (const [start, end] of segmentsOf(from, to)) memory.run.countRows(start, end, counts);
    for (let chunk = 1; chunk < CHUNKS; chunk++) {
      const ends = counts + chunk * BUCKETS * 4;
      for (let at = ends, next = postings; at < ends + BUCKETS * 4; at += 4) {
        const count = memory.words[at >> 2] ?? 0;
        memory.words[at >> 2] = next;
        next += count * POSTING_BYTES;
      }
      for (const [start, end] of segmentsOf(from, to)) memory.run.sortRows(chunk, start, end, ends);
      for (let bucket = 0, start = postings; bucket < BUCKETS; bucket++) {
        const end = memory.words[(ends >> 2) + bucket] ?? 0;
        const first = chunk * CHUNK_SLOTS + bucket * BUCKET_SLOTS;
        if (from === 0) memory.run.clear(this.address, first, first + BUCKET_SLOTS);
        memory.reserveBlocks((end - start) / POSTING_BYTES);
        memory.run.placeSorted(this.address, first, start, end);
        start = end;
      }
    }
  }

  #clear(work: number): number {
    const first = this.#chunk * CHUNK_SLOTS;
    const wanted = Math.ceil((work * CLEARED_PER_POSTING) / this.vectors);
    const slots = Math.min(CHUNK_SLOTS - this.#cleared, wanted);
    this.memory.run.clear(this.address, first + this.#cleared, first + this.#cleared + slots);
    this.#cleared += slots;
    return (slots * this.vectors) / CLEARED_PER_POSTING;
  }

  #place(rows: number): number {
    const from = this.#row;
    this.#row = this.#placeSegment(this.#chunk, from, rows);
    return this.#row - from;
  }

  /** Rows from `row` on up to the end of their segment. @returns the row after them. */
  #placeSegment(chunk: number, row: number, rows: number): number {
    const { memory } = this;
    const to = Math.min(rows, row + SEGMENT_ROWS - (row % SEGMENT_ROWS));
    memory.reserveBlocks(to - row);
    const out = memory.scratch + SCRATCH_MATCHES;
    const chained = memory.run.placeRange(this.address, chunk, row, to, out);
    for (let at = out >> 2; at < (out >> 2) + chained * 3; at += 3) {
      this.onChained(memory.words[at] ?? 0, memory.words[at + 1] ?? 0, memory.words[at + 2] ?? 0);
    }
    return to;
  }
}

function* segmentsOf(from: number, to: number): Generator<[number, number]> {
  for (let start = from; start < to;) {
    const end = Math.min(to, start + SEGMENT_ROWS - (start % SEGMENT_ROWS));
    yield [start, end];
    start = end;
  }
}

import {
  BLOCKS_END,
  BLOCKS_NEXT,
  BLOCK_BYTES,
  HEAP,
  IDS,
  LIMIT,
  LINKS,
  MASKS,
  MAX_ROWS,
  NO_ROW,
  PERMUTATION,
  RADII,
  SCRATCH_BYTES,
  SEGMENTS,
  SEGMENT_BYTES,
  SEGMENT_ROWS,
  maskList,
  permutationTable,
  radiusTable,
} from './hamming-layout';
import { PAGE_BYTES, instantiateHamming, newMemory } from './hamming-wasm';
import type { HammingExports, WasmMemory } from './hamming-wasm';

const LINE = 64;
/** Overflow blocks taken at a time, at least. */
const POOL_BLOCKS = 1024;

interface Region {
  readonly start: number;
  readonly end: number;
}

/** The writer's side of the shared memory: who has which bytes of it, and the rows. Grows in place, never shrinks. */
export class HammingMemory {
  readonly memory: WasmMemory = newMemory();
  readonly run: HammingExports;
  /** The writer's own working space. */
  readonly scratch: number;
  bytes: Uint8Array;
  words: Int32Array;
  #free: Region[] = [];
  #top = HEAP;
  #segments = 0;
  /** Taken for overflow blocks since the last `handOverBlocks`. */
  #pools: Region[] = [];

  constructor(
    readonly module: object,
    permutation: Uint8Array,
  ) {
    this.run = instantiateHamming(module, this.memory);
    this.bytes = new Uint8Array(this.memory.buffer);
    this.words = new Int32Array(this.memory.buffer);
    this.#watch();
    this.scratch = this.newScratch();
    this.bytes.set(permutationTable(permutation), PERMUTATION);
    new Int16Array(this.memory.buffer, RADII).set(radiusTable());
    new Uint16Array(this.memory.buffer, MASKS).set(maskList());
  }

  /** @returns the address of so many bytes at the beginning of a line. @throws RangeError when there are none. */
  take(bytes: number): number {
    const size = Math.ceil(bytes / LINE) * LINE;
    const fits = this.#free.findIndex(({ start, end }) => end - start >= size);
    const region = this.#free[fits];
    if (region) {
      this.#free.splice(
        fits,
        1,
        ...(region.end - region.start > size ? [{ ...region, start: region.start + size }] : []),
      );
      return region.start;
    }
    const start = this.#top;
    const pages = Math.ceil((start + size + LINE) / PAGE_BYTES) - this.bytes.length / PAGE_BYTES;
    if (pages > 0) {
      try {
        this.memory.grow(pages);
      } catch {
        throw new RangeError('The index is full');
      }
      this.#watch();
    }
    this.#top = start + size;
    return start;
  }

  newScratch(): number {
    const start = this.take(SCRATCH_BYTES);
    this.bytes.fill(0, start, start + SCRATCH_BYTES);
    return start;
  }

  release(start: number, bytes: number): void {
    const end = start + Math.ceil(bytes / LINE) * LINE;
    const all = [...this.#free, { start, end }].sort((a, b) => a.start - b.start);
    this.#free = [];
    for (const region of all) {
      const last = this.#free.at(-1);
      if (last?.end === region.start) this.#free.splice(-1, 1, { start: last.start, end: region.end });
      else this.#free.push(region);
    }
  }

  /** Makes sure that rows below `rows` have a place. */
  reserveRows(rows: number): void {
    if (rows > MAX_ROWS) throw new RangeError('The index is full');
    while (this.#segments * SEGMENT_ROWS < rows) {
      const segment = this.take(SEGMENT_BYTES);
      this.words.fill(NO_ROW, (segment + LINKS) >> 2, (segment + SEGMENT_BYTES) >> 2);
      this.store(SEGMENTS + this.#segments * 4, segment);
      this.#segments++;
    }
  }

  /** Makes sure that so many overflow blocks can be taken. */
  reserveBlocks(blocks: number): void {
    const next = this.load(BLOCKS_NEXT);
    const end = this.load(BLOCKS_END);
    if (end - next >= blocks * BLOCK_BYTES) return;
    const bytes = Math.max(blocks, POOL_BLOCKS) * BLOCK_BYTES;
    const start = this.take(bytes);
    if (start === end && end > 0) {
      this.#pools.push({ start, end: start + bytes });
    } else {
      if (end > next) this.#leave(next, end);
      this.#pools.push({ start, end: start + bytes });
      this.store(BLOCKS_NEXT, start);
    }
    this.store(BLOCKS_END, start + bytes);
  }

  /** Ends the run of blocks taken so far and hands it over: to be released with the area that they belong to. */
  handOverBlocks(): Region[] {
    const next = this.load(BLOCKS_NEXT);
    const end = this.load(BLOCKS_END);
    if (end > next) this.#leave(next, end);
    this.store(BLOCKS_NEXT, 0);
    this.store(BLOCKS_END, 0);
    const pools = this.#pools;
    this.#pools = [];
    return pools;
  }

  /** Copies the hashes from number `at` on of `hashes` to rows `from`..`to`, of one segment. */
  copy(hashes: Uint8Array, at: number, from: number, to: number): void {
    if (to > from) this.bytes.set(hashes.subarray(at * 32, (at + to - from) * 32), this.hashAt(from));
  }

  hashAt(row: number): number {
    return this.#segment(row) + (row % SEGMENT_ROWS) * 32;
  }

  idAt(row: number): number {
    return this.#segment(row) + IDS + (row % SEGMENT_ROWS) * 4;
  }

  linkAt(row: number): number {
    return this.#segment(row) + LINKS + (row % SEGMENT_ROWS) * 4;
  }

  idOf(row: number): number {
    return (this.words[this.idAt(row) >> 2] ?? 0) >>> 0;
  }

  linkOf(row: number): number {
    return (this.words[this.linkAt(row) >> 2] ?? 0) >>> 0;
  }

  /** An unsigned word that readers may look at. */
  load(address: number): number {
    return (this.words[address >> 2] ?? 0) >>> 0;
  }

  store(address: number, value: number): void {
    Atomics.store(this.words, address >> 2, value | 0);
  }

  #segment(row: number): number {
    return (this.words[(SEGMENTS >> 2) + (row >>> 12)] ?? 0) >>> 0;
  }

  /** The rest of a pool is not the pool's any more. */
  #leave(next: number, end: number): void {
    const at = this.#pools.findIndex((pool) => pool.end === end);
    const pool = this.#pools[at];
    if (!pool || next < pool.start) return;
    this.#pools.splice(at, 1, { start: pool.start, end: next });
    this.release(next, end - next);
  }

  /** A memory that has grown is seen through new views; the old ones show what they did. */
  #watch(): void {
    this.bytes = new Uint8Array(this.memory.buffer);
    this.words = new Int32Array(this.memory.buffer);
    this.store(LIMIT, this.bytes.length - BLOCK_BYTES);
  }
}

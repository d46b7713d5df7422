import { PICTURE_BITS } from './bit-permutation';
import { HammingRows } from './hamming-rows';
import { MatchBuffer, checkId, checkRadius } from './hamming-search';
import type { HammingMatch, HammingScan, HammingStore, SharedHammingIndex } from './hamming-search';
import { hammingModule } from './hamming-wasm';
import { HASH256_BYTES, bytesOfWords, parseHash256 } from './hex';
import type { HashWords } from './hex';

export interface EngineOptions {
  /** Where each of the 256 bits goes before the hash is cut into chunks. */
  readonly permutation?: Uint8Array;
  /** Entries below which every one is compared and no slots are kept. */
  readonly flatBelow?: number;
  /** Vectors of a slot, whatever the number of entries: to crowd the slots in a test. */
  readonly vectors?: number;
}

/**
 * Exact range search over 256-bit hashes in WebAssembly: every entry within the radius, always.
 *
 * The hash, its bits shuffled, is cut into 16 chunks. If two hashes differ by at most r bits, then for thresholds t with
 * sum(t_i + 1) = r + 1 some chunk has d_i <= t_i and, by the cycle lemma, d_i + d_(i+1) <= t_i + t_(i+1) + 1 as well
 * (pigeonring: Qin and Xiao, VLDB 2018). For each chunk and value there is a slot of whole cache lines with the next
 * chunk of every entry that has this value; at radius 31, 272 slots are read, a word of every line first so that the
 * misses overlap, and what is near enough there is compared in full. What does not fit a slot stands in blocks behind
 * it, which are read too. Where that would cost more than comparing every entry (few entries, a large radius, crowded
 * slots), every entry is compared, which can be done in slices: `start`.
 *
 * One thread writes; others read the same memory through `share` and `HammingReader`. Rows never move; a lane of a slot
 * is filled or emptied where it is. An entry that stands throughout a query is in its answer; one that comes or goes
 * meanwhile may be. An insert that has returned is seen by every query that begins after it in the order that the
 * threads agree on (a message, an Atomics call): it ends with an atomic store, and a query begins with an atomic load.
 */
export class HammingEngine implements HammingStore {
  readonly #expected: number;
  readonly #options: EngineOptions;
  /** Made when first needed: an empty index takes nothing. */
  #rows: HammingRows | undefined;

  /** @param expected entries that the slots are made for once there are slots; the index grows all the same. */
  constructor(expected = 0, options: EngineOptions = {}) {
    this.#expected = expected;
    this.#options = options;
  }

  get size(): number {
    return this.#rows?.size ?? 0;
  }

  get bytes(): number {
    return this.#rows?.bytes ?? 0;
  }

  get needsRebuild(): boolean {
    return this.#rows?.needsRebuild ?? false;
  }

  has(id: number): boolean {
    return this.#rows?.has(id) ?? false;
  }

  insert(id: number, hash: string | HashWords): boolean {
    checkId(id);
    return this.#open().insert(id, hash);
  }

  insertMany(ids: Uint32Array, hashes: Uint8Array): number {
    if (hashes.length !== ids.length * HASH256_BYTES) throw new RangeError('Each id has a hash of 32 bytes');
    return ids.length === 0 ? 0 : this.#open().insertMany(ids, hashes);
  }

  remove(id: number): boolean {
    return this.#rows?.remove(id) ?? false;
  }

  query(hash: string | HashWords, radius: number): HammingMatch[] {
    return this.#open().probe.query(hash, radius);
  }

  queryMany(hashes: Uint8Array, radius: number, out = new MatchBuffer()): MatchBuffer {
    const scan = this.startMany(hashes, radius, out);
    while (!scan.step());
    return out;
  }

  start(hash: string | HashWords, radius: number): HammingScan {
    checkRadius(radius);
    return this.startMany(bytesOfWords(typeof hash === 'string' ? parseHash256(hash) : hash), radius);
  }

  startMany(hashes: Uint8Array, radius: number, out = new MatchBuffer()): HammingScan {
    return this.#open().probe.startMany(hashes, radius, out);
  }

  rebuildStep(work?: number): boolean {
    return this.#rows?.rebuildStep(work) ?? false;
  }

  entries(): { ids: Uint32Array; hashes: Uint8Array } {
    return this.#rows?.entries() ?? { ids: new Uint32Array(0), hashes: new Uint8Array(0) };
  }

  share(): SharedHammingIndex {
    return this.#open().share();
  }

  #open(): HammingRows {
    if (this.#rows) return this.#rows;
    const module = hammingModule();
    if (!module) throw new RangeError('No WebAssembly with SIMD and shared memory here');
    const { permutation = PICTURE_BITS } = this.#options;
    this.#rows = new HammingRows(module, permutation, this.#expected, this.#options);
    return this.#rows;
  }
}

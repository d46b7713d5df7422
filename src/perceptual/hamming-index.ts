import { PICTURE_BITS, permuteBits, restoreBits } from './bit-permutation';
import { popcount32, wordsDistance } from './hamming';
import { MatchBuffer, checkId, checkRadius } from './hamming-search';
import type { HammingMatch, HammingScan, HammingStore } from './hamming-search';
import { HASH256_BYTES, HASH256_WORDS, bytesOfWords, parseHash256, wordsOfBytes } from './hex';
import type { HashWords } from './hex';
import { Postings } from './postings';
import { UintMap } from './uint-map';

export { MAX_RADIUS } from './hamming-search';
export type { HammingMatch } from './hamming-search';

const CHUNKS = 16;
const KEYS = 1 << 16;
const MAX_ENTRIES = 2 ** 26;
/** Stamp of a row that holds no entry; query numbers never reach it. */
const DEAD = 0xffffffff;
/** A posting read costs about a quarter of a row compared, and the flat scan never reads a row twice. */
const POSTINGS_PER_ROW = 4;

const POPCOUNT16 = Uint8Array.from({ length: KEYS }, (_, key) => popcount32(key));
/** All 16-bit masks by number of bits, and how many have at most `b` bits (b = 0..4). */
const MASKS = Uint16Array.from({ length: KEYS }, (_, key) => key).sort(
  (a, b) => (POPCOUNT16[a] ?? 0) - (POPCOUNT16[b] ?? 0) || a - b,
);
const BALL = [1, 17, 137, 697, 2517] as const;

/**
 * Exact range search over 256-bit hashes: every entry within the radius, always.
 *
 * The hash is cut into 16 chunks. If two hashes differ by at most r bits, then for thresholds t with sum(t_i + 1) = r + 1
 * some chunk has d_i <= t_i and, by the cycle lemma, d_i + d_(i+1) <= t_i + t_(i+1) + 1 as well (pigeonring: Qin and Xiao,
 * VLDB 2018). So each posting carries the next chunk as a sketch, and only those that pass both tests are compared in
 * full. When that would read more than comparing every entry (few entries, large radius, crowded chunks), every entry is
 * compared instead, which bounds the worst case.
 *
 * The plain twin of `HammingEngine`, which answers alike and faster: for runtimes without WebAssembly SIMD, and for
 * holding the engine against. Not shared between threads; an insert or removal is visible to the next query.
 */
export class HammingIndex implements HammingStore {
  /** Lists grow in place: there is nothing to rebuild. */
  readonly needsRebuild = false;
  readonly #permutation: Uint8Array;
  readonly #postings: Postings;
  readonly #rowOfId = new UintMap();
  readonly #freeRows: number[] = [];
  #hashes: Uint32Array;
  #ids: Uint32Array;
  /** Number of the last query that looked at the row: a row found by two chunks is compared once. */
  #stamps: Uint32Array;
  #rows = 0;
  #query = 0;
  /** Where the query under way puts what it finds, and its number there. */
  #found = new MatchBuffer();
  #asked = 0;

  /** @param expected entries to make room for at once, so that loading does not copy; the index still grows. */
  constructor(expected = 0, permutation: Uint8Array = PICTURE_BITS) {
    this.#permutation = permutation;
    const rows = Math.max(64, expected);
    this.#postings = new Postings(CHUNKS * KEYS, expected * CHUNKS);
    this.#hashes = new Uint32Array(rows * HASH256_WORDS);
    this.#ids = new Uint32Array(rows);
    this.#stamps = new Uint32Array(rows);
  }

  get size(): number {
    return this.#rowOfId.size;
  }

  /** Bytes of all typed arrays, room to grow included. */
  get bytes(): number {
    const rows = this.#hashes.byteLength + this.#ids.byteLength + this.#stamps.byteLength;
    return rows + this.#postings.bytes + this.#rowOfId.bytes;
  }

  has(id: number): boolean {
    return this.#rowOfId.get(id) !== undefined;
  }

  insert(id: number, hash: string | HashWords): boolean {
    checkId(id);
    const words = this.#permuted(hash);
    const present = this.#rowOfId.get(id);
    if (present !== undefined) {
      if (wordsDistance(words, this.#hashes, 0, present * HASH256_WORDS) === 0) return false;
      throw new RangeError('This id stands for another hash');
    }
    const row = this.#takeRow();
    this.#hashes.set(words, row * HASH256_WORDS);
    this.#ids[row] = id;
    this.#stamps[row] = 0;
    this.#rowOfId.set(id, row);
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      this.#postings.add(listOf(words, chunk), row, chunkOf(words, chunk + 1));
    }
    return true;
  }

  insertMany(ids: Uint32Array, hashes: Uint8Array): number {
    if (hashes.length !== ids.length * HASH256_BYTES) throw new RangeError('Each id has a hash of 32 bytes');
    const added: number[] = [];
    try {
      for (let at = 0; at < ids.length; at++) {
        const id = ids[at] ?? 0;
        if (this.insert(id, wordsOfBytes(hashes, at * HASH256_BYTES))) added.push(id);
      }
    } catch (error) {
      for (const id of added) this.remove(id);
      throw error;
    }
    return added.length;
  }

  remove(id: number): boolean {
    const row = this.#rowOfId.get(id);
    if (row === undefined) return false;
    const words = this.#hashes.slice(row * HASH256_WORDS, (row + 1) * HASH256_WORDS);
    for (let chunk = 0; chunk < CHUNKS; chunk++) this.#postings.remove(listOf(words, chunk), row);
    this.#stamps[row] = DEAD;
    this.#rowOfId.delete(id);
    this.#freeRows.push(row);
    return true;
  }

  query(hash: string | HashWords, radius: number): HammingMatch[] {
    checkRadius(radius);
    const found = new MatchBuffer();
    this.#answer(this.#permuted(hash), radius, 0, found);
    return found.toMatches();
  }

  queryMany(hashes: Uint8Array, radius: number, out = new MatchBuffer()): MatchBuffer {
    const scan = this.startMany(hashes, radius, out);
    while (!scan.step());
    return scan.found;
  }

  start(hash: string | HashWords, radius: number): HammingScan {
    return this.startMany(bytesOfWords(wordsOf(hash)), radius);
  }

  /** A step answers whole queries: at the sizes that this twin is for, none takes long. */
  startMany(hashes: Uint8Array, radius: number, out = new MatchBuffer()): HammingScan {
    checkRadius(radius);
    if (hashes.length % HASH256_BYTES !== 0) throw new RangeError('A query is a hash of 32 bytes');
    const count = hashes.length / HASH256_BYTES;
    let next = 0;
    out.clear();
    return {
      found: out,
      get matches() {
        return out.toMatches();
      },
      step: (rows = 1 << 17) => {
        for (let spent = 0; next < count && spent < rows; next++) {
          const words = this.#permuted(wordsOfBytes(hashes, next * HASH256_BYTES));
          spent += this.#answer(words, radius, next, out);
        }
        return next === count;
      },
    };
  }

  rebuildStep(): boolean {
    return false;
  }

  share(): undefined {
    return undefined;
  }

  entries(): { ids: Uint32Array; hashes: Uint8Array } {
    const rows: number[] = [];
    for (let row = 0; row < this.#rows; row++) if (this.#stamps[row] !== DEAD) rows.push(row);
    rows.sort((a, b) => (this.#ids[a] ?? 0) - (this.#ids[b] ?? 0));
    const hashes = new Uint8Array(rows.length * HASH256_BYTES);
    rows.forEach((row, at) => {
      const words = this.#hashes.subarray(row * HASH256_WORDS, (row + 1) * HASH256_WORDS);
      hashes.set(bytesOfWords(restoreBits(words, this.#permutation)), at * HASH256_BYTES);
    });
    return { ids: Uint32Array.from(rows, (row) => this.#ids[row] ?? 0), hashes };
  }

  #permuted(hash: string | HashWords): HashWords {
    return permuteBits(wordsOf(hash), this.#permutation);
  }

  /** @returns about how many rows it could have compared in the time. */
  #answer(words: HashWords, radius: number, query: number, found: MatchBuffer): number {
    const before = found.count;
    const budget = this.size * POSTINGS_PER_ROW;
    const cost = this.#cost(words, radius, budget);
    this.#found = found;
    this.#asked = query;
    if (cost >= budget) this.#compareAll(words, radius);
    else this.#probe(words, radius);
    found.sortFrom(before);
    return 64 + Math.min(cost, budget) / POSTINGS_PER_ROW;
  }

  /** Lists and postings that probing would read; counted only until it passes the budget. */
  #cost(words: HashWords, radius: number, budget: number): number {
    const { counts } = this.#postings;
    let cost = 0;
    for (let chunk = 0; chunk < CHUNKS; chunk++) cost += BALL[tolerance(radius, chunk)] ?? 0;
    for (let chunk = 0; chunk < CHUNKS && cost < budget; chunk++) {
      const list = listOf(words, chunk);
      const probes = BALL[tolerance(radius, chunk)] ?? 0;
      for (let m = 0; m < probes; m++) cost += counts[list ^ (MASKS[m] ?? 0)] ?? 0;
    }
    return cost;
  }

  #probe(words: HashWords, radius: number): void {
    const { starts, counts, rows, sketches } = this.#postings;
    this.#nextQuery();
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      const tolerated = tolerance(radius, chunk);
      const probes = BALL[tolerated] ?? 0;
      const pair = tolerated + tolerance(radius, chunk + 1) + 1;
      const list = listOf(words, chunk);
      const next = chunkOf(words, chunk + 1);
      for (let m = 0; m < probes; m++) {
        const mask = MASKS[m] ?? 0;
        const left = pair - (POPCOUNT16[mask] ?? 0);
        const start = starts[list ^ mask] ?? 0;
        const end = start + (counts[list ^ mask] ?? 0);
        for (let at = start; at < end; at++) {
          if ((POPCOUNT16[(sketches[at] ?? 0) ^ next] ?? 0) > left) continue;
          this.#compare(rows[at] ?? 0, words, radius);
        }
      }
    }
  }

  #compareAll(words: HashWords, radius: number): void {
    this.#nextQuery();
    for (let row = 0; row < this.#rows; row++) {
      if (this.#stamps[row] !== DEAD) this.#compare(row, words, radius);
    }
  }

  #compare(row: number, words: HashWords, radius: number): void {
    if (this.#stamps[row] === this.#query) return;
    this.#stamps[row] = this.#query;
    const hashes = this.#hashes;
    const base = row * HASH256_WORDS;
    let distance = 0;
    for (let word = 0; word < HASH256_WORDS && distance <= radius; word++) {
      distance += popcount32((words[word] ?? 0) ^ (hashes[base + word] ?? 0));
    }
    if (distance <= radius) this.#found.push(this.#asked, this.#ids[row] ?? 0, distance);
  }

  #nextQuery(): void {
    this.#query++;
    if (this.#query < DEAD) return;
    this.#query = 1;
    for (let row = 0; row < this.#rows; row++) if (this.#stamps[row] !== DEAD) this.#stamps[row] = 0;
  }

  #takeRow(): number {
    const free = this.#freeRows.pop();
    if (free !== undefined) return free;
    if (this.#rows === MAX_ENTRIES) throw new RangeError('The index is full');
    if (this.#rows === this.#ids.length) {
      this.#hashes = grown(this.#hashes);
      this.#ids = grown(this.#ids);
      this.#stamps = grown(this.#stamps);
    }
    return this.#rows++;
  }
}

/** t of the pigeonhole for general radius: -1 means that the chunk is not probed. */
function tolerance(radius: number, chunk: number): number {
  return ((radius + 1) >> 4) - 1 + ((chunk & 15) < (radius + 1) % CHUNKS ? 1 : 0);
}

function chunkOf(words: HashWords, chunk: number): number {
  const word = words[(chunk & 15) >> 1] ?? 0;
  return (chunk & 1) === 0 ? word >>> 16 : word & 0xffff;
}

function listOf(words: HashWords, chunk: number): number {
  return (chunk << 16) | chunkOf(words, chunk);
}

function wordsOf(hash: string | HashWords): HashWords {
  if (typeof hash === 'string') return parseHash256(hash);
  if (hash.length !== HASH256_WORDS) throw new RangeError('A 256-bit hash is 8 words');
  return hash;
}

function grown(array: Uint32Array): Uint32Array {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

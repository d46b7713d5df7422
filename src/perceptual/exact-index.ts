import { WordSegments } from './word-segments';

const { clz32, imul } = Math;

const NONE = 0xffffffff;
const MAX_ENTRIES = 2 ** 31;
const HEX = /^[0-9a-f]*$/;
type DigestBytes = 16 | 32 | 64;

/**
 * From digests of one length (16 bytes: MD5, 32: SHA-256, 64: SHA-512) to uint32 ids, several ids a digest allowed, in
 * typed arrays: 12 bytes an entry above the digest, so 44 for SHA-256.
 *
 * Rows hold the digest, the id and the next row of the same bucket. Each insert adds a bucket and shares out one other's
 * rows (linear hashing), and memory grows by segments: no insert waits for all to be moved. A digest is spread already,
 * so its first word chooses the bucket.
 */
export class ExactIndex {
  readonly #width: number;
  readonly #words: WordSegments;
  readonly #ids = new WordSegments(1);
  readonly #next = new WordSegments(1);
  readonly #buckets = new WordSegments(1);
  readonly #digest: Uint32Array;
  /** Buckets in use. */
  #used = 1;
  #free = NONE;
  #rows = 0;
  #size = 0;

  constructor(readonly digestBytes: DigestBytes) {
    this.#width = digestBytes / 4;
    this.#words = new WordSegments(this.#width);
    this.#digest = new Uint32Array(this.#width);
  }

  /** Pairs of digest and id. */
  get size(): number {
    return this.#size;
  }

  /** Bytes held, room to grow included. */
  get bytes(): number {
    return this.#words.bytes + this.#ids.bytes + this.#next.bytes + this.#buckets.bytes;
  }

  /**
   * @returns false when the id stands under this digest already.
   * @throws RangeError for a malformed digest, an id that is not a uint32, or a full index.
   */
  insert(digest: string | Uint8Array, id: number): boolean {
    if (!Number.isInteger(id) || id < 0 || id > 0xffffffff) throw new RangeError('An id is an integer of 32 bits');
    this.#read(digest);
    if (this.#find(id) !== NONE) return false;
    if (this.#size === 0) this.#buckets.set(0, NONE);
    const row = this.#takeRow();
    for (let word = 0; word < this.#width; word++) this.#words.set(row, this.#digest[word] ?? 0, word);
    this.#ids.set(row, id);
    this.#size++;
    this.#link(row, this.#digest[0] ?? 0);
    if (this.#size > this.#used) this.#split();
    return true;
  }

  /** @returns false when the id does not stand under this digest. */
  remove(digest: string | Uint8Array, id: number): boolean {
    this.#read(digest);
    const row = this.#find(id);
    if (row === NONE) return false;
    const bucket = this.#bucketOf(this.#digest[0] ?? 0);
    if (this.#buckets.get(bucket) === row) {
      this.#buckets.set(bucket, this.#next.get(row));
    } else {
      let before = this.#buckets.get(bucket);
      while (this.#next.get(before) !== row) before = this.#next.get(before);
      this.#next.set(before, this.#next.get(row));
    }
    this.#next.set(row, this.#free);
    this.#free = row;
    this.#size--;
    return true;
  }

  /** Ids under this digest, ascending. */
  get(digest: string | Uint8Array): number[] {
    this.#read(digest);
    const ids: number[] = [];
    for (let row = this.#first(); row !== NONE; row = this.#next.get(row)) {
      if (this.#isDigest(row)) ids.push(this.#ids.get(row));
    }
    return ids.sort((a, b) => a - b);
  }

  /** Whether this id, or any, stands under this digest. */
  has(digest: string | Uint8Array, id?: number): boolean {
    this.#read(digest);
    return this.#find(id) !== NONE;
  }

  #read(digest: string | Uint8Array): void {
    const { digestBytes } = this;
    if (typeof digest === 'string') {
      if (digest.length !== digestBytes * 2 || !HEX.test(digest)) {
        throw new RangeError(`A digest of ${digestBytes} bytes is ${digestBytes * 2} lower-case hex digits`);
      }
      for (let word = 0; word < this.#width; word++) {
        this.#digest[word] = Number.parseInt(digest.slice(word * 8, word * 8 + 8), 16);
      }
      return;
    }
    if (digest.length !== digestBytes) throw new RangeError(`A digest here is ${digestBytes} bytes`);
    for (let word = 0; word < this.#width; word++) {
      const at = word * 4;
      const high = ((digest[at] ?? 0) << 24) | ((digest[at + 1] ?? 0) << 16);
      this.#digest[word] = high | ((digest[at + 2] ?? 0) << 8) | (digest[at + 3] ?? 0);
    }
  }

  #first(): number {
    return this.#size === 0 ? NONE : this.#buckets.get(this.#bucketOf(this.#digest[0] ?? 0));
  }

  #find(id: number | undefined): number {
    for (let row = this.#first(); row !== NONE; row = this.#next.get(row)) {
      if ((id === undefined || this.#ids.get(row) === id) && this.#isDigest(row)) return row;
    }
    return NONE;
  }

  #isDigest(row: number): boolean {
    for (let word = 0; word < this.#width; word++) {
      if (this.#words.get(row, word) !== this.#digest[word]) return false;
    }
    return true;
  }

  #bucketOf(word: number): number {
    const hash = imul(word ^ (word >>> 15), 0x9e3779b1) >>> 0;
    const level = 2 ** (31 - clz32(this.#used));
    const low = hash & (level - 1);
    return low < this.#used - level ? hash & (level * 2 - 1) : low;
  }

  #link(row: number, word: number): void {
    const bucket = this.#bucketOf(word);
    this.#next.set(row, this.#buckets.get(bucket));
    this.#buckets.set(bucket, row);
  }

  /** One bucket more: the rows of the one that it takes its share from are distributed anew. */
  #split(): void {
    const from = this.#used - 2 ** (31 - clz32(this.#used));
    let row = this.#buckets.get(from);
    this.#buckets.set(from, NONE);
    this.#buckets.set(this.#used, NONE);
    this.#used++;
    while (row !== NONE) {
      const next = this.#next.get(row);
      this.#link(row, this.#words.get(row));
      row = next;
    }
  }

  #takeRow(): number {
    const row = this.#free;
    if (row === NONE) {
      if (this.#rows === MAX_ENTRIES) throw new RangeError('The index is full');
      return this.#rows++;
    }
    this.#free = this.#next.get(row);
    return row;
  }
}

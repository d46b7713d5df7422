const { imul, floor } = Math;

const NONE = 0xffffffff;
const MAX_ENTRIES = 2 ** 31;
const HEX = /^[0-9a-f]*$/;
type DigestBytes = 16 | 32 | 64;

/**
 * From digests of one length (16 bytes: MD5, 32: SHA-256, 64: SHA-512) to uint32 ids, several ids a digest allowed, in
 * typed arrays: 4 to 8 bytes an entry above digest, id and chain, so about 48 for SHA-256.
 *
 * Rows hold digest, id and the next row of the same bucket; buckets are rehashed a few at each insert (linear hashing),
 * so that none waits for the whole table. A digest is spread already; mixing it with a seed is left to whoever lets
 * strangers choose digests without limit.
 */
export class ExactIndex {
  #words: Uint32Array;
  #ids: Uint32Array;
  #next: Uint32Array;
  #buckets: Uint32Array = new Uint32Array(64).fill(NONE);
  /** Buckets in use: 2^level + split, of which those below split are of the next level. */
  #used = 64;
  #free = NONE;
  #rows = 0;
  #size = 0;
  readonly #width: number;
  readonly #digest: Uint32Array;

  /** @param expected entries to make room for at once; the index grows all the same. */
  constructor(
    readonly digestBytes: DigestBytes,
    expected = 0,
  ) {
    const rows = Math.max(16, expected);
    this.#width = digestBytes / 4;
    this.#digest = new Uint32Array(this.#width);
    this.#words = new Uint32Array(rows * this.#width);
    this.#ids = new Uint32Array(rows);
    this.#next = new Uint32Array(rows);
  }

  /** Pairs of digest and id. */
  get size(): number {
    return this.#size;
  }

  /** Bytes held, room to grow included. */
  get bytes(): number {
    return [this.#words, this.#ids, this.#next, this.#buckets].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  /**
   * @returns false when the id stands under this digest already.
   * @throws RangeError for a malformed digest, an id that is not a uint32, or a full index.
   */
  insert(digest: string | Uint8Array, id: number): boolean {
    if (!Number.isInteger(id) || id < 0 || id > 0xffffffff) throw new RangeError('An id is an integer of 32 bits');
    this.#read(digest);
    if (this.#find(id) !== NONE) return false;
    const row = this.#takeRow();
    this.#words.set(this.#digest, row * this.#width);
    this.#ids[row] = id;
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
    if (this.#buckets[bucket] === row) {
      this.#buckets[bucket] = this.#next[row] ?? NONE;
    } else {
      let before = this.#buckets[bucket] ?? NONE;
      while (this.#next[before] !== row) before = this.#next[before] ?? NONE;
      this.#next[before] = this.#next[row] ?? NONE;
    }
    this.#next[row] = this.#free;
    this.#free = row;
    this.#size--;
    return true;
  }

  /** Ids under this digest, ascending. */
  get(digest: string | Uint8Array): number[] {
    this.#read(digest);
    const ids: number[] = [];
    for (let row = this.#first(); row !== NONE; row = this.#next[row] ?? NONE) {
      if (this.#isDigest(row)) ids.push(this.#ids[row] ?? 0);
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
    return this.#buckets[this.#bucketOf(this.#digest[0] ?? 0)] ?? NONE;
  }

  #find(id: number | undefined): number {
    for (let row = this.#first(); row !== NONE; row = this.#next[row] ?? NONE) {
      if ((id === undefined || this.#ids[row] === id) && this.#isDigest(row)) return row;
    }
    return NONE;
  }

  #isDigest(row: number): boolean {
    const width = this.#width;
    for (let word = 0; word < width; word++) if (this.#words[row * width + word] !== this.#digest[word]) return false;
    return true;
  }

  #bucketOf(word: number): number {
    const hash = imul(word ^ (word >>> 15), 0x9e3779b1) >>> 0;
    const level = 2 ** (31 - Math.clz32(this.#used));
    const low = hash & (level - 1);
    return low < this.#used - level ? hash & (level * 2 - 1) : low;
  }

  #link(row: number, word: number): void {
    const bucket = this.#bucketOf(word);
    this.#next[row] = this.#buckets[bucket] ?? NONE;
    this.#buckets[bucket] = row;
  }

  /** One bucket more: the rows of the one that it takes its share from are distributed anew. */
  #split(): void {
    if (this.#used === this.#buckets.length) this.#buckets = grown(this.#buckets);
    const level = 2 ** (31 - Math.clz32(this.#used));
    const from = this.#used - level;
    let row = this.#buckets[from] ?? NONE;
    this.#buckets[from] = NONE;
    this.#buckets[this.#used] = NONE;
    this.#used++;
    while (row !== NONE) {
      const next = this.#next[row] ?? NONE;
      this.#link(row, this.#words[row * this.#width] ?? 0);
      row = next;
    }
  }

  #takeRow(): number {
    const row = this.#free;
    if (row !== NONE) {
      this.#free = this.#next[row] ?? NONE;
      return row;
    }
    if (this.#rows === MAX_ENTRIES) throw new RangeError('The index is full');
    if (this.#rows === this.#ids.length) {
      this.#words = grown(this.#words, this.#width);
      this.#ids = grown(this.#ids);
      this.#next = grown(this.#next);
    }
    return this.#rows++;
  }
}

/** A quarter larger: copying is a fifth of a nanosecond a byte, and memory is what many digests cost. */
function grown(array: Uint32Array, multiple = 1): Uint32Array {
  const larger = new Uint32Array(multiple * (floor((array.length / multiple) * 1.25) + 16));
  larger.set(array);
  return larger;
}

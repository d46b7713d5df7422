const { floor, imul } = Math;

const EMPTY = 0xffffffff;
const ROW = 0xffffff;
const PARTS = 256;

/**
 * Row by id, for the writer: 24 bits of row and 8 of the id's hash in one word, so that a look-up reads the id of a row
 * only when it is almost certainly the one. About 6 bytes an entry. In 256 parts that grow on their own, so that no
 * insert waits for more than a 256th to be copied.
 */
export class HammingDirectory {
  readonly #parts: Uint32Array[] = Array.from({ length: PARTS }, () => new Uint32Array(8).fill(EMPTY));
  readonly #sizes = new Uint32Array(PARTS);
  #size = 0;
  /** What is looked at only to have it near must be kept, or the loads are left out. */
  seen = 0;

  constructor(readonly idOf: (row: number) => number) {}

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#parts.reduce((sum, part) => sum + part.byteLength, this.#sizes.byteLength);
  }

  get(id: number): number | undefined {
    const hash = mixed(id);
    const part = this.#parts[hash >>> 24];
    if (!part) return undefined;
    const word = part[this.#slotOf(part, hash, id)] ?? EMPTY;
    return word === EMPTY ? undefined : word & ROW;
  }

  /** Makes room for so many ids, as far as they spread evenly; never by less than half, so that many small batches copy little. */
  reserve(ids: number): void {
    const length = Math.ceil((ids / PARTS) * 1.35);
    for (let number = 0; number < PARTS; number++) {
      const present = this.#parts[number]?.length ?? 0;
      if (length > present) this.#resize(number, Math.max(length, floor(present * 1.5)));
    }
  }

  /** Looks where each of these ids is or would go, so that the misses of the cache overlap. */
  touch(ids: Uint32Array, from: number, to: number): void {
    let seen = 0;
    for (let at = from; at < to; at++) {
      const hash = mixed(ids[at] ?? 0);
      const part = this.#parts[hash >>> 24];
      if (part) seen ^= part[homeOf(hash, part.length)] ?? 0;
    }
    this.seen = seen;
  }

  /** @returns the row that the id has already, or undefined when it now has this one. */
  claim(id: number, row: number): number | undefined {
    const hash = mixed(id);
    const number = hash >>> 24;
    const part = this.#parts[number];
    if (!part) return undefined;
    const slot = this.#slotOf(part, hash, id);
    const word = part[slot] ?? EMPTY;
    if (word !== EMPTY) return word & ROW;
    part[slot] = ((hash & 0xff) << 24) | row;
    this.#size++;
    const size = (this.#sizes[number] ?? 0) + 1;
    this.#sizes[number] = size;
    if (size * 5 > part.length * 4) this.#resize(number, floor(part.length * 1.5), id, row);
    return undefined;
  }

  /** Closes the gap by moving later words of the same run back, so that no tombstones gather. */
  delete(id: number): boolean {
    const hash = mixed(id);
    const part = this.#parts[hash >>> 24];
    if (!part) return false;
    const { length } = part;
    let gap = this.#slotOf(part, hash, id);
    if (part[gap] === EMPTY) return false;
    for (let at = (gap + 1) % length; part[at] !== EMPTY; at = (at + 1) % length) {
      const word = part[at] ?? EMPTY;
      const home = homeOf(mixed(this.idOf(word & ROW)), length);
      if ((at - home + length) % length < (at - gap + length) % length) continue;
      part[gap] = word;
      gap = at;
    }
    part[gap] = EMPTY;
    this.#sizes[hash >>> 24] = (this.#sizes[hash >>> 24] ?? 1) - 1;
    this.#size--;
    return true;
  }

  /** The slot of the id, or the empty one where it would go. */
  #slotOf(part: Uint32Array, hash: number, id: number): number {
    let slot = homeOf(hash, part.length);
    for (;;) {
      const word = part[slot] ?? EMPTY;
      if (word === EMPTY || (word >>> 24 === (hash & 0xff) && this.idOf(word & ROW) === id)) return slot;
      if (++slot === part.length) slot = 0;
    }
  }

  /** The newest row's id may not be written yet: it is given. */
  #resize(number: number, length: number, newest?: number, newestRow?: number): void {
    const larger = new Uint32Array(length).fill(EMPTY);
    for (const word of this.#parts[number] ?? []) {
      if (word === EMPTY) continue;
      const id = newest !== undefined && (word & ROW) === newestRow ? newest : this.idOf(word & ROW);
      let slot = homeOf(mixed(id), length);
      while (larger[slot] !== EMPTY) slot = (slot + 1) % length;
      larger[slot] = word;
    }
    this.#parts[number] = larger;
  }
}

function mixed(id: number): number {
  let hash = imul(id ^ (id >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** From the bits below those that choose the part. */
function homeOf(hash: number, length: number): number {
  return floor((((hash << 8) >>> 0) / 2 ** 32) * length);
}

const EMPTY = 0xffffffff;
const { imul } = Math;

/** A map from uint32 to uint32 (values under 2^32 - 1) in typed arrays: 8 bytes a slot where Map takes about 40. */
export class UintMap {
  #keys = new Uint32Array(64);
  #values = new Uint32Array(64).fill(EMPTY);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#keys.byteLength + this.#values.byteLength;
  }

  get(key: number): number | undefined {
    const value = this.#values[this.#slotOf(key)] ?? 0;
    return value === EMPTY ? undefined : value;
  }

  set(key: number, value: number): void {
    const slot = this.#slotOf(key);
    if (this.#values[slot] === EMPTY) this.#size++;
    this.#keys[slot] = key;
    this.#values[slot] = value;
    if (this.#size * 4 > this.#values.length * 3) this.#grow();
  }

  /** Closes the gap by moving later entries of the same run back, so that no tombstones gather. */
  delete(key: number): boolean {
    const mask = this.#values.length - 1;
    let gap = this.#slotOf(key);
    if (this.#values[gap] === EMPTY) return false;
    for (let at = (gap + 1) & mask; this.#values[at] !== EMPTY; at = (at + 1) & mask) {
      const home = this.#home(this.#keys[at] ?? 0);
      if (((at - home) & mask) < ((at - gap) & mask)) continue;
      this.#keys[gap] = this.#keys[at] ?? 0;
      this.#values[gap] = this.#values[at] ?? 0;
      gap = at;
    }
    this.#values[gap] = EMPTY;
    this.#size--;
    return true;
  }

  /** The slot that holds the key, or the empty one where it would go. */
  #slotOf(key: number): number {
    const mask = this.#values.length - 1;
    let slot = this.#home(key);
    while (this.#values[slot] !== EMPTY && this.#keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #home(key: number): number {
    const mixed = imul(key ^ (key >>> 16), 0x9e3779b1);
    return (mixed ^ (mixed >>> 15)) & (this.#values.length - 1);
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Uint32Array(keys.length * 2);
    this.#values = new Uint32Array(keys.length * 2).fill(EMPTY);
    for (let slot = 0; slot < keys.length; slot++) {
      if (values[slot] === EMPTY) continue;
      const to = this.#slotOf(keys[slot] ?? 0);
      this.#keys[to] = keys[slot] ?? 0;
      this.#values[to] = values[slot] ?? 0;
    }
  }
}

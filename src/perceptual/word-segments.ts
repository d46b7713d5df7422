const SHIFT = 12;
const RECORDS = 1 << SHIFT;

/** Records of a few uint32 each, which grow by segments of 4096: nothing is copied, so that no insert waits for it. */
export class WordSegments {
  readonly #segments: Uint32Array[] = [];

  /** @param width words of a record. */
  constructor(readonly width: number) {}

  get bytes(): number {
    return this.#segments.length * RECORDS * this.width * 4;
  }

  get(record: number, word = 0): number {
    const segment = this.#segments[record >>> SHIFT];
    return segment?.[(record & (RECORDS - 1)) * this.width + word] ?? 0;
  }

  /** The record may be new: then all up to the end of its segment exist, as zeros. */
  set(record: number, value: number, word = 0): void {
    while (record >>> SHIFT >= this.#segments.length) this.#segments.push(new Uint32Array(RECORDS * this.width));
    const segment = this.#segments[record >>> SHIFT];
    if (segment) segment[(record & (RECORDS - 1)) * this.width + word] = value;
  }
}

type Numbers = Uint8Array | Uint16Array | Uint32Array;

const CHUNK_BITS = 13;
const CHUNK_ROWS = 1 << CHUNK_BITS;
const IN_CHUNK = CHUNK_ROWS - 1;

/** One number a row, in pieces of 8,192: growing copies nothing, so that ten million rows need no room twice. */
export class Column<A extends Numbers> {
  readonly #chunks: A[] = [];

  constructor(private readonly make: (length: number) => A) {}

  get bytes(): number {
    return this.#chunks.length * (this.#chunks[0]?.byteLength ?? 0);
  }

  get(row: number): number {
    return this.#chunks[row >>> CHUNK_BITS]?.[row & IN_CHUNK] ?? 0;
  }

  set(row: number, value: number): void {
    let chunk = this.#chunks[row >>> CHUNK_BITS];
    while (!chunk) {
      this.#chunks.push(this.make(CHUNK_ROWS));
      chunk = this.#chunks[row >>> CHUNK_BITS];
    }
    chunk[row & IN_CHUNK] = value;
  }
}

/** A fixed number of bytes a row. */
export class BytesColumn {
  readonly #chunks: Buffer[] = [];

  constructor(private readonly width: number) {}

  get bytes(): number {
    return this.#chunks.length * CHUNK_ROWS * this.width;
  }

  /** A view that the next write to the row changes. */
  get(row: number): Buffer {
    const at = (row & IN_CHUNK) * this.width;
    return this.#chunk(row).subarray(at, at + this.width);
  }

  set(row: number, bytes: Uint8Array): void {
    this.#chunk(row).set(bytes, (row & IN_CHUNK) * this.width);
  }

  #chunk(row: number): Buffer {
    for (;;) {
      const chunk = this.#chunks[row >>> CHUNK_BITS];
      if (chunk) return chunk;
      this.#chunks.push(Buffer.alloc(CHUNK_ROWS * this.width));
    }
  }
}

/** Equal values are kept once and named by a number. What no row names any more stays: there are few different ones. */
export class Interned<T> {
  readonly #numbers = new Map<string, number>();
  readonly #values: T[] = [];
  #lastValue: T | undefined;
  #lastNumber = 0;

  get size(): number {
    return this.#values.length;
  }

  numberOf(value: T): number {
    // Signals come in groups of which all name the very same object.
    if (value === this.#lastValue) return this.#lastNumber;
    this.#lastNumber = this.#find(value);
    this.#lastValue = value;
    return this.#lastNumber;
  }

  #find(value: T): number {
    const name = JSON.stringify(value);
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#values.push(value) - 1;
    this.#numbers.set(name, number);
    return number;
  }

  get(number: number): T {
    const value = this.#values[number];
    if (value === undefined) throw new Error('a row names a value that was never kept');
    return value;
  }
}

import type { Pixels } from './pixels';

/**
 * The first half of PDQ: luma, two Jarosz passes (box along rows, then along columns) and decimation to 64 x 64.
 *
 * The reference filters four whole float planes. Here rows are streamed through both passes, so that only a ring of
 * `window` rows is held (1.3 MB for 40 megapixels); every float32 operation and its order is the reference's, because
 * running sums keep their rounding errors and the hash must be equal to the bit.
 */
export const PDQ_SIDE = 64;
/** A local name: looking up the global in the inner loops costs a hundredfold where globals are intercepted, as in jest. */
const { fround } = Math;

/** float32 luma of the 64 x 64 grid, row-major, 0..255. */
export function lumaGrid(pixels: Pixels): Float32Array {
  const { width, height } = pixels;
  if (width === PDQ_SIDE && height === PDQ_SIDE) return lumaOfAll(pixels);
  const grid = new Float32Array(PDQ_SIDE * PDQ_SIDE);
  const columns = samplePoints(width);
  const wanted = samplePoints(height);
  const rowWindow = windowFor(width);
  const columnWindow = windowFor(height);
  const luma = new Float32Array(width);
  const blurred = new Float32Array(width);
  const sampled = new Float32Array(PDQ_SIDE);

  let gridRow = 0;
  const second = new ColumnBox(PDQ_SIDE, height, columnWindow, (row, y) => {
    for (; gridRow < PDQ_SIDE && wanted[gridRow] === y; gridRow++) grid.set(row, gridRow * PDQ_SIDE);
  });
  const first = new ColumnBox(width, height, columnWindow, (row) => {
    boxRow(row, blurred, rowWindow);
    for (let j = 0; j < PDQ_SIDE; j++) sampled[j] = blurred[columns[j] ?? 0] ?? 0;
    second.push(sampled);
  });
  for (let y = 0; y < height; y++) {
    lumaOfRow(pixels, y, luma);
    boxRow(luma, blurred, rowWindow);
    first.push(blurred);
  }
  first.finish();
  second.finish();
  return grid;
}

/** The box is as wide as 1/128 of the side, rounded up: two passes then lose what 64 samples cannot show. */
export function windowFor(side: number): number {
  return Math.floor((side + 127) / 128);
}

/** The lines of a side at which the filtered picture is sampled. */
export function samplePoints(side: number): Int32Array {
  return Int32Array.from({ length: PDQ_SIDE }, (_, i) => Math.floor(((i + 0.5) * side) / PDQ_SIDE));
}

function lumaOfAll(pixels: Pixels): Float32Array {
  const all = new Float32Array(pixels.width * pixels.height);
  for (let y = 0; y < pixels.height; y++) {
    lumaOfRow(pixels, y, all.subarray(y * pixels.width, (y + 1) * pixels.width));
  }
  return all;
}

const RED = fround(0.299);
const GREEN = fround(0.587);
const BLUE = fround(0.114);

/** Grey stands for itself (0.299 + 0.587 + 0.114 is not exactly 1 in float32); alpha is ignored, never composited. */
function lumaOfRow({ data, width, channels }: Pixels, y: number, out: Float32Array): void {
  let at = y * width * channels;
  if (channels < 3) {
    for (let x = 0; x < width; x++, at += channels) out[x] = data[at] ?? 0;
    return;
  }
  for (let x = 0; x < width; x++, at += channels) {
    const red = fround(RED * (data[at] ?? 0));
    const green = fround(GREEN * (data[at + 1] ?? 0));
    const blue = fround(BLUE * (data[at + 2] ?? 0));
    out[x] = fround(fround(red + green) + blue);
  }
}

/** Means of the inputs o-(w-half) .. o+(half-1) that lie inside the row, by one running float32 sum: add, then subtract. */
function boxRow(input: Float32Array, output: Float32Array, window: number): void {
  const length = input.length;
  const ahead = ((window + 2) >> 1) - 1;
  let sum = fround(0);
  let right = 0;
  let out = 0;
  for (; right < ahead; right++) sum = fround(sum + (input[right] ?? 0));
  for (; right < window; right++, out++) {
    sum = fround(sum + (input[right] ?? 0));
    output[out] = fround(sum / fround(right + 1));
  }
  const full = fround(window);
  for (; right < length; right++, out++) {
    sum = fround(sum + (input[right] ?? 0));
    sum = fround(sum - (input[right - window] ?? 0));
    output[out] = fround(sum / full);
  }
  for (let count = window - 1; out < length; out++, count--) {
    sum = fround(sum - (input[length - count - 1] ?? 0));
    output[out] = fround(sum / fround(count));
  }
}

/** The same box down the columns, fed a row at a time; `emit` gets each output row (a buffer that is used again). */
class ColumnBox {
  readonly #sums: Float32Array;
  readonly #ring: Float32Array;
  readonly #out: Float32Array;
  readonly #ahead: number;
  #seen = 0;

  constructor(
    private readonly width: number,
    private readonly height: number,
    private readonly window: number,
    private readonly emit: (row: Float32Array, y: number) => void,
  ) {
    this.#sums = new Float32Array(width);
    this.#ring = new Float32Array(width * window);
    this.#out = new Float32Array(width);
    this.#ahead = ((window + 2) >> 1) - 1;
  }

  push(row: Float32Array): void {
    const sums = this.#sums;
    const ring = this.#ring;
    const out = this.#out;
    const base = (this.#seen % this.window) * this.width;
    const count = fround(Math.min(this.#seen + 1, this.window));
    for (let x = 0; x < sums.length; x++) {
      const value = row[x] ?? 0;
      // Before the window is full the ring holds zeros, and subtracting zero is exact.
      const sum = fround(fround((sums[x] ?? 0) + value) - (ring[base + x] ?? 0));
      ring[base + x] = value;
      sums[x] = sum;
      out[x] = fround(sum / count);
    }
    this.#seen++;
    if (this.#seen > this.#ahead) this.emit(out, this.#seen - 1 - this.#ahead);
  }

  /** The shrinking windows at the bottom. */
  finish(): void {
    const sums = this.#sums;
    for (let k = 0; k < this.#ahead; k++) {
      const base = ((this.height - this.window + k) % this.window) * this.width;
      const count = fround(this.window - 1 - k);
      for (let x = 0; x < sums.length; x++) {
        const sum = fround((sums[x] ?? 0) - (this.#ring[base + x] ?? 0));
        sums[x] = sum;
        this.#out[x] = fround(sum / count);
      }
      this.emit(this.#out, this.height - this.#ahead + k);
    }
  }
}

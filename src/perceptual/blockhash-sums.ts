import { BLOCKHASH_WASM } from './blockhash.wasm';
import { instantiate, reserve } from './pdq-instance';
import type { WasmMemory } from './pdq-instance';
import type { Pixels } from './pixels';

/**
 * For rows `top` to `bottom` (exclusive): the sum of the pixels' brightness, R + G + B, in each segment of the row.
 * `ends` are the columns, ascending, at which a segment ends and the next begins. Grey counts three times; a fully
 * transparent pixel is white.
 */
export type SumSegments = (pixels: Pixels, top: number, bottom: number, ends: Int32Array) => Float64Array;

const WHITE = 765;

/** The definition, which the WebAssembly must equal. */
export const sumSegmentsPlain: SumSegments = ({ data, width, channels }, top, bottom, ends) => {
  const alpha = channels % 2 === 0 ? channels - 1 : 0;
  const green = channels < 3 ? 0 : 1;
  const blue = channels < 3 ? 0 : 2;
  const sums = new Float64Array(ends.length);
  for (let y = top; y < bottom; y++) {
    let at = y * width * channels;
    for (let segment = 0; segment < ends.length; segment++) {
      const end = (y * width + (ends[segment] ?? 0)) * channels;
      let sum = 0;
      for (; at < end; at += channels) {
        const transparent = alpha > 0 && data[at + alpha] === 0;
        sum += transparent ? WHITE : (data[at] ?? 0) + (data[at + green] ?? 0) + (data[at + blue] ?? 0);
      }
      sums[segment] = (sums[segment] ?? 0) + sum;
    }
  }
  return sums;
};

interface BlockhashExports {
  readonly memory: WasmMemory;
  sums(src: number, rows: number, rowBytes: number, ends: number, count: number, out: number, alpha: number): void;
}

/** Addresses in the module's memory: each table has room for 256 segments, of at most 31. */
const ENDS = 0;
const OUT = 1024;
const SOURCE = 2048;
/** What is copied at a time. Sums of 2^24 bytes fit 32 bits; wider rows than that are left to the plain form. */
const CHUNK_BYTES = 256 * 1024;
const MAX_ROW_BYTES = 2 ** 24;

let loaded: BlockhashExports | null | undefined;

/** {@link sumSegmentsPlain}, about ten times as fast where WebAssembly has SIMD. */
export const sumSegments: SumSegments = (pixels, top, bottom, ends) => {
  // The exports are what blockhash.wat says: the build assembles it from there.
  if (loaded === undefined) loaded = instantiate(BLOCKHASH_WASM) as BlockhashExports | null;
  const { data, width, channels } = pixels;
  const rowBytes = width * channels;
  if (!loaded || rowBytes > MAX_ROW_BYTES) return sumSegmentsPlain(pixels, top, bottom, ends);
  const step = Math.min(bottom - top, Math.max(1, Math.floor(CHUNK_BYTES / rowBytes)));
  reserve(loaded.memory, SOURCE + step * rowBytes + 16);
  const bytes = new Uint8Array(loaded.memory.buffer);
  const words = new Uint32Array(loaded.memory.buffer);
  const sums = new Float64Array(ends.length);
  words.set(
    ends.map((end) => end * channels),
    ENDS >> 2,
  );
  const timesGrey = channels < 3 ? 3 : 1;
  for (let y = top; y < bottom; y += step) {
    const rows = Math.min(step, bottom - y);
    bytes.set(data.subarray(y * rowBytes, (y + rows) * rowBytes), SOURCE);
    loaded.sums(SOURCE, rows, rowBytes, ENDS, ends.length, OUT, channels % 2 === 0 ? channels : 0);
    for (let i = 0; i < ends.length; i++) sums[i] = (sums[i] ?? 0) + (words[(OUT >> 2) + i] ?? 0) * timesGrey;
  }
  return sums;
};

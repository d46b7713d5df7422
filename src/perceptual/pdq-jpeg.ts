import { pdqOfGrid } from './pdq';
import type { PdqHash } from './pdq';
import { instantiate, reserve } from './pdq-instance';
import type { WasmMemory } from './pdq-instance';
import { readBaselineJpeg } from './pdq-jpeg-markers';
import type { BaselineJpeg } from './pdq-jpeg-markers';
import { TABLE_WORDS, writeTable } from './pdq-jpeg-tables';
import { PDQ_JPEG_WASM } from './pdq-jpeg.wasm';
import { reducedGrid } from './pdq-reduced';
import type { ReducedLuma } from './pdq-reduced';

interface Exports {
  readonly memory: WasmMemory;
  readonly written: { readonly value: number };
  unstuff(src: number, n: number, top: number): number;
  scan(top: number, bits: number, mcu: number, count: number): number;
}

/** Addresses in the memory of pdq-jpeg.wat. */
const BLOCKS = 64;
const TABLES = 1024;
const SOURCE = TABLES + 8 * TABLE_WORDS * 4;
/** A damaged MCU may be read this far beyond its stream before it is noticed. */
const OVERRUN = 4096;
const MAX_MEMORY = 256 * 2 ** 20;
/** Pixels a side of a mean: a quarter of a block. */
const SCALE = 4;
/** On shorter sides PDQ's own filter is finer than the means. */
const LEAST_SIDE = 512;
const [EOI, RST0] = [0xd9, 0xd0];

let loaded: Exports | null | undefined;

export interface FastPdq {
  readonly pdq: PdqHash;
  readonly width: number;
  readonly height: number;
}

/**
 * Nearly the PDQ of a JPEG without decoding it: the scan is read code by code, and of each luma block only the means of
 * its four quarters are kept. About three times as fast as any decoder that makes pixels. For looking up alone: it may
 * be a few bits beside the exact hash (docs/decisions/perceptual-hashes.md says how many).
 *
 * Null, and then a decoder has to be asked, for everything that is not a sound baseline JPEG in grey or YCbCr with sides
 * of at least 512 pixels: progressive, CMYK, truncated, damaged; and where there is no WebAssembly.
 */
export function pdqHashFast(bytes: Uint8Array, maxPixels = Infinity): FastPdq | null {
  // The exports are what pdq-jpeg.wat says: the build assembles it from there.
  if (loaded === undefined) loaded = instantiate(PDQ_JPEG_WASM) as Exports | null;
  const jpeg = loaded && readBaselineJpeg(bytes);
  if (!loaded || !jpeg || Math.min(jpeg.width, jpeg.height) < LEAST_SIDE) return null;
  if (jpeg.width * jpeg.height > maxPixels) return null;
  const luma = readLuma(loaded, jpeg, bytes);
  return luma && { pdq: pdqOfGrid(reducedGrid(luma)), width: jpeg.width, height: jpeg.height };
}

interface Layout {
  readonly mcusWide: number;
  readonly mcus: number;
  /** Values of a row of the plane. */
  readonly stride: number;
  readonly top: number;
  readonly plane: number;
  readonly end: number;
}

function layoutOf({ width, height, components }: BaselineJpeg, scanBytes: number): Layout {
  const [across, down] = samplingOf(components);
  const mcusWide = Math.ceil(width / (8 * across));
  const mcusHigh = Math.ceil(height / (8 * down));
  const stride = mcusWide * across * 2;
  const top = (SOURCE + scanBytes + 16 + OVERRUN + scanBytes + 16 + 15) & ~15;
  return { mcusWide, mcus: mcusWide * mcusHigh, stride, top, plane: top, end: top + stride * mcusHigh * down * 2 * 4 };
}

/** A scan of one component has one block to an MCU, whatever its factors say (T.81, A.2.2). */
function samplingOf([luma, ...others]: BaselineJpeg['components']): [number, number] {
  return luma && others.length > 0 ? [luma.across, luma.down] : [1, 1];
}

function readLuma(run: Exports, jpeg: BaselineJpeg, bytes: Uint8Array): ReducedLuma | null {
  const source = bytes.subarray(jpeg.scanAt);
  const layout = layoutOf(jpeg, source.length);
  if (layout.end > MAX_MEMORY) return null;
  reserve(run.memory, layout.end);
  const { buffer } = run.memory;
  if (!writeSetup(new Int32Array(buffer), new Float32Array(buffer), jpeg, layout)) return null;
  new Uint8Array(buffer).set(source, SOURCE);
  if (!readScan(run, source, layout, jpeg.restartInterval || layout.mcus)) return null;
  const plane = new Float32Array(buffer, layout.plane, (layout.end - layout.plane) / 4);
  return { plane, stride: layout.stride, width: jpeg.width, height: jpeg.height, scale: SCALE };
}

/** Interval by interval; false unless there is exactly as much as the frame needs and then the end of the image. */
function readScan(run: Exports, source: Uint8Array, { mcus, top }: Layout, interval: number): boolean {
  let at = 0;
  for (let mcu = 0, marker = RST0; mcu < mcus; mcu += interval, marker = RST0 + ((marker + 1) & 7)) {
    at += run.unstuff(SOURCE + at, source.length - at, top);
    const bits = run.written.value * 8;
    const read = run.scan(top, bits, mcu, Math.min(interval, mcus - mcu));
    // At most seven bits of filling follow the last code.
    if (read < 0 || bits - read > 7) return false;
    const expected = mcu + interval < mcus ? marker : EOI;
    if (source[at] !== 0xff || source[at + 1] !== expected) return false;
    at += 2;
  }
  return true;
}

function writeSetup(words: Int32Array, floats: Float32Array, jpeg: BaselineJpeg, layout: Layout): boolean {
  const [across, down] = samplingOf(jpeg.components);
  const rowBytes = layout.stride * 4;
  let block = BLOCKS >> 2;
  for (const [i, component] of jpeg.components.entries()) {
    const dc = TABLES + 2 * i * TABLE_WORDS * 4;
    const ac = dc + TABLE_WORDS * 4;
    const sound =
      writeTable(words.subarray(dc >> 2), component.dc, 'dc') &&
      writeTable(words.subarray(ac >> 2), component.ac, 'ac');
    if (!sound) return false;
    const [columns, rows] = jpeg.components.length === 1 ? [1, 1] : [component.across, component.down];
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++, block += 3) words.set([dc, ac, i === 0 ? y * 2 * rowBytes + x * 8 : -1], block);
    }
  }
  words.set([layout.mcusWide, block << 2, layout.plane, rowBytes, down * 2 * rowBytes, across * 8]);
  floats.set(factorsOf(jpeg.components[0]?.quantization ?? new Uint16Array(64)), 6);
  return true;
}

/**
 * What the coefficients of the mean, and of the lowest frequency across, down and both, add to the mean of a quarter of
 * their block: the cosine transform (T.81, A.3.3) averaged over half a block, times the quantization.
 */
function factorsOf(quantization: Uint16Array): number[] {
  const half = [1, 3, 5, 7].reduce((sum, odd) => sum + Math.cos((odd * Math.PI) / 16), 0) / 4;
  const factors = [1 / 8, (half * Math.SQRT1_2) / 4, (half * Math.SQRT1_2) / 4, (half * half) / 4];
  return [0, 1, 2, 4].map((k, i) => (factors[i] ?? 0) * (quantization[k] ?? 0));
}

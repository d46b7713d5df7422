import { PDQ_SIDE, samplePoints, windowFor } from './pdq-filter';
import { HEAP } from './pdq-wasm';
import type { PdqMachine } from './pdq-wasm';
import type { Pixels } from './pixels';

/** As many rows as a band of pdq.wat has lanes. */
const ROWS = 8;
/** Bytes of a band's column: eight float32. */
const COLUMN = 32;
/** Pictures that need more (about 400,000 columns) are left to the twin, so that memory is bounded. */
const MAX_BYTES = 64 * 2 ** 20;

const { max, min, ceil } = Math;
const aligned = (bytes: number): number => ceil(bytes / 16) * 16;
const fours = (count: number): number => ceil(count / 4) * 4;

/** Where everything lies for one size of picture; all addresses are in bytes. */
interface Layout {
  readonly windowX: number;
  readonly windowY: number;
  /** Inputs of the first box along a row: to the last column that any sample needs, at most one beyond the width. */
  readonly inputs: number;
  /** Its outputs, which go down the columns. */
  readonly columns: number;
  readonly countsX: number;
  readonly stops: number;
  readonly stopCounts: number;
  readonly source: number;
  readonly luma: number;
  readonly lumaStride: number;
  readonly first: number;
  readonly second: number;
  readonly sampled: number;
  readonly sums: number;
  readonly ring: number;
  readonly sampledSums: number;
  readonly sampledRing: number;
  readonly end: number;
}

function layoutOf({ width, height, channels }: Pixels): Layout {
  const windowX = windowFor(width);
  const windowY = windowFor(height);
  const aheadX = windowX >> 1;
  const columns = width - windowX + aheadX + 1;
  let at = HEAP;
  const take = (bytes: number): number => (at += aligned(bytes)) - aligned(bytes);
  const lumaStride = fours(width) * 4;
  return {
    windowX,
    windowY,
    inputs: columns + aheadX,
    columns,
    lumaStride,
    countsX: take((width + 1) * 4),
    stops: take(PDQ_SIDE * 4),
    stopCounts: take(PDQ_SIDE * 4),
    source: take(ROWS * width * channels + 64),
    luma: take(ROWS * lumaStride),
    // Each band has a window of zeros before it: what a sum has not yet taken in, it takes out as zero.
    first: take((windowX + fours(width) + 4) * COLUMN) + windowX * COLUMN,
    second: take((windowX + fours(columns) + 4) * COLUMN) + windowX * COLUMN,
    sampled: take(PDQ_SIDE * COLUMN),
    sums: take(fours(columns) * 4),
    ring: take(fours(columns) * 4 * windowY),
    sampledSums: take(PDQ_SIDE * 4),
    sampledRing: take(PDQ_SIDE * 4 * windowY),
    end: at,
  };
}

/**
 * The 64 x 64 luma grid of `lumaGrid` in pdq-filter.ts, equal to it bit for bit, about twenty times as fast. The picture
 * goes through in strips of eight rows, so memory is that of a strip and of `window` filtered rows.
 * Growing and shrinking windows need no code of their own: adding and subtracting zero is exact, so beyond every edge
 * there is zero, and only the divisors differ.
 * @returns null when the picture is too wide for the memory that is allowed.
 */
export function stripGrid(machine: PdqMachine, pixels: Pixels): Float32Array | null {
  const layout = layoutOf(pixels);
  if (layout.end > MAX_BYTES) return null;
  machine.reserve(layout.end);
  machine.bytes.fill(0, layout.luma, layout.end);
  writeTables(machine, layout, pixels.width);
  const grid = new Float32Array(PDQ_SIDE * PDQ_SIDE);
  const wanted = samplePoints(pixels.height);
  const aheadY = layout.windowY >> 1;
  const rows = pixels.height - layout.windowY + 2 * aheadY + 1;
  let gridRow = 0;
  for (let top = 0; top < rows; top += ROWS) {
    readStrip(machine, layout, pixels, top);
    filterStrip(machine, layout, pixels.height, top);
    for (let lane = 0; lane < ROWS; lane++) {
      for (; gridRow < PDQ_SIDE && wanted[gridRow] === top + lane - 2 * aheadY; gridRow++) {
        for (let j = 0; j < PDQ_SIDE; j++) {
          grid[gridRow * PDQ_SIDE + j] = machine.floats[(layout.sampled >> 2) + j * ROWS + lane] ?? 0;
        }
      }
    }
  }
  return grid;
}

/** The divisor of the output that is complete when input `at` is taken in: how many inputs lie inside the line. */
function countAt(at: number, window: number, length: number): number {
  return max(1, min(at + 1, window, length + window - 1 - at));
}

function writeTables({ floats, ints }: PdqMachine, layout: Layout, width: number): void {
  for (let x = 0; x < layout.inputs; x++) floats[(layout.countsX >> 2) + x] = countAt(x, layout.windowX, width);
  samplePoints(width).forEach((column, j) => {
    const stop = column + (layout.windowX >> 1);
    ints[(layout.stops >> 2) + j] = stop;
    floats[(layout.stopCounts >> 2) + j] = countAt(stop, layout.windowX, width);
  });
}

/** Eight rows from `top`, zero below the picture, as luma in the first band. */
function readStrip(machine: PdqMachine, layout: Layout, { data, width, height, channels }: Pixels, top: number): void {
  const { run, bytes } = machine;
  const { source, luma, lumaStride, first } = layout;
  const rowBytes = width * channels;
  const present = max(0, min(ROWS, height - top));
  bytes.set(data.subarray(top * rowBytes, (top + present) * rowBytes), source);
  bytes.fill(0, source + present * rowBytes, source + ROWS * rowBytes);
  for (let row = 0; row < ROWS; row++) {
    const from = source + row * rowBytes;
    const to = luma + row * lumaStride;
    if (channels >= 3) run.colour(from, to, width, channels);
    else run.grey(from, to, width, channels);
  }
  run.turn(luma, lumaStride, first, width);
  run.turn(luma + 4 * lumaStride, lumaStride, first + 16, width);
  bytes.fill(0, first + width * COLUMN, first + (width + 1) * COLUMN);
}

/** Both passes; afterwards `sampled` holds the twice filtered values of 64 columns, 2 x ahead rows behind the strip. */
function filterStrip({ run, bytes, floats }: PdqMachine, layout: Layout, height: number, top: number): void {
  const { windowX, windowY, first, second, sampled, sums, ring, sampledSums, sampledRing } = layout;
  const aheadY = windowY >> 1;
  run.across(first, layout.inputs, windowX, layout.countsX, second - (windowX >> 1) * COLUMN);
  bytes.fill(0, second - windowX * COLUMN, second);
  for (let half = 0; half < ROWS; half += 4) {
    const rows = rowTerms(top + half, 0, windowY, height);
    run.down(second + half * 4, layout.columns, sums, ring, windowY * 16, ...rows);
  }
  run.sample(second, windowX, layout.stops, layout.stopCounts, sampled);
  // Rows above the picture: the first box has not given an output yet.
  for (let lane = 0; lane < min(ROWS, aheadY - top); lane++) {
    for (let j = 0; j < PDQ_SIDE; j++) floats[(sampled >> 2) + j * ROWS + lane] = 0;
  }
  for (let half = 0; half < ROWS; half += 4) {
    const rows = rowTerms(top + half, aheadY, windowY, height);
    run.down(sampled + half * 4, PDQ_SIDE, sampledSums, sampledRing, windowY * 16, ...rows);
  }
}

type RowTerms = [number, number, number, number, number, number, number, number];

/** Ring slots and divisors of four rows, of a line that began `late` rows later. */
function rowTerms(row: number, late: number, window: number, height: number): RowTerms {
  const slot = (r: number): number => ((row + r) % window) * 16;
  const count = (r: number): number => countAt(row + r - late, window, height);
  return [slot(0), slot(1), slot(2), slot(3), count(0), count(1), count(2), count(3)];
}

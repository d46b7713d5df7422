import { COSINES, FREQUENCIES } from './pdq-dct';
import { PDQ_SIDE } from './pdq-filter';
import { instantiate, reserve } from './pdq-instance';
import type { WasmMemory } from './pdq-instance';
import { PDQ_WASM } from './pdq.wasm';

/** What pdq.wat exports; addresses and sizes are explained there. */
export interface PdqExports {
  readonly memory: WasmMemory;
  colour(src: number, dst: number, n: number, step: number): void;
  grey(src: number, dst: number, n: number, step: number): void;
  turn(src: number, stride: number, band: number, n: number): void;
  across(band: number, n: number, window: number, counts: number, out: number): void;
  down(
    band: number,
    n: number,
    sums: number,
    ring: number,
    ringSize: number,
    ...slotsThenCounts: [number, number, number, number, number, number, number, number]
  ): void;
  sample(band: number, window: number, stops: number, counts: number, out: number): void;
  multiply(left: number, right: number, columns: number, out: number): void;
}

const FLOAT = 4;

/** The DCT's matrices in the first page, behind the constants of pdq.wat: D, D transposed, the half-transform, the result, the grid. */
const TABLE = FREQUENCIES * PDQ_SIDE * FLOAT;
const D = 256;
const D_TRANSPOSED = D + TABLE;
const HALF = D + 2 * TABLE;
const DCT = D + 3 * TABLE;
const GRID = D + 4 * TABLE;
/** From here on memory is the filter's. */
export const HEAP = GRID + PDQ_SIDE * PDQ_SIDE * FLOAT;

/**
 * One instance for each thread, made when the first picture comes and kept; its memory grows to what the widest picture
 * needed and is bounded by the callers. Nothing here waits, so no two pictures can meet in it.
 */
export class PdqMachine {
  bytes: Uint8Array;
  floats: Float32Array;
  ints: Int32Array;

  constructor(readonly run: PdqExports) {
    const { buffer } = run.memory;
    this.bytes = new Uint8Array(buffer);
    this.floats = new Float32Array(buffer);
    this.ints = new Int32Array(buffer);
    this.floats.set(COSINES, D / FLOAT);
    for (let k = 0; k < COSINES.length; k++) {
      const [i, j] = [Math.floor(k / PDQ_SIDE), k % PDQ_SIDE];
      this.floats[D_TRANSPOSED / FLOAT + j * FREQUENCIES + i] = COSINES[k] ?? 0;
    }
  }

  /** `dct16` of pdq-dct.ts, equal bit for bit: every sum runs over k in order, a lane is one column. */
  dct16(grid: Float32Array): Float32Array {
    this.floats.set(grid, GRID / FLOAT);
    this.run.multiply(D, GRID, PDQ_SIDE, HALF);
    this.run.multiply(HALF, D_TRANSPOSED, FREQUENCIES, DCT);
    return this.floats.slice(DCT / FLOAT, DCT / FLOAT + FREQUENCIES * FREQUENCIES);
  }

  /** @throws RangeError when the memory cannot grow to `size` bytes. */
  reserve(size: number): void {
    if (size <= this.bytes.length) return;
    reserve(this.run.memory, size);
    const { buffer } = this.run.memory;
    this.bytes = new Uint8Array(buffer);
    this.floats = new Float32Array(buffer);
    this.ints = new Int32Array(buffer);
  }
}

let machine: PdqMachine | null | undefined;

/** Null where the runtime has no WebAssembly with SIMD: the twin then computes. */
export function pdqMachine(): PdqMachine | null {
  if (machine === undefined) {
    // The exports are what pdq.wat says: the build assembles it from there.
    const run = instantiate(PDQ_WASM) as PdqExports | null;
    machine = run && new PdqMachine(run);
  }
  return machine;
}

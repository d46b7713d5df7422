import { HASH256_WORDS, formatHash256 } from './hex';
import { PDQ_SIDE } from './pdq-filter';

/** The second half of PDQ: 64 x 64 luma to quality, 16 x 16 DCT, and 256 bits at its median. */
const { fround } = Math;
export const FREQUENCIES = 16;
const COEFFICIENTS = FREQUENCIES * FREQUENCIES;

/** D[i][j] = sqrt(2/64) cos(pi/128 (i+1)(2j+1)): frequencies 1..16, the mean is skipped. */
export const COSINES = Float32Array.from({ length: FREQUENCIES * PDQ_SIDE }, (_, k) => {
  const i = Math.floor(k / PDQ_SIDE);
  const j = k % PDQ_SIDE;
  return Math.sqrt(2 / PDQ_SIDE) * Math.cos((Math.PI / 2 / PDQ_SIDE) * (i + 1) * (2 * j + 1));
});

/** Gradient sum of the grid, 0..100; the reference truncates each difference to an integer before summing. */
export function gridQuality(grid: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < PDQ_SIDE; i++) {
    for (let j = 0; j < PDQ_SIDE; j++) {
      const at = i * PDQ_SIDE + j;
      if (i + 1 < PDQ_SIDE) sum += gradient(grid[at] ?? 0, grid[at + PDQ_SIDE] ?? 0);
      if (j + 1 < PDQ_SIDE) sum += gradient(grid[at] ?? 0, grid[at + 1] ?? 0);
    }
  }
  return Math.min(100, Math.floor(sum / 90));
}

function gradient(u: number, v: number): number {
  return Math.abs(Math.trunc(fround(fround(fround(u - v) * 100) / 255)));
}

/** B = D A Dt as 256 float32, row-major. */
export function dct16(grid: Float32Array): Float32Array {
  const half = new Float32Array(FREQUENCIES * PDQ_SIDE);
  for (let i = 0; i < FREQUENCIES; i++) {
    for (let j = 0; j < PDQ_SIDE; j++) {
      let sum = fround(0);
      for (let k = 0; k < PDQ_SIDE; k++) {
        sum = fround(sum + fround((COSINES[i * PDQ_SIDE + k] ?? 0) * (grid[k * PDQ_SIDE + j] ?? 0)));
      }
      half[i * PDQ_SIDE + j] = sum;
    }
  }
  const dct = new Float32Array(COEFFICIENTS);
  for (let i = 0; i < FREQUENCIES; i++) {
    for (let j = 0; j < FREQUENCIES; j++) {
      let sum = fround(0);
      for (let k = 0; k < PDQ_SIDE; k++) {
        sum = fround(sum + fround((half[i * PDQ_SIDE + k] ?? 0) * (COSINES[j * PDQ_SIDE + k] ?? 0)));
      }
      dct[i * FREQUENCIES + j] = sum;
    }
  }
  return dct;
}

/** One bit a coefficient: above the lower median (the 128th smallest). Coefficient 0 is the last bit of the text. */
export function bitsAboveMedian(dct: Float32Array): string {
  const median = dct.slice().sort()[COEFFICIENTS / 2 - 1] ?? 0;
  const words = new Uint32Array(HASH256_WORDS);
  for (let bit = 0; bit < COEFFICIENTS; bit++) {
    if ((dct[bit] ?? 0) > median) {
      const word = HASH256_WORDS - 1 - (bit >> 5);
      words[word] = (words[word] ?? 0) | (1 << (bit & 31));
    }
  }
  return formatHash256(words);
}

/** The eight ways to turn a picture over, with the names the reference implementation prints. */
export const PDQ_TURNS = [
  'original',
  'rotate90',
  'rotate180',
  'rotate270',
  'flipX',
  'flipY',
  'flipPlus1',
  'flipMinus1',
] as const;
export type PdqTurn = (typeof PDQ_TURNS)[number];

/** Whether coefficient (i, j) changes place with (j, i), and whether it then changes sign. */
const TURNS: Record<PdqTurn, { swap: boolean; negate: (i: number, j: number) => boolean }> = {
  original: { swap: false, negate: () => false },
  rotate90: { swap: true, negate: (_i, j) => j % 2 === 0 },
  rotate180: { swap: false, negate: (i, j) => (i + j) % 2 === 1 },
  rotate270: { swap: true, negate: (i) => i % 2 === 0 },
  flipX: { swap: false, negate: (i) => i % 2 === 0 },
  flipY: { swap: false, negate: (_i, j) => j % 2 === 0 },
  flipPlus1: { swap: true, negate: () => false },
  flipMinus1: { swap: true, negate: (i, j) => (i + j) % 2 === 1 },
};

/** The coefficients of the picture turned, without decoding it again. */
export function turnDct(dct: Float32Array, turn: PdqTurn): Float32Array {
  const { swap, negate } = TURNS[turn];
  const turned = new Float32Array(COEFFICIENTS);
  for (let i = 0; i < FREQUENCIES; i++) {
    for (let j = 0; j < FREQUENCIES; j++) {
      const value = dct[i * FREQUENCIES + j] ?? 0;
      turned[swap ? j * FREQUENCIES + i : i * FREQUENCIES + j] = negate(i, j) ? -value : value;
    }
  }
  return turned;
}

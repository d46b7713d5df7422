import { PDQ_SIDE, samplePoints, windowFor } from './pdq-filter';

/** Luma of a picture at a fraction of its size: each value the mean of a square of `scale` pixels. */
export interface ReducedLuma {
  readonly plane: Float32Array;
  /** Values of a row of the plane, which may have some beyond the picture. */
  readonly stride: number;
  /** Of the whole picture, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly scale: number;
}

/**
 * Nearly the grid of `lumaGrid`: the two boxes of PDQ's filter are together a triangle around each sample point, and it
 * is laid over the means by area. What is lost is how light lies within a square.
 */
export function reducedGrid({ plane, stride, width, height, scale }: ReducedLuma): Float32Array {
  const across = weightsOf(width, scale);
  const down = weightsOf(height, scale);
  const rows = Math.ceil(height / scale);
  const half = new Float32Array(rows * PDQ_SIDE);
  for (let y = 0; y < rows; y++) {
    for (let j = 0; j < PDQ_SIDE; j++) {
      const from = y * stride + (across.first[j] ?? 0);
      let sum = 0;
      for (let i = 0; i < across.count; i++) {
        sum += (plane[from + i] ?? 0) * (across.weights[j * across.count + i] ?? 0);
      }
      half[y * PDQ_SIDE + j] = sum;
    }
  }
  const grid = new Float32Array(PDQ_SIDE * PDQ_SIDE);
  for (let row = 0; row < PDQ_SIDE; row++) {
    const from = (down.first[row] ?? 0) * PDQ_SIDE;
    for (let j = 0; j < PDQ_SIDE; j++) {
      let sum = 0;
      for (let i = 0; i < down.count; i++) {
        sum += (half[from + i * PDQ_SIDE + j] ?? 0) * (down.weights[row * down.count + i] ?? 0);
      }
      grid[row * PDQ_SIDE + j] = sum;
    }
  }
  return grid;
}

interface Weights {
  /** The first mean that each of the 64 points takes in, and how many from there. */
  readonly first: Int32Array;
  readonly count: number;
  readonly weights: Float32Array;
}

function weightsOf(side: number, scale: number): Weights {
  const window = windowFor(side);
  const means = Math.ceil(side / scale);
  const count = Math.min(means, Math.ceil((2 * window) / scale) + 1);
  const first = new Int32Array(PDQ_SIDE);
  const weights = new Float32Array(PDQ_SIDE * count);
  samplePoints(side).forEach((point, j) => {
    // A box of even width reaches one pixel further ahead than back, and there are two of them.
    const centre = point + 0.5 + (window % 2 === 0 ? 1 : 0);
    const start = Math.max(0, Math.min(means - count, Math.floor((centre - window) / scale)));
    first[j] = start;
    const share = (x: number): number => triangleBefore((x - centre) / window);
    const all = share((start + count) * scale) - share(start * scale);
    for (let i = 0; i < count; i++) {
      weights[j * count + i] = (share((start + i + 1) * scale) - share((start + i) * scale)) / all;
    }
  });
  return { first, count, weights };
}

/** The part of a triangle over -1..1 that lies before `x`. */
function triangleBefore(x: number): number {
  if (x <= -1) return 0;
  if (x >= 1) return 1;
  return x < 0 ? (1 + x) ** 2 / 2 : 1 - (1 - x) ** 2 / 2;
}

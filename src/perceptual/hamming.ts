import { HASH256_WORDS, parseHash256 } from './hex';
import type { HashWords } from './hex';

const { imul } = Math;

/** Number of set bits of a 32-bit word (Hacker's Delight, figure 5-2). */
export function popcount32(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  bits = (bits + (bits >>> 4)) & 0x0f0f0f0f;
  return imul(bits, 0x01010101) >>> 24;
}

/** Differing bits, 0..256, of the hashes at `offsetA` of `a` and `offsetB` of `b`. */
export function wordsDistance(a: HashWords, b: HashWords, offsetA = 0, offsetB = 0): number {
  let distance = 0;
  for (let word = 0; word < HASH256_WORDS; word++) {
    distance += popcount32((a[offsetA + word] ?? 0) ^ (b[offsetB + word] ?? 0));
  }
  return distance;
}

/**
 * Differing bits, 0..256, of two hashes of the same algorithm given as hex.
 * @throws RangeError when either is not 64 lower-case hex digits.
 */
export function hammingDistance(a: string, b: string): number {
  return wordsDistance(parseHash256(a), parseHash256(b));
}

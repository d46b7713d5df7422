import * as fc from 'fast-check';
import { BLOCKHASH_BITS, PICTURE_BITS, permuteBits, restoreBits } from './bit-permutation';
import { wordsDistance } from './hamming';

const words = fc.uint32Array({ minLength: 8, maxLength: 8 });

describe.each([
  ['for PDQ', PICTURE_BITS],
  ['for blockhash', BLOCKHASH_BITS],
])('the order of bits %s', (_, permutation) => {
  it('has a place of its own for each of the 256', () => {
    expect([...permutation].sort((a, b) => a - b)).toEqual(Array.from({ length: 256 }, (_place, bit) => bit));
  });

  it('changes no distance and can be undone', () => {
    fc.assert(
      fc.property(words, words, (a, b) => {
        const [left, right] = [permuteBits(a, permutation), permuteBits(b, permutation)];
        expect(wordsDistance(left, right)).toBe(wordsDistance(a, b));
        expect([...restoreBits(left, permutation)]).toEqual([...a]);
      }),
    );
  });
});

it('puts no two neighbouring blocks of a blockhash into one chunk', () => {
  for (let bit = 0; bit < 256; bit++) {
    const chunk = BLOCKHASH_BITS[bit]! >> 4;
    if (bit % 16 < 15) expect(BLOCKHASH_BITS[bit + 1]! >> 4).not.toBe(chunk);
    if (bit < 240) expect(BLOCKHASH_BITS[bit + 16]! >> 4).not.toBe(chunk);
  }
});

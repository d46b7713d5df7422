import * as fc from 'fast-check';
import { hammingDistance, popcount32 } from './hamming';
import { formatHash256, isHash256, parseHash256 } from './hex';

const words = fc.uint32Array({ minLength: 8, maxLength: 8 });

describe('256-bit hashes as text', () => {
  it('reads back what it wrote', () => {
    fc.assert(fc.property(words, (w) => expect([...parseHash256(formatHash256(w))]).toEqual([...w])));
  });

  it.each([
    '',
    'f'.repeat(63),
    'f'.repeat(65),
    'F'.repeat(64),
    'g'.repeat(64),
    `${'f'.repeat(64)}\n`,
    ` ${'f'.repeat(63)}`,
  ])('refuses %j', (text) => {
    expect(isHash256(text)).toBe(false);
    expect(() => parseHash256(text)).toThrow(RangeError);
  });

  it('puts the first hex digit into the highest bits', () => {
    expect(parseHash256(`8${'0'.repeat(62)}1`)).toEqual(new Uint32Array([0x80000000, 0, 0, 0, 0, 0, 0, 1]));
  });
});

describe('Hamming distance', () => {
  it('counts the bits that differ, whichever way round', () => {
    const bits = (n: number): number => n.toString(2).replaceAll('0', '').length;
    fc.assert(
      fc.property(words, words, (a, b) => {
        const expected = [...a].reduce((sum, word, i) => sum + bits((word ^ b[i]!) >>> 0), 0);
        expect(hammingDistance(formatHash256(a), formatHash256(b))).toBe(expected);
        expect(hammingDistance(formatHash256(b), formatHash256(a))).toBe(expected);
      }),
    );
    expect(popcount32(0xffffffff)).toBe(32);
  });
});

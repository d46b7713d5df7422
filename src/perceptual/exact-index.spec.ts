import * as fc from 'fast-check';
import { randomFrom } from '../../test/support/images';
import { ExactIndex } from './exact-index';

const LENGTHS = [16, 32, 64] as const;
const digestOf = (random: () => number, bytes: number) => Uint8Array.from({ length: bytes }, () => random() * 256);
const hexOf = (bytes: Uint8Array) => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

describe('the exact index', () => {
  it.each(LENGTHS)('is a map from digests of %p bytes to ids, through any inserts and removals', (bytes) => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), fc.nat(20), fc.nat(6)), { minLength: 1, maxLength: 300 }),
        fc.nat(),
        (steps, seed) => {
          const random = randomFrom(seed);
          const digests = Array.from({ length: 21 }, () => digestOf(random, bytes));
          const index = new ExactIndex(bytes);
          const model = digests.map(() => new Set<number>());
          for (const [isInsert, which, id] of steps) {
            const ids = model[which]!;
            const digest = id % 2 === 0 ? digests[which]! : hexOf(digests[which]!);
            if (isInsert) expect(index.insert(digest, id)).toBe(!ids.has(id) && Boolean(ids.add(id)));
            else expect(index.remove(digest, id)).toBe(ids.delete(id));
          }
          model.forEach((ids, which) => {
            expect(index.get(digests[which]!)).toEqual([...ids].sort((a, b) => a - b));
            expect(index.has(hexOf(digests[which]!))).toBe(ids.size > 0);
            for (let id = 0; id < 7; id++) expect(index.has(digests[which]!, id)).toBe(ids.has(id));
          });
          expect(index.size).toBe(model.reduce((sum, { size }) => sum + size, 0));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('holds 100,000 SHA-256 digests in at most 60 bytes each and finds each of them', () => {
    const random = randomFrom(1);
    const index = new ExactIndex(32);
    const digests = Array.from({ length: 100_000 }, () => digestOf(random, 32));
    digests.forEach((digest, id) => index.insert(digest, id));
    expect(index.size).toBe(100_000);
    expect(index.bytes).toBeLessThanOrEqual(60 * 100_000);
    digests.forEach((digest, id) => {
      if (index.get(digest)[0] !== id) throw new Error(`lost ${id}`);
    });
    expect(index.get(digestOf(random, 32))).toEqual([]);
  });

  it('takes nothing while it is empty, and reuses the room of what was removed', () => {
    const random = randomFrom(2);
    const index = new ExactIndex(16);
    expect(index.bytes).toBe(0);
    expect(index.get('ab'.repeat(16))).toEqual([]);
    for (let id = 0; id < 4000; id++) index.insert(digestOf(random, 16), id);
    const { bytes } = index;
    for (let round = 0; round < 5000; round++) {
      const digest = digestOf(random, 16);
      expect(index.insert(digest, 5000 + round)).toBe(true);
      expect(index.remove(digest, 5000 + round)).toBe(true);
    }
    expect(index.bytes).toBe(bytes);
    expect(index.size).toBe(4000);
  });

  it('refuses a digest of another length or spelling, and an id that is not a uint32', () => {
    const index = new ExactIndex(16);
    for (const digest of ['A'.repeat(32), 'a'.repeat(31), 'a'.repeat(64), new Uint8Array(32)]) {
      expect(() => index.insert(digest, 1)).toThrow(RangeError);
      expect(() => index.get(digest)).toThrow(RangeError);
    }
    for (const id of [-1, 1.5, 2 ** 32]) expect(() => index.insert('a'.repeat(32), id)).toThrow(RangeError);
    expect(index.size).toBe(0);
  });
});

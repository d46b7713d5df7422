import * as fc from 'fast-check';
import { randomFrom } from '../../test/support/images';
import { wordsDistance } from './hamming';
import { HammingIndex } from './hamming-index';
import type { HammingMatch } from './hamming-search';
import { formatHash256 } from './hex';

const RADII = [0, 1, 10, 15, 16, 31, 40, 64];
type Make = (random: () => number, earlier: readonly Uint32Array[]) => Uint32Array;

const uniform: Make = (random) => Uint32Array.from({ length: 8 }, () => random() * 2 ** 32);

function flipped(hash: Uint32Array, bits: number, random: () => number): Uint32Array {
  const near = hash.slice();
  for (let k = 0; k < bits; k++) near[Math.floor(random() * 8)]! ^= 1 << Math.floor(random() * 32);
  return near;
}

/** What the index must never lose an entry on; each makes one more hash. */
const SETS: Record<string, Make> = {
  uniform,
  'few different bits': (random) => Uint32Array.from({ length: 8 }, () => (random() < 0.9 ? 0 : random() * 16)),
  'one word long runs': (random) => new Uint32Array(8).fill(Math.floor(random() * 4) * 0x11111111),
  clustered: (random, earlier) =>
    earlier.length === 0 || random() < 0.1
      ? uniform(random, earlier)
      : flipped(earlier[Math.floor(random() * earlier.length)]!, Math.floor(random() * 40), random),
  duplicates: (random, earlier) =>
    earlier.length < 3 ? uniform(random, earlier) : earlier[Math.floor(random() * earlier.length)]!,
};

function bruteForce(entries: ReadonlyMap<number, Uint32Array>, hash: Uint32Array, radius: number): HammingMatch[] {
  return [...entries]
    .map(([id, words]) => ({ id, distance: wordsDistance(words, hash) }))
    .filter(({ distance }) => distance <= radius)
    .sort((a, b) => a.distance - b.distance || a.id - b.id);
}

function fill(make: Make, count: number, seed: number): { index: HammingIndex; entries: Map<number, Uint32Array> } {
  const random = randomFrom(seed);
  const index = new HammingIndex();
  const hashes: Uint32Array[] = [];
  const entries = new Map<number, Uint32Array>();
  for (let k = 0; k < count; k++) {
    const hash = make(random, hashes);
    const id = (k * 2654435761) >>> 0;
    hashes.push(hash);
    entries.set(id, hash);
    index.insert(id, hash);
  }
  return { index, entries };
}

function expectExact(index: HammingIndex, entries: Map<number, Uint32Array>, seed: number, queries: number): void {
  const random = randomFrom(seed);
  const hashes = [...entries.values()];
  for (let k = 0; k < queries; k++) {
    const near = flipped(hashes[Math.floor(random() * hashes.length)]!, Math.floor(random() * 70), random);
    for (const hash of [near, uniform(random, hashes)]) {
      for (const radius of RADII) expectSame(index.query(hash, radius), bruteForce(entries, hash, radius));
    }
  }
}

/** Thousands of matches: the deep comparison is left for the one that fails. */
function expectSame(found: HammingMatch[], expected: HammingMatch[]): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) expect(found).toEqual(expected);
}

describe('the Hamming index', () => {
  it.each(Object.keys(SETS))('finds every entry within any radius, and no other: %s, 20,000 entries', (name) => {
    const { index, entries } = fill(SETS[name]!, 20_000, 5);
    expect(index.size).toBe(20_000);
    expectExact(index, entries, 6, 6);
  });

  it('stays exact through any sequence of inserts and removals', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(SETS)),
        fc.nat(),
        fc.integer({ min: 1, max: 400 }),
        (make, seed, steps) => {
          const random = randomFrom(seed);
          const index = new HammingIndex();
          const entries = new Map<number, Uint32Array>();
          for (let step = 0; step < steps; step++) {
            const ids = [...entries.keys()];
            if (ids.length > 0 && random() < 0.4) {
              const id = ids[Math.floor(random() * ids.length)]!;
              entries.delete(id);
              expect(index.remove(id)).toBe(true);
            } else {
              const hash = make(random, [...entries.values()]);
              entries.set(step, hash);
              index.insert(step, hash);
            }
          }
          expect(index.size).toBe(entries.size);
          if (entries.size > 0) expectExact(index, entries, seed, 2);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('stays exact when most of a large index is removed and filled again', () => {
    const { index, entries } = fill(SETS.clustered!, 20_000, 9);
    const random = randomFrom(10);
    for (const id of [...entries.keys()].slice(0, 15_000)) {
      entries.delete(id);
      index.remove(id);
    }
    expectExact(index, entries, 11, 2);
    for (let id = 1; id < 12_000; id += 1) {
      if (entries.has(id)) continue;
      const hash = uniform(random, []);
      entries.set(id, hash);
      index.insert(id, hash);
    }
    expectExact(index, entries, 12, 4);
  });

  it('reads few postings on ordinary hashes and compares everything when half of the chunks are crowded', () => {
    const random = randomFrom(3);
    const crowded = Uint32Array.from({ length: 8 }, () => random() * 2 ** 32);
    const { index, entries } = fill((r, e) => crowded.map((w, i) => (i < 4 ? w : uniform(r, e)[i]!)), 20_000, 4);
    for (const radius of RADII) expectSame(index.query(crowded, radius), bruteForce(entries, crowded, radius));
  });

  it('shows an insert and a removal to the very next query', () => {
    const index = new HammingIndex();
    const hash = 'ab'.repeat(32);
    expect(index.query(hash, 31)).toEqual([]);
    index.insert(7, hash);
    expect(index.query(hash, 0)).toEqual([{ id: 7, distance: 0 }]);
    index.remove(7);
    expect(index.query(hash, 64)).toEqual([]);
    expect(index.remove(7)).toBe(false);
  });

  it('counts 31 as within 31 and 32 as not', () => {
    const index = new HammingIndex();
    index.insert(1, `${'0'.repeat(56)}7fffffff`);
    index.insert(2, `${'0'.repeat(56)}ffffffff`);
    expect(index.query('0'.repeat(64), 31)).toEqual([{ id: 1, distance: 31 }]);
    expect(index.query('0'.repeat(64), 32)).toHaveLength(2);
  });

  it('takes the same entry twice as one, and refuses another hash under its id', () => {
    const index = new HammingIndex();
    expect(index.insert(1, '0'.repeat(64))).toBe(true);
    expect(index.insert(1, '0'.repeat(64))).toBe(false);
    expect(() => index.insert(1, '1'.repeat(64))).toThrow(RangeError);
    expect(index.size).toBe(1);
  });

  it('takes text and words for the same hash', () => {
    const index = new HammingIndex(1000);
    const words = uniform(randomFrom(1), []);
    index.insert(4294967295, words);
    expect(index.query(formatHash256(words), 0)).toEqual([{ id: 4294967295, distance: 0 }]);
    expect(index.has(4294967295)).toBe(true);
    expect(index.bytes).toBeGreaterThan(0);
  });

  it.each([-1, 65, 1.5, NaN])('refuses a radius of %p', (radius) => {
    expect(() => new HammingIndex().query('0'.repeat(64), radius)).toThrow(RangeError);
  });

  it('refuses a malformed hash and an id that is not a uint32', () => {
    const index = new HammingIndex();
    expect(() => index.insert(1, 'A'.repeat(64))).toThrow(RangeError);
    expect(() => index.query(new Uint32Array(4), 1)).toThrow(RangeError);
    for (const id of [-1, 2 ** 32, 0.5]) expect(() => index.insert(id, '0'.repeat(64))).toThrow(RangeError);
    expect(index.size).toBe(0);
  });
});

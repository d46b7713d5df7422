import * as fc from 'fast-check';
import { randomFrom } from '../../test/support/images';
import { popcount32, wordsDistance } from './hamming';
import { HammingEngine } from './hamming-engine';
import type { EngineOptions } from './hamming-engine';
import { HammingIndex } from './hamming-index';
import type { HammingMatch, HammingStore } from './hamming-search';
import { bytesOfWords } from './hex';

const RADII = [0, 1, 5, 10, 15, 16, 20, 31, 32, 47, 63, 64];
type Make = (random: () => number, earlier: readonly Uint32Array[]) => Uint32Array;

const uniform: Make = (random) => Uint32Array.from({ length: 8 }, () => random() * 2 ** 32);
const oneOf = <T>(list: readonly T[], random: () => number) => list[Math.floor(random() * list.length)]!;

function flipped(hash: Uint32Array, bits: number, random: () => number): Uint32Array {
  const near = hash.slice();
  for (let k = 0; k < bits; k++) near[Math.floor(random() * 8)]! ^= 1 << Math.floor(random() * 32);
  return near;
}

/** Bits as the signs of a few latent values, as hashes of like pictures are, with noise. */
const LATENT = Array.from({ length: 256 }, (_, bit) => {
  const random = randomFrom(bit + 1);
  return Array.from({ length: 24 }, () => random() - 0.5);
});
const skewed: Make = (random) => {
  const point = Array.from({ length: 24 }, () => random() - 0.5);
  const words: Uint32Array = new Uint32Array(8);
  LATENT.forEach((weights, bit) => {
    const sum = weights.reduce((total, weight, k) => total + weight * point[k]!, (random() - 0.5) / 4);
    if (sum > 0) words[bit >> 5]! |= 1 << (bit & 31);
  });
  return words;
};

const BASE: Uint32Array = Uint32Array.from([
  0x01234567, 0x89abcdef, 0xfedcba98, 0x76543210, 0, 0xffffffff, 0x0f0f0f0f, 0x33333333,
]);
/** Chunks in the order in which they are cut: these sets need bits that are not shuffled. */
const withBase =
  (words: number, halves: number): Make =>
  (random, earlier) =>
    uniform(random, earlier).map((word, at) => {
      if (at < words) return BASE[at]!;
      return at === words && halves > 0 ? ((BASE[at]! & 0xffff0000) | (word & 0xffff)) >>> 0 : word;
    });

/** What an index must never lose an entry on; each makes one more hash. */
const SETS: Record<string, Make> = {
  uniform,
  skewed,
  clustered: (random, earlier) =>
    earlier.length === 0 || random() < 0.1
      ? uniform(random, earlier)
      : flipped(oneOf(earlier, random), Math.floor(random() * 40), random),
  duplicates: (random, earlier) =>
    earlier.length < 5 || random() < 0.1 ? uniform(random, earlier) : oneOf(earlier, random),
  'half of the chunks as the query': withBase(4, 0),
  'one chunk as the query, all in one bucket': withBase(0, 1),
  'few bits at all': (random) => Uint32Array.from({ length: 8 }, () => (random() < 0.9 ? 0 : random() * 16)),
};

const IDENTITY = Uint8Array.from({ length: 256 }, (_, bit) => bit);
const CROWDED: EngineOptions = { flatBelow: 1, vectors: 1, permutation: IDENTITY };
const LINES: EngineOptions = { flatBelow: 1, vectors: 4 };

function bruteForce(entries: ReadonlyMap<number, Uint32Array>, hash: Uint32Array, radius: number): HammingMatch[] {
  return [...entries]
    .map(([id, words]) => ({ id, distance: wordsDistance(words, hash) }))
    .filter(({ distance }) => distance <= radius)
    .sort((a, b) => a.distance - b.distance || a.id - b.id);
}

/** Thousands of matches: the deep comparison is left for the one that fails. */
function expectSame(found: HammingMatch[], expected: HammingMatch[], what: string): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) expect({ what, found }).toEqual({ what, found: expected });
}

function packed(hashes: readonly Uint32Array[]): Uint8Array {
  const bytes = new Uint8Array(hashes.length * 32);
  hashes.forEach((hash, at) => bytes.set(bytesOfWords(hash), at * 32));
  return bytes;
}

/** Every way of asking gives what comparing every entry gives. */
function expectExact(
  store: HammingStore,
  entries: ReadonlyMap<number, Uint32Array>,
  seed: number,
  queries: number,
): void {
  const random = randomFrom(seed);
  const hashes = [...entries.values()];
  const asked: Uint32Array[] = [BASE];
  for (let k = 0; k < queries; k++) {
    asked.push(uniform(random, hashes));
    if (hashes.length > 0) asked.push(flipped(oneOf(hashes, random), Math.floor(random() * 70), random));
  }
  for (const radius of RADII) {
    const expected = asked.map((hash) => bruteForce(entries, hash, radius));
    asked.forEach((hash, at) => expectSame(store.query(hash, radius), expected[at]!, `query ${at} at ${radius}`));
    const many = store.queryMany(packed(asked), radius);
    let row = 0;
    expected.forEach((matches, at) => {
      const from = row;
      while (row < many.count && many.queries[row] === at) row++;
      expectSame(many.toMatches(from, row), matches, `query ${at} of many at ${radius}`);
    });
    expect(row).toBe(many.count);
    const scan = store.start(asked[0]!, radius);
    while (!scan.step(1000));
    expectSame(scan.matches, expected[0]!, `sliced at ${radius}`);
  }
}

describe.each<[string, EngineOptions]>([
  ['the engine, comparing every entry', {}],
  ['the engine, with crowded slots', CROWDED],
  ['the engine, with slots of whole lines', LINES],
])('%s', (_, options) => {
  it.each(Object.keys(SETS))('finds every entry within any radius, and no other: %s', (name) => {
    const random = randomFrom(5);
    const store = new HammingEngine(0, options);
    const twin = new HammingIndex(0, options.permutation);
    const entries = new Map<number, Uint32Array>();
    const hashes: Uint32Array[] = [];
    for (let k = 0; k < 2500; k++) {
      const id = Math.imul(k, 0x9e3779b1) >>> 0;
      hashes.push(SETS[name]!(random, hashes));
      entries.set(id, hashes[k]!);
      if (k < 1200) expect(store.insert(id, hashes[k]!)).toBe(true);
    }
    const rest = [...entries.keys()].slice(1200);
    expect(store.insertMany(Uint32Array.from(rest), packed(hashes.slice(1200)))).toBe(1300);
    while (store.rebuildStep());
    for (const [id, hash] of entries) twin.insert(id, hash);
    expect(store.size).toBe(2500);
    expectExact(store, entries, 6, 6);
    expectExact(twin, entries, 6, 2);
    for (const id of [...entries.keys()].filter((key) => key % 3 > 0)) {
      entries.delete(id);
      expect(store.remove(id)).toBe(true);
    }
    expectExact(store, entries, 7, 3);
    for (let id = 0; id < 1500; id++) {
      if (entries.has(id)) continue;
      const hash = SETS[name]!(random, hashes);
      entries.set(id, hash);
      store.insert(id, hash);
    }
    expectExact(store, entries, 8, 3);
  });
});

it('stays exact through any inserts, removals, batches and half-done rebuilds', () => {
  const stores = [new HammingEngine(0, CROWDED), new HammingEngine(0, LINES), new HammingEngine()];
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.keys(SETS)),
      fc.nat(),
      fc.integer({ min: 1, max: 500 }),
      fc.constantFrom(...stores.keys()),
      (name, seed, steps, which) => {
        const store = stores[which]!;
        const random = randomFrom(seed);
        const entries = new Map<number, Uint32Array>();
        const make = () => SETS[name]!(random, [...entries.values()]);
        for (let step = 0; step < steps; step++) {
          const draw = random();
          const ids = [...entries.keys()];
          if (draw < 0.4 && ids.length > 0) {
            const id = oneOf(ids, random);
            entries.delete(id);
            expect(store.remove(id)).toBe(true);
          } else if (draw < 0.45) {
            const more = Array.from({ length: 20 }, (_, k) => [10_000 + step * 20 + k, make()] as const);
            for (const [id, hash] of more) entries.set(id, hash);
            store.insertMany(
              Uint32Array.from(more, ([id]) => id),
              packed(more.map(([, hash]) => hash)),
            );
          } else if (draw < 0.5) {
            store.rebuildStep(50_000);
          } else {
            const hash = make();
            entries.set(step, hash);
            store.insert(step, hash);
          }
        }
        expect(store.size).toBe(entries.size);
        expectExact(store, entries, seed, 2);
        for (const id of entries.keys()) store.remove(id);
        expect(store.size).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
});

function maskOf(bits: number, random: () => number): number {
  let mask = 0;
  while (popcount32(mask) < bits) mask |= 1 << Math.floor(random() * 16);
  return mask;
}

/** Differs from the base by so many bits of each chunk, at random places, or by this mask of one. */
function apart(bits: readonly number[], chunk: number, mask: number, random: () => number): Uint32Array {
  const words = BASE.slice();
  bits.forEach((count, at) => {
    const flips = at === chunk ? mask : maskOf(count, random);
    words[at >> 1]! ^= at % 2 === 0 ? flips << 16 : flips;
  });
  return words;
}

/** Entries at the very edge: one pair of neighbouring chunks leads to them, and neither may differ by a bit more. */
it.each([
  [15, 1, 6],
  [31, 1, 6],
  [47, 1, 6],
  [31, 4, 30],
])(
  'finds what only one slot leads to, at radius %p, in slots of %p vectors and behind them',
  (radius, vectors, capacity) => {
    const random = randomFrom(radius);
    const store = new HammingEngine(0, { ...CROWDED, vectors });
    const edge = (radius + 1) / 16 - 1;
    const masks = Array.from({ length: 65536 }, (_, mask) => mask).filter((mask) => popcount32(mask) <= edge);
    const slots = Array.from({ length: 16 }, (_, chunk) => masks.map((mask) => ({ chunk, mask }))).flat();
    const chosen = slots
      .map((slot) => ({ slot, order: random() }))
      .sort((a, b) => a.order - b.order)
      .slice(0, 150);
    const entries = new Map<number, Uint32Array>();
    const add = (hash: Uint32Array) => {
      entries.set(entries.size, hash);
      store.insert(entries.size - 1, hash);
    };
    // Room for as many blocks and candidates as these slots have, or every entry would be compared.
    for (let k = 0; k < 30_000; k++) add(uniform(random, []));
    for (const [at, { slot }] of chosen.entries()) {
      const bits = Array.from({ length: 16 }, () => edge + 1);
      bits[(slot.chunk + 1) % 16] = 2 * edge + 1 - popcount32(slot.mask);
      const critical = apart(bits, slot.chunk, slot.mask, random);
      if (at % 2 === 0) add(critical);
      for (let decoy = 0; decoy < capacity; decoy++) {
        const hash = uniform(random, []);
        const half = slot.chunk % 2 === 0 ? 0xffff0000 : 0xffff;
        hash[slot.chunk >> 1] = (hash[slot.chunk >> 1]! & ~half) | (critical[slot.chunk >> 1]! & half);
        add(hash);
      }
      if (at % 2 === 1) add(critical);
    }
    while (store.rebuildStep());
    const expected = bruteForce(entries, BASE, radius);
    expect(expected.length).toBeGreaterThanOrEqual(chosen.length);
    expectSame(store.query(BASE, radius), expected, 'at the edge');
  },
);

it('gives an entry once that came back while its old place deep in a crowd still leads to it', () => {
  const random = randomFrom(12);
  const store = new HammingEngine(0, CROWDED);
  const entries = new Map<number, Uint32Array>();
  const crowd = withBase(0, 1);
  for (let id = 0; id < 34_000; id++) entries.set(id, id < 4000 ? crowd(random, []) : uniform(random, []));
  for (const [id, hash] of entries) store.insert(id, hash);
  while (store.rebuildStep());
  for (let id = 0; id < 300; id++) store.remove(id);
  for (let id = 299; id >= 0; id--) store.insert(id, entries.get(id)!);
  for (let id = 0; id < 300; id++) expectSame(store.query(entries.get(id)!, 31), [{ id, distance: 0 }], `entry ${id}`);
});

it('compares every entry, and misses none, when there is no memory for what does not fit the slots', () => {
  const { Memory } = Reflect.get(globalThis, 'WebAssembly') as {
    Memory: { prototype: { grow(pages: number): number } };
  };
  const random = randomFrom(13);
  const store = new HammingEngine(0, CROWDED);
  const hashes = Array.from({ length: 3900 }, () => withBase(4, 0)(random, []));
  const entries = new Map(hashes.map((hash, id) => [id, hash]));
  for (let id = 0; id < 100; id++) store.insert(id, hashes[id]!);
  while (store.rebuildStep());
  const grow = jest.spyOn(Memory.prototype, 'grow').mockImplementation(() => {
    throw new RangeError('no memory');
  });
  try {
    const ids = Uint32Array.from({ length: 3800 }, (_, at) => 100 + at);
    expect(store.insertMany(ids, packed(hashes.slice(100)))).toBe(3800);
    expect(grow).toHaveBeenCalled();
    expectExact(store, entries, 14, 3);
    expect(store.size).toBe(3900);
  } finally {
    grow.mockRestore();
  }
  expect(store.needsRebuild).toBe(false);
  const more = Array.from({ length: 2000 }, () => uniform(random, []));
  more.forEach((hash, at) => {
    entries.set(20_000 + at, hash);
    store.insert(20_000 + at, hash);
  });
  while (store.rebuildStep());
  expectExact(store, entries, 15, 3);
});

it('misses none of more than a million that come at once, equal ones and a crowd among them', () => {
  const random = randomFrom(16);
  const count = 2 ** 20 + 10_000;
  const words = Uint32Array.from({ length: count * 8 }, () => random() * 2 ** 32);
  // All around the place where postings are sorted anew.
  for (let row = 2 ** 20 - 300; row < 2 ** 20 + 300; row++) words[row * 8] = BASE[0]!;
  for (let row = 2 ** 20 - 50; row < 2 ** 20 + 50; row++) words.set(BASE, row * 8);
  const bytes = new Uint8Array(count * 32);
  for (let row = 0; row < count; row++) bytes.set(bytesOfWords(words.subarray(row * 8, row * 8 + 8)), row * 32);
  const ids = Uint32Array.from({ length: count }, (_, at) => at);
  const store = new HammingEngine(count, { permutation: IDENTITY });
  const flat = new HammingEngine(count, { flatBelow: Number.POSITIVE_INFINITY });
  for (const each of [store, flat]) expect(each.insertMany(ids, bytes)).toBe(count);
  while (store.rebuildStep());

  const rows = [0, 2 ** 20 - 299, 2 ** 20 - 1, 2 ** 20, 2 ** 20 + 299, count - 1];
  const rest = Array.from({ length: 60 }, () => Math.floor(random() * count));
  for (const row of [...rows, ...rest]) {
    const asked = flipped(words.subarray(row * 8, row * 8 + 8), Math.floor(random() * 25), random);
    expectSame(store.query(asked, 31), flat.query(asked, 31), `row ${row}`);
  }
  expect(store.query(BASE, 31)).toHaveLength(100);
});

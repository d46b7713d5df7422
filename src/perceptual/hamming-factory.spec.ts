import { createHammingIndex } from './hamming-factory';
import { HammingEngine } from './hamming-engine';

const HASH = 'ab'.repeat(32);

it('is the engine here, where WebAssembly has SIMD and shared memory', () => {
  expect(createHammingIndex()).toBeInstanceOf(HammingEngine);
});

it.each(['WebAssembly', 'SharedArrayBuffer'])(
  'is the twin in a runtime without %s, and answers alike',
  async (name) => {
    const kept: unknown = Reflect.get(globalThis, name);
    Reflect.set(globalThis, name, undefined);
    try {
      jest.isolateModules(() => {
        const factory = jest.requireActual<{ createHammingIndex: typeof createHammingIndex }>('./hamming-factory');
        const index = factory.createHammingIndex(1000);
        expect(index.constructor.name).toBe('HammingIndex');
        expect(index.share()).toBeUndefined();
        index.insert(7, HASH);
        expect(index.query(HASH, 31)).toEqual([{ id: 7, distance: 0 }]);
      });
    } finally {
      Reflect.set(globalThis, name, kept);
    }
  },
);

it('is the twin in a page whose Content Security Policy lets no WebAssembly be compiled', () => {
  const kept = Object.getOwnPropertyDescriptor(WebAssembly, 'Module')!;
  Object.defineProperty(WebAssembly, 'Module', {
    configurable: true,
    value: class {
      constructor() {
        throw new WebAssembly.CompileError('violates the following Content Security policy directive');
      }
    },
  });
  try {
    jest.isolateModules(() => {
      const factory = jest.requireActual<{ createHammingIndex: typeof createHammingIndex }>('./hamming-factory');
      const index = factory.createHammingIndex(1000);
      index.insert(7, HASH);
      expect([index.constructor.name, index.query(HASH, 31)]).toEqual(['HammingIndex', [{ id: 7, distance: 0 }]]);
    });
  } finally {
    Object.defineProperty(WebAssembly, 'Module', kept);
  }
});

it('takes nothing while it is empty and little while it is small, so that many can stand in one process', () => {
  const index = createHammingIndex(10_000_000);
  expect(index.bytes).toBe(0);
  index.insert(7, HASH);
  expect(index.bytes).toBeLessThan(600_000);
  expect(index.query(HASH, 0)).toEqual([{ id: 7, distance: 0 }]);
});

it('refuses a batch whole when one id of it stands for another hash', () => {
  const index = createHammingIndex();
  index.insert(3, HASH);
  const hashes = new Uint8Array(96);
  expect(() => index.insertMany(Uint32Array.of(1, 2, 3), hashes)).toThrow('This id stands for another hash');
  expect(() =>
    index.insertMany(
      Uint32Array.of(1, 2, 1),
      hashes.map((_, at) => Math.floor(at / 32)),
    ),
  ).toThrow(RangeError);
  expect(() => index.insertMany(Uint32Array.of(1, 2), hashes)).toThrow(RangeError);
  expect([index.size, index.has(1), index.query('0'.repeat(64), 64)]).toEqual([1, false, []]);
  expect(index.insertMany(Uint32Array.of(1, 2, 1), hashes)).toBe(2);
  expect(index.query('0'.repeat(64), 0)).toEqual([
    { id: 1, distance: 0 },
    { id: 2, distance: 0 },
  ]);
});

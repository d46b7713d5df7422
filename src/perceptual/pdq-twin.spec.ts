import * as fc from 'fast-check';
import { randomFrom } from '../../test/support/images';
import { pdqHash, pdqHashPlain } from './pdq';
import { dct16 } from './pdq-dct';
import { lumaGrid } from './pdq-filter';
import { stripGrid } from './pdq-strips';
import { pdqMachine } from './pdq-wasm';
import type { PdqMachine } from './pdq-wasm';
import type { Pixels } from './pixels';

/** Equal as bit patterns: -0 is not 0. */
const bitsOf = (floats: Float32Array): Uint32Array => new Uint32Array(floats.buffer, floats.byteOffset, floats.length);

function machineOrFail(): PdqMachine {
  const machine = pdqMachine();
  if (!machine) throw new Error('this runtime has no WebAssembly with SIMD: the twins cannot be compared');
  return machine;
}

/** Noise over a slope, so that running sums round at every step; the last pixels of a row are never those of the next. */
function noise(seed: number, width: number, height: number, channels: Pixels['channels']): Pixels {
  const random = randomFrom(seed);
  const data = new Uint8Array(width * height * channels);
  for (let i = 0; i < data.length; i++) data[i] = ((i * 160) / data.length + random() * 95) | 0;
  return { data, width, height, channels };
}

function expectTwins(pixels: Pixels): void {
  const machine = machineOrFail();
  const plain = lumaGrid(pixels);
  const strips = stripGrid(machine, pixels);
  expect(strips && Buffer.from(bitsOf(strips).buffer).equals(Buffer.from(bitsOf(plain).buffer))).toBe(true);
  expect(bitsOf(machine.dct16(plain))).toEqual(bitsOf(dct16(plain)));
  expect(pdqHash(pixels)).toEqual(pdqHashPlain(pixels));
}

const depth = fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const);

describe('PDQ in WebAssembly and its twin in TypeScript', () => {
  it('agree to the last bit of every filtered value, at any size and number of channels', () => {
    const side = fc.integer({ min: 5, max: 700 });
    fc.assert(
      fc.property(fc.nat(), side, side, depth, (seed, width, height, channels) => {
        expectTwins(noise(seed, width, height, channels));
      }),
      { numRuns: 40 },
    );
  });

  it('agree on small pictures, where windows, strips and samples meet every edge', () => {
    const side = fc.oneof(fc.integer({ min: 5, max: 20 }), fc.integer({ min: 60, max: 140 }));
    fc.assert(
      fc.property(fc.nat(), side, side, depth, (seed, width, height, channels) => {
        expectTwins(noise(seed, width, height, channels));
      }),
      { numRuns: 150 },
    );
  });

  it.each([
    [5, 5, 3],
    [63, 65, 4],
    [128, 129, 3],
    [256, 257, 1],
    [5, 3000, 3],
    [3000, 5, 2],
    [4001, 77, 3],
    [77, 4003, 4],
    [1300, 1033, 3],
  ] as const)('agree at %i x %i x %i', (width, height, channels) => {
    expectTwins(noise(width + height, width, height, channels));
  });

  it('agree after each other whatever the last picture left behind', () => {
    for (const [width, height] of [
      [900, 40],
      [40, 900],
      [17, 23],
      [300, 300],
      [5, 6],
    ] as const) {
      // prettier-ignore
      expectTwins(noise(width, width, height, 3));
    }
  });

  it('agree on 64 x 64, which is not filtered', () => {
    const square = noise(1, 64, 64, 3);
    expect(pdqHash(square)).toEqual(pdqHashPlain(square));
  });

  it('leave a picture to the plain twin that is too wide for bounded memory', () => {
    const ribbon = { data: new Uint8Array(900_000 * 5), width: 900_000, height: 5, channels: 1 } as const;
    for (let i = 0; i < ribbon.data.length; i++) ribbon.data[i] = (i >> 12) & 255;
    expect(stripGrid(machineOrFail(), ribbon)).toBeNull();
    expect(pdqHash(ribbon)).toEqual(pdqHashPlain(ribbon));
  });
});

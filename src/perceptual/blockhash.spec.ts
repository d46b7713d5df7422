import { bmvbhash } from 'blockhash-core';
import * as fc from 'fast-check';
import { randomFrom, scenePixels } from '../../test/support/images';
import { blockhash, blockhashPlain } from './blockhash';
import type { Pixels } from './pixels';

function reference(pixels: Pixels): string {
  const { width, height, channels } = pixels;
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const from = i * channels;
    for (let c = 0; c < 3; c++) data[i * 4 + c] = pixels.data[from + (channels < 3 ? 0 : c)]!;
    data[i * 4 + 3] = channels % 2 === 0 ? pixels.data[from + channels - 1]! : 255;
  }
  return bmvbhash({ width, height, data }, 16);
}

/** Noise, flat areas (many ties with the median) and every kind of alpha. */
function speckled(seed: number, width: number, height: number, channels: Pixels['channels'], levels: number): Pixels {
  const random = randomFrom(seed);
  const data = Uint8Array.from(
    { length: width * height * channels },
    () => Math.floor(random() * levels) * (255 / (levels - 1)),
  );
  return { data, width, height, channels };
}

describe('blockhash', () => {
  it.each([
    [640, 427],
    [512, 512],
    [500, 333],
    [17, 31],
    [16, 33],
    [48, 16],
    [7, 9],
    [1, 1],
    [1000, 5],
  ])('equals blockhash-core on a scene of %i x %i', (width, height) => {
    const scene = scenePixels(width + height, { width, height });
    expect(blockhash(scene)).toBe(reference(scene));
  });

  it('equals blockhash-core at every size, channel count and level of contrast', () => {
    const channels = fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const);
    const side = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(fc.nat(), side, side, channels, fc.constantFrom(2, 3, 256), (seed, width, height, depth, levels) => {
        const picture = speckled(seed, width, height, depth, levels);
        const expected = reference(picture);
        expect([blockhash(picture), blockhashPlain(picture)]).toEqual([expected, expected]);
      }),
      { numRuns: 300 },
    );
  });

  it('equals blockhash-core on larger pictures, in WebAssembly and without', () => {
    const channels = fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const);
    const side = fc.integer({ min: 100, max: 700 });
    fc.assert(
      fc.property(fc.nat(), side, side, channels, (seed, width, height, depth) => {
        const picture = speckled(seed, width, height, depth, 256);
        const expected = reference(picture);
        expect([blockhash(picture), blockhashPlain(picture)]).toEqual([expected, expected]);
      }),
      { numRuns: 15 },
    );
  });

  it('takes a fully transparent pixel for white and any other for its colour', () => {
    const data = new Uint8Array(32 * 32 * 4);
    for (let i = 0; i < 32 * 32; i++) data[i * 4 + 3] = i % 32 < 16 ? 0 : 1;
    expect(blockhash({ data, width: 32, height: 32, channels: 4 })).toBe('ff00'.repeat(16));
  });
});

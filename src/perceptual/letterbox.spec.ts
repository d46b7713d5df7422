import * as fc from 'fast-check';
import sharp from 'sharp';
import { pipelineOf, randomFrom, scenePixels } from '../../test/support/images';
import { hammingDistance } from './hamming';
import { cropPixels, findLetterbox } from './letterbox';
import { PDQ_MATCH_RADIUS, pdqHash } from './pdq';
import { PDQ_VARIANTS, pdqVariants } from './pdq-variants';
import type { Pixels } from './pixels';

interface Margins {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

function noise(seed: number, width: number, height: number, channels: Pixels['channels'] = 3): Pixels {
  const random = randomFrom(seed);
  return {
    data: Uint8Array.from({ length: width * height * channels }, () => random() * 256),
    width,
    height,
    channels,
  };
}

function framed(inner: Pixels, margins: Margins, level: (side: keyof Margins) => number): Pixels {
  const { channels } = inner;
  const width = inner.width + margins.left + margins.right;
  const height = inner.height + margins.top + margins.bottom;
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const side =
        y < margins.top ? 'top' : y >= margins.top + inner.height ? 'bottom' : x < margins.left ? 'left' : 'right';
      const inside = side !== 'top' && side !== 'bottom' && x >= margins.left && x < margins.left + inner.width;
      const from = ((y - margins.top) * inner.width + x - margins.left) * channels;
      for (let c = 0; c < channels; c++) {
        data[(y * width + x) * channels + c] = inside ? inner.data[from + c]! : level(side);
      }
    }
  }
  return { data, width, height, channels };
}

describe('taking borders off', () => {
  it('finds exactly the bars that were put around a picture, on any of four sides, each in its own colour', () => {
    const margin = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 60 }));
    const margins = fc.record({ top: margin, bottom: margin, left: margin, right: margin });
    const depth = fc.constantFrom(1 as const, 2 as const, 3 as const, 4 as const);
    fc.assert(
      fc.property(fc.nat(), margins, depth, fc.nat(255), fc.nat(255), (seed, around, channels, level, other) => {
        const inner = noise(seed, 80, 64, channels);
        const whole = framed(inner, around, (side) => (side === 'top' || side === 'bottom' ? level : other));
        const { top, bottom, left, right } = around;
        const crop = findLetterbox(whole);
        if (top + bottom + left + right === 0) return expect(crop).toBeNull();
        expect(crop).toEqual({ left, top, width: 80, height: 64 });
        expect(crop && cropPixels(whole, crop)).toEqual(inner);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves a picture without borders, a flat one and one that is nearly all border alone', () => {
    expect(findLetterbox(noise(1, 100, 80))).toBeNull();
    expect(findLetterbox({ data: new Uint8Array(900).fill(7), width: 30, height: 30, channels: 1 })).toBeNull();
    expect(findLetterbox({ data: new Uint8Array([1, 2, 3]), width: 1, height: 1, channels: 3 })).toBeNull();
    const speck = framed(noise(2, 8, 40), { top: 30, bottom: 30, left: 46, right: 46 }, () => 0);
    expect(findLetterbox(speck)).toBeNull();
  });

  it('stops at a bar that something is written across', () => {
    const whole = framed(noise(3, 100, 80), { top: 20, bottom: 0, left: 0, right: 0 }, () => 0);
    whole.data.fill(255, 10 * 300 + 90, 10 * 300 + 150);
    expect(findLetterbox(whole)).toEqual({ left: 0, top: 10, width: 100, height: 90 });
  });

  it.each([
    ['black', { r: 0, g: 0, b: 0 }, 30],
    ['white', { r: 255, g: 255, b: 255 }, 60],
    ['orange', { r: 230, g: 120, b: 20 }, 85],
  ] as const)('recognises each of 6 scenes behind %s bars in a JPEG', async (_name, background, quality) => {
    for (let seed = 40; seed < 46; seed++) {
      const scene = scenePixels(seed, { width: 320, height: 240 });
      const barred = await pipelineOf(scene)
        .extend({ top: 50, bottom: 50, left: seed % 2 === 0 ? 0 : 40, right: seed % 2 === 0 ? 0 : 40, background })
        .jpeg({ quality })
        .toBuffer();
      const { data, info } = await sharp(barred).raw().toBuffer({ resolveWithObject: true });
      const whole: Pixels = { data, width: info.width, height: info.height, channels: 3 };
      expect(hammingDistance(pdqHash(whole).hash, pdqHash(scene).hash)).toBeGreaterThan(PDQ_MATCH_RADIUS);
      const [variant] = pdqVariants(whole, ['letterbox']);
      expect(variant?.variant).toBe('letterbox');
      expect(hammingDistance(variant!.pdq.hash, pdqHash(scene).hash)).toBeLessThanOrEqual(PDQ_MATCH_RADIUS);
    }
  });

  it('refuses a crop that is not inside its picture', () => {
    for (const crop of [
      { left: -1, top: 0, width: 5, height: 5 },
      { left: 0, top: 6, width: 5, height: 5 },
      { left: 0, top: 0, width: 0, height: 5 },
      { left: 0, top: 0, width: 1.5, height: 5 },
    ]) {
      expect(() => cropPixels(noise(1, 10, 10), crop)).toThrow(RangeError);
    }
  });
});

describe('the variants of a picture for asking', () => {
  const scene = scenePixels(50, { width: 300, height: 200 });
  const mirrored: Pixels = {
    ...scene,
    data: Uint8Array.from(scene.data, (_, i) => {
      const [y, x, c] = [Math.floor(i / 900), Math.floor((i % 900) / 3), i % 3];
      return scene.data[y * 900 + (299 - x) * 3 + c]!;
    }),
  };

  it('are named by what was done, without the picture as it is', () => {
    expect(pdqVariants(scene, [])).toEqual([]);
    expect(pdqVariants(scene, ['letterbox'])).toEqual([]);
    expect(pdqVariants(scene, ['dihedral', 'letterbox']).map(({ variant }) => variant)).toEqual(
      PDQ_VARIANTS.slice(0, 7),
    );
    const barred = framed(scene, { top: 40, bottom: 40, left: 0, right: 0 }, () => 0);
    expect(pdqVariants(barred, ['letterbox', 'dihedral']).map(({ variant }) => variant)).toEqual(PDQ_VARIANTS);
  });

  it('find a picture that was mirrored and given bars', () => {
    const barred = framed(mirrored, { top: 40, bottom: 40, left: 0, right: 0 }, () => 0);
    const near = pdqVariants(barred, ['letterbox', 'dihedral']).filter(
      ({ pdq }) => hammingDistance(pdq.hash, pdqHash(scene).hash) <= PDQ_MATCH_RADIUS,
    );
    expect(near.map(({ variant }) => variant)).toEqual(['letterbox+flipY']);
  });
});

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { scenePixels } from '../../test/support/images';
import { hammingDistance } from './hamming';
import { PDQ_MATCH_RADIUS, pdqDihedral, pdqHash, pdqHashPlain } from './pdq';
import { PDQ_TURNS } from './pdq-dct';
import type { PdqTurn } from './pdq-dct';
import { lumaGrid } from './pdq-filter';
import type { Pixels } from './pixels';

interface Vector {
  file?: string;
  mode: string;
  quality: number;
  quality_tx: number;
  hash: string;
  hash_tx: string;
  dihedral: Record<string, string>;
}

const fixtures = join(__dirname, '..', '..', '..', 'shared', 'fixtures');
const vectorsFile = join(fixtures, 'pdq-vectors.json');
const present = existsSync(vectorsFile);
const table: { vectors: Vector[] } = present ? JSON.parse(readFileSync(vectorsFile, 'utf8')) : { vectors: [] };
const withImage = table.vectors.filter((v) => v.file && existsSync(join(fixtures, 'images', v.file)));

async function pixelsOf(file: string): Promise<Pixels> {
  const decoder = sharp(join(fixtures, 'images', file), { ignoreIcc: true });
  const { space } = await decoder.metadata();
  const { data, info } = await decoder
    .toColourspace(space === 'b-w' ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels };
}

(present ? describe : describe.skip)(
  'PDQ against the reference vectors (skipped where ../shared/fixtures is absent)',
  () => {
    it.each(withImage.map((v) => [v.file!, v] as const))(
      'gives %s the hash of the field’s clients to the bit',
      async (file, v) => {
        const pixels = await pixelsOf(file);
        const result = pdqHash(pixels);
        expect(pdqHashPlain(pixels)).toEqual(result);
        expect(result).toEqual({ hash: v.hash_tx, quality: v.quality_tx });
        if (v.quality >= 80) expect(hammingDistance(result.hash, v.hash)).toBeLessThanOrEqual(10);
      },
    );

    it.each(withImage.map((v) => [v.file!, v] as const))(
      'turns %s as the C++ reference does, within 10 bits',
      async (file, v) => {
        const { hashes } = pdqDihedral(await pixelsOf(file));
        for (const turn of PDQ_TURNS) expect(hammingDistance(hashes[turn], v.dihedral[turn]!)).toBeLessThanOrEqual(10);
      },
    );
  },
);

/** The definition, written the slow way: whole float planes and explicit windows, for comparison with the streamed one. */
function planes(pixels: Pixels): Float32Array {
  const { width, height, data, channels } = pixels;
  let plane = new Float32Array(width * height);
  for (let i = 0; i < plane.length; i++) plane[i] = data[i * channels]!;
  for (let pass = 0; pass < 2; pass++) {
    plane = boxes(plane, width, height, 1, width, Math.ceil(width / 128));
    plane = boxes(plane, height, width, width, 1, Math.ceil(height / 128));
  }
  const at = (i: number, side: number): number => floor(((i + 0.5) * side) / 64);
  return Float32Array.from({ length: 4096 }, (_, k) => plane[at(k >> 6, height) * width + at(k & 63, width)]!);
}

const { max, min, floor } = Math;

function boxes(plane: Float32Array<ArrayBuffer>, length: number, lines: number, step: number, next: number, w: number) {
  const out = new Float32Array(plane.length);
  const half = floor((w + 2) / 2);
  for (let line = 0; line < lines; line++) {
    for (let o = 0; o < length; o++) {
      let sum = 0;
      let count = 0;
      for (let i = max(0, o - (w - half)); i <= min(length - 1, o + half - 1); i++, count++) {
        sum += plane[line * next + i * step]!;
      }
      out[line * next + o * step] = sum / count;
    }
  }
  return out;
}

function grey(seed: number, width: number, height: number): Pixels {
  const scene = scenePixels(seed, { width, height });
  return { ...scene, data: scene.data.filter((_, i) => i % 3 === 1), channels: 1 };
}

describe('PDQ', () => {
  it.each([
    [5, 5],
    [5, 300],
    [64, 65],
    [127, 129],
    [128, 256],
    [257, 385],
    [640, 50],
    [1300, 700],
  ])('filters a picture of %i x %i as the definition says, edges included', (width, height) => {
    const picture = grey(width, width, height);
    const expected = planes(picture);
    // Not equal: the definition sums each window afresh, the reference (and we) carry one float32 sum along the line.
    const apart = lumaGrid(picture).map((value, i) => Math.abs(value - expected[i]!));
    expect(Math.max(...apart)).toBeLessThan(0.01);
  });

  it('has no hash for a side under five pixels', () => {
    const tiny = grey(1, 4, 400);
    expect(pdqHash(tiny)).toEqual({ hash: '0'.repeat(64), quality: 0 });
    expect(new Set(Object.values(pdqDihedral(tiny).hashes))).toEqual(new Set(['0'.repeat(64)]));
    expect(pdqHash(grey(1, 5, 400)).hash).not.toBe('0'.repeat(64));
  });

  it('gives a flat picture quality 0', () => {
    expect(pdqHash({ data: new Uint8Array(100 * 80).fill(90), width: 100, height: 80, channels: 1 }).quality).toBe(0);
  });

  it('ignores alpha', () => {
    const rgb = scenePixels(7);
    const data = new Uint8Array(rgb.width * rgb.height * 4);
    for (let i = 0; i < rgb.width * rgb.height; i++) data.set([...rgb.data.subarray(i * 3, i * 3 + 3), i & 255], i * 4);
    expect(pdqHash({ ...rgb, data, channels: 4 })).toEqual(pdqHash(rgb));
  });

  it('finds a picture that was turned or mirrored by one of eight hashes of the original', () => {
    const original = grey(11, 512, 512);
    const hashes = pdqDihedral(original).hashes;
    expect(hashes.original).toBe(pdqHash(original).hash);
    const at = (x: number, y: number): number => original.data[y * 512 + x]!;
    const turned: Partial<Record<PdqTurn, (x: number, y: number) => number>> = {
      rotate180: (x, y) => at(511 - x, 511 - y),
      flipX: (x, y) => at(x, 511 - y),
      flipY: (x, y) => at(511 - x, y),
      flipPlus1: (x, y) => at(y, x),
    };
    for (const turn of PDQ_TURNS) {
      const value = turned[turn];
      if (!value) continue;
      const data = Uint8Array.from({ length: 512 * 512 }, (_, i) => value(i % 512, floor(i / 512)));
      const nearest = hammingDistance(pdqHash({ ...original, data }).hash, hashes[turn]);
      expect(nearest).toBeLessThanOrEqual(PDQ_MATCH_RADIUS);
    }
  });

  it('sets exactly half of the bits of an ordinary picture, so that distances are even', () => {
    for (let seed = 0; seed < 5; seed++)
      expect(hammingDistance(pdqHash(scenePixels(seed)).hash, '0'.repeat(64))).toBe(128);
  });

  it('keeps different scenes far apart', () => {
    const hashes = [1, 2, 3, 4, 5].map((seed) => pdqHash(scenePixels(seed)).hash);
    hashes.forEach((a, i) => hashes.slice(i + 1).forEach((b) => expect(hammingDistance(a, b)).toBeGreaterThan(64)));
  });

  it('refuses pixels that are not of the size they claim', () => {
    expect(() => pdqHash({ data: new Uint8Array(10), width: 5, height: 5, channels: 1 })).toThrow(RangeError);
    expect(() => pdqHash({ data: new Uint8Array(0), width: 0, height: 0, channels: 1 })).toThrow(RangeError);
  });
});

describe('pixels that are no bytes', () => {
  it.each([new Uint16Array(300), new Float32Array(300), Array.from({ length: 300 }, () => 1), undefined])(
    'are refused and not hashed as something else',
    (data) => {
      expect(() => pdqHash({ data: data as unknown as Uint8Array, width: 10, height: 10, channels: 3 })).toThrow(
        RangeError,
      );
    },
  );

  it('may be those of a canvas, whose bytes are clamped', () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 37) % 256);
    const clamped = Uint8ClampedArray.from(bytes) as unknown as Uint8Array;
    const picture = { width: 10, height: 10, channels: 3 } as const;
    expect(pdqHash({ ...picture, data: clamped })).toEqual(pdqHash({ ...picture, data: bytes }));
  });
});

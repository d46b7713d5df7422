import * as fc from 'fast-check';
import sharp from 'sharp';
import { baselineJpeg } from '../../test/support/jpeg';
import { pipelineOf, randomFrom, scenePixels } from '../../test/support/images';
import { hammingDistance } from './hamming';
import { pdqHash } from './pdq';
import { pdqHashFast } from './pdq-jpeg';
import { readBaselineJpeg } from './pdq-jpeg-markers';
import type { Pixels } from './pixels';

/** What was measured is 6 at most; see docs/decisions/perceptual-hashes.md. */
const NEAR = 8;
const SIZE = { width: 800, height: 600 };

async function decoded(jpeg: Buffer): Promise<Pixels> {
  const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: info.channels as 1 | 3 };
}

async function expectNear(jpeg: Buffer, radius = NEAR): Promise<void> {
  const exact = pdqHash(await decoded(jpeg));
  const fast = pdqHashFast(jpeg);
  expect(fast && hammingDistance(fast.pdq.hash, exact.hash)).toBeLessThanOrEqual(radius);
  expect(Math.abs((fast?.pdq.quality ?? -1) - exact.quality)).toBeLessThanOrEqual(2);
}

describe('the PDQ of a JPEG that is not decoded', () => {
  it.each([
    [{ width: 512, height: 512 }, {}],
    [SIZE, { quality: 20 }],
    [SIZE, { quality: 100, chromaSubsampling: '4:4:4' }],
    [{ width: 1001, height: 777 }, { chromaSubsampling: '4:4:4' }],
    [{ width: 777, height: 1003 }, { optimiseCoding: false }],
    [{ width: 2000, height: 513 }, { quality: 60 }],
  ] as const)('is within eight bits of the exact one: %j, %j', async (size, options) => {
    for (const seed of [70, 71, 72]) {
      const file = await pipelineOf(scenePixels(seed, size)).jpeg(options).toBuffer();
      expect(pdqHashFast(file)).toMatchObject(size);
      await expectNear(file);
    }
  });

  it('is near for grey, and for noise, whose codes are long', async () => {
    await expectNear(await pipelineOf(scenePixels(73, SIZE)).toColourspace('b-w').jpeg().toBuffer());
    const { data } = scenePixels(74, SIZE);
    const random = randomFrom(74);
    const noisy = { ...SIZE, channels: 3 as const, data: data.map((level) => level * 0.6 + random() * 100) };
    for (const quality of [50, 98]) await expectNear(await pipelineOf(noisy).jpeg({ quality }).toBuffer());
  });

  it('reads restart intervals, codes of every length up to 16, runs of sixteen and blocks without an end', async () => {
    for (const restartInterval of [0, 1, 7, 64, 5000]) {
      for (const longCodes of [false, true]) {
        const file = baselineJpeg({ width: 520, height: 600, restartInterval, longCodes, seed: restartInterval });
        expect(await sharp(file, { failOn: 'warning' }).metadata()).toMatchObject({ width: 520, height: 600 });
        // Random blocks have more in their higher frequencies than a picture; one code read wrongly gives about 128.
        await expectNear(file, 2 * NEAR);
      }
    }
  });

  it('is left to a decoder for every other kind of file', async () => {
    const scene = pipelineOf(scenePixels(75, SIZE));
    expect(pdqHashFast(await scene.clone().jpeg({ progressive: true }).toBuffer())).toBeNull();
    expect(pdqHashFast(await scene.clone().toColourspace('cmyk').jpeg().toBuffer())).toBeNull();
    expect(pdqHashFast(await scene.clone().png().toBuffer())).toBeNull();
    expect(pdqHashFast(await scene.clone().resize(800, 500).jpeg().toBuffer())).toBeNull();
    const file = await scene.clone().jpeg().toBuffer();
    expect(pdqHashFast(file, SIZE.width * SIZE.height)).not.toBeNull();
    expect(pdqHashFast(file, SIZE.width * SIZE.height - 1)).toBeNull();
  });

  it('is left to a decoder when the colours are said not to be YCbCr', async () => {
    const file = await pipelineOf(scenePixels(75, SIZE)).jpeg().toBuffer();
    const adobe = (transform: number): Buffer =>
      Buffer.from([0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform]);
    const said = (transform: number): Buffer =>
      Buffer.concat([file.subarray(0, 2), adobe(transform), file.subarray(2)]);
    expect(pdqHashFast(said(0))).toBeNull();
    expect(pdqHashFast(said(1))).toEqual(pdqHashFast(file));
  });

  it('is never that of a file cut short', async () => {
    const file = await pipelineOf(scenePixels(76, SIZE)).jpeg().toBuffer();
    for (let cut = file.length - 1; cut > 0; cut -= 1 + Math.floor(cut / 40)) {
      expect(pdqHashFast(file.subarray(0, cut))).toBeNull();
    }
  });

  it('survives damage anywhere: an answer or none, no error, and the next file is read as before', async () => {
    const whole = await pipelineOf(scenePixels(77, SIZE)).jpeg({ quality: 30 }).toBuffer();
    const before = pdqHashFast(whole);
    const blow = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
    const headers = readBaselineJpeg(whole)?.scanAt ?? 0;
    const early = fc.record({ at: fc.nat(headers), value: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(fc.oneof(blow, early), { minLength: 1, maxLength: 12 }), (blows) => {
        const damaged = Buffer.from(whole);
        for (const { at, value } of blows) damaged[at] = value;
        pdqHashFast(damaged);
      }),
      { numRuns: 300 },
    );
    expect(pdqHashFast(whole)).toEqual(before);
  });
});

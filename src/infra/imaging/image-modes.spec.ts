import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import {
  pipelineOf,
  pngBomb,
  sceneJpeg,
  scenePixels,
  scenePng,
  svgFile,
  truncatedJpeg,
} from '../../../test/support/images';
import { hammingDistance } from '../../perceptual/hamming';
import { PDQ_MATCH_RADIUS, pdqHash } from '../../perceptual/pdq';
import { PDQ_VARIANTS, pdqVariants } from '../../perceptual/pdq-variants';
import { ImagePool } from './image-pool';
import type { FastImageHashes, ImageHashes } from './image-pool';

const pool = new ImagePool({ size: 1 });
afterAll(() => pool.close());

const LARGE = { width: 1200, height: 800 };

/** What is stored and contributed asks for this type. */
function store(hashes: ImageHashes): string {
  return hashes.blockhash;
}

describe('the fast mode', () => {
  it('gives the PDQ of a JPEG within 8 bits of the exact one, says so, and has no blockhash', async () => {
    for (let seed = 60; seed < 68; seed++) {
      const file = await sceneJpeg(seed, LARGE, 85);
      const fast = await pool.scanImage(file, file.length);
      expect(fast).toEqual({ mode: 'fast', type: 'image/jpeg', ...LARGE, pdq: fast.pdq });
      const exact = await pool.hashImage(file);
      expect(hammingDistance(fast.pdq.hash, exact.pdq.hash)).toBeLessThanOrEqual(8);
    }
  });

  it('answers in a type that nothing which stores or contributes takes', async () => {
    const fast: FastImageHashes = await pool.scanImage(await sceneJpeg(1));
    // @ts-expect-error: were this to compile, a fast hash could be contributed.
    expect(store(fast)).toBeUndefined();
    expect(store(await pool.hashImage(await sceneJpeg(1)))).toHaveLength(64);
  });

  it('is exact for a small JPEG and for every format that cannot be decoded at a fraction of its size', async () => {
    const small = await sceneJpeg(1, { width: 800, height: 500 });
    expect((await pool.scanImage(small)).pdq).toEqual((await pool.hashImage(small)).pdq);
    expect((await pool.scanImage(await scenePng(2))).pdq).toEqual(pdqHash(scenePixels(2)));
    for (const format of ['webp', 'gif', 'avif'] as const) {
      const file = await pipelineOf(scenePixels(3)).toFormat(format).toBuffer();
      expect((await pool.scanImage(file)).pdq).toEqual((await pool.hashImage(file)).pdq);
    }
  });

  it('leaves the orientation alone, ignores alpha and has no hash for a side under five, as the exact mode does', async () => {
    const scene = scenePixels(5, LARGE);
    const turned = await pipelineOf(scene).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const { width, height, pdq } = await pool.scanImage(turned);
    expect({ width, height }).toEqual(LARGE);
    expect(hammingDistance(pdq.hash, pdqHash(scene).hash)).toBeLessThanOrEqual(20);
    const glass = await pipelineOf(scene).ensureAlpha(0.1).png().toBuffer();
    expect((await pool.scanImage(glass)).pdq).toEqual(pdqHash(scene));
    const ribbon = await pipelineOf(scenePixels(3, { width: 20_000, height: 4 }))
      .jpeg()
      .toBuffer();
    expect((await pool.scanImage(ribbon)).pdq).toEqual({ hash: '0'.repeat(64), quality: 0 });
  });

  it('reads grey, CMYK and progressive JPEGs near to the exact hash', async () => {
    const scene = pipelineOf(scenePixels(6, LARGE));
    for (const file of [
      await scene.clone().toColourspace('b-w').jpeg().toBuffer(),
      await scene.clone().toColourspace('cmyk').jpeg().toBuffer(),
      await scene.clone().jpeg({ progressive: true }).toBuffer(),
    ]) {
      const [fast, exact] = [await pool.scanImage(file), await pool.hashImage(file)];
      expect(hammingDistance(fast.pdq.hash, exact.pdq.hash)).toBeLessThanOrEqual(20);
    }
  });

  it('does not take a large JPEG that ends early for whole, baseline or progressive', async () => {
    for (const progressive of [false, true]) {
      const file = await pipelineOf(scenePixels(9, LARGE)).jpeg({ quality: 95, progressive }).toBuffer();
      const cut = file.subarray(0, file.length - 3_000);
      await expect(pool.scanImage(cut)).rejects.toMatchObject({ code: 'image.truncated' });
      expect(await pool.scanImage(file.subarray(0, file.length - 2))).toMatchObject(LARGE);
    }
  });

  it('refuses what the exact mode refuses, with the same reason', async () => {
    await expect(pool.scanImage(await pngBomb())).rejects.toMatchObject({
      code: 'image.too-large',
      details: { width: 30_000, height: 30_000 },
    });
    await expect(pool.scanImage(await truncatedJpeg(1))).rejects.toMatchObject({ code: 'image.truncated' });
    const large = await sceneJpeg(7, LARGE);
    await expect(pool.scanImage(large.subarray(0, large.length - 2000))).rejects.toMatchObject({
      code: 'image.truncated',
    });
    await expect(pool.scanImage(svgFile())).rejects.toMatchObject({ code: 'image.unsupported' });
  });
});

describe('variants for asking', () => {
  it('come only when they are asked for, labelled with what was done', async () => {
    const scene = scenePixels(8, { width: 300, height: 200 });
    const barred = await pipelineOf(scene).extend({ top: 40, bottom: 40, background: '#000' }).png().toBuffer();
    const { data, info } = await sharp(barred).raw().toBuffer({ resolveWithObject: true });
    const whole = { data, width: info.width, height: info.height, channels: 3 } as const;
    const plain = await pool.hashImage(barred);
    expect(plain).not.toHaveProperty('variants');
    const asked = await pool.hashImage(barred, barred.length, { variants: ['dihedral', 'letterbox'] });
    expect(asked).toEqual({ ...plain, variants: pdqVariants(whole, ['dihedral', 'letterbox']) });
    expect(asked.variants?.map(({ variant }) => variant)).toEqual(PDQ_VARIANTS);
    const letterbox = asked.variants?.find(({ variant }) => variant === 'letterbox');
    expect(letterbox?.pdq).toEqual(pdqHash(scene));
    expect(hammingDistance(plain.pdq.hash, pdqHash(scene).hash)).toBeGreaterThan(PDQ_MATCH_RADIUS);
  });
});

describe('the pool under load', () => {
  it('does not mix the modes of jobs that wait for one child', async () => {
    const file = await sceneJpeg(9, LARGE);
    const results = await Promise.all([
      pool.scanImage(file),
      pool.hashImage(file),
      pool.hashImage(file, undefined, { variants: ['dihedral'] }),
      pool.scanImage(file),
    ]);
    expect(results.map(({ mode }) => mode)).toEqual(['fast', 'exact', 'exact', 'fast']);
    expect(results[0]).toEqual(results[3]);
    expect(results[2].pdq).toEqual(results[1].pdq);
    expect(results[2].variants).toHaveLength(7);
  });

  it('refuses more waiting jobs than it may hold, lets their sources run dry, and goes on', async () => {
    const narrow = new ImagePool({ size: 1, maxWaiting: 1 });
    const slow = new Readable({ read: () => undefined });
    const running = narrow.hashImage(slow);
    const waiting = narrow.scanImage(await sceneJpeg(1));
    const refused = Readable.from([Buffer.alloc(1000)]);
    await expect(narrow.hashImage(refused)).rejects.toMatchObject({ code: 'request.unavailable' });
    await sleep(10);
    expect(refused.readableEnded).toBe(true);
    slow.push(await scenePng(5));
    slow.push(null);
    expect((await running).pdq).toEqual(pdqHash(scenePixels(5)));
    expect((await waiting).mode).toBe('fast');
    narrow.close();
  });

  it('gives the next scan a new child when one is killed in the middle of another', async () => {
    await pool.scanImage(await sceneJpeg(1));
    const [victim] = pool.pids;
    const job = pool.scanImage(new Readable({ read: () => undefined }));
    const next = pool.scanImage(await sceneJpeg(1));
    await sleep(20);
    process.kill(victim!, 'SIGKILL');
    await expect(job).rejects.toMatchObject({ code: 'image.undecodable', details: { how: 'SIGKILL' } });
    expect((await next).mode).toBe('fast');
    expect(pool.pids).not.toContain(victim);
  });

  it('bounds the time that variants take as well', async () => {
    const hasty = new ImagePool({ size: 1, decodeMs: 1 });
    const asked = hasty.hashImage(await sceneJpeg(1, LARGE), undefined, { variants: ['dihedral', 'letterbox'] });
    await expect(asked).rejects.toMatchObject({ code: 'image.timeout', details: { phase: 'decoding' } });
    hasty.close();
  });
});

import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Test } from '@nestjs/testing';
import sharp from 'sharp';
import {
  bilevelPng,
  greyscaled,
  mislabelledFile,
  pipelineOf,
  pngBomb,
  recompressed,
  resized,
  sceneJpeg,
  scenePixels,
  scenePng,
  svgFile,
  truncatedJpeg,
  watermarked,
} from '../../../test/support/images';
import { blockhash } from '../../perceptual/blockhash';
import { hammingDistance } from '../../perceptual/hamming';
import { PDQ_MATCH_RADIUS, pdqHash } from '../../perceptual/pdq';
import type { Pixels } from '../../perceptual/pixels';
import { ImagePool } from './image-pool';
import type { ImageHashes } from './image-pool';
import { ImagingModule } from './imaging.module';
import { contradicts, sniff } from './magic';

const pool = new ImagePool({ size: 1 });
afterAll(() => pool.close());

/** What the pool must say of pixels that reach it without loss. */
function expected(pixels: Pixels, type: string): object {
  const { width, height } = pixels;
  return { mode: 'exact', type, width, height, pdq: pdqHash(pixels), blockhash: blockhash(pixels) };
}

function greyOf(rgb: Pixels): Pixels {
  return { ...rgb, data: rgb.data.filter((_, i) => i % 3 === 0), channels: 1 };
}

describe('hashing an image file', () => {
  const scene = scenePixels(1, { width: 300, height: 211 });

  it('gives PDQ and blockhash of the very pixels', async () => {
    expect(await pool.hashImage(await pipelineOf(scene).png().toBuffer(), undefined)).toEqual(
      expected(scene, 'image/png'),
    );
  });

  it.each(['jpeg', 'webp', 'gif', 'avif'] as const)('decodes %s', async (format) => {
    const result = await pool.hashImage(await pipelineOf(scene).toFormat(format).toBuffer());
    expect(result).toMatchObject({ type: `image/${format}`, width: 300, height: 211 });
    expect(hammingDistance(result.pdq.hash, pdqHash(scene).hash)).toBeLessThanOrEqual(20);
  });

  it('reads a stream in small pieces, and several jobs one after the other', async () => {
    const file = await scenePng(4);
    const pieces = (): Readable =>
      Readable.from(
        file
          .toString('latin1')
          .match(/[\s\S]{1,997}/g)!
          .map((p) => Buffer.from(p, 'latin1')),
      );
    const results = await Promise.all([
      pool.hashImage(pieces(), file.length),
      pool.hashImage(file),
      pool.hashImage(pieces()),
    ]);
    expect(results).toEqual(Array(3).fill(expected(scenePixels(4), 'image/png')));
    expect(pool.pids).toHaveLength(1);
  });

  it('recognises each of 24 scenes recompressed, halved, in greyscale and watermarked, by PDQ or by blockhash', async () => {
    const originals: ImageHashes[] = [];
    const missedByPdq: string[] = [];
    for (let seed = 1; seed <= 24; seed++) {
      const file = await sceneJpeg(seed);
      const original = await pool.hashImage(file);
      originals.push(original);
      for (const vary of [recompressed, resized, greyscaled, watermarked]) {
        const variant = await pool.hashImage(await vary(file));
        if (hammingDistance(original.pdq.hash, variant.pdq.hash) <= PDQ_MATCH_RADIUS) continue;
        missedByPdq.push(`${vary.name} ${seed}`);
        expect(hammingDistance(original.blockhash, variant.blockhash)).toBeLessThanOrEqual(10);
      }
    }
    // One watermarked scene lies at 32 bits by PDQ and at 4 by blockhash: what the second hash is kept for.
    expect(missedByPdq.length).toBeLessThanOrEqual(1);
    const pairs = originals.flatMap((a, i) => originals.slice(i + 1).map((b) => [a, b] as const));
    for (const [a, b] of pairs) expect(hammingDistance(a.pdq.hash, b.pdq.hash)).toBeGreaterThan(64);
  });
});

describe('the rule for each kind of picture', () => {
  const scene = scenePixels(2, { width: 200, height: 150 });

  it('leaves the stored orientation alone when EXIF says to turn it', async () => {
    const turned = await pipelineOf(scene).withMetadata({ orientation: 6 }).png().toBuffer();
    expect((await sharp(turned).metadata()).orientation).toBe(6);
    expect(await pool.hashImage(turned)).toEqual(expected(scene, 'image/png'));
  });

  it('ignores an embedded colour profile', async () => {
    const wide = await pipelineOf(scene).withIccProfile('p3').png().toBuffer();
    const { data, info } = await sharp(wide, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
    expect((await sharp(wide).metadata()).hasProfile).toBe(true);
    expect(await pool.hashImage(wide)).toEqual(expected({ ...scene, data, channels: info.channels }, 'image/png'));
  });

  it('keeps grey as one channel', async () => {
    const grey = greyOf(scene);
    expect(await pool.hashImage(await pipelineOf(grey).toColourspace('b-w').png().toBuffer())).toEqual(
      expected(grey, 'image/png'),
    );
  });

  it('keeps the high byte of 16 bits', async () => {
    const deep = await pipelineOf(scene).toColourspace('rgb16').png().toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expect(await pool.hashImage(deep)).toEqual(expected(scene, 'image/png'));
  });

  it('expands a palette to its colours, not to its indices', async () => {
    const palette = await pipelineOf(scene).png({ palette: true, colours: 64 }).toBuffer();
    const result = await pool.hashImage(palette);
    expect(hammingDistance(result.pdq.hash, pdqHash(scene).hash)).toBeLessThanOrEqual(20);
  });

  it('takes one bit for black and white', async () => {
    const bit = (x: number, y: number): number => (((x >> 4) * 7 + (y >> 3) * 3 + ((x * y) >> 9)) % 3) >> 1;
    const rows = Array.from({ length: 150 }, (_, y) => Array.from({ length: 200 }, (_, x) => bit(x, y)));
    const data = Uint8Array.from(rows.flat(), (one) => one * 255);
    const result = await pool.hashImage(bilevelPng(rows));
    expect(result).toEqual(expected({ data, width: 200, height: 150, channels: 1 }, 'image/png'));
  });

  it('reads a progressive JPEG to its last scan', async () => {
    const baseline = await pipelineOf(scene).jpeg({ quality: 85 }).toBuffer();
    const progressive = await sharp(scene.data, { raw: { width: 200, height: 150, channels: 3 } })
      .jpeg({ quality: 85, progressive: true })
      .toBuffer();
    expect((await sharp(progressive).metadata()).isProgressive).toBe(true);
    expect(await pool.hashImage(progressive)).toEqual(await pool.hashImage(baseline));
  });

  it('turns CMYK into sRGB', async () => {
    const cmyk = await pipelineOf(scene).toColourspace('cmyk').jpeg({ quality: 95 }).toBuffer();
    expect((await sharp(cmyk).metadata()).space).toBe('cmyk');
    const result = await pool.hashImage(cmyk);
    expect(hammingDistance(result.pdq.hash, pdqHash(scene).hash)).toBeLessThanOrEqual(PDQ_MATCH_RADIUS);
  });

  it('drops alpha for PDQ and takes fully transparent pixels for white in blockhash', async () => {
    const data = new Uint8Array(200 * 150 * 4);
    for (let i = 0; i < 200 * 150; i++)
      data.set([...scene.data.subarray(i * 3, i * 3 + 3), i % 200 < 60 ? 0 : 200], i * 4);
    const rgba: Pixels = { ...scene, data, channels: 4 };
    const result = await pool.hashImage(await pipelineOf(rgba).png().toBuffer());
    expect(result).toEqual(expected(rgba, 'image/png'));
    expect(result.pdq).toEqual(pdqHash(scene));
    expect(result.blockhash).not.toBe(blockhash(scene));
  });

  it('hashes the first frame of an animation', async () => {
    const frames = [await scenePng(30), await scenePng(31), await scenePng(32)];
    const animation = await sharp(frames, { join: { animated: true } })
      .webp({ lossless: true })
      .toBuffer();
    expect((await sharp(animation).metadata()).pages).toBe(3);
    expect(await pool.hashImage(animation)).toMatchObject({ width: 640, height: 427, pdq: pdqHash(scenePixels(30)) });
  });

  it('gives a picture with a side under five pixels no PDQ hash and quality 0', async () => {
    const tiny = await pipelineOf(scenePixels(3, { width: 4, height: 90 }))
      .png()
      .toBuffer();
    expect((await pool.hashImage(tiny)).pdq).toEqual({ hash: '0'.repeat(64), quality: 0 });
  });
});

describe('what is refused, with the reason', () => {
  it('refuses a bomb of 900 megapixels in 110 kB without decoding it', async () => {
    const bomb = await pngBomb();
    expect(bomb.length).toBeLessThan(150_000);
    await expect(pool.hashImage(bomb)).rejects.toMatchObject({
      code: 'image.too-large',
      details: { width: 30_000, height: 30_000, maxPixels: 40e6 },
    });
  });

  it('refuses SVG, HTML and whatever it does not know', async () => {
    await expect(pool.hashImage(svgFile())).rejects.toMatchObject({
      code: 'image.unsupported',
      details: { found: 'svg' },
    });
    await expect(pool.hashImage(Buffer.from('<html>'))).rejects.toMatchObject({ code: 'image.unsupported' });
  });

  it.each(['jpeg', 'png', 'webp', 'gif', 'avif'] as const)(
    'refuses a truncated %s wherever it was cut',
    async (format) => {
      const file = await pipelineOf(scenePixels(1, { width: 300, height: 211 }))
        .toFormat(format)
        .toBuffer();
      for (const share of [0.99, 0.5, 0.1]) {
        const cut = file.subarray(0, Math.floor(file.length * share));
        await expect(pool.hashImage(cut)).rejects.toMatchObject({ code: 'image.truncated' });
      }
    },
  );

  it('refuses a stream that ends before its declared size, and one that goes beyond it', async () => {
    const file = await scenePng(1);
    await expect(pool.hashImage(file, file.length + 1)).rejects.toMatchObject({ code: 'image.truncated' });
    await expect(pool.hashImage(file, file.length - 1)).rejects.toMatchObject({ code: 'image.too-large' });
    await expect(pool.hashImage(await truncatedJpeg(1))).rejects.toMatchObject({ code: 'image.truncated' });
    await expect(pool.hashImage(Buffer.alloc(0))).rejects.toMatchObject({ code: 'image.truncated' });
  });

  it('refuses more bytes than allowed and lets the rest of the source run dry', async () => {
    const small = new ImagePool({ size: 1, maxBytes: 10_000 });
    const source = Readable.from(Array.from({ length: 50 }, () => Buffer.alloc(1000, 0xff)));
    await expect(small.hashImage(source)).rejects.toMatchObject({ code: 'image.too-large' });
    await sleep(20);
    expect(source.readableEnded).toBe(true);
    await expect(small.hashImage(Buffer.alloc(1), 10_001)).rejects.toMatchObject({ code: 'image.too-large' });
    small.close();
  });

  it('refuses a damaged file as undecodable and not as truncated', async () => {
    const damaged = Buffer.from(await scenePng(1));
    damaged.fill(0x55, 100, 200);
    await expect(pool.hashImage(damaged)).rejects.toMatchObject({ code: 'image.undecodable' });
    const jpeg = Buffer.from(await sceneJpeg(1));
    jpeg.fill(0, 4, 160);
    await expect(pool.hashImage(jpeg)).rejects.toMatchObject({ code: 'image.undecodable' });
  });

  it('hashes a mislabelled file by what it is; the label is for intake to refuse', async () => {
    const { bytes, declaredType } = await mislabelledFile(1);
    expect(contradicts(declaredType, sniff(bytes))).toBe(true);
    expect((await pool.hashImage(bytes)).type).toBe('image/jpeg');
  });

  it('passes on the failure of the source, and takes the next job', async () => {
    const failing = Readable.from(
      (async function* () {
        yield await scenePng(1);
        throw new Error('the sender went away');
      })(),
    );
    await expect(pool.hashImage(failing)).rejects.toThrow('the sender went away');
    expect(await pool.hashImage(await scenePng(5))).toEqual(expected(scenePixels(5), 'image/png'));
  });
});

describe('the pool', () => {
  it('fails the job of a killed child with the reason and gives the next one a new child', async () => {
    await pool.hashImage(await scenePng(1));
    const [victim] = pool.pids;
    const source = new Readable({ read: () => undefined });
    source.push(await scenePng(1));
    const job = pool.hashImage(source);
    const next = pool.hashImage(await scenePng(5));
    await sleep(20);
    process.kill(victim!, 'SIGKILL');
    await expect(job).rejects.toMatchObject({
      code: 'image.undecodable',
      details: { reason: 'the decoder ended', how: 'SIGKILL' },
    });
    source.destroy();
    expect(await next).toEqual(expected(scenePixels(5), 'image/png'));
    expect(pool.pids).not.toContain(victim);
  });

  /** Ends or stops whichever child reads the picture, so many times, when half of it has come. */
  function interrupted(file: Buffer, signal: NodeJS.Signals, times: number, own: ImagePool): () => Readable {
    let left = times;
    return () =>
      Readable.from(
        (async function* () {
          yield file.subarray(0, 1000);
          await sleep(20);
          if (left-- > 0) own.pids.forEach((pid) => process.kill(pid, signal));
          yield file.subarray(1000);
        })(),
      );
  }

  it.each(['SIGKILL', 'SIGSTOP'] as const)(
    'tries a picture once more when its child is hit by %s: that is no fault of the picture',
    async (signal) => {
      const own = new ImagePool({ size: 1, decodeMs: 3000 });
      const file = await scenePng(5);
      expect(await own.hashImage(interrupted(file, signal, 1, own), file.length)).toEqual(
        expected(scenePixels(5), 'image/png'),
      );
      expect(own.pids).toHaveLength(1);
      own.close();
    },
  );

  it('calls a picture undecodable when a second child ends over it', async () => {
    const own = new ImagePool({ size: 1 });
    const file = await scenePng(5);
    await expect(own.hashImage(interrupted(file, 'SIGKILL', 2, own), file.length)).rejects.toMatchObject({
      code: 'image.undecodable',
      details: { how: 'SIGKILL' },
    });
    own.close();
  });

  it('lets those who wait take turns by who asks, and frees the place and the child of one who leaves', async () => {
    const own = new ImagePool({ size: 1 });
    const gone = new AbortController();
    const busy = own.hashImage(new Readable({ read: () => undefined }), undefined, { signal: gone.signal });
    const order: string[] = [];
    const file = await scenePng(5);
    const ask = (owner: string, name: string, signal?: AbortSignal): Promise<unknown> =>
      own.hashImage(file, file.length, { owner, signal }).then(() => order.push(name));
    const jobs = [ask('a', 'a1'), ask('a', 'a2'), ask('a', 'a3', gone.signal), ask('b', 'b1')];
    const [pid] = own.pids;
    expect(own.waiting).toBe(4);
    gone.abort(new Error('left'));
    await expect(busy).rejects.toThrow('left');
    await expect(jobs[2]).rejects.toThrow('left');
    await Promise.all(jobs.filter((_, i) => i !== 2));
    expect(order).toEqual(['a1', 'b1', 'a2']);
    expect(own.pids).not.toContain(pid);
    expect(own.waiting).toBe(0);
    own.close();
  });

  it('replaces a child that was killed while it had nothing to do', async () => {
    await pool.hashImage(await scenePng(1));
    const [victim] = pool.pids;
    process.kill(victim!, 'SIGKILL');
    await sleep(50);
    expect((await pool.hashImage(await scenePng(5))).pdq).toEqual(pdqHash(scenePixels(5)));
  });

  it('kills a child that decodes for too long, and the source that never ends is given up', async () => {
    const hasty = new ImagePool({ size: 1, decodeMs: 1 });
    await expect(hasty.hashImage(await sceneJpeg(1))).rejects.toMatchObject({
      code: 'image.timeout',
      details: { phase: 'decoding' },
    });
    expect(hasty.pids).toEqual([]);
    hasty.close();
    const patient = new ImagePool({ size: 1, receiveMs: 30 });
    const endless = new Readable({ read: () => undefined });
    await expect(patient.hashImage(endless)).rejects.toMatchObject({
      code: 'image.timeout',
      details: { phase: 'receiving' },
    });
    patient.close();
  });

  it('replaces a child that has grown too large', async () => {
    const lean = new ImagePool({ size: 1, recycleAboveBytes: 1 });
    await lean.hashImage(await sceneJpeg(1));
    expect(lean.pids).toEqual([]);
    expect((await lean.hashImage(await scenePng(5))).pdq).toEqual(pdqHash(scenePixels(5)));
    lean.close();
  });

  it('ends its children with the module, and refuses what comes after', async () => {
    const module = await Test.createTestingModule({ imports: [ImagingModule] }).compile();
    const injected = module.get(ImagePool);
    await injected.hashImage(await sceneJpeg(1));
    const [pid] = injected.pids;
    const running = injected.hashImage(new Readable({ read: () => undefined }));
    const ended = expect(running).rejects.toMatchObject({ code: 'request.unavailable' });
    await module.close();
    await ended;
    await expect(injected.hashImage(await sceneJpeg(1))).rejects.toMatchObject({ code: 'request.unavailable' });
    await sleep(50);
    expect(() => process.kill(pid!, 0)).toThrow();
  });
});

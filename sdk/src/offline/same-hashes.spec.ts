import { createReadStream } from 'node:fs';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ImagePool } from '../../../src/infra/imaging/image-pool';
import { MediaHashing } from '../../../src/infra/media/media-hashing';
import { animatedPng } from '../../../test/support/images';
import { hasFfmpeg, VideoStudio } from '../../../test/support/videos';
import { pipelineOf, sceneJpeg, scenePixels, scenePng } from '../../../seeds/scenes';
import { hashFile } from './hash-file';

const SIZE = { width: 1024, height: 768 };
const scene = scenePixels(9, SIZE);
const cut = (bytes: Buffer, lost: number): Buffer => bytes.subarray(0, bytes.length - lost);

const PICTURES: readonly (readonly [string, () => Promise<Buffer>])[] = [
  ['a JPEG', () => sceneJpeg(9, SIZE)],
  ['a progressive JPEG', () => pipelineOf(scene).jpeg({ progressive: true }).toBuffer()],
  ['a PNG with transparency', () => pipelineOf(scene).ensureAlpha(0.5).png().toBuffer()],
  ['a grey PNG of 16 bits', () => pipelineOf(scene).toColourspace('grey16').png().toBuffer()],
  ['a CMYK JPEG', () => pipelineOf(scene).toColourspace('cmyk').jpeg().toBuffer()],
  ['a CMYK JPEG with a profile', () => pipelineOf(scene).withIccProfile('cmyk').jpeg().toBuffer()],
  [
    'a JPEG that must be turned to be shown',
    () => pipelineOf(scene).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  ],
  ['a JPEG without its end mark', async () => cut(await sceneJpeg(9, SIZE), 2)],
  ['a JPEG that ends early', async () => cut(await sceneJpeg(9, SIZE, 95), 3_000)],
  ['a PNG that ends early', async () => cut(await scenePng(9, SIZE), 3_000)],
  ['a WebP that ends early', async () => cut(await pipelineOf(scene).webp().toBuffer(), 2)],
  ['an animation', () => pipelineOf(scene).resize(160).gif().toBuffer()],
  [
    'an APNG that hides its own picture',
    async () => {
      const [frame, own] = [await scenePng(9, SIZE), await scenePng(10, SIZE)];
      return animatedPng(own, [{ frames: 1 }, { own }, { control: [SIZE.width, SIZE.height, 0, 0] }, { frame }]);
    },
  ],
  ['a TIFF', () => pipelineOf(scene).tiff({ compression: 'lzw' }).toBuffer()],
  ['a file of a few bytes', () => Promise.resolve(Buffer.from('\xff\xd8\xff', 'latin1'))],
];

describe('a file has the same hashes here as on the server', () => {
  const videos = new VideoStudio();
  let folder: string;
  let pool: ImagePool;
  let server: MediaHashing;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'clepsydra-same-'));
    pool = new ImagePool({ size: 1 });
    const scratchFolder = path.join(folder, 'scratch');
    server = new MediaHashing(pool, { ffmpegPath: process.env['PATH'] ?? '', scratchFolder });
  });
  afterAll(async () => {
    pool.close();
    await videos.close();
    await rm(folder, { recursive: true });
  });

  it.each(PICTURES)('%s', async (name, make) => {
    const file = path.join(folder, name);
    await writeFile(file, await make());
    const there = await server.hash(() => createReadStream(file), { lookUp: true });
    const here = await hashFile(file);
    const { pdq, blockhash, width, height } = there.image ?? {};
    expect(here.image).toEqual(there.image && { pdq, blockhash, width, height });
    expect(here.type).toBe(there.type);
    expect(here.incomplete ?? here.notHashed).toEqual(there.fault);
  });

  it.each(PICTURES.slice(0, 2))('in the fast mode as well: %s', async (name, make) => {
    const bytes = await make();
    const file = path.join(folder, name);
    await writeFile(file, bytes);
    const { pdq, width, height } = await pool.scanImage(bytes);
    expect((await hashFile(file, { fast: true })).image).toEqual({ pdq, width, height, blockhash: null });
  });

  const films = hasFfmpeg ? it : it.skip;

  films('a film, whole and cut off (skipped where ffmpeg is not installed)', async () => {
    const made = await videos.slides('film.mp4', 31, 4, ['-c:v', 'libx264', '-movflags', '+faststart']);
    const size = (await videos.read('film.mp4')).length;
    for (const fault of [null, 'video.truncated']) {
      if (fault) await truncate(made, Math.floor(size * 0.6));
      const there = await server.hash(() => createReadStream(made), { lookUp: true });
      const here = await hashFile(made);
      expect(there.video?.frames.length).toBeGreaterThan(1);
      expect({ ...here.video, incomplete: here.incomplete?.code ?? null }).toEqual(there.video);
      expect(here.incomplete?.code ?? null).toBe(fault);
      expect(here.incomplete ?? here.notHashed).toEqual(there.fault);
    }
  });
});

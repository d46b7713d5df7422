import { mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { pipelineOf, sceneJpeg, scenePixels, svgFile, truncatedJpeg } from '../../../test/support/images';
import { pdfFile, SHAPES } from '../../../test/support/pdfs';
import { hasFfmpeg, VideoStudio } from '../../../test/support/videos';
import { pdqHash } from '../../perceptual/pdq';
import { ImagePool } from '../imaging/image-pool';
import { MediaHashing } from './media-hashing';

const pool = new ImagePool({ size: 1 });
const videos = new VideoStudio();
const scratchFolder = mkdtempSync(join(tmpdir(), 'clepsydra-scratch-'));
const media = new MediaHashing(pool, { ffmpegPath: process.env.PATH ?? '', scratchFolder });
const withoutFfmpeg = new MediaHashing(pool, { ffmpegPath: '', scratchFolder });
afterAll(async () => {
  for (const each of [media, withoutFfmpeg]) each.onModuleDestroy();
  pool.close();
  await videos.close();
  await rm(scratchFolder, { recursive: true, force: true });
});

/** Our living children that run this worker. */
function workers(name: string): number[] {
  const mine = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid));
  return mine.map(Number).filter((pid) => {
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.split(' ')[1];
      return Number(parent) === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(name);
    } catch {
      return false;
    }
  });
}

/** The head of an MP4 file, and nothing behind it. */
const mp4Head = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');

describe('every file', () => {
  it('that is an image is hashed as one, in memory or as a stream', async () => {
    const scene = scenePixels(1);
    const file = await pipelineOf(scene).png().toBuffer();
    const expected = {
      type: 'image/png',
      kind: 'image',
      image: { pdq: pdqHash(scene) },
      video: null,
      pdf: null,
      matchable: 'perceptual',
      fault: null,
    };
    expect(await media.hash(file, { size: file.length })).toMatchObject(expected);
    expect(await media.hash(Readable.from([file.subarray(0, 3), file.subarray(3)]))).toMatchObject(expected);
  });

  it('that is a PDF is hashed by its text and pages', async () => {
    const answer = await media.hash(pdfFile({ text: 'words '.repeat(20), drawing: SHAPES }));
    expect(answer).toMatchObject({ kind: 'pdf', pdf: { pageCount: 1 }, matchable: 'perceptual', fault: null });
  });

  (hasFfmpeg ? it : it.skip)(
    'that is a video is hashed by its frames (skipped where ffmpeg is not installed)',
    async () => {
      await videos.pattern('film.mkv', 'testsrc2=size=160x120:rate=10', 3);
      const answer = await media.hash(await videos.read('film.mkv'));
      expect(answer).toMatchObject({ type: 'video/x-matroska', kind: 'video', matchable: 'perceptual', fault: null });
      // At ten frames a second, two that are chosen lie three tenths of a second apart at most, whatever the bytes of the file.
      expect(answer.video?.frames.length).toBeGreaterThanOrEqual(10);
      expect(readdirSync(scratchFolder)).toEqual([]);
    },
  );

  it('that is a video is compared by its exact digests alone where there is no ffmpeg, and the answer says so', async () => {
    expect(await withoutFfmpeg.ffmpeg()).toEqual({ available: false, reason: 'ffmpeg is not installed' });
    expect(await withoutFfmpeg.hash(mp4Head)).toEqual({
      type: 'video/mp4',
      kind: 'video',
      image: null,
      video: null,
      pdf: null,
      matchable: 'video: exact only',
      fault: null,
    });
  });

  it.each([
    ['words', Buffer.from('plain words'), 'exact only: not an image'],
    ['a playlist called film.mp4', Buffer.from('#EXTM3U\n/secret.mp4\n'), 'exact only: not an image'],
    ['markup', svgFile(), 'exact only: markup is never shown'],
    ['nothing', Buffer.alloc(0), 'exact only: not an image'],
  ])('that is none of these (%s) is left alone', async (_, file, matchable) => {
    expect(await media.hash(file, { declaredType: 'video/mp4' })).toMatchObject({
      kind: 'other',
      fault: null,
      matchable,
    });
  });

  it('that is at fault is answered with the fault and never thrown', async () => {
    expect(await media.hash(await truncatedJpeg(1))).toMatchObject({
      image: null,
      fault: { code: 'image.truncated' },
      matchable: 'exact only: The image file ends before its content does',
    });
    expect(await media.hash(Buffer.from('%PDF-1.7 nonsense'))).toMatchObject({ fault: { code: 'pdf.truncated' } });
    const image = await sceneJpeg(1);
    expect(await media.hash(image, { size: image.length + 1 })).toMatchObject({ fault: { code: 'image.truncated' } });
    if (!hasFfmpeg) return;
    expect(await media.hash(mp4Head)).toMatchObject({ video: null, fault: { code: 'video.undecodable' } });
    expect(await media.hash(mp4Head, { size: 9999 })).toMatchObject({ fault: { code: 'video.truncated' } });
  });

  it('that shows nothing is said to be comparable by its exact digests alone', async () => {
    const flat = await pipelineOf({ data: new Uint8Array(300 * 200 * 3), width: 300, height: 200, channels: 3 })
      .png()
      .toBuffer();
    expect(await media.hash(flat)).toMatchObject({
      image: { pdq: { quality: 0 } },
      matchable: 'exact only: quality ≤ 49',
    });
  });

  it('is destroyed when it is done with, and its own failure is thrown on', async () => {
    const endless = new Readable({ read: () => endless.push(Buffer.alloc(65_536, 'x')) });
    await media.hash(endless);
    expect(endless.destroyed).toBe(true);
    for (const head of [await sceneJpeg(1), pdfFile({ text: 'words' }), ...(hasFfmpeg ? [mp4Head] : [])]) {
      const failing = Readable.from(
        (async function* () {
          yield head.subarray(0, 500);
          // Beyond the head that tells what it is.
          yield Buffer.alloc(100_000);
          await sleep(1);
          throw new Error('the vault went away');
        })(),
      );
      await expect(media.hash(failing)).rejects.toThrow('the vault went away');
    }
    expect(readdirSync(scratchFolder)).toEqual([]);
  });

  it('that ends early is looked up by what can be seen of it, and said to be incomplete', async () => {
    const whole = await sceneJpeg(9, { width: 1024, height: 768 }, 95);
    const cut = whole.subarray(0, whole.length - 3_000);
    expect(await media.hash(cut, { lookUp: true })).toMatchObject({
      image: { incomplete: 'image.truncated' },
      matchable: 'perceptual',
      fault: { code: 'image.truncated' },
    });
    // What is sealed and may be contributed is never a part.
    expect(await media.hash(cut)).toMatchObject({ image: null, fault: { code: 'image.truncated' } });
  });

  (process.platform === 'linux' ? it : it.skip)(
    'that is looked up has its turn by who asks, and loses place and process when the asker has gone',
    async () => {
      const file = pdfFile({ text: 'words', pages: 40, drawing: SHAPES });
      const gone = new AbortController();
      const before = workers('pdf.worker');
      const jobs = Array.from({ length: 6 }, () =>
        media.hash(file, { lookUp: true, owner: 'a', signal: gone.signal }).catch((error: unknown) => error),
      );
      while (media.waiting < 4) await sleep(5);
      expect(workers('pdf.worker')).toHaveLength(before.length + 2);
      const other = media.hash(pdfFile({ text: 'words', drawing: SHAPES }), { lookUp: true, owner: 'b' });
      gone.abort(new Error('left'));
      for (const each of await Promise.all(jobs)) expect(each).toEqual(new Error('left'));
      expect(media.waiting).toBe(0);
      expect(await other).toMatchObject({ pdf: { pageCount: 1 } });
      while (workers('pdf.worker').length > before.length) await sleep(5);
    },
  );

  (process.platform === 'linux' ? it.each : it.skip.each)(['SIGKILL', 'SIGSTOP'] as const)(
    'that is a PDF is read once more when its process is hit by %s',
    async (signal) => {
      const hasty = new MediaHashing(pool, { ffmpegPath: '', scratchFolder, pdf: { readMs: 6000 } });
      const before = workers('pdf.worker');
      const job = hasty.hash(pdfFile({ text: 'words '.repeat(20), pages: 3, drawing: SHAPES }), { lookUp: true });
      for (let victim; victim === undefined; await sleep(1)) {
        victim = workers('pdf.worker').find((pid) => !before.includes(pid));
        if (victim !== undefined) process.kill(victim, signal);
      }
      expect(await job).toMatchObject({ pdf: { pageCount: 3, incomplete: null }, fault: null });
      hasty.onModuleDestroy();
    },
  );

  it('is given up with the signal, and with the end of the service', async () => {
    const reason = new Error('enough');
    await expect(media.hash(mp4Head, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const closing = new MediaHashing(pool, { ffmpegPath: process.env.PATH ?? '', scratchFolder });
    const file = pdfFile({ text: 'words', pages: 40, drawing: SHAPES });
    const jobs = [1, 2, 3].map(() => closing.hash(file));
    setTimeout(() => closing.onModuleDestroy(), 50);
    for (const each of await Promise.allSettled(jobs)) {
      expect(each).toMatchObject({ status: 'rejected', reason: { code: 'request.unavailable' } });
    }
  });
});

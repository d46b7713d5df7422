import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { scenePixels, scenePng } from '../../../../seeds/scenes';
import { blockhash } from '../../../../src/perceptual/blockhash';
import { pdqHash } from '../../../../src/perceptual/pdq';
import { vpdqDigest, type VpdqFrame } from '../../../../src/perceptual/vpdq';
import { runCli } from '../testing-run';

describe('clepsydra hash', () => {
  let folder: string;
  const at = (name: string): string => path.join(folder, name);
  const put = (name: string, bytes: Uint8Array | string): string => {
    fs.writeFileSync(at(name), bytes);
    return at(name);
  };
  const digest = (algorithm: string, bytes: Uint8Array): string => createHash(algorithm).update(bytes).digest('hex');

  beforeAll(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clepsydra-hash-'))));
  afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('prints every hash of a picture with its quality, equal to those of its very pixels', async () => {
    const bytes = await scenePng(1);
    const ran = await runCli(['hash', put('a.png', bytes), '--json']);
    const { data, width, height, channels } = scenePixels(1);
    const pixels = { data, width, height, channels };
    expect([ran.code, ran.err]).toEqual([0, '']);
    expect(JSON.parse(ran.out)).toEqual({
      files: [
        {
          file: at('a.png'),
          size: bytes.length,
          type: 'image/png',
          sha256: digest('sha256', bytes),
          sha512: digest('sha512', bytes),
          md5: digest('md5', bytes),
          image: { width, height, pdq: pdqHash(pixels), blockhash: blockhash(pixels) },
          video: null,
          notHashed: null,
        },
      ],
    });
    const shown = await runCli(['hash', at('a.png')]);
    expect(shown.out).toMatch(new RegExp(`pdq +${pdqHash(pixels).hash} +quality \\d+`));
  });

  it('hashes what is piped in, and tells by the bytes what it is', async () => {
    const bytes = await sharp(await scenePng(2))
      .jpeg()
      .toBuffer();
    const ran = await runCli(['hash', '-', '--json'], { stdin: bytes });
    expect(JSON.parse(ran.out)).toMatchObject({
      files: [{ file: '-', sha256: digest('sha256', bytes), type: 'image/jpeg', image: { pdq: {} } }],
    });
    expect((await runCli(['hash', '-', '-'])).code).toBe(2);
  });

  it('goes on after a file that cannot be read, says which and why, and ends with 10', async () => {
    const good = put('b.txt', 'some text');
    fs.mkdirSync(at('folder'), { recursive: true });
    spawnSync('mkfifo', [at('pipe')]);
    const ran = await runCli(['hash', at('none.jpg'), at('folder'), at('pipe'), good]);
    expect(ran.code).toBe(10);
    expect(ran.out).toContain(digest('sha256', Buffer.from('some text')));
    expect(ran.err).toContain('none.jpg: there is no such file');
    expect(ran.err).toContain('it is a folder: use clepsydra scan');
    expect(ran.err).toContain('it is not a regular file');
  });

  it('gives exact hashes and the reason for pictures that cannot be seen, and what can be seen of one that is cut short', async () => {
    const jpeg = await sharp(await scenePng(3))
      .jpeg()
      .toBuffer();
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>';
    const huge = await sharp({ create: { width: 9000, height: 9000, channels: 3, background: '#000' } })
      .png()
      .toBuffer();
    const names = [put('cut.jpg', jpeg.subarray(0, jpeg.length / 2)), put('huge.png', huge), put('x.jpg', svg)];
    const ran = await runCli(['hash', '--json', ...names, put('empty', '')]);
    const { files } = JSON.parse(ran.out) as {
      files: {
        sha256: string;
        image: object | null;
        notHashed: { code: string } | null;
        incomplete?: { code: string };
      }[];
    };
    expect(ran.code).toBe(0);
    expect(files.map(({ notHashed }) => notHashed?.code ?? null)).toEqual([
      null,
      'image.too-large',
      'markup.not-shown',
      null,
    ]);
    expect(files.map(({ image }) => image !== null)).toEqual([true, false, false, false]);
    expect(files[0]!.incomplete?.code).toBe('image.truncated');
    expect(files.every(({ sha256 }) => sha256.length === 64)).toBe(true);
  });

  it('prints the frames of a film where ffmpeg is installed, and `video: exact only` where it is not', async () => {
    const film = at('film.mp4');
    const make = [
      '-v',
      'error',
      '-y',
      '-f',
      'lavfi',
      '-i',
      'testsrc2=size=320x240:rate=10:duration=3',
      '-pix_fmt',
      'yuv420p',
    ];
    const made = spawnSync('ffmpeg', [...make, film]);
    if (made.error || made.status !== 0) put('film.mp4', Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1'));
    else {
      const ran = await runCli(['hash', '--json', film]);
      const [{ video }] = (JSON.parse(ran.out) as { files: [{ video: { frames: VpdqFrame[]; digest: string } }] })
        .files;
      // About five a second, at moments that follow from the file's bytes; ten pictures a second are there.
      const moments = video.frames.map(({ frame, atMs }) => [frame, atMs]);
      expect(moments).toEqual(moments.map(([frame = 0]) => [frame, frame * 100]).sort(([a = 0], [b = 0]) => a - b));
      expect(moments[0]).toEqual([0, 0]);
      expect(moments.length).toBeGreaterThanOrEqual(12);
      expect(video.digest).toBe(vpdqDigest(video.frames));
    }
    const without = await runCli(['hash', film], { env: { PATH: path.join(folder, 'nothing-here') } });
    expect([without.code, without.out]).toEqual([
      0,
      expect.stringContaining('video: exact only (ffmpeg is not installed)'),
    ]);
  });

  it('says clearly that sharp is missing, and prints the exact hashes', async () => {
    // The package copied to a place without node_modules.
    const copy = at('package');
    for (const part of ['bin', 'dist', 'package.json']) {
      fs.cpSync(path.resolve(__dirname, '../../..', part), path.join(copy, part), { recursive: true });
    }
    const bytes = await scenePng(1);
    const ran = spawnSync(process.execPath, [path.join(copy, 'bin', 'clepsydra.mjs'), 'hash', put('c.png', bytes)]);
    expect(ran.status).toBe(0);
    expect(String(ran.stdout)).toContain(digest('sha256', bytes));
    expect(String(ran.stdout)).toContain('install the npm package sharp');
  });
});

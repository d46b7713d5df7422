import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { recompressed, sceneJpeg, scenePixels } from '../../../../seeds/scenes';
import { hammingDistance } from '../../../../src/perceptual/hamming';
import { pdqHash } from '../../../../src/perceptual/pdq';
import { hashFile } from '../../offline/hash-file';
import { TestingFeed } from '../../offline/testing-feed';
import { hasFfmpeg, VideoStudio } from '../../../../test/support/videos';
import { runCli, type Run } from '../testing-run';

type Line = {
  file?: string;
  action?: string;
  matches?: { signalId: string; type: string; distance: number; action: string }[];
  error?: { code: string };
  files?: number;
  known?: number;
  unreadable?: number;
};

describe('clepsydra scan', () => {
  let feed: TestingFeed;
  let home: string;
  let folder: string;
  const at = (name: string): string => path.join(folder, name);
  const put = (name: string, bytes: Uint8Array | string): void => {
    fs.mkdirSync(path.dirname(at(name)), { recursive: true });
    fs.writeFileSync(at(name), bytes);
  };
  const scan = (...args: readonly string[]): Promise<Run> =>
    runCli(['scan', folder, ...args], {
      env: { CLEPSYDRA_HOME: home, CLEPSYDRA_URL: feed.url, CLEPSYDRA_TOKEN: 'a-key' },
    });
  const lines = ({ out }: Run): Line[] =>
    out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);

  beforeEach(async () => {
    feed = await TestingFeed.start();
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'clepsydra-scan-home-'));
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clepsydra-scan-'));
  });
  afterEach(async () => {
    await feed.close();
    for (const each of [home, folder]) fs.rmSync(each, { recursive: true, force: true });
  });

  it('finds a recompressed picture in a hidden folder and an identical file, says what the policy says, and ends with 9', async () => {
    const original = await sceneJpeg(1);
    put('.hidden/deep/again.jpg', await recompressed(original));
    put('unrelated.jpg', await sceneJpeg(2));
    put('note.txt', 'known text');
    feed.tell(
      { signalId: 'picture', type: 'pdq', value: pdqHash(scenePixels(1)).hash },
      { signalId: 'text', type: 'sha256', value: createHash('sha256').update('known text').digest('hex') },
    );
    const ran = await scan('--json');
    expect([ran.code, ran.err]).toEqual([9, expect.stringContaining('2 hashes')]);
    const told = lines(ran);
    const found = told.filter(({ matches }) => matches).sort((a, b) => (a.file ?? '').localeCompare(b.file ?? ''));
    expect(found).toMatchObject([
      { file: at('.hidden/deep/again.jpg'), action: 'review', matches: [{ signalId: 'picture', type: 'pdq' }] },
      { file: at('note.txt'), action: 'block', matches: [{ signalId: 'text', distance: 0, action: 'block' }] },
    ]);
    expect(told.at(-1)).toMatchObject({ files: 3, known: 2, unreadable: 0 });
    const shown = await scan();
    expect(shown.out).toMatch(/review +pdq +(\d+ bits|identical) +active/);
  });

  it('sends neither a file, nor a hash, nor a name: the server sees the feed asked for and nothing else', async () => {
    put('secret-name.jpg', await sceneJpeg(3));
    feed.tell({ signalId: 'a', type: 'md5', value: 'a'.repeat(32) });
    expect((await scan('--lists', '0190a000-0000-7000-8000-000000000001')).code).toBe(0);
    expect(feed.asked).toEqual([
      { cursor: null, lists: '0190a000-0000-7000-8000-000000000001', encoding: expect.any(String) },
    ]);
  });

  it('asks the server nothing with --offline, and refuses to scan when there is no copy yet', async () => {
    put('a.txt', 'text');
    const never = await scan('--offline');
    expect([never.code, never.err]).toEqual([1, expect.stringContaining('sync first')]);
    feed.tell({ signalId: 'a', type: 'md5', value: createHash('md5').update('text').digest('hex') });
    await scan();
    await feed.close();
    const ran = await scan('--offline', '--json');
    // MD5 collides at will: it is never more than a reason to look.
    expect([ran.code, lines(ran)[0]?.action]).toEqual([9, 'review']);
  });

  it('compares files and folders whose names are not UTF-8, and lets no control character of a name through', async () => {
    const odd = Buffer.concat([Buffer.from(`${folder}/bad`), Buffer.from([0xff, 0xfe])]);
    fs.mkdirSync(odd);
    fs.writeFileSync(Buffer.concat([odd, Buffer.from('/k\x1b[8mnown'), Buffer.from([0xff])]), 'known text');
    feed.tell({ signalId: 'text', type: 'sha256', value: createHash('sha256').update('known text').digest('hex') });
    const ran = await scan();
    expect(ran).toMatchObject({ code: 9, out: expect.stringContaining('1 files compared') });
    expect(ran.out).toContain('block');
    expect(ran.out).not.toContain('\x1b[8m');
  });

  it('ends with 10 when something could not be compared by its look, and counts what was compared in part', async () => {
    const picture = await sceneJpeg(2, { width: 1024, height: 768 }, 95);
    put('cut.jpg', picture.subarray(0, picture.length - 3_000));
    put('paper.pdf', '%PDF-1.7');
    feed.tell({ signalId: 'a', type: 'md5', value: 'a'.repeat(32) });
    const ran = await scan('--json');
    expect(ran.code).toBe(10);
    expect(lines(ran).at(-1)).toMatchObject({ files: 2, known: 0, exactOnly: 1, incomplete: 1 });
    feed.tell({ signalId: 'look', type: 'pdq', value: pdqHash(scenePixels(2, { width: 1024, height: 768 })).hash });
    const again = await scan('--json');
    expect([again.code, lines(again).filter(({ matches }) => matches).length]).toEqual([9, 1]);
  });

  it('fetches a damaged copy anew and says so; with --offline it refuses', async () => {
    put('a.txt', 'text');
    feed.tell({ signalId: 'a', type: 'md5', value: 'b'.repeat(32) });
    await scan();
    const copy = fs.globSync('lists/**/*.jsonl', { cwd: home })[0] ?? '';
    fs.truncateSync(path.join(home, copy), 10);
    expect(await scan('--offline')).toMatchObject({ code: 1, err: expect.stringContaining('damaged') });
    expect(await scan()).toMatchObject({ code: 0, err: expect.stringContaining('fetched anew') });
  });

  it('says "video: exact only" of films where there is no ffmpeg, once, and ends with 10', async () => {
    // The first box of an MP4, by which it is told; without ffmpeg nobody looks further.
    const box = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
    put('one.mp4', box);
    put('two.mp4', Buffer.concat([box, box]));
    feed.tell({ signalId: 'a', type: 'md5', value: 'a'.repeat(32) });
    const env = { CLEPSYDRA_HOME: home, CLEPSYDRA_URL: feed.url, CLEPSYDRA_TOKEN: 'a-key', PATH: home };
    const ran = await runCli(['scan', folder], { env });
    expect([ran.code, ran.err.split('video: exact only').length - 1]).toEqual([10, 1]);
    expect(ran.out).toContain('2 by exact hashes alone');
    const told = lines(await runCli(['scan', folder, '--json'], { env }));
    expect(told[0]).toMatchObject({ notHashed: { code: 'video.no-ffmpeg', title: expect.stringMatching(/^video: exact only/) } }); // prettier-ignore
  });

  (hasFfmpeg ? it : it.skip)(
    'finds a part of a known film by its frames, encoded anew (skipped where ffmpeg is not installed)',
    async () => {
      const studio = new VideoStudio();
      try {
        const film = await studio.slides('film.mp4', 41, 6, ['-c:v', 'libx264']);
        const { video } = await hashFile(film);
        const frames = (video?.frames ?? []).map(({ hash }) => hash).sort();
        feed.tell({ signalId: 'film', type: 'vpdq', value: video?.digest ?? '', frames: frames.join('') });
        const cut = ['-ss', '4', '-t', '9', '-i', film, '-vf', 'scale=320:-2', '-c:v', 'libx264', '-crf', '30'];
        put('clip.mp4', fs.readFileSync(await studio.make('clip.mp4', cut)));
        put('other.mp4', fs.readFileSync(await studio.slides('other.mp4', 141, 2, ['-c:v', 'libx264'])));
        const ran = await scan('--json');
        expect(ran.code).toBe(9);
        expect(lines(ran)[0]).toMatchObject({ file: at('clip.mp4'), matches: [{ signalId: 'film', type: 'vpdq' }] });
        expect(lines(ran).at(-1)).toMatchObject({ files: 2, known: 1 });
        expect((await scan()).out).toMatch(/review +vpdq +\d+ % of its frames, \d+ bits +active/);
        expect((await scan('--no-video')).code).toBe(10);
      } finally {
        await studio.close();
      }
    },
    60_000,
  );

  it('follows no symbolic link, and reports what it may not read with 10', async () => {
    const secret = at('secret.txt');
    put('secret.txt', 'linked');
    put('inside/plain.txt', 'plain');
    fs.symlinkSync(secret, at('inside/link.txt'));
    fs.symlinkSync(folder, at('inside/round'));
    feed.tell({ signalId: 'a', type: 'md5', value: createHash('md5').update('linked').digest('hex') });
    fs.rmSync(at('inside/none'), { force: true });
    const inside = (): Promise<Run> =>
      runCli(['scan', at('inside'), '--json'], {
        env: { CLEPSYDRA_HOME: home, CLEPSYDRA_URL: feed.url, CLEPSYDRA_TOKEN: 'a-key' },
      });
    expect(lines(await inside()).at(-1)).toMatchObject({ files: 1, known: 0 });
    if (process.getuid?.() === 0) return; // Root may read everything.
    put('inside/closed.txt', 'closed');
    fs.chmodSync(at('inside/closed.txt'), 0);
    const ran = await inside();
    expect([ran.code, lines(ran)[0]?.error?.code]).toEqual([10, 'file.unreadable']);
  });

  it('understands what it was asked before it asks the server', async () => {
    put('file.txt', 'text');
    expect((await runCli(['scan', at('file.txt')])).code).toBe(2);
    expect((await runCli(['scan', at('no-such-folder')])).code).toBe(2);
    expect(await scan('--lists', 'common')).toMatchObject({ code: 2, err: expect.stringContaining('ids of lists') });
    expect(await scan('--sync', '--offline')).toMatchObject({ code: 2 });
    expect(feed.asked).toEqual([]);
  });

  it('hashes a large picture with --fast to within the stated 6 bits of its exact hash', async () => {
    put('large.jpg', await sceneJpeg(4, { width: 2000, height: 1500 }));
    const [exact, fast] = [await hashFile(at('large.jpg')), await hashFile(at('large.jpg'), { fast: true })];
    expect(fast.image).toMatchObject({ width: 2000, height: 1500 });
    expect(hammingDistance(exact.image?.pdq.hash ?? '', fast.image?.pdq.hash ?? '')).toBeLessThanOrEqual(6);
  });
});

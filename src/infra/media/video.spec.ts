import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipelineOf, scenePixels } from '../../../test/support/images';
import { H264, hasFfmpeg, ONE_KEY_FRAME, VideoStudio, withJpegSize, withLength } from '../../../test/support/videos';
import { DomainError } from '../../domain/errors';
import { pdqHash } from '../../perceptual/pdq';
import { compareFrames, isVpdqMatch, vpdqDigest } from '../../perceptual/vpdq';
import { sniff } from '../imaging/magic';
import type { VideoLimits } from './decoder';
import { findFfmpeg, passthroughArgs } from './ffmpeg';
import type { VideoHashes } from './hash-video';
import { Scratch } from './scratch';
import { VideoHasher } from './video';

const videos = new VideoStudio();
const scratchFolder = mkdtempSync(join(tmpdir(), 'clepsydra-scratch-'));
const never = new AbortController().signal;
afterAll(async () => {
  await videos.close();
  await rm(scratchFolder, { recursive: true, force: true });
});
afterEach(() => expect(readdirSync(scratchFolder)).toEqual([]));

async function hasherWith(limits: Partial<VideoLimits> = {}, path = process.env.PATH ?? ''): Promise<VideoHasher> {
  const ffmpeg = await findFfmpeg(path);
  if (!ffmpeg.available) throw new Error(ffmpeg.reason);
  return new VideoHasher(ffmpeg, new Scratch(scratchFolder), limits);
}

/** The same moments of each film, also of one that differs in bytes that say nothing of its pictures. */
const MOMENTS = { step: '0.618033989', start: '0.3' };

async function hash(path: string, limits: Partial<VideoLimits> = {}, type = 'video/mp4'): Promise<VideoHashes> {
  return (await hasherWith({ moments: MOMENTS, ...limits })).hash(createReadStream(path), { type, signal: never });
}

/** A frame every tenth of a second also in containers that would store a slide as one frame. */
const STEADY = ['-vf', 'crop=640:426,fps=10'];

/** What this process has started and not seen the end of. */
function children(): string[] {
  const own = (line: string): string[] => {
    const [, name, parent] = /^\s*\d+ \((.*)\) \S (\d+)/.exec(line) ?? [];
    return Number(parent) === process.pid && name !== 'ps' ? [name ?? ''] : [];
  };
  if (process.platform !== 'linux') {
    return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' })
      .split('\n')
      .flatMap((line) => own(line.replace(/^\s*(\d+)\s+(\d+)\s+(.*)$/, '$1 ($3) ? $2')));
  }
  const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return numbers.flatMap((number) => {
    try {
      return own(readFileSync(`/proc/${number}/stat`, 'utf8'));
    } catch {
      return [];
    }
  });
}

const describeWithFfmpeg = hasFfmpeg ? describe : describe.skip;
const why = '(skipped where ffmpeg is not installed)';

describeWithFfmpeg(`a video by its frames ${why}`, () => {
  it('is found again re-encoded, at half the size and cut in time, and what is unrelated is not', async () => {
    const original = await hash(await videos.slides('original.mp4', 1, 12, H264));
    expect(original).toMatchObject({
      width: 640,
      height: 426,
      incomplete: null,
    });
    expect(original.sampledFrames).toBeGreaterThanOrEqual(36 * 4);
    expect(original.durationMs).toBeGreaterThan(35_500);
    const cut = ['-ss', '5.4', '-t', '16', '-i', videos.path('original.mp4'), '-vf', 'scale=320:-2', '-b:v', '200k'];
    const clip = await hash(
      await videos.make('clip.webm', [...cut, '-c:v', 'libvpx', '-deadline', 'realtime', '-cpu-used', '8']),
      {},
      'video/webm',
    );
    const unrelated = [
      await hash(await videos.slides('others.mp4', 101, 6, H264)),
      await hash(await videos.pattern('mandelbrot.mp4', 'mandelbrot=size=320x180:rate=5', 6)),
    ];

    const found = compareFrames(clip.frames, original.frames);
    expect(found.queryPercent).toBeGreaterThanOrEqual(80);
    expect(isVpdqMatch(found)).toBe(true);
    for (const each of unrelated) {
      expect(each.frames.length).toBeGreaterThanOrEqual(5);
      expect(compareFrames(each.frames, original.frames)).toMatchObject({ queryPercent: 0, comparedPercent: 0 });
    }
  }, 120_000);

  /** A picture that a camera crosses, so many pixels a second, of which 640 are in view. */
  const pan = async (name: string, pixels: number): Promise<string> => {
    await pipelineOf(scenePixels(77, { width: 1920, height: 480 }))
      .jpeg()
      .toFile(videos.path('wide.jpg'));
    const crossing = `crop=640:480:x='t*${pixels}':y=0`;
    const source = ['-loop', '1', '-framerate', '25', '-i', videos.path('wide.jpg'), '-vf', crossing];
    return videos.make(name, [...source, '-t', '12', '-pix_fmt', 'yuv420p', '-preset', 'ultrafast']);
  };

  it.each([
    [4, 25.6],
    [6, 38.4],
  ])(
    'of a camera that turns by %d %% of the picture a second is found by a clip cut at any fraction of one',
    async (_, pixels) => {
      const path = await pan(`pan-${pixels}.mp4`, pixels);
      const known = (await (await hasherWith()).hash(createReadStream(path), { type: 'video/mp4', signal: never }))
        .frames;
      for (const from of ['2.5', '3.84']) {
        const cut = ['-ss', from, '-t', '6.3', '-i', path, '-vf', 'scale=480:-2', '-preset', 'ultrafast'];
        const file = createReadStream(await videos.make('cut-pan.mp4', cut));
        const clip = await (await hasherWith()).hash(file, { type: 'video/mp4', signal: never });
        expect([from, isVpdqMatch(compareFrames(clip.frames, known))]).toEqual([from, true]);
      }
    },
  );

  it.each([
    ['white', 'color=white:size=640x426:rate=25'],
    // One picture a second is all that is shown of it.
    ['another picture', 'mandelbrot=size=640x426:rate=1'],
  ])('with a frame in 25 that shows %s, each at the beginning of a second, is found', async (_, other) => {
    const path = await videos.slides('flicker-not.mp4', 71, 5, H264);
    const known = await hash(path);
    const mix = ["[1:v]setpts=PTS-STARTPTS[o];[0:v]fps=25[f];[f][o]overlay=enable='eq(mod(n,25),0)':shortest=1"].join(
      '',
    );
    const inputs = ['-i', path, '-f', 'lavfi', '-i', other, '-filter_complex', mix, ...H264];
    const file = createReadStream(await videos.make('flicker.mp4', [...inputs, '-pix_fmt', 'yuv420p']));
    const flicker = await (await hasherWith()).hash(file, { type: 'video/mp4', signal: never });
    expect(isVpdqMatch(compareFrames(flicker.frames, known.frames))).toBe(true);
  });

  it('is hashed as the very pixels of its frames, with their times and numbers', async () => {
    const pictures = [1, 2].map((seed) => scenePixels(seed, { width: 320, height: 214 }));
    for (const [i, each] of pictures.entries())
      await pipelineOf(each)
        .png()
        .toFile(videos.path(`exact-${i}.png`));
    const source = ['-framerate', '1/2', '-i', videos.path('exact-%d.png'), '-r', '10'];
    const { frames, digest } = await hash(
      await videos.make('exact.mp4', [...source, '-c:v', 'libx264rgb', '-qp', '0']),
    );
    expect(frames).toEqual([
      { ...pdqHash(pictures[0]!), frame: 0, atMs: 0 },
      { ...pdqHash(pictures[1]!), frame: frames[1]!.atMs / 100, atMs: expect.any(Number) },
    ]);
    expect(frames[1]!.atMs).toBeGreaterThanOrEqual(2000);
    expect(frames[1]!.atMs).toBeLessThan(2500);
    expect(digest).toBe(vpdqDigest(frames));
  });

  it('is hashed as it is stored, whatever turn its container asks of a player', async () => {
    const plain = await hash(await videos.pattern('plain.mp4', 'testsrc2=size=320x200:rate=10', 3));
    const turn = ['-display_rotation', '90', '-i', videos.path('plain.mp4'), '-c', 'copy'];
    const old = ['-i', videos.path('plain.mp4'), '-c', 'copy', '-metadata:s:v:0', 'rotate=90'];
    const turned = await videos.make('turned.mp4', turn).catch(() => videos.make('turned.mp4', old));
    expect((await hash(turned)).frames).toEqual(plain.frames);
  });

  it.each([
    ['not enabled', 'two.mp4', 'video/mp4', 'libx264', ['-disposition:v:0', '0', '-disposition:v:1', 'default']],
    ['of a codec that browsers do not have', 'two.mp4', 'video/mp4', 'mpeg4', []],
    ['of a codec that browsers do not have', 'two.mkv', 'video/x-matroska', 'mpeg4', []],
  ])(
    'with a first track that is %s is hashed by the one that is shown, and said to have another (%s)',
    async (...given) => {
      const [, name, type, codec, flags] = given;
      const shown = await hash(await videos.slides('shown.mp4', 61, 4, H264));
      const decoy = await videos.pattern('decoy.mp4', 'testsrc2=size=320x240:rate=10', 12, ['-c:v', codec]);
      const inputs = ['-i', decoy, '-i', videos.path('shown.mp4'), '-map', '0:v', '-map', '1:v', '-c', 'copy'];
      const { frames, incomplete } = await hash(await videos.make(name, [...inputs, ...flags]), {}, type);
      expect(incomplete).toBe('video.ambiguous');
      expect(compareFrames(frames, shown.frames)).toMatchObject({ queryPercent: 100, comparedPercent: 100 });
    },
  );

  it('with a cover picture beside its track is whole', async () => {
    const film = await videos.pattern('bare.mp4', 'testsrc2=size=320x240:rate=10', 3);
    const cover = [
      '-f',
      'lavfi',
      '-t',
      '0.02',
      '-i',
      'mandelbrot=size=160x120',
      '-map',
      '0',
      '-map',
      '1',
      '-c:v:0',
      'copy',
    ];
    const made = [
      '-frames:v:1',
      '1',
      '-c:v:1',
      'mjpeg',
      '-pix_fmt:v:1',
      'yuvj420p',
      '-disposition:v:1',
      'attached_pic',
    ];
    const covered = await hash(await videos.make('covered.mp4', ['-i', film, ...cover, ...made]));
    expect(covered.incomplete).toBeNull();
    expect(compareFrames(covered.frames, (await hash(film)).frames).queryPercent).toBe(100);
  });

  it.each([
    ['index-last.mp4', 'video/mp4', H264],
    ['fragments.mp4', 'video/mp4', [...H264, '-movflags', 'frag_keyframe+empty_moov']],
    ['film.mov', 'video/quicktime', ['-c:v', 'mpeg4']],
    ['film.webm', 'video/webm', ['-c:v', 'libvpx', '-deadline', 'realtime']],
    ['film.mkv', 'video/x-matroska', H264],
    ['film.avi', 'video/x-msvideo', ['-c:v', 'mpeg4']],
    ['film.ts', 'video/mp2t', H264],
    ['film.mpg', 'video/mpeg', ['-c:v', 'mpeg2video']],
    ['film.flv', 'video/x-flv', ['-c:v', 'flv']],
    ['film.wmv', 'video/x-ms-asf', ['-c:v', 'wmv2']],
    ['film.ogv', 'video/ogg', ['-c:v', 'libtheora', '-q:v', '8']],
  ] as const)('is read from %s', async (name, type, codec) => {
    const sound = ['-f', 'lavfi', '-i', 'sine', '-shortest'];
    const path = await videos.pattern(name, 'testsrc2=size=320x240:rate=25', 4, [...codec]);
    const withSound = await videos.make(`sound-${name}`, [
      '-i',
      path,
      ...sound,
      '-map',
      '0:v',
      '-map',
      '1:a',
      '-c:v',
      'copy',
    ]);
    expect(sniff(await videos.read(`sound-${name}`)).type).toBe(type);
    const { frames, sampledFrames, width, height } = await hash(withSound, {}, type);
    expect({ width, height }).toEqual({ width: 320, height: 240 });
    expect(sampledFrames).toBeGreaterThanOrEqual(16);
    expect(sampledFrames).toBeLessThanOrEqual(32);
    expect(frames.length).toBeGreaterThanOrEqual(sampledFrames - 2);
  });

  it('is scaled down only where it is larger than what is hashed', async () => {
    const path = await videos.pattern('large.mp4', 'testsrc2=size=800x600:rate=10', 2);
    const [native, scaled] = [await hash(path), await hash(path, { maxSide: 400 })];
    expect(scaled).toMatchObject({ width: 800, height: 600 });
    expect(compareFrames(scaled.frames, native.frames).queryPercent).toBe(100);
    expect(scaled.digest).not.toBe(native.digest);
  });

  it('keeps no more frames than it may, spread over its whole length', async () => {
    const path = await videos.pattern('long.mp4', 'testsrc2=size=160x120:rate=5', 60);
    const thinned = await hash(path, { maxFrames: 20 });
    expect(thinned.sampledFrames).toBeGreaterThanOrEqual(150);
    expect(thinned.frames.length).toBeLessThanOrEqual(20);
    expect(thinned.frames.at(-1)?.atMs).toBeGreaterThanOrEqual(54_000);
  });
});

describeWithFfmpeg(`a hostile or broken video ${why}`, () => {
  it('is hashed as far as it goes when it was cut off, and says so', async () => {
    const args = [...H264, '-movflags', '+faststart'];
    const path = await videos.slides('cut.mp4', 21, 8, args);
    const whole = await hash(path);
    await truncate(path, Math.floor((await stat(path)).size * 0.6));
    const cut = await hash(path);
    expect(cut.incomplete).toBe('video.truncated');
    expect(cut.frames.length).toBeLessThan(whole.frames.length);
    expect(isVpdqMatch(compareFrames(cut.frames, whole.frames))).toBe(true);
  });

  it.each([
    ['length.mp4', 'video/mp4', ONE_KEY_FRAME],
    ['length.mov', 'video/quicktime', ONE_KEY_FRAME],
    ['length.mkv', 'video/x-matroska', ONE_KEY_FRAME],
    ['length.avi', 'video/x-msvideo', ['-c:v', 'mpeg4', '-g', '600', '-sc_threshold', '1000000000']],
    ['length.flv', 'video/x-flv', ONE_KEY_FRAME],
  ] as const)(
    'is looked at as closely as it is short or long, whatever length %s claims',
    async (name, type, codec) => {
      const honest = await hash(await videos.slides(name, 31, 6, [...STEADY, ...codec]), {}, type);
      expect(honest).toMatchObject({ incomplete: null });
      expect(honest.sampledFrames).toBeGreaterThanOrEqual(18);
      for (const seconds of [25 * 60, 1, 0]) {
        await writeFile(videos.path(`false-${name}`), withLength(await videos.read(name), seconds));
        const { digest, sampledFrames, incomplete } = await hash(videos.path(`false-${name}`), {}, type);
        expect({ seconds, digest, incomplete }).toEqual({ seconds, digest: honest.digest, incomplete: null });
        expect(sampledFrames).toBe(honest.sampledFrames);
      }
    },
  );

  it.each([
    ['forwards by half an hour at its second frame', 'if(gte(N,1),PTS+1800/TB,PTS)'],
    ['forwards by half an hour in its middle', 'if(gte(N,90),PTS+1800/TB,PTS)'],
    ['forwards by a day at its end', 'if(gte(N,179),PTS+86400/TB,PTS)'],
    ['hardly at all', 'PTS/50'],
  ])('is found by what it shows when its times move %s', async (_, setpts) => {
    const known = await hash(
      await videos.slides('steady.mkv', 41, 6, [...STEADY, ...ONE_KEY_FRAME]),
      {},
      'video/x-matroska',
    );
    const times = ['-i', videos.path('steady.mkv'), '-vf', `settb=1/1000000,setpts='${setpts}'`];
    const path = await videos.make('jumping.mkv', [...times, '-enc_time_base', '1/1000000', ...ONE_KEY_FRAME]);
    const jumping = await hash(path, {}, 'video/x-matroska');
    expect(jumping.incomplete).toBeNull();
    expect(isVpdqMatch(compareFrames(jumping.frames, known.frames))).toBe(true);
    expect(jumping.frames.length).toBeGreaterThanOrEqual(3);
  });

  it('is found by what it shows when half an hour of empty packets lies in its middle', async () => {
    const ffmpeg = await findFfmpeg(process.env.PATH ?? '');
    if (!ffmpeg.available) throw new Error(ffmpeg.reason);
    const codec = ['-c:v', 'mpeg4', '-b:v', '2M', '-g', '600', '-sc_threshold', '1000000000'];
    const known = await hash(await videos.slides('full.avi', 51, 6, [...STEADY, ...codec]), {}, 'video/x-msvideo');
    const gap = ['-i', videos.path('full.avi'), '-vf', "fps=10,settb=1/10,setpts='if(gte(N,90),PTS+18000,PTS)'"];
    const made = [...gap, ...passthroughArgs(ffmpeg.version), '-enc_time_base', '1/10', ...codec];
    const empty = await hash(await videos.make('empty.avi', made), {}, 'video/x-msvideo');
    // AVI has no times: each tenth of a second without a frame is a chunk of no bytes (8 of its head, 16 in the index).
    expect((await stat(videos.path('empty.avi'))).size).toBeGreaterThan(18_000 * 24);
    expect(empty).toMatchObject({ incomplete: null });
    expect(empty.sampledFrames).toBeGreaterThanOrEqual(18);
    expect(isVpdqMatch(compareFrames(known.frames, empty.frames))).toBe(true);
  });

  it('is called truncated when its index stood at the end that is missing', async () => {
    const path = await videos.pattern('headless.mp4', 'testsrc2=size=160x120:rate=10', 4);
    await truncate(path, Math.floor((await stat(path)).size * 0.6));
    await expect(hash(path)).rejects.toMatchObject({ code: 'video.truncated' });
  });

  it('is refused when its frames claim more pixels than are decoded', async () => {
    await videos.pattern('bomb.avi', 'testsrc2=size=160x120:rate=5', 1, ['-pix_fmt', 'yuvj420p', '-c:v', 'mjpeg']);
    await writeFile(videos.path('bomb.avi'), withJpegSize(await videos.read('bomb.avi'), 65_000, 65_000));
    await expect(hash(videos.path('bomb.avi'), {}, 'video/x-msvideo')).rejects.toMatchObject({
      code: 'video.too-large',
    });
    const path = await videos.pattern('wide.mp4', 'testsrc2=size=640x480:rate=5', 1);
    await expect(hash(path, { maxPixels: 300_000 })).rejects.toMatchObject({ code: 'video.too-large' });
  });

  it('gives nothing of the files and addresses that it names', async () => {
    const target = await videos.pattern('target.mp4', 'testsrc2=size=160x120:rate=10', 2);
    let requests = 0;
    const server = createServer((_, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.ts`;
    const scripts = [
      `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${target}\n#EXTINF:9,\n${url}\n#EXT-X-ENDLIST\n`,
      `ffconcat version 1.0\nfile '${target}'\nfile '${url}'\n`,
      `<?xml version="1.0"?><MPD><Period><AdaptationSet><Representation><BaseURL>${url}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
      `[Reference]\nRef1=${url}\n`,
    ];
    const hasher = await hasherWith();
    for (const script of scripts) {
      for (const type of ['video/mp4', 'video/webm', 'video/x-msvideo', 'video/mp2t', 'video/x-ms-asf', 'video/ogg']) {
        const job = { type, signal: never };
        await expect(hasher.hash(Readable.from([Buffer.from(script)]), job)).rejects.toBeInstanceOf(DomainError);
      }
    }
    expect(requests).toBe(0);
    server.close();
  });

  it('is refused when its container or its codec is not among those that are decoded', async () => {
    await expect(hash(__filename, {}, 'video/x-nut')).rejects.toMatchObject({ code: 'video.unsupported' });
    const path = await videos.pattern('rare.mkv', 'testsrc2=size=160x120:rate=5', 1, ['-c:v', 'ffv1']);
    await expect(hash(path, {}, 'video/x-matroska')).rejects.toMatchObject({ code: 'video.unsupported' });
    const sound = await videos.make('sound.mp4', ['-f', 'lavfi', '-i', 'sine', '-t', '1', '-c:a', 'aac']);
    await expect(hash(sound)).rejects.toMatchObject({ code: 'video.unsupported' });
  });

  it('is given up at the time limit, and no process is left', async () => {
    const path = await videos.pattern('slow.mp4', 'testsrc2=size=1280x720:rate=30', 8, ['-preset', 'ultrafast']);
    const before = children();
    for (const limits of [{ decodeMs: 1 }, { probeMs: 1 }]) {
      await expect(hash(path, limits)).rejects.toMatchObject({ code: 'video.timeout' });
    }
    expect(children()).toEqual(before);
  });

  it('ends with the signal of whoever asked, and no process is left', async () => {
    const before = children();
    const asking = new AbortController();
    const hasher = await hasherWith();
    const job = hasher.hash(createReadStream(videos.path('slow.mp4')), { type: 'video/mp4', signal: asking.signal });
    setTimeout(() => asking.abort(new Error('no longer wanted')), 150);
    await expect(job).rejects.toThrow('no longer wanted');
    expect(children()).toEqual(before);
  });
});

describe('a decoder that misbehaves', () => {
  /** Calls itself ffmpeg, and then does this. */
  async function imposter(action: string): Promise<string> {
    const folder = mkdtempSync(videos.path('imposter-'));
    const script = `#!/bin/sh\nif [ "$1" = -version ]; then echo ffmpeg version 6.0; exit; fi\n${action}\n`;
    await writeFile(join(folder, 'ffmpeg'), script);
    await chmod(join(folder, 'ffmpeg'), 0o755);
    return folder;
  }
  const job = { type: 'video/mp4', signal: never };
  /** One box of 1000 bytes, as its first four say. */
  const source = (): Readable => Readable.from([Buffer.from('000003e866747970'.padEnd(2000, '0'), 'hex')]);

  it('is killed when it never answers', async () => {
    const before = children();
    const hasher = await hasherWith({ probeMs: 200 }, await imposter('exec sleep 600'));
    await expect(hasher.hash(source(), job)).rejects.toMatchObject({ code: 'video.timeout' });
    expect(children()).toEqual(before);
  });

  it('is killed when it stops half way, and what it had made until then counts', async () => {
    const noise = 'P6\\n64 64\\n255\\n%070d';
    const halting = `case "$*" in *image2pipe*) printf '${noise}' 0;; *nokey*) exit 0;; *) head -c 40000 /dev/urandom; exec sleep 600;; esac`;
    const before = children();
    const hasher = await hasherWith({ decodeMs: 1500 }, await imposter(halting));
    const { frames, sampledFrames, incomplete } = await hasher.hash(source(), job);
    expect({ sampledFrames, incomplete }).toEqual({ sampledFrames: 3, incomplete: 'video.timeout' });
    expect(frames.map(({ atMs }) => atMs)).toEqual([0, 1000, 2000]);
    expect(children()).toEqual(before);
  });

  it('is asked for the key frames of what it has no time for, and that not every frame was seen is said', async () => {
    const frames = (count: number): string => `head -c ${12_288 * count} /dev/urandom`;
    const slow = `case "$*" in *image2pipe*) printf 'P6\\n64 64\\n255\\n%070d' 0;; *nokey*) ${frames(5)};; *) ${frames(3)}; exec sleep 600;; esac`;
    const hashed = await (await hasherWith({ decodeMs: 4000 }, await imposter(slow))).hash(source(), job);
    expect(hashed).toMatchObject({ sampledFrames: 8, incomplete: 'video.timeout' });
    expect(hashed.frames.map(({ atMs }) => atMs)).toEqual([0, 0, 1000, 1000, 2000, 2000, 3000, 4000]);
    const few = await (await hasherWith({ decodeMs: 4000, maxFrames: 6 }, await imposter(slow))).hash(source(), job);
    expect(few.frames.map(({ atMs }) => atMs)).toEqual([0, 1000, 2000, 3000]);
  });

  it('is tried once more when somebody else ended it half way', async () => {
    const mark = join(videos.path(`killed-${process.pid}`));
    const frame = 'head -c 40000 /dev/urandom';
    const dying = `case "$*" in *image2pipe*) printf 'P6\\n64 64\\n255\\n%070d' 0;; *) if mkdir ${mark}; then ${frame}; kill -9 $$; else ${frame}; fi;; esac`;
    const hasher = await hasherWith({}, await imposter(dying));
    expect(await hasher.hash(source(), job)).toMatchObject({ sampledFrames: 3, incomplete: null });
    const always = dying.replace(`if mkdir ${mark}`, 'if true');
    const second = await hasherWith({}, await imposter(always));
    expect(await second.hash(source(), job)).toMatchObject({ sampledFrames: 3, incomplete: 'video.undecodable' });
  });

  it('is not believed when it talks without end', async () => {
    const hasher = await hasherWith({ probeMs: 1000 }, await imposter('exec yes nonsense'));
    await expect(hasher.hash(source(), job)).rejects.toMatchObject({ code: 'video.undecodable' });
  });

  it('can write no file, and sees nothing of our environment', async () => {
    const written = join(scratchFolder, '..', `clepsydra-written-${process.pid}`);
    const refused = await hasherWith(
      {},
      await imposter(`/bin/sh -c 'echo x > ${written}'; printf 'P6\\n9 9\\n255\\n'`),
    );
    await refused.hash(source(), job).catch(() => undefined);
    expect((await stat(written)).size).toBe(0);
    await rm(written);
    process.env.CLEPSYDRA_TEST_SECRET = 'x';
    const blind = 'if env | grep -q CLEPSYDRA; then printf "P6\\n9 9\\n255\\n%070d" 0; fi';
    const hasher = await hasherWith({}, await imposter(blind));
    await expect(hasher.hash(source(), job)).rejects.toMatchObject({ code: 'video.undecodable' });
    delete process.env.CLEPSYDRA_TEST_SECRET;
  });

  it('that is gone when it is needed is a failure of ours, not a fault of the video', async () => {
    const folder = await imposter('exit 0');
    const hasher = await hasherWith({}, folder);
    await rm(folder, { recursive: true });
    await expect(hasher.hash(source(), job)).rejects.toMatchObject({ code: 'request.unavailable' });
  });
});

import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { pdqHash } from '../../../src/perceptual/pdq';
import { vpdqDigest, type VpdqFrame } from '../../../src/perceptual/vpdq';
import { errnoOf } from '../untyped';
import { PpmReader } from './ppm-reader';

export interface VideoFrames {
  /** Every sampled frame, those of low quality included. */
  readonly frames: readonly VpdqFrame[];
  readonly framesPerSecond: number;
  /** One value for the set of usable frames, which a signal of type vpdq has; null when no frame is usable. */
  readonly digest: string | null;
}

/** Why a film has exact hashes only. */
export interface NoFrames {
  readonly code: 'video.no-ffmpeg' | 'video.undecodable' | 'video.timeout';
  readonly title: string;
}

/** vPDQ's `seconds_per_hash` as the field's clients set it. */
const SECONDS_PER_HASH = 1;
/** Nothing heard from the decoder for so long: it hangs. */
const SILENCE_MS = 60_000;
/** Twelve hours at one hash a second; more is a film made to keep us busy. */
const MAX_FRAMES = 43_200;
const PROBE_BYTES = 2 ** 16;

const NO_FFMPEG: NoFrames = { code: 'video.no-ffmpeg', title: 'ffmpeg is not installed' };
const UNDECODABLE: NoFrames = { code: 'video.undecodable', title: 'ffmpeg cannot decode it' };
const TIMEOUT: NoFrames = { code: 'video.timeout', title: 'ffmpeg took too long' };

/** The demuxer is named and may open this one file: a film is not to make ffmpeg read another, or call out. */
const input = (file: string, demuxer: string): string[] => [
  '-v',
  'error',
  '-protocol_whitelist',
  'file',
  '-max_pixels',
  '40000000',
  '-f',
  demuxer,
  '-i',
  `file:${path.resolve(file)}`,
];

/**
 * vPDQ (Meta, 2019): PDQ of every frame whose number is a multiple of int(seconds per hash x frame rate), at its full size.
 * One frame at a time is in memory. Never throws for what is in the file.
 */
export async function hashVideo(file: string, demuxer: string, signal?: AbortSignal): Promise<VideoFrames | NoFrames> {
  const rate = await frameRate(file, demuxer, signal);
  if (typeof rate !== 'number') return rate;
  const step = Math.max(1, Math.trunc(SECONDS_PER_HASH * rate));
  const frames: VpdqFrame[] = [];
  const reader = new PpmReader((pixels) => {
    const frame = frames.length * step;
    const { hash, quality } = pdqHash(pixels);
    frames.push({ frame, atMs: Math.round((frame / rate) * 1000), quality, hash });
  });
  // The frames that are chosen are numbered anew, one a second, so that no version of ffmpeg repeats or drops any.
  const chosen = ['-an', '-sn', '-dn', '-map', '0:v:0', '-vf', `select=not(mod(n\\,${step})),setpts=N/TB`, '-r', '1'];
  const written = ['-frames:v', String(MAX_FRAMES), '-f', 'image2pipe', '-c:v', 'ppm', '-pix_fmt', 'rgb24', '-'];
  const ended = await listen(
    'ffmpeg',
    [...input(file, demuxer), ...chosen, ...written],
    (piece) => reader.push(piece),
    signal,
  );
  if (ended !== null && ended !== UNDECODABLE) return ended;
  // A film that breaks off has the frames before the break.
  return frames.length > 0 ? { frames, framesPerSecond: rate, digest: vpdqDigest(frames) } : UNDECODABLE;
}

async function frameRate(file: string, demuxer: string, signal?: AbortSignal): Promise<number | NoFrames> {
  let text = '';
  const args = [
    ...input(file, demuxer),
    '-select_streams',
    'v:0',
    '-show_entries',
    'stream=avg_frame_rate',
    '-of',
    'json',
  ];
  const ended = await listen(
    'ffprobe',
    args,
    (piece) => (text += piece.toString('latin1').slice(0, PROBE_BYTES)),
    signal,
  );
  if (ended) return ended;
  const [, over, under] = /"avg_frame_rate":\s*"(\d+)\/(\d+)"/.exec(text) ?? [];
  const rate = Number(over) / Number(under);
  return rate > 0 && rate < 1000 ? rate : UNDECODABLE;
}

/** Resolves to null when the program ended well. What it says of the file is not kept: it quotes names. */
function listen(
  program: string,
  args: readonly string[],
  onData: (piece: Buffer) => void,
  signal?: AbortSignal,
): Promise<NoFrames | null> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
    let outcome: NoFrames | null = null;
    const stop = (why: NoFrames): void => {
      outcome ??= why;
      child.kill('SIGKILL');
    };
    const silence = setTimeout(() => stop(TIMEOUT), SILENCE_MS);
    const abort = (): void => stop(UNDECODABLE);
    signal?.addEventListener('abort', abort, { once: true });
    child.stdout?.on('data', (piece: Buffer) => {
      silence.refresh();
      try {
        onData(piece);
      } catch {
        stop(UNDECODABLE);
      }
    });
    child.once('error', (error) => {
      outcome ??= errnoOf(error) === 'ENOENT' ? NO_FFMPEG : UNDECODABLE;
    });
    child.once('close', (code) => {
      clearTimeout(silence);
      signal?.removeEventListener('abort', abort);
      if (signal?.aborted) reject(new DOMException('stopped', 'AbortError'));
      else resolve(outcome ?? (code === 0 ? null : UNDECODABLE));
    });
  });
}

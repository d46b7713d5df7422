import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { Readable, Writable } from 'node:stream';
import { ended, mustHaveRun } from './confined';
import { startDecoder } from './decoder';
import type { Decoding } from './decoder';
import { passthroughArgs } from './ffmpeg';
import type { HashedFrames } from './frame-sampler';
import type { Probe } from './video-probe';

/** Takes the frames of one decoder, of one size, and hashes them. */
export interface FrameHasher {
  /** Where the decoder writes to; `pipe`: to this process. */
  readonly output: 'pipe' | Writable;
  /** Called once, when the decoder writes. */
  listen(decoder: ChildProcess): void;
  /** Called once, when the decoder has ended; null: what it had was lost. @throws DomainError request.unavailable */
  finish(): Promise<HashedFrames | null>;
  /** Any number of times, also after the end. */
  kill(): void;
}
export type StartHasher = (width: number, height: number, maxFrames: number) => FrameHasher;

export interface Sampling extends HashedFrames {
  /** Of each sampled frame, milliseconds, where the decoder told it. */
  readonly timesMs: readonly number[];
  /** The decoder was stopped at its limit; what it had made is here. */
  readonly late: boolean;
  /** One of the processes ended early, and not by us; what they had made until then, if anything, is here. */
  readonly lost: boolean;
}

/** Which frames are decoded, and for how long. */
export interface Pass {
  /** `key`: those alone that need no other, usually one every 2 to 10 seconds, at a small part of the work. */
  readonly decoded: 'all' | 'key';
  readonly limitMs: number;
}

/** Seven hours at four frames a second; a video whose times jump at every frame is stopped here. */
const MOST_SAMPLES = 100_000;
const TIMELINE_BYTES = 8 * 2 ** 20;

/** Two films of a camera that moves are compared by moments that lie an eighth of a second apart, not half of one. */
const A_SECOND = 4;
const TIMES = "metadata=mode=add:key=k:value=1,metadata=mode=print:key=k:file='pipe\\:3'";

/**
 * A frame of every quarter of a second of time: the first one at or after a moment within it that follows from the bytes of
 * the file, so that the same file has the same frames everywhere and nobody who makes one knows them beforehand (a frame in 25
 * that shows something else hides nothing). Where times go back, or stand still, as in a file made to be sampled once, also the
 * first one behind that, and every 60th. `metadata=print` writes the time of each chosen frame to descriptor 3; its own key
 * is set first, because it prints nothing for a frame without any.
 */
export function selectionOf({ step, start }: Moments): string {
  const moment = `(floor(t*${A_SECOND})+mod(floor(t*${A_SECOND})*${step}+${start},1))/${A_SECOND}`;
  const due = `gte(t,${moment})*lt(prev_selected_t,${moment})`;
  const late = `gte(t-prev_selected_t,${1 / A_SECOND})`;
  return `select='isnan(prev_selected_t)+${due}+${late}+lt(t,prev_selected_t)+gte(n-prev_selected_n,60)'`;
}

/** Of a sequence without a period: the moment within the nth quarter is the fraction of `n * step + start`. */
export interface Moments {
  readonly step: string;
  readonly start: string;
}

const PIECES = 16;
const PIECE_BYTES = 65_536;

/** By pieces from all over the file, its beginning and its end among them. */
export async function momentsOf(file: Decoding['file']): Promise<Moments> {
  const hash = createHash('sha256').update(String(file.size));
  const last = Math.max(0, file.size - PIECE_BYTES);
  for (let piece = 0; piece < PIECES; piece++) {
    hash.update(await file.read(Math.floor((last * piece) / (PIECES - 1)), PIECE_BYTES));
  }
  const digest = hash.digest();
  const fraction = (at: number): string => (digest.readUInt32BE(at) / 2 ** 32).toFixed(9);
  return { step: fraction(0), start: fraction(4) };
}

/**
 * Decodes, samples and hashes.
 * @throws the signal's reason. Every process has ended when this settles.
 */
export async function sampleFrames(
  decoding: Decoding,
  probe: Probe,
  startHasher: StartHasher,
  pass: Pass,
  signal: AbortSignal,
): Promise<Sampling> {
  const { limits } = decoding;
  const size = hashedSize(probe, limits.maxSide);
  const moments = limits.moments ?? (await momentsOf(decoding.file));
  const hasher = startHasher(size.width, size.height, limits.maxFrames);
  const decoder = startSampling(decoding, pass, hasher.output, size, moments);
  hasher.listen(decoder);
  const timeline = readTimeline(decoder);
  let late = false;
  const timer = setTimeout(() => (late = decoder.kill('SIGKILL')), pass.limitMs);
  const abort = (): void => [decoder, hasher].forEach((each) => void each.kill('SIGKILL'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    const ending = await ended(decoder);
    clearTimeout(timer);
    const hashed = await hasher.finish();
    signal.throwIfAborted();
    mustHaveRun(ending);
    if (!hashed) return { sampled: 0, frames: [], timesMs: [], late: false, lost: true };
    // The kernel ends a decoder that has used up its processor time, which is the video's doing.
    const spent = ending === 'SIGXCPU';
    const lost = !late && !spent && typeof ending === 'string';
    const full = hashed.sampled >= MOST_SAMPLES;
    return { ...hashed, timesMs: timesOf(timeline.text), late: late || spent || full, lost };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    abort();
  }
}

/** Of the frames as they are hashed: their own size, or the largest that fits the limit, of the same shape. */
export function hashedSize({ width, height }: Probe, maxSide: number): { width: number; height: number } {
  const scale = Math.min(1, maxSide / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

function startSampling(
  decoding: Decoding,
  { decoded }: Pass,
  stdout: FrameHasher['output'],
  { width, height }: { width: number; height: number },
  moments: Moments,
): ChildProcess {
  // The size is fixed, also for a video that changes it on the way: who hashes counts bytes.
  const filters = `${selectionOf(moments)},scale=${width}:${height},format=rgb24,${TIMES}`;
  const output = ['-vf', filters, ...passthroughArgs(decoding.ffmpeg.version), '-frames:v', String(MOST_SAMPLES)];
  return startDecoder(
    decoding,
    {
      input: decoded === 'key' ? ['-skip_frame', 'nokey'] : [],
      output: [...output, '-c:v', 'rawvideo', '-f', 'rawvideo'],
    },
    { stdout, stderr: 'ignore', extra: 'pipe' },
  );
}

function readTimeline(decoder: ChildProcess): { readonly text: string } {
  const timeline = { text: '' };
  const source = decoder.stdio[3] as Readable | null | undefined;
  source?.on('data', (chunk: Buffer) => {
    if (timeline.text.length < TIMELINE_BYTES) timeline.text += chunk.toString('latin1');
  });
  source?.on('error', () => undefined);
  return timeline;
}

function timesOf(text: string): number[] {
  return Array.from(text.matchAll(/pts_time:(-?\d{1,9}(?:\.\d+)?)/g), ([, seconds]) =>
    Math.round(Number(seconds) * 1000),
  );
}

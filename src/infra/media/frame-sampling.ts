import type { ChildProcess } from 'node:child_process';
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

/** More than a day at a frame a second; a video whose times jump from second to second at every frame is stopped here. */
const MOST_SAMPLES = 100_000;
const TIMELINE_BYTES = 8 * 2 ** 20;

/**
 * The first frame of every second of time. Where times stand still, as in a file made to be sampled once, every 60th
 * frame as well. `metadata=print` writes the time of each chosen frame to descriptor 3; its own key is set first,
 * because it prints nothing for a frame without any.
 */
const SELECT = "select='isnan(prev_selected_t)+not(eq(floor(t),floor(prev_selected_t)))+gte(n-prev_selected_n,60)'";
const TIMES = "metadata=mode=add:key=k:value=1,metadata=mode=print:key=k:file='pipe\\:3'";

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
  const hasher = startHasher(size.width, size.height, limits.maxFrames);
  const decoder = startSampling(decoding, pass, hasher.output, size);
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
): ChildProcess {
  // The size is fixed, also for a video that changes it on the way: who hashes counts bytes.
  const filters = `${SELECT},scale=${width}:${height},format=rgb24,${TIMES}`;
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

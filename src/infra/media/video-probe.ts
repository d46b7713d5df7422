import type { ChildProcess } from 'node:child_process';
import { DomainError } from '../../domain/errors';
import { ended, mustHaveRun } from './confined';
import { startDecoder } from './decoder';
import type { Decoding } from './decoder';
import { isListed, LIST_TRACKS, shownTrack, tracksOf } from './tracks';

/** What the first frame and the decoder's own words say of a video. */
export interface Probe {
  readonly width: number;
  readonly height: number;
  /** As the container claims; null where it claims nothing. */
  readonly durationMs: number | null;
  readonly framesPerSecond: number | null;
  /** How many picture tracks it has, cover pictures left out; 0 where the decoder did not say. */
  readonly tracks: number;
  /** Of those the one that players show. */
  readonly shown: number;
}

const HEAD_BYTES = 64;
const WORDS_BYTES = 65_536;

/**
 * Decodes as far as the first frame of the track that players show, whose header (PPM) gives the size that the decoder
 * really makes, and stops there.
 * @throws DomainError video.timeout, video.too-large, video.unsupported, video.undecodable; the signal's reason.
 */
export async function probeVideo(decoding: Decoding, signal: AbortSignal): Promise<Probe> {
  const seen = await lookAt(decoding, signal);
  const tracks = tracksOf(seen.listing);
  const shown = shownTrack(tracks, seen.words);
  // Nearly every film has one, and is looked at once.
  const { size, words, late } = shown === 0 ? seen : await lookAt({ ...decoding, track: shown }, signal);
  if (size) return { ...size, ...timingOf(words), tracks: tracks.length, shown };
  throw late ? new DomainError('video.timeout', { phase: 'probing', limitMs: decoding.limits.probeMs }) : fault(words);
}

interface FirstLook {
  /** Of the first frame; undefined when there is none. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  readonly words: string;
  /** Its picture tracks, see `tracksOf`. */
  readonly listing: string;
  readonly late: boolean;
}

async function lookAt(decoding: Decoding, signal: AbortSignal): Promise<FirstLook> {
  const output = ['-frames:v', '1', '-pix_fmt', 'rgb24', '-c:v', 'ppm', '-f', 'image2pipe'];
  const options = { output, beside: [...LIST_TRACKS, 'pipe:3'] };
  const child = startDecoder(decoding, options, { stdout: 'pipe', stderr: 'pipe', extra: 'pipe' });
  const kill = (): boolean => child.kill('SIGKILL');
  let late = false;
  const timer = setTimeout(() => (late = kill()), decoding.limits.probeMs);
  signal.addEventListener('abort', kill, { once: true });
  const [head, listing, words] = [new Said(HEAD_BYTES), new Said(WORDS_BYTES), new Said(WORDS_BYTES)];
  const stopWhenSeen = (): void => {
    if (sizeOf(head.text) ? isListed(listing.text) : head.isFull) kill();
  };
  head.hear(child.stdout, stopWhenSeen);
  listing.hear(child.stdio[3], stopWhenSeen);
  words.hear(child.stderr);
  const ending = await ended(child);
  clearTimeout(timer);
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  mustHaveRun(ending);
  return { size: sizeOf(head.text), words: words.text, listing: listing.text, late };
}

/** The beginning of what a process says; the rest is dropped. */
class Said {
  text = '';

  constructor(private readonly most: number) {}

  get isFull(): boolean {
    return this.text.length >= this.most;
  }

  hear(stream: ChildProcess['stdio'][number] | undefined, heard = (): void => undefined): void {
    stream?.on('data', (chunk: Buffer) => {
      if (!this.isFull) this.text += chunk.toString('latin1', 0, this.most);
      heard();
    });
    stream?.on('error', () => undefined);
  }
}

function sizeOf(head: string): { width: number; height: number } | undefined {
  const [, width, height] = /^P6\s(\d{1,6})\s(\d{1,6})\s255\s/.exec(head) ?? [];
  return width === undefined ? undefined : { width: Number(width), height: Number(height) };
}

/** The file may say what it likes here; it is shown, and decides neither which frames are looked at nor what that may cost. */
function timingOf(words: string): { durationMs: number | null; framesPerSecond: number | null } {
  const [, hours, minutes, seconds] = /^ {2}Duration: (\d{2,5}):(\d\d):(\d\d\.\d+)/m.exec(words) ?? [];
  const durationMs = Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000);
  const rate = Number(/^ {2}Stream #.*: Video: .*, (\d+(?:\.\d+)?) fps/m.exec(words)?.[1]);
  return {
    durationMs: Number.isFinite(durationMs) ? durationMs : null,
    framesPerSecond: rate > 0 && rate <= 1000 ? rate : null,
  };
}

/** The decoder's words are read for their kind and dropped: they can quote what is in the file. */
function fault(words: string): DomainError {
  if (/exceeds specified max pixel count|Picture size \d+x\d+ is invalid|too large/i.test(words)) {
    return new DomainError('video.too-large');
  }
  if (/not on whitelist|Decoder .* not found|no decoder found|matches no streams/i.test(words)) {
    return new DomainError('video.unsupported');
  }
  return new DomainError('video.undecodable');
}

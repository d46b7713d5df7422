import { DomainError } from '../../domain/errors';
import { ended, mustHaveRun } from './confined';
import { startDecoder } from './decoder';
import type { Decoding } from './decoder';

/** What the first frame and the decoder's own words say of a video. */
export interface Probe {
  readonly width: number;
  readonly height: number;
  /** As the container claims; null where it claims nothing. */
  readonly durationMs: number | null;
  readonly framesPerSecond: number | null;
}

const HEAD_BYTES = 64;
const WORDS_BYTES = 65_536;

/**
 * Decodes as far as the first frame, whose header (PPM) gives the size that the decoder really makes, and stops there.
 * @throws DomainError video.timeout, video.too-large, video.unsupported, video.undecodable; the signal's reason.
 */
export async function probeVideo(decoding: Decoding, signal: AbortSignal): Promise<Probe> {
  const output = ['-frames:v', '1', '-pix_fmt', 'rgb24', '-c:v', 'ppm', '-f', 'image2pipe'];
  const child = startDecoder(decoding, { output }, { stdout: 'pipe', stderr: 'pipe', extra: 'ignore' });
  const kill = (): boolean => child.kill('SIGKILL');
  let late = false;
  const timer = setTimeout(() => (late = kill()), decoding.limits.probeMs);
  signal.addEventListener('abort', kill, { once: true });
  let head = '';
  let words = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    if (head.length < HEAD_BYTES) head += chunk.toString('latin1', 0, HEAD_BYTES);
    if (head.length >= HEAD_BYTES || sizeOf(head)) kill();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    if (words.length < WORDS_BYTES) words += chunk.toString('latin1');
  });
  const ending = await ended(child);
  clearTimeout(timer);
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  mustHaveRun(ending);
  const size = sizeOf(head);
  if (size) return { ...size, ...timingOf(words) };
  throw late ? new DomainError('video.timeout', { phase: 'probing', limitMs: decoding.limits.probeMs }) : fault(words);
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

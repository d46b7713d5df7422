import type { VpdqFrame } from '../../perceptual/vpdq';
import type { Decoding } from './decoder';
import { sampleFrames } from './frame-sampling';
import type { Pass, Sampling, StartHasher } from './frame-sampling';
import type { Probe } from './video-probe';

export interface Watched {
  /** Frames that were looked at. */
  readonly sampled: number;
  /** Distinct, quality 50 or more, in their order. */
  readonly frames: readonly VpdqFrame[];
  /** Not every frame could be decoded in time. */
  readonly late: boolean;
  /** A process ended early, twice, and not by us. */
  readonly lost: boolean;
}

/** Of the time for decoding, to every frame; what is left of it is enough for the key frames of a video of hours. */
const SHARE_OF_ALL = 0.75;

/**
 * Every frame is decoded from the beginning on, whatever the file says of its length, its rate or its times: how long a
 * video is shows in how long it takes. Only of one that is not through when three quarters of the time are up are the
 * key frames decoded too, so that its later part counts at least so far. What lies between them nobody has seen, and
 * they may be chosen to mislead: such a video stays `late`.
 * @throws DomainError request.unavailable; the signal's reason
 */
export async function watchVideo(
  decoding: Decoding,
  probe: Probe,
  startHasher: StartHasher,
  signal: AbortSignal,
): Promise<Watched> {
  const { decodeMs, maxFrames } = decoding.limits;
  const look = (decoded: Pass['decoded'], share: number): Promise<Sampling> =>
    sampleFrames(decoding, probe, startHasher, { decoded, limitMs: decodeMs * share }, signal);
  const first = await look('all', SHARE_OF_ALL);
  // A second time where a process was ended by somebody else: by the same video twice is the video's doing.
  const all = first.lost ? await look('all', SHARE_OF_ALL) : first;
  if (!all.late) return { ...all, frames: framesOf(all, probe, startOf(all)) };
  const keys = await look('key', 1 - SHARE_OF_ALL);
  const startMs = startOf(all.timesMs.length > 0 ? all : keys);
  const frames = union(framesOf(all, probe, startMs), framesOf(keys, probe, startMs), maxFrames);
  return { sampled: all.sampled + keys.sampled, frames, late: true, lost: all.lost };
}

const startOf = ({ timesMs }: Sampling): number => timesMs[0] ?? 0;

/** Times count from the first sampled frame. The frame's number follows from its time and the stated rate. */
function framesOf({ frames, timesMs }: Sampling, { framesPerSecond }: Probe, startMs: number): VpdqFrame[] {
  return frames.map(({ index, hash, quality }) => {
    const atMs = Math.max(0, (timesMs[index] ?? startMs + index * 1000) - startMs);
    const frame = framesPerSecond === null ? index : Math.round((atMs / 1000) * framesPerSecond);
    return { hash, quality, frame, atMs };
  });
}

/** Each hash once, in the order of time, thinned out evenly as often as it takes. */
function union(some: readonly VpdqFrame[], others: readonly VpdqFrame[], most: number): VpdqFrame[] {
  const seen = new Set(some.map(({ hash }) => hash));
  let frames = [...some, ...others.filter(({ hash }) => !seen.has(hash))].toSorted((a, b) => a.atMs - b.atMs);
  while (frames.length > most) frames = frames.filter((_, i) => i % 2 === 0);
  return frames;
}

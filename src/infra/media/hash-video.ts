import { DomainError } from '../../domain/errors';
import { vpdqDigest } from '../../perceptual/vpdq';
import type { VpdqFrame } from '../../perceptual/vpdq';
import { endsEarly } from './container-end';
import type { Decoding } from './decoder';
import { sampleFrames } from './frame-sampling';
import type { Sampling, StartHasher } from './frame-sampling';
import { probeVideo } from './video-probe';
import type { Probe } from './video-probe';

export interface VideoHashes {
  /** Distinct, quality 50 or more, in their order. */
  readonly frames: readonly VpdqFrame[];
  /** The value of a signal of type vpdq; null where no frame is usable. */
  readonly digest: string | null;
  /** Frames that were looked at, about one a second. */
  readonly sampledFrames: number;
  /** As the file claims, or where it claims nothing the time of the last sampled frame. */
  readonly durationMs: number;
  /** Of the picture as it is stored; larger ones were scaled down before they were hashed. */
  readonly width: number;
  readonly height: number;
  /** Why these are the frames of a part: enough to match with, not to contribute. */
  readonly incomplete: 'video.truncated' | 'video.timeout' | 'video.undecodable' | null;
}

/**
 * The hashes of a file that is there. The SDK hashes with it too, its frames in its own process, so that a film has one
 * digest wherever it is hashed.
 * @throws DomainError video.unsupported, video.too-large, video.truncated, video.undecodable, video.timeout when there is not one
 *   frame; request.unavailable; the signal's reason
 */
export async function hashVideo(
  decoding: Decoding,
  type: string,
  startHasher: StartHasher,
  signal: AbortSignal,
): Promise<VideoHashes> {
  signal.throwIfAborted();
  const isCut = await endsEarly(decoding.file, type);
  const probe = await probeVideo(decoding, signal).catch((error: unknown) => {
    const hasNoFrame = error instanceof DomainError && error.code === 'video.undecodable';
    throw hasNoFrame && isCut ? new DomainError('video.truncated') : error;
  });
  const first = await sampleFrames(decoding, probe, startHasher, signal);
  // A second time where a process was ended by somebody else: by the same video twice is the video's doing.
  const sampling = first.lost ? await sampleFrames(decoding, probe, startHasher, signal) : first;
  if (sampling.sampled === 0) throw noFrame(sampling, isCut, decoding.limits.decodeMs);
  const frames = framesOf(sampling, probe);
  return {
    frames,
    digest: vpdqDigest(frames),
    sampledFrames: sampling.sampled,
    durationMs: probe.durationMs ?? frames.at(-1)?.atMs ?? 0,
    width: probe.width,
    height: probe.height,
    incomplete: whyIncomplete(sampling, isCut),
  };
}

function whyIncomplete({ late, lost }: Sampling, isCut: boolean): VideoHashes['incomplete'] {
  if (late) return 'video.timeout';
  return isCut ? 'video.truncated' : lost ? 'video.undecodable' : null;
}

function noFrame({ late }: Sampling, isCut: boolean, limitMs: number): DomainError {
  if (late) return new DomainError('video.timeout', { phase: 'decoding', limitMs });
  return new DomainError(isCut ? 'video.truncated' : 'video.undecodable');
}

/** Times count from the first sampled frame. The frame's number follows from its time and the stated rate. */
function framesOf({ frames, timesMs }: Sampling, { framesPerSecond }: Probe): VpdqFrame[] {
  const startMs = timesMs[0] ?? 0;
  return frames.map(({ index, hash, quality }) => {
    const atMs = Math.max(0, (timesMs[index] ?? startMs + index * 1000) - startMs);
    const frame = framesPerSecond === null ? index : Math.round((atMs / 1000) * framesPerSecond);
    return { hash, quality, frame, atMs };
  });
}

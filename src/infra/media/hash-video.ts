import { DomainError } from '../../domain/errors';
import { vpdqDigest } from '../../perceptual/vpdq';
import type { VpdqFrame } from '../../perceptual/vpdq';
import { endsEarly } from './container-end';
import type { Decoding } from './decoder';
import type { StartHasher } from './frame-sampling';
import { probeVideo } from './video-probe';
import type { Probe } from './video-probe';
import { watchVideo } from './watch-video';
import type { Watched } from './watch-video';

export interface VideoHashes {
  /** Distinct, quality 50 or more, in their order. */
  readonly frames: readonly VpdqFrame[];
  /** The value of a signal of type vpdq; null where no frame is usable. */
  readonly digest: string | null;
  /** Frames that were looked at, about four a second of what the video really shows. */
  readonly sampledFrames: number;
  /** As the file claims, or where it claims nothing the time of the last sampled frame. */
  readonly durationMs: number;
  /** Of the picture as it is stored; larger ones were scaled down before they were hashed. */
  readonly width: number;
  readonly height: number;
  /** Why these are the frames of a part: enough to match with, not to contribute. */
  readonly incomplete: 'video.truncated' | 'video.timeout' | 'video.undecodable' | 'video.ambiguous' | null;
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
  const watched = await watchVideo({ ...decoding, track: probe.shown }, probe, startHasher, signal);
  if (watched.sampled === 0) throw noFrame(watched, isCut, decoding.limits.decodeMs);
  const { frames } = watched;
  return {
    frames,
    digest: vpdqDigest(frames),
    sampledFrames: watched.sampled,
    durationMs: probe.durationMs ?? frames.at(-1)?.atMs ?? 0,
    width: probe.width,
    height: probe.height,
    incomplete: whyIncomplete(watched, isCut, probe),
  };
}

function whyIncomplete({ late, lost }: Watched, isCut: boolean, { tracks }: Probe): VideoHashes['incomplete'] {
  if (late) return 'video.timeout';
  if (isCut) return 'video.truncated';
  if (lost) return 'video.undecodable';
  // One of them was looked at; which one players show they settle themselves, and let people switch.
  return tracks > 1 ? 'video.ambiguous' : null;
}

function noFrame({ late }: Watched, isCut: boolean, limitMs: number): DomainError {
  if (late) return new DomainError('video.timeout', { phase: 'decoding', limitMs });
  return new DomainError(isCut ? 'video.truncated' : 'video.undecodable');
}

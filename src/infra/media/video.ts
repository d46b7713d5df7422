import type { Readable } from 'node:stream';
import { DomainError } from '../../domain/errors';
import { vpdqDigest } from '../../perceptual/vpdq';
import type { VpdqFrame } from '../../perceptual/vpdq';
import { endsEarly } from './container-end';
import { VIDEO_LIMITS } from './decoder';
import type { Decoding, Ffmpeg, VideoLimits } from './decoder';
import { demuxerOf } from './demuxers';
import { sampleFrames } from './frame-sampling';
import type { Sampling } from './frame-sampling';
import type { Scratch, ScratchFile } from './scratch';
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

export interface VideoJob {
  /** By the first bytes. */
  readonly type: string;
  readonly declaredSize?: number | undefined;
  readonly signal: AbortSignal;
}

/** Hashes videos by their frames with an ffmpeg that is there. */
export class VideoHasher {
  readonly #limits: VideoLimits;

  constructor(
    private readonly ffmpeg: Ffmpeg,
    private readonly scratch: Scratch,
    limits: Partial<VideoLimits> = {},
  ) {
    this.#limits = { ...VIDEO_LIMITS, ...limits };
  }

  /**
   * @throws DomainError video.unsupported, video.too-large, video.truncated, video.undecodable, video.timeout when there
   *   is not one frame; storage.full; the signal's reason; the source's own error.
   */
  async hash(source: Readable, { type, declaredSize, signal }: VideoJob): Promise<VideoHashes> {
    const demuxer = demuxerOf(type);
    if (demuxer === undefined) throw new DomainError('video.unsupported', { found: type });
    const { maxBytes } = this.#limits;
    if (declaredSize !== undefined && declaredSize > maxBytes) {
      throw new DomainError('video.too-large', { bytes: declaredSize, maxBytes });
    }
    const file = await this.#receive(source, declaredSize, signal);
    try {
      return await hashVideo({ ffmpeg: this.ffmpeg, file, demuxer, limits: this.#limits }, type, signal);
    } finally {
      await file.remove();
    }
  }

  async #receive(source: Readable, declaredSize: number | undefined, signal: AbortSignal): Promise<ScratchFile> {
    const { maxBytes, receiveMs } = this.#limits;
    const deadline = AbortSignal.timeout(receiveMs);
    try {
      return await this.scratch.receive(source, {
        maxBytes,
        declaredSize,
        signal: AbortSignal.any([signal, deadline]),
      });
    } catch (error) {
      signal.throwIfAborted();
      if (deadline.aborted) throw new DomainError('video.timeout', { phase: 'receiving', limitMs: receiveMs });
      throw error;
    }
  }
}

/**
 * The hashes of a file that is there. The SDK hashes with it, in its own process, so that a film has one digest wherever
 * it is hashed.
 * @throws DomainError as {@link VideoHasher.hash}; the signal's reason
 */
export async function hashVideo(
  decoding: Decoding,
  type: string,
  signal: AbortSignal,
  sample: typeof sampleFrames = sampleFrames,
): Promise<VideoHashes> {
  signal.throwIfAborted();
  const isCut = await endsEarly(decoding.file, type);
  const probe = await probeVideo(decoding, signal).catch((error: unknown) => {
    const hasNoFrame = error instanceof DomainError && error.code === 'video.undecodable';
    throw hasNoFrame && isCut ? new DomainError('video.truncated') : error;
  });
  const first = await sample(decoding, probe, signal);
  // A second time where a process was ended by somebody else: by the same video twice is the video's doing.
  const sampling = first.lost ? await sample(decoding, probe, signal) : first;
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

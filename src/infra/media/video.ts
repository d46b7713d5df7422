import type { Readable } from 'node:stream';
import { DomainError } from '../../domain/errors';
import { VIDEO_LIMITS } from './decoder';
import type { Ffmpeg, VideoLimits } from './decoder';
import { demuxerOf } from './demuxers';
import { startFrameProcess } from './frame-process';
import { hashVideo } from './hash-video';
import type { VideoHashes } from './hash-video';
import type { Scratch, ScratchFile } from './scratch';

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
      const decoding = { ffmpeg: this.ffmpeg, file, demuxer, limits: this.#limits };
      return await hashVideo(decoding, type, startFrameProcess, signal);
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

import { DomainError } from '../../../src/domain/errors';
import { VIDEO_LIMITS } from '../../../src/infra/media/decoder';
import { demuxerOf } from '../../../src/infra/media/demuxers';
import { findFfmpeg, type FfmpegState } from '../../../src/infra/media/ffmpeg';
import { FrameSampler } from '../../../src/infra/media/frame-sampler';
import type { FrameHasher } from '../../../src/infra/media/frame-sampling';
import { hashVideo } from '../../../src/infra/media/hash-video';
import type { SeekableFile } from '../../../src/infra/media/scratch';
import { NO_LOOK, faultOf, noLook, type Fault, type Look } from './file-hashes';

let found: Promise<FfmpegState> | undefined;

const exactOnly = ({ code, title }: Fault): Look => noLook({ code, title: `video: exact only (${title})` });

/** By the server's code. A film that ends early is hashed as far as it goes. */
export async function hashFilm(file: SeekableFile, type: string, signal?: AbortSignal): Promise<Look> {
  found ??= findFfmpeg(process.env['PATH'] ?? '');
  const ffmpeg = await found;
  if (!ffmpeg.available) return exactOnly({ code: 'video.no-ffmpeg', title: ffmpeg.reason });
  const demuxer = demuxerOf(type);
  if (demuxer === undefined) return exactOnly(faultOf('video.unsupported'));
  try {
    const decoding = { ffmpeg, file, demuxer, limits: VIDEO_LIMITS };
    const hashes = await hashVideo(decoding, type, hashHere, signal ?? new AbortController().signal);
    const { incomplete, ...video } = hashes;
    return { ...NO_LOOK, video, ...(incomplete ? { incomplete: faultOf(incomplete) } : {}) };
  } catch (error) {
    if (error instanceof DomainError) return exactOnly(faultOf(error.code));
    throw error;
  }
}

/** Frames are hashed in this process; the decoder, which reads the hostile bytes, is one of its own here too. */
function hashHere(width: number, height: number, maxFrames: number): FrameHasher {
  const sampler = new FrameSampler(width, height, maxFrames);
  return {
    output: 'pipe',
    listen: (decoder) => void decoder.stdout?.on('data', (chunk: Buffer) => sampler.push(chunk)),
    finish: () => Promise.resolve({ sampled: sampler.sampled, frames: sampler.frames }),
    kill: () => undefined,
  };
}

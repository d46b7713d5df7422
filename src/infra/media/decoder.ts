import type { ChildProcess, StdioOptions } from 'node:child_process';
import type { Writable } from 'node:stream';
import { spawnConfined } from './confined';
import { CODECS } from './demuxers';
import type { FfmpegState } from './ffmpeg';
import type { SeekableFile } from './scratch';

export interface VideoLimits {
  /** Of the file. */
  readonly maxBytes: number;
  /** Of one frame as it is stored. */
  readonly maxPixels: number;
  /** Longest side of the frames that are hashed: larger ones are scaled down in the decoder. */
  readonly maxSide: number;
  /** Distinct usable frames that are kept. */
  readonly maxFrames: number;
  /** Which frames are looked at; by the bytes of the file unless told, as a test does that changes some. */
  readonly moments?: { readonly step: string; readonly start: string };
  /** From the first byte asked of the source to the last. */
  readonly receiveMs: number;
  /** To the first frame. */
  readonly probeMs: number;
  /** For all frames, and for the key frames of a video whose frames are too many for it. */
  readonly decodeMs: number;
  /** Processor time of one decoding process. */
  readonly cpuSeconds: number;
  /** Address space of one decoding process. */
  readonly memoryKib: number;
}

export const VIDEO_LIMITS: VideoLimits = {
  maxBytes: 2 ** 31,
  maxPixels: 40e6,
  maxSide: 1920,
  maxFrames: 600,
  receiveMs: 10 * 60_000,
  probeMs: 30_000,
  decodeMs: 5 * 60_000,
  cpuSeconds: 10 * 60,
  memoryKib: 3 * 1024 * 1024,
};

export type Ffmpeg = Extract<FfmpegState, { available: true }>;

/** A video on its way through the decoder. */
export interface Decoding {
  readonly ffmpeg: Ffmpeg;
  readonly file: SeekableFile;
  readonly demuxer: string;
  /** Which of its picture tracks, counted without cover pictures; the first unless told. */
  readonly track?: number;
  readonly limits: VideoLimits;
}

/** Where the file is handed over in the child; 0 to 2 are the standard streams, 3 is free for the caller. */
const FILE_FD = 4;

interface Outputs {
  readonly stdout: 'pipe' | Writable;
  readonly stderr: 'pipe' | 'ignore';
  readonly extra: 'pipe' | 'ignore';
}

/**
 * ffmpeg on one file with one demuxer: it opens no other protocol than this file, picks no other format than the one
 * named, runs no decoder outside the list, turns no picture, and reads nothing of the sound, subtitles and data.
 * Attached pictures (`V`, not `v`) are not taken for the video.
 */
export function startDecoder(
  { ffmpeg, file, demuxer, track = 0, limits }: Decoding,
  options: {
    readonly input?: readonly string[];
    readonly output: readonly string[];
    /** Another output, with where it goes. */
    readonly beside?: readonly string[];
  },
  { stdout, stderr, extra }: Outputs,
): ChildProcess {
  const stdio: StdioOptions = ['ignore', stdout, stderr, extra, file.fd];
  const args = [
    ['-nostdin', '-hide_banner', '-loglevel', stderr === 'pipe' ? 'info' : 'quiet', '-threads', '2'],
    ['-protocol_whitelist', 'file', '-f', demuxer, '-format_whitelist', demuxer],
    ['-codec_whitelist', CODECS, '-max_pixels', String(limits.maxPixels)],
    ['-noautorotate', '-an', '-sn', '-dn', ...(options.input ?? []), '-i', `file:${file.pathIn(FILE_FD)}`],
    ['-map', `0:V:${track}`, ...options.output, 'pipe:1', ...(options.beside ?? [])],
  ].flat();
  return spawnConfined(ffmpeg.path, args, stdio, limits);
}

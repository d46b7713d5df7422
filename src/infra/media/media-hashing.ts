import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { DomainError, PROBLEMS } from '../../domain/errors';
import type { ProblemCode } from '../../domain/errors';
import { matchableOf, type Matchable } from '../../perceptual/matchable';
import { ImagePool } from '../imaging/image-pool';
import type { ImageHashes, ImageSource } from '../imaging/image-pool';
import { sniff, SNIFF_BYTES } from '../imaging/magic';
import type { FileKind, Sniffed } from '../imaging/magic';
import { VIDEO_LIMITS } from './decoder';
import type { VideoLimits } from './decoder';
import { findFfmpeg } from './ffmpeg';
import type { FfmpegState } from './ffmpeg';
import type { VideoHashes } from './hash-video';
import { PDF_LIMITS, PdfHasher } from './pdf';
import type { PdfHashes, PdfLimits } from './pdf';
import { peek } from './peek';
import { Scratch } from './scratch';
import { Turns } from './turns';
import { VideoHasher } from './video';

export type { PdfHashes } from './pdf';
export type { VideoHashes } from './hash-video';

export interface MediaHashes {
  /** By the first bytes. */
  readonly type: string;
  readonly kind: FileKind;
  readonly image: ImageHashes | null;
  readonly video: VideoHashes | null;
  readonly pdf: PdfHashes | null;
  /** Whether a changed copy can be found again, or why only the very same bytes can. */
  readonly matchable: Matchable;
  /** Beside hashes: what was read before it went wrong. */
  readonly fault: { readonly code: ProblemCode; readonly title: string } | null;
}

export interface MediaOptions {
  /** Absolute folders in which ffmpeg is looked for, separated as in PATH. */
  readonly ffmpegPath: string;
  /** Where videos lie while they are decoded. */
  readonly scratchFolder: string;
  readonly video?: Partial<VideoLimits>;
  readonly pdf?: Partial<PdfLimits>;
}

export interface HashOptions {
  /** Bytes expected: fewer is a fault (truncated), more is one (too large). */
  readonly size?: number | undefined;
  /** What its sender calls it; it changes nothing here, where the bytes decide. */
  readonly declaredType?: string | undefined;
  /** Gives it up: the promise rejects with the signal's reason, and no child is left. */
  readonly signal?: AbortSignal | undefined;
  /** Who asks: an organisation's id. Those who wait take turns by it. */
  readonly owner?: string | undefined;
  /**
   * Somebody waits for the answer and nothing will be contributed: less time ({@link LOOK_UP_LIMITS}), and of an image that
   * ends early or is damaged what can be seen of it.
   */
  readonly lookUp?: boolean;
}

export const LOOK_UP_LIMITS = { readMs: 10_000, probeMs: 15_000, decodeMs: 60_000 };

interface Job {
  readonly type: string;
  readonly declaredSize: number | undefined;
  readonly signal: AbortSignal;
  readonly owner: string | undefined;
  /** Opens the source again, where that can be done. */
  readonly again: (() => Promise<Readable>) | undefined;
}

/** Look-ups have lanes of their own, so that none waits behind an exhibit of hours. */
class Lane {
  readonly videos = new Turns(VIDEOS_AT_ONCE);
  readonly pdfs = new Turns(PDFS_AT_ONCE);
  readonly pdfHasher: PdfHasher;
  readonly videoLimits: VideoLimits;

  constructor({ video, pdf }: MediaOptions, most: Partial<typeof LOOK_UP_LIMITS> = {}) {
    const videos = { ...VIDEO_LIMITS, ...video };
    const { probeMs = Infinity, decodeMs = Infinity, readMs = Infinity } = most;
    this.videoLimits = {
      ...videos,
      probeMs: Math.min(videos.probeMs, probeMs),
      decodeMs: Math.min(videos.decodeMs, decodeMs),
    };
    this.pdfHasher = new PdfHasher({ ...pdf, readMs: Math.min(pdf?.readMs ?? PDF_LIMITS.readMs, readMs) });
  }
}

type Found = Pick<MediaHashes, 'image' | 'video' | 'pdf' | 'fault'>;

const NOTHING: Found = { image: null, video: null, pdf: null, fault: null };
const VIDEOS_AT_ONCE = 1;
const PDFS_AT_ONCE = 2;

/** Every perceptual hash of a file, whatever it is. What it is, is told by its bytes; a false name gains nothing. */
@Injectable()
export class MediaHashing implements OnModuleInit, OnModuleDestroy {
  readonly #scratch: Scratch;
  readonly #exhibits: Lane;
  readonly #lookUps: Lane;
  readonly #closing = new AbortController();
  #ffmpeg: Promise<FfmpegState> | undefined;

  constructor(
    private readonly images: ImagePool,
    private readonly options: MediaOptions,
  ) {
    this.#scratch = new Scratch(options.scratchFolder);
    this.#exhibits = new Lane(options);
    this.#lookUps = new Lane(options, LOOK_UP_LIMITS);
  }

  async onModuleInit(): Promise<void> {
    await this.#scratch.sweep();
  }

  onModuleDestroy(): void {
    this.#closing.abort(new DomainError('request.unavailable', { reason: 'media hashing closed' }));
  }

  /** Look-ups that wait for a process to take their video or PDF. */
  get waiting(): number {
    return this.#lookUps.videos.waiting + this.#lookUps.pdfs.waiting;
  }

  /** Looked for once, when it is first needed. */
  ffmpeg(): Promise<FfmpegState> {
    this.#ffmpeg ??= findFfmpeg(this.options.ffmpegPath);
    return this.#ffmpeg;
  }

  /**
   * Never throws for what the content is: that is `fault`. A source is read from memory or from the vault, not from a
   * slow client's socket, and is destroyed when this settles. Of bytes, or a source that can be opened again, a process
   * that somebody else ended is forgiven once.
   * @throws our own failures (storage.full, request.unavailable), the signal's reason, the source's own error.
   */
  async hash(source: ImageSource, { size, signal, owner, lookUp = false }: HashOptions = {}): Promise<MediaHashes> {
    const open = openerOf(source);
    const stream = source instanceof Readable ? source : await open();
    // One of its own for each piece of work, so that none of its listeners outlives it.
    const ending = AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]);
    try {
      ending.throwIfAborted();
      const { head, whole } = await peek(stream, SNIFF_BYTES);
      // A stream that nobody is reading now may fail all the same; it is asked again when somebody does.
      whole.on('error', () => undefined);
      const sniffed = sniff(head);
      const again = source instanceof Readable ? undefined : open;
      const job = { type: sniffed.type, declaredSize: size, signal: ending, owner, again };
      const found = await this.#hashKind(sniffed.kind, whole, job, lookUp).catch(faultOf);
      ending.throwIfAborted();
      return { type: sniffed.type, kind: sniffed.kind, ...found, matchable: await this.#matchable(sniffed, found) };
    } finally {
      stream.on('error', () => undefined).destroy();
    }
  }

  async #hashKind(kind: FileKind, source: Readable, job: Job, lookUp: boolean): Promise<Found> {
    const { signal, owner, again, declaredSize } = job;
    const lane = lookUp ? this.#lookUps : this.#exhibits;
    if (kind === 'image') {
      const asked = { owner, signal, partial: lookUp };
      const image = await this.images.hashImage(again ?? source, declaredSize, asked);
      return { ...NOTHING, image, fault: faultBeside(image.incomplete ?? null) };
    }
    if (kind === 'pdf') {
      const pdf = await lane.pdfs.run(() => lane.pdfHasher.hash(source, job), signal, owner);
      return { ...NOTHING, pdf, fault: faultBeside(pdf.incomplete) };
    }
    const ffmpeg = kind === 'video' ? await this.ffmpeg() : null;
    if (!ffmpeg?.available) return NOTHING;
    const hasher = new VideoHasher(ffmpeg, this.#scratch, lane.videoLimits);
    const video = await lane.videos.run(() => hasher.hash(source, job), signal, owner);
    return { ...NOTHING, video, fault: faultBeside(video.incomplete) };
  }

  async #matchable({ kind, active }: Sniffed, { image, video, pdf, fault }: Found): Promise<Matchable> {
    const hashes = [...(image ? [image.pdq] : []), ...(video?.frames ?? []), ...(pdf?.pages ?? [])];
    const without = (): Matchable => {
      if (fault) return `exact only: ${fault.title}`;
      if (kind === 'other') return active ? 'exact only: markup is never shown' : 'exact only: not an image';
      return 'exact only: nothing to see in it';
    };
    const isUnread = kind === 'video' && !fault && !(await this.ffmpeg()).available;
    return matchableOf({ hashes, textSha256: pdf?.textSha256 }, isUnread ? 'video: exact only' : without());
  }
}

function openerOf(source: ImageSource): () => Promise<Readable> {
  if (typeof source === 'function') return () => Promise.resolve(source());
  if (source instanceof Readable) return () => Promise.resolve(source);
  return () => Promise.resolve(Readable.from([asBuffer(source)], { objectMode: false }));
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function faultBeside(code: ProblemCode | null): Found['fault'] {
  return code && { code, title: PROBLEMS[code][1] };
}

/** What the content is at fault for becomes an answer; everything else is thrown on. */
function faultOf(error: unknown): Found {
  if (!(error instanceof DomainError) || !/^(image|video|pdf)\./.test(error.code)) throw error;
  return { ...NOTHING, fault: faultBeside(error.code) };
}

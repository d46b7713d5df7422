import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { DomainError, PROBLEMS } from '../../domain/errors';
import type { ProblemCode } from '../../domain/errors';
import { PDQ_MIN_QUALITY } from '../../perceptual/pdq';
import { ImagePool } from '../imaging/image-pool';
import type { ImageHashes } from '../imaging/image-pool';
import { sniff, SNIFF_BYTES } from '../imaging/magic';
import type { FileKind, Sniffed } from '../imaging/magic';
import type { VideoLimits } from './decoder';
import { findFfmpeg } from './ffmpeg';
import type { FfmpegState } from './ffmpeg';
import { PdfHasher } from './pdf';
import type { PdfHashes, PdfLimits } from './pdf';
import { peek } from './peek';
import { Scratch } from './scratch';
import { Turns } from './turns';
import { VideoHasher } from './video';
import type { VideoHashes } from './video';

export type { PdfHashes } from './pdf';
export type { VideoHashes } from './video';

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

export type Matchable = 'perceptual' | 'video: exact only' | `exact only: ${string}`;

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
}

type Found = Pick<MediaHashes, 'image' | 'video' | 'pdf' | 'fault'>;

const NOTHING: Found = { image: null, video: null, pdf: null, fault: null };
const VIDEOS_AT_ONCE = 1;
const PDFS_AT_ONCE = 2;

/** Every perceptual hash of a file, whatever it is. What it is, is told by its bytes; a false name gains nothing. */
@Injectable()
export class MediaHashing implements OnModuleInit, OnModuleDestroy {
  readonly #scratch: Scratch;
  readonly #pdfs: PdfHasher;
  readonly #videoTurns = new Turns(VIDEOS_AT_ONCE);
  readonly #pdfTurns = new Turns(PDFS_AT_ONCE);
  readonly #closing = new AbortController();
  #ffmpeg: Promise<FfmpegState> | undefined;

  constructor(
    private readonly images: ImagePool,
    private readonly options: MediaOptions,
  ) {
    this.#scratch = new Scratch(options.scratchFolder);
    this.#pdfs = new PdfHasher(options.pdf);
  }

  async onModuleInit(): Promise<void> {
    await this.#scratch.sweep();
  }

  onModuleDestroy(): void {
    this.#closing.abort(new DomainError('request.unavailable', { reason: 'media hashing closed' }));
  }

  /** Looked for once, when it is first needed. */
  ffmpeg(): Promise<FfmpegState> {
    this.#ffmpeg ??= findFfmpeg(this.options.ffmpegPath);
    return this.#ffmpeg;
  }

  /**
   * Never throws for what the content is: that is `fault`. A source is read from memory or from the vault, not from a
   * slow client's socket, and is destroyed when this settles.
   * @throws our own failures (storage.full, request.unavailable), the signal's reason, the source's own error.
   */
  async hash(source: Readable | Uint8Array, { size, signal }: HashOptions = {}): Promise<MediaHashes> {
    const stream = source instanceof Readable ? source : Readable.from([asBuffer(source)], { objectMode: false });
    // One of its own for each piece of work, so that none of its listeners outlives it.
    const ending = AbortSignal.any([this.#closing.signal, ...(signal ? [signal] : [])]);
    try {
      ending.throwIfAborted();
      const { head, whole } = await peek(stream, SNIFF_BYTES);
      // A stream that nobody is reading now may fail all the same; it is asked again when somebody does.
      whole.on('error', () => undefined);
      const sniffed = sniff(head);
      const found = await this.#hashKind(sniffed, whole, size, ending).catch(faultOf);
      ending.throwIfAborted();
      return { type: sniffed.type, kind: sniffed.kind, ...found, matchable: await this.#matchable(sniffed, found) };
    } finally {
      stream.on('error', () => undefined).destroy();
    }
  }

  async #hashKind(found: Sniffed, source: Readable, size: number | undefined, signal: AbortSignal): Promise<Found> {
    const job = { type: found.type, declaredSize: size, signal };
    if (found.kind === 'image') return { ...NOTHING, image: await this.images.hashImage(source, size) };
    if (found.kind === 'pdf') {
      const pdf = await this.#pdfTurns.run(() => this.#pdfs.hash(source, job), signal);
      return { ...NOTHING, pdf, fault: faultBeside(pdf.incomplete) };
    }
    const ffmpeg = found.kind === 'video' ? await this.ffmpeg() : null;
    if (!ffmpeg?.available) return NOTHING;
    const hasher = new VideoHasher(ffmpeg, this.#scratch, this.options.video);
    const video = await this.#videoTurns.run(() => hasher.hash(source, job), signal);
    return { ...NOTHING, video, fault: faultBeside(video.incomplete) };
  }

  async #matchable({ kind, active }: Sniffed, { image, video, pdf, fault }: Found): Promise<Matchable> {
    const qualities = [...(image ? [image.pdq] : []), ...(video?.frames ?? []), ...(pdf?.pages ?? [])];
    if (pdf?.textSha256 || qualities.some(({ quality }) => quality >= PDQ_MIN_QUALITY)) return 'perceptual';
    if (fault) return `exact only: ${fault.title}`;
    if (kind === 'video' && !(await this.ffmpeg()).available) return 'video: exact only';
    if (kind !== 'other') return 'exact only: There is too little to see in it';
    return `exact only: ${active ? 'Markup is never shown here' : 'Files of this kind have no look to compare'}`;
  }
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

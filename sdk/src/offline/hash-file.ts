import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ImageFault, findSharp, hashImage, hashImageFast, type DecodeOptions, type HashedImage } from './decode-image';
import { KIND_BYTES, kindOf, type FileKind } from './file-kind';
import { hashVideo, type VideoFrames } from './video-frames';

/** Every hash of one file. The bytes go nowhere. */
export interface FileHashes {
  readonly size: number;
  /** By magic bytes; null when unknown. */
  readonly type: string | null;
  readonly sha256: string;
  readonly sha512: string;
  readonly md5: string;
  readonly image: HashedImage | null;
  /** vPDQ: one hash a second, where ffmpeg is installed. */
  readonly video: VideoFrames | null;
  /** Why there is no perceptual hash of a picture or film; null where there is one, or could never be. */
  readonly notHashed: { readonly code: string; readonly title: string } | null;
  /** Why these are the hashes of what can be seen of a damaged file: to be compared like others, never contributed. */
  readonly incomplete?: { readonly code: string; readonly title: string };
}

export interface HashOptions extends Partial<DecodeOptions> {
  /** A larger picture gets exact hashes only, so that memory stays bounded. */
  readonly maxImageBytes?: number;
  /** False: films get exact hashes only. */
  readonly video?: boolean;
  readonly signal?: AbortSignal;
}

/** The limits of the server. */
export const MAX_PIXELS = 40e6;
export const MAX_IMAGE_BYTES = 64 * 2 ** 20;

type Perceptual = Pick<FileHashes, 'image' | 'video' | 'notHashed' | 'incomplete'>;
const NOTHING: Perceptual = { image: null, video: null, notHashed: null };
const refused = (code: string, title: string): Perceptual => ({ ...NOTHING, notHashed: { code, title } });

/** The file that was named is no regular file. */
export class NotAFileError extends Error {
  override readonly name = 'NotAFileError';

  constructor(readonly isFolder: boolean) {
    super(isFolder ? 'it is a folder' : 'it is not a regular file');
  }
}

/**
 * Reads the file once.
 * @throws NotAFileError, or the error of the file system
 */
export async function hashFile(
  path: string | Buffer,
  options: HashOptions & { readonly follow?: boolean } = {},
): Promise<FileHashes> {
  // Not blocking: to open a pipe with nobody at its other end would wait for ever.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (options.follow === false ? constants.O_NOFOLLOW : 0);
  const file = await open(path, flags);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new NotAFileError(stat.isDirectory());
    const read = await readThrough(file.createReadStream({ autoClose: false, highWaterMark: 2 ** 18 }), options);
    return await finish(read, options, path);
  } finally {
    await file.close();
  }
}

/** What is read from a pipe. A film is then hashed exactly only: its index may lie at its end. */
export async function hashStream(source: AsyncIterable<Uint8Array>, options: HashOptions = {}): Promise<FileHashes> {
  return finish(await readThrough(source, options), options, null);
}

export function hashBytes(bytes: Uint8Array, options: HashOptions = {}): Promise<FileHashes> {
  // A list of one piece; an upload that a server holds in memory.
  return hashStream(one(bytes), options);
}

// oxlint-disable-next-line typescript/require-await
async function* one(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

interface Read {
  readonly exact: Pick<FileHashes, 'size' | 'type' | 'sha256' | 'sha512' | 'md5'>;
  readonly kind: FileKind;
  /** The picture; null when it is none or too large to hold. */
  readonly bytes: Uint8Array | null;
}

async function readThrough(source: AsyncIterable<Uint8Array>, options: HashOptions): Promise<Read> {
  const limit = options.maxImageBytes ?? MAX_IMAGE_BYTES;
  const digests = [createHash('sha256'), createHash('sha512'), createHash('md5')] as const;
  let kept: Uint8Array[] = [];
  let size = 0;
  let kind: FileKind | null = null;
  for await (const piece of source) {
    options.signal?.throwIfAborted();
    for (const digest of digests) digest.update(piece);
    size += piece.length;
    if (kind !== null && kind.kind !== 'image') continue;
    kept.push(piece);
    if (kind === null && size >= KIND_BYTES) kind = kindOf(Buffer.concat(kept).subarray(0, KIND_BYTES));
    if (size > limit || (kind !== null && kind.kind !== 'image')) kept = [];
  }
  kind ??= kindOf(Buffer.concat(kept));
  const [sha256, sha512, md5] = digests.map((digest) => digest.digest('hex'));
  return {
    exact: { size, type: kind.type, sha256: sha256 ?? '', sha512: sha512 ?? '', md5: md5 ?? '' },
    kind,
    bytes: kind.kind === 'image' && size <= limit ? Buffer.concat(kept) : null,
  };
}

async function finish(
  { exact, kind, bytes }: Read,
  options: HashOptions,
  path: string | Buffer | null,
): Promise<FileHashes> {
  if (kind.kind === 'image') return { ...exact, ...(await pictureOf(bytes, kind.type, options)) };
  if (kind.kind === 'video') return { ...exact, ...(await filmOf(path, kind.demuxer, options)) };
  if (kind.type !== 'application/pdf') return { ...exact, ...NOTHING };
  return { ...exact, ...refused('pdf.not-here', 'exact only: the look and text of a PDF are compared by the server') };
}

async function pictureOf(bytes: Uint8Array | null, type: string, options: HashOptions): Promise<Perceptual> {
  if (!bytes) return refused('image.too-large', 'the file is too large to decode');
  const limits = { maxPixels: options.maxPixels ?? MAX_PIXELS, fast: options.fast ?? false };
  const image = hashImageFast(bytes, limits);
  if (image) return { ...NOTHING, image };
  const sharp = await findSharp();
  if (!sharp) return refused('image.no-decoder', 'exact only: install the npm package sharp to decode pictures');
  try {
    const { image: seen, incomplete } = await hashImage(sharp, bytes, type, limits);
    if (!incomplete) return { ...NOTHING, image: seen };
    return { ...NOTHING, image: seen, incomplete: { code: incomplete.code, title: incomplete.message } };
  } catch (error) {
    if (error instanceof ImageFault) return refused(error.code, error.message);
    throw error;
  }
}

async function filmOf(path: string | Buffer | null, demuxer: string, options: HashOptions): Promise<Perceptual> {
  if (options.video === false) return refused('video.not-asked', 'video: exact only');
  if (path === null) return refused('video.piped', 'video: exact only (a film is hashed from a file, not from a pipe)');
  if (typeof path !== 'string')
    return refused('video.name', 'video: exact only (ffmpeg is given no name that is not UTF-8)');
  const found = await hashVideo(path, demuxer, options.signal);
  return 'frames' in found ? { ...NOTHING, video: found } : refused(found.code, `video: exact only (${found.title})`);
}

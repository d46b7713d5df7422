import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { SNIFF_BYTES, sniff, type Sniffed } from '../../../src/infra/imaging/magic';
import { IMAGE_LIMITS } from '../../../src/infra/imaging/protocol';
import { seekable, type SeekableFile } from '../../../src/infra/media/scratch';
import { NO_LOOK, faultOf, noLook, type Fault, type FileHashes, type HashOptions, type Look } from './file-hashes';
import { hashFilm } from './hash-film';
import { hashPicture } from './hash-picture';

/** What the server says of bytes that it does not know. */
const UNKNOWN = 'application/octet-stream';

const PDF: Fault = {
  code: 'pdf.not-here',
  title: 'exact only: the look and text of a PDF are compared by the server',
};
const MARKUP: Fault = {
  code: 'markup.not-shown',
  title: 'exact only: a picture inside of markup (SVG, HTML) is not looked for',
};
const PIPED: Fault = {
  code: 'video.piped',
  title: 'video: exact only (a film is hashed from a file, not from a pipe)',
};

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
  name: string | Buffer,
  options: HashOptions & { readonly follow?: boolean } = {},
): Promise<FileHashes> {
  // Not blocking: to open a pipe with nobody at its other end would wait for ever.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (options.follow === false ? constants.O_NOFOLLOW : 0);
  const file = await open(name, flags);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new NotAFileError(stat.isDirectory());
    const read = await readThrough(file.createReadStream({ autoClose: false, highWaterMark: 2 ** 18 }), options);
    return await finish(read, options, seekable(file, stat.size, path.resolve(String(name))));
  } finally {
    await file.close();
  }
}

/** What is read from a pipe. A film is then hashed exactly only: its index may lie at its end. */
export async function hashStream(source: AsyncIterable<Uint8Array>, options: HashOptions = {}): Promise<FileHashes> {
  return finish(await readThrough(source, options), options, null);
}

/** An upload that a server holds in memory. A film is then hashed exactly only, as from a pipe. */
export async function hashBytes(bytes: Uint8Array, options: HashOptions = {}): Promise<FileHashes> {
  return finish(await readThrough([bytes], options), options, null);
}

interface Read {
  readonly exact: Pick<FileHashes, 'size' | 'sha256' | 'sha512' | 'md5'>;
  readonly found: Sniffed;
  /** The picture; null when it is none or too large to hold. */
  readonly bytes: Uint8Array | null;
}

async function readThrough(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: HashOptions,
): Promise<Read> {
  const limit = options.maxImageBytes ?? IMAGE_LIMITS.maxBytes;
  const digests = [createHash('sha256'), createHash('sha512'), createHash('md5')] as const;
  let kept: Uint8Array[] = [];
  let size = 0;
  let found: Sniffed | null = null;
  for await (const piece of source) {
    options.signal?.throwIfAborted();
    for (const digest of digests) digest.update(piece);
    size += piece.length;
    if (found !== null && found.kind !== 'image') continue;
    kept.push(piece);
    if (found === null && size >= SNIFF_BYTES) found = sniff(Buffer.concat(kept));
    if (found !== null && (size > limit || found.kind !== 'image')) kept = [];
  }
  found ??= sniff(Buffer.concat(kept));
  const [sha256, sha512, md5] = digests.map((digest) => digest.digest('hex'));
  return {
    exact: { size, sha256: sha256 ?? '', sha512: sha512 ?? '', md5: md5 ?? '' },
    found,
    bytes: found.kind === 'image' && size <= limit ? Buffer.concat(kept) : null,
  };
}

async function finish(
  { exact, found, bytes }: Read,
  options: HashOptions,
  file: SeekableFile | null,
): Promise<FileHashes> {
  const type = found.type === UNKNOWN ? null : found.type;
  return { ...exact, type, ...(await lookOf(found, bytes, file, options)) };
}

async function lookOf(
  { kind, type, active }: Sniffed,
  bytes: Uint8Array | null,
  file: SeekableFile | null,
  options: HashOptions,
): Promise<Look> {
  // A browser draws what is in it, so whoever publishes it has to know that nobody looked.
  if (kind === 'other') return active ? noLook(MARKUP) : NO_LOOK;
  if (kind === 'pdf') return noLook(PDF);
  if (kind === 'image') return bytes ? hashPicture(bytes, type, options) : noLook(faultOf('image.too-large'));
  if (options.video === false) return noLook({ code: 'video.not-asked', title: 'video: exact only' });
  return file ? hashFilm(file, type, options.signal) : noLook(PIPED);
}

import { isHash256 } from '../../perceptual/hex';

/**
 * Between the pool and its child processes. Bytes go down the child's standard input in frames of a 32-bit
 * little-endian length and that many bytes, with back-pressure; answers come back as JSON over the IPC channel. Nothing
 * touches a disk. One job at a time, so frames carry no number.
 */
export const END_OF_IMAGE = 0;
export const ABANDON_IMAGE = 0xffffffff;

export interface DecodeLimits {
  readonly maxPixels: number;
}

/** The hashes of one image, of its stored orientation; `width` and `height` are those of the stored picture. */
export interface ImageHashes {
  readonly type: string;
  readonly width: number;
  readonly height: number;
  readonly pdq: { readonly hash: string; readonly quality: number };
  readonly blockhash: string;
}

export const DECODE_FAULTS = ['image.too-large', 'image.truncated', 'image.unsupported', 'image.undecodable'] as const;
export type DecodeFaultCode = (typeof DECODE_FAULTS)[number];

export type Answer =
  | { readonly ok: true; readonly hashes: ImageHashes; readonly rssBytes: number }
  | { readonly ok: false; readonly code: DecodeFaultCode; readonly details: Readonly<Record<string, string | number>> };

export function frameHeader(length: number): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32LE(length);
  return header;
}

/** Cuts the byte stream into frames again, whatever the chunks it arrives in. */
export class FrameReader {
  #parts: Buffer[] = [];
  #header = Buffer.alloc(0);
  #missing = 0;

  constructor(private readonly onImage: (bytes: Buffer) => void) {}

  push(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) rest = this.#missing > 0 ? this.#takeBody(rest) : this.#takeHeader(rest);
  }

  #takeBody(chunk: Buffer): Buffer {
    const part = chunk.subarray(0, this.#missing);
    this.#parts.push(part);
    this.#missing -= part.length;
    return chunk.subarray(part.length);
  }

  #takeHeader(chunk: Buffer): Buffer {
    const needed = 4 - this.#header.length;
    this.#header = Buffer.concat([this.#header, chunk.subarray(0, needed)]);
    if (this.#header.length < 4) return Buffer.alloc(0);
    const length = this.#header.readUInt32LE();
    this.#header = Buffer.alloc(0);
    if (length === END_OF_IMAGE || length === ABANDON_IMAGE) {
      const parts = this.#parts;
      this.#parts = [];
      if (length === END_OF_IMAGE) this.onImage(Buffer.concat(parts));
    } else {
      this.#missing = length;
    }
    return chunk.subarray(needed);
  }
}

/**
 * The child has handled hostile bytes in native code, so its answer is read like a stranger's: anything that is not
 * exactly an answer is null.
 */
export function readAnswer(message: unknown): Answer | null {
  if (!isRecord(message)) return null;
  if (message.ok === false) {
    const code = DECODE_FAULTS.find((known) => known === message.code);
    if (!code || !isRecord(message.details)) return null;
    const details = Object.entries(message.details).filter((entry): entry is [string, string | number] => {
      return typeof entry[1] === 'number' || (typeof entry[1] === 'string' && entry[1].length <= 100);
    });
    return { ok: false, code, details: Object.fromEntries(details.slice(0, 8)) };
  }
  const hashes = readHashes(message.hashes);
  return hashes && isCount(message.rssBytes) ? { ok: true, hashes, rssBytes: message.rssBytes } : null;
}

function readHashes(value: unknown): ImageHashes | null {
  if (!isRecord(value) || !isRecord(value.pdq)) return null;
  const { type, width, height, blockhash } = value;
  const { hash, quality } = value.pdq;
  if (typeof type !== 'string' || !/^image\/[a-z]{3,8}$/.test(type) || !isCount(width) || !isCount(height)) return null;
  if (!isHash256(hash) || !isHash256(blockhash) || !isCount(quality) || quality > 100) return null;
  return { type, width, height, pdq: { hash, quality }, blockhash };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

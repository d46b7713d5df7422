import { VARIANT_KINDS } from '../../perceptual/pdq-variants';
import type { VariantKind } from '../../perceptual/pdq-variants';

/**
 * Between the pool and its child processes. Bytes go down the child's standard input in frames of a 32-bit
 * little-endian length and that many bytes, with back-pressure; answers come back as JSON over the IPC channel. Nothing
 * touches a disk. One job at a time, so frames carry no number. A length from {@link CONTROL} on is a control word.
 */
const CONTROL = 0xffffff00;
export const ABANDON_IMAGE = 0xffffffff;
const FAST = 1;
const FIRST_VARIANT = 2;
const PARTIAL = 128;

/**
 * What to compute of an image. `partial`: one that ends early or is damaged is hashed as far as it can be seen, for
 * looking up alone.
 */
export type HashRequest =
  | { readonly mode: 'exact'; readonly variants: readonly VariantKind[]; readonly partial?: boolean }
  | { readonly mode: 'fast'; readonly partial?: boolean };

/** The control word that ends an image and says what is asked of it. */
export function endOfImage(request: HashRequest): number {
  const first = CONTROL + (request.partial ? PARTIAL : 0);
  if (request.mode === 'fast') return first + FAST;
  const asked = VARIANT_KINDS.map((kind, i) => (request.variants.includes(kind) ? FIRST_VARIANT << i : 0));
  return asked.reduce((word, flag) => word + flag, first);
}

function requestOf(word: number): HashRequest {
  const partial = (word & PARTIAL) !== 0 ? { partial: true } : {};
  if ((word & FAST) !== 0) return { mode: 'fast', ...partial };
  const variants = VARIANT_KINDS.filter((_, i) => (word & (FIRST_VARIANT << i)) !== 0);
  return { mode: 'exact', variants, ...partial };
}

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

  constructor(private readonly onImage: (bytes: Buffer, request: HashRequest) => void) {}

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
    if (length >= CONTROL) {
      const parts = this.#parts;
      this.#parts = [];
      if (length !== ABANDON_IMAGE) this.onImage(Buffer.concat(parts), requestOf(length));
    } else {
      this.#missing = length;
    }
    return chunk.subarray(needed);
  }
}

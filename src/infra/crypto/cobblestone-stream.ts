import { CHUNK_BYTES, ChunkOpener, CobblestoneError, HEADER_BYTES, SEALED_CHUNK_BYTES, TAG_BYTES } from './cobblestone';

/** Plaintext length in bytes of a ciphertext of this length. Throws for a length that no whole message has. */
export function plaintextBytes(ciphertextBytes: number): number {
  const sealed = ciphertextBytes - HEADER_BYTES;
  const last = sealed % SEALED_CHUNK_BYTES;
  // The last chunk is shorter than 16 KiB and never missing: a length that ends on a chunk's end was cut short.
  if (sealed < TAG_BYTES || last < TAG_BYTES) throw new CobblestoneError('length');
  return Math.floor(sealed / SEALED_CHUNK_BYTES) * CHUNK_BYTES + last - TAG_BYTES;
}

export const ciphertextBytes = (plain: number): number =>
  HEADER_BYTES + plain + (Math.floor(plain / CHUNK_BYTES) + 1) * TAG_BYTES;

/**
 * Decrypts a message that arrives in order. Each piece is authenticated when it is given out, but only the end of the
 * generator without an error says that the message was whole.
 */
export async function* decryptStream(
  source: AsyncIterable<Uint8Array>,
  inputKey: Uint8Array,
  context: Uint8Array,
): AsyncGenerator<Buffer, void, undefined> {
  let held: Buffer = Buffer.alloc(0);
  let opener: ChunkOpener | undefined;
  let index = 0;
  for await (const piece of source) {
    held = held.length === 0 ? Buffer.from(piece) : Buffer.concat([held, piece]);
    if (!opener) {
      if (held.length < HEADER_BYTES) continue;
      opener = new ChunkOpener(inputKey, context, held.subarray(0, HEADER_BYTES));
      held = held.subarray(HEADER_BYTES);
    }
    while (held.length >= SEALED_CHUNK_BYTES) {
      yield opener.open(index++, held.subarray(0, SEALED_CHUNK_BYTES));
      held = held.subarray(SEALED_CHUNK_BYTES);
    }
  }
  if (!opener) throw new CobblestoneError('length');
  yield opener.open(index, held);
}

/** Ciphertext that can be read anywhere: a file, an object behind HTTP ranges. Short reads are an error of the reader. */
export interface CiphertextReader {
  /** Length of the whole ciphertext, bytes. */
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** Half-open: `start` included, `end` not, in plaintext bytes. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const CHUNKS_A_READ = 16;

/**
 * Checks the commitment and the last chunk (and with it the length of the message) and returns the means to read on.
 * A file that was cut, extended or exchanged is refused here, before the first byte is given out.
 */
export async function openCiphertext(
  reader: CiphertextReader,
  inputKey: Uint8Array,
  context: Uint8Array,
): Promise<{ readonly size: number; readonly range: (range: ByteRange) => AsyncGenerator<Buffer, void, undefined> }> {
  const size = plaintextBytes(reader.size);
  const opener = new ChunkOpener(inputKey, context, await reader.read(0, HEADER_BYTES));
  const last = Math.floor(size / CHUNK_BYTES);
  const lastOffset = HEADER_BYTES + last * SEALED_CHUNK_BYTES;
  opener.open(last, await reader.read(lastOffset, reader.size - lastOffset));
  return { size, range: (range) => decryptRange(reader, opener, range) };
}

async function* decryptRange(
  reader: CiphertextReader,
  opener: ChunkOpener,
  { start, end }: ByteRange,
): AsyncGenerator<Buffer, void, undefined> {
  let index = Math.floor(start / CHUNK_BYTES);
  while (index * CHUNK_BYTES < end) {
    const offset = HEADER_BYTES + index * SEALED_CHUNK_BYTES;
    const chunks = Math.min(CHUNKS_A_READ, Math.ceil(end / CHUNK_BYTES) - index);
    const sealed = await reader.read(offset, Math.min(chunks * SEALED_CHUNK_BYTES, reader.size - offset));
    for (let at = 0; at < sealed.length; at += SEALED_CHUNK_BYTES, index++) {
      const plain = opener.open(index, sealed.subarray(at, at + SEALED_CHUNK_BYTES));
      const from = Math.max(0, start - index * CHUNK_BYTES);
      const piece = plain.subarray(from, Math.min(plain.length, end - index * CHUNK_BYTES));
      if (piece.length > 0) yield piece;
    }
  }
}

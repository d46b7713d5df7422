import { pipeline, Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, type BrotliDecompress, type Gunzip } from 'node:zlib';
import { DomainError } from '../../domain/errors';

export const ACCEPTED_ENCODINGS = 'gzip, br';

function decoder(encoding: string): Gunzip | BrotliDecompress | undefined {
  const name = encoding.trim().toLowerCase();
  if (name === '' || name === 'identity') return undefined;
  if (name === 'gzip' || name === 'x-gzip') return createGunzip();
  if (name === 'br') return createBrotliDecompress();
  // Also encodings one inside another: no honest server needs them, and each layer multiplies a bomb.
  throw new DomainError('egress.failed', { reason: 'encoding' });
}

/** The body, decoded, in memory. The limit counts decoded bytes, so that a bomb is cut off where it has grown to it. */
export async function readBody(
  body: Readable,
  encoding: string,
  maxBytes: number,
  beginningOnly = false,
): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    const decode = decoder(encoding);
    // The callback is only there because pipeline asks for one: its error is that of the loop below.
    const plain: Readable = decode ? pipeline(body, decode, () => undefined) : body;
    for await (const piece of plain) {
      const buffer = Buffer.from(piece);
      size += buffer.length;
      if (size > maxBytes && beginningOnly) return Buffer.concat([...pieces, buffer]).subarray(0, maxBytes);
      if (size > maxBytes) throw new DomainError('egress.too-large', { maxBytes });
      pieces.push(buffer);
    }
    return Buffer.concat(pieces);
  } finally {
    // Only what is left unread: destroying an answer that has ended would end its connection too.
    if (!body.readableEnded) body.on('error', () => undefined).destroy();
  }
}

import { sha256 } from '@noble/hashes/sha2.js';
import { HASH256_BYTES } from './hex';

/** Why a file cannot be used. */
export type IndexFileReason = 'not-an-index' | 'version' | 'truncated' | 'corrupt';

const SAYS: Record<IndexFileReason, string> = {
  'not-an-index': 'This is not an index file',
  version: 'This index file is of a version that this program does not read',
  truncated: 'This index file is cut short',
  corrupt: 'This index file is damaged: its contents do not match its checksum',
};

export class IndexFileError extends Error {
  override readonly name = 'IndexFileError';

  constructor(readonly reason: IndexFileReason) {
    super(SAYS[reason]);
  }
}

export interface IndexEntries {
  /** Ascending, each once. */
  readonly ids: Uint32Array;
  /** 32 bytes an id. */
  readonly hashes: Uint8Array;
}

// "CLEPHAM" and a zero; version and count as little-endian uint32; ids (uint32 each); hashes (32 bytes each); SHA-256 of all before.
const MAGIC = [0x43, 0x4c, 0x45, 0x50, 0x48, 0x41, 0x4d, 0];
const VERSION = 1;
const HEAD_BYTES = 16;
const SUM_BYTES = 32;
const PIECE_IDS = 65536;

/**
 * An index as a file, in pieces of some 2 MB or less. What is kept are ids and hashes; the index is built from them.
 * @throws RangeError when ids are not ascending or hashes are not 32 bytes each.
 */
export function* toSnapshot({ ids, hashes }: IndexEntries): Generator<Uint8Array> {
  if (hashes.length !== ids.length * HASH256_BYTES) throw new RangeError('Each id has a hash of 32 bytes');
  const sum = sha256.create();
  const head = new Uint8Array(HEAD_BYTES);
  head.set(MAGIC);
  const view = new DataView(head.buffer);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, ids.length, true);
  sum.update(head);
  yield head;
  for (let from = 0; from < ids.length; from += PIECE_IDS) {
    const piece = bytesOfIds(ids, from, Math.min(from + PIECE_IDS, ids.length));
    sum.update(piece);
    yield piece;
  }
  for (let from = 0; from < ids.length; from += PIECE_IDS) {
    const piece = hashes.slice(from * HASH256_BYTES, (from + PIECE_IDS) * HASH256_BYTES);
    sum.update(piece);
    yield piece;
  }
  yield sum.digest();
}

/** @throws IndexFileError for anything but the whole of what `toSnapshot` gave: nothing of a damaged file is used. */
export function fromSnapshot(file: Uint8Array): IndexEntries {
  if (MAGIC.some((byte, at) => at < file.length && file[at] !== byte) || file.length === 0) {
    throw new IndexFileError('not-an-index');
  }
  if (file.length < HEAD_BYTES) throw new IndexFileError('truncated');
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (view.getUint32(8, true) !== VERSION) throw new IndexFileError('version');
  const count = view.getUint32(12, true);
  const hashesAt = HEAD_BYTES + count * 4;
  const sumAt = hashesAt + count * HASH256_BYTES;
  if (file.length < sumAt + SUM_BYTES) throw new IndexFileError('truncated');
  const sum = sha256(file.subarray(0, sumAt));
  if (file.length > sumAt + SUM_BYTES || sum.some((byte, at) => file[sumAt + at] !== byte)) {
    throw new IndexFileError('corrupt');
  }
  const ids = new Uint32Array(count);
  for (let at = 0; at < count; at++) ids[at] = view.getUint32(HEAD_BYTES + at * 4, true);
  if (ids.some((id, at) => at > 0 && id <= (ids[at - 1] ?? 0))) throw new IndexFileError('corrupt');
  return { ids, hashes: file.slice(hashesAt, sumAt) };
}

function bytesOfIds(ids: Uint32Array, from: number, to: number): Uint8Array {
  const piece = new Uint8Array((to - from) * 4);
  const view = new DataView(piece.buffer);
  for (let at = from; at < to; at++) {
    const id = ids[at] ?? 0;
    if (at > 0 && id <= (ids[at - 1] ?? 0)) throw new RangeError('Ids are ascending');
    view.setUint32((at - from) * 4, id, true);
  }
  return piece;
}

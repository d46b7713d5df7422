import type { CiphertextReader } from '../crypto/cobblestone-stream';

/** One object on its way in. It has no name before `commit`, and is on stable storage when `commit` returns. */
export interface BlobWriter {
  /** The buffers must not be changed before the promise settles. Throws `storage.full`. */
  write(buffers: readonly Uint8Array[]): Promise<void>;
  commit(): Promise<void>;
  /** Leaves nothing behind. Safe after a failed `write` or `commit`. */
  discard(): Promise<void>;
}

export interface BlobReader extends CiphertextReader {
  close(): Promise<void>;
}

export interface StoredBlob {
  readonly objectId: string;
  readonly encryptedSize: number;
  readonly storedAt: Date;
}

/**
 * Where encrypted objects lie, by object id: a disk now, S3 with Object Lock next. It never sees plaintext and never
 * overwrites: an object that is there stays what it is until it is removed.
 */
export abstract class BlobStore {
  abstract create(objectId: string): Promise<BlobWriter>;
  /** Throws `storage.missing`. */
  abstract read(objectId: string): Promise<BlobReader>;
  /** False when it was not there: removing may be repeated after a crash. */
  abstract remove(objectId: string): Promise<boolean>;
  /** Puts an object that no record knows aside, where nothing reads it, instead of deleting it. False when it was not there. */
  abstract quarantine(objectId: string): Promise<boolean>;
  abstract list(): AsyncIterable<StoredBlob>;
  /** Clears what killed processes left half-written and untouched for `idleMs`. Returns how many pieces. */
  abstract recover(idleMs: number): Promise<number>;
}

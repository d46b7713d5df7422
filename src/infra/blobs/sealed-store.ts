import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { DomainError } from '../../domain/errors';
import { CobblestoneEncryptor, CobblestoneError, KEY_BYTES } from '../crypto/cobblestone';
import { openCiphertext, type ByteRange } from '../crypto/cobblestone-stream';
import { storageError } from '../crypto/durable-file';
import type { CaseKeyStore } from '../crypto/keystore';
import { BlobStore, type BlobWriter, type StoredBlob } from './blob-store';
import { Sealing, type Sealed } from './sealing';

/** What a record must keep of a stored object. */
export interface SealedObject extends Sealed {
  /** The data key under the case key; may lie in the database, its WAL and its backups. */
  readonly wrappedKey: Buffer;
}

export interface StoreOptions {
  /** A larger source is refused with `file.too-large`, bytes. */
  readonly maxBytes: number;
  /** Sees every piece in passing, in order; it must not keep or change it. */
  readonly tap?: (chunk: Uint8Array) => void;
}

const objectContext = (objectId: string): Buffer => Buffer.from(`clepsydra/object@v1\0${objectId}`);

/**
 * Content goes in once, streamed: hashed, encrypted under a data key of its own and written in one pass, in bounded memory
 * (about 4 MB at any size). When `store` returns, object and keys are on stable storage; when it throws, nothing is left.
 */
export class SealedStore {
  constructor(
    private readonly blobs: BlobStore,
    private readonly keys: CaseKeyStore,
  ) {}

  /**
   * Throws `file.too-large`, `file.interrupted` (the sender broke off), `storage.full`, `storage.key-destroyed`.
   * A source that was refused is read to its end and dropped, not destroyed: the other files of the same upload follow it.
   */
  async store(objectId: string, caseId: string, source: Readable, options: StoreOptions): Promise<SealedObject> {
    // A sender may break off while the key is made, before anyone reads: without a listener that would end the process.
    source.on('error', () => undefined);
    const dataKey = randomBytes(KEY_BYTES);
    let writer: BlobWriter | undefined;
    try {
      // The key is durable before the object is.
      const wrappedKey = await this.keys.wrap(caseId, objectId, dataKey);
      writer = await this.blobs.create(objectId);
      const sealing = new Sealing(new CobblestoneEncryptor(dataKey, objectContext(objectId)), writer);
      const sealed = await this.pour(source, sealing, options);
      await writer.commit();
      return { ...sealed, wrappedKey };
    } catch (error) {
      await writer?.discard();
      if (!source.destroyed) source.resume();
      throw storageError(error);
    } finally {
      dataKey.fill(0);
    }
  }

  /**
   * The plaintext, whole or a part. Missing, exchanged, cut or extended objects are refused before the stream begins; a
   * byte changed further in ends it with `storage.damaged`. Nothing that was not authenticated is ever given out.
   */
  async open(objectId: string, caseId: string, wrappedKey: Uint8Array, range?: ByteRange): Promise<Readable> {
    const dataKey = await this.keys.unwrap(caseId, objectId, wrappedKey);
    const reader = await this.blobs.read(objectId);
    try {
      const opened = await openCiphertext(reader, dataKey, objectContext(objectId));
      const { start, end } = range ?? { start: 0, end: opened.size };
      if (!(start >= 0 && start <= end && end <= opened.size)) throw new DomainError('storage.range');
      const plain = Readable.from(translated(opened.range({ start, end }), objectId), { objectMode: false });
      // Not in the generator: one that is never started never runs its `finally`.
      plain.once('close', () => void reader.close());
      return plain;
    } catch (error) {
      await reader.close();
      throw damaged(error, objectId);
    } finally {
      dataKey.fill(0);
    }
  }

  /** False when it was not there. */
  async remove(objectId: string): Promise<boolean> {
    return this.blobs.remove(objectId);
  }

  async quarantine(objectId: string): Promise<boolean> {
    return this.blobs.quarantine(objectId);
  }

  list(): AsyncIterable<StoredBlob> {
    return this.blobs.list();
  }

  private async pour(source: Readable, sealing: Sealing, options: StoreOptions): Promise<Sealed> {
    const pieces = source.iterator({ destroyOnReturn: false });
    for await (const piece of interruptible(pieces)) {
      if (sealing.size + piece.length > options.maxBytes)
        throw new DomainError('file.too-large', { maxBytes: options.maxBytes });
      options.tap?.(piece);
      await sealing.add(piece);
    }
    // busboy ends a file that reaches its own limit quietly, as if it were whole.
    if ('truncated' in source && source.truncated === true) throw new DomainError('file.too-large');
    return sealing.finish();
  }
}

/** A failing source is the sender's doing; everything else that fails while pouring is ours. */
async function* interruptible(pieces: AsyncIterable<unknown>): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch(() => {
        throw new DomainError('file.interrupted');
      });
      if (next.done) return;
      yield next.value instanceof Uint8Array ? next.value : Buffer.from(String(next.value));
    }
  } finally {
    await iterator.return?.();
  }
}

async function* translated(pieces: AsyncIterable<Buffer>, objectId: string): AsyncGenerator<Buffer, void, undefined> {
  try {
    yield* pieces;
  } catch (error) {
    throw damaged(error, objectId);
  }
}

const damaged = (error: unknown, objectId: string): unknown =>
  error instanceof CobblestoneError ? new DomainError('storage.damaged', { objectId, reason: error.reason }) : error;

import { createHash } from 'node:crypto';
import type { CobblestoneEncryptor } from '../crypto/cobblestone';
import type { BlobWriter } from './blob-store';

/** Enough of the beginning to tell a file's type by its magic bytes, or markup behind white space. */
const HEAD_BYTES = 65_536;
/** Written while the next batch is hashed and encrypted: at most two batches are in memory. */
const BATCH_BYTES = 2 ** 20;

/** What one pass over the content yields. Digests are of the plaintext, lower-case hexadecimal; sizes in bytes. */
export interface Sealed {
  readonly sha256: string;
  readonly sha512: string;
  readonly md5: string;
  readonly size: number;
  readonly encryptedSize: number;
  /** The first 64 KiB, or all of a smaller object. */
  readonly head: Buffer;
}

/** One object on its way through hashing and encryption to the writer, in one pass. */
export class Sealing {
  size = 0;
  private encryptedSize = 0;
  private readonly hashes = { sha256: createHash('sha256'), sha512: createHash('sha512'), md5: createHash('md5') };
  private readonly head: Buffer[] = [];
  private headBytes = 0;
  private batch: Buffer[];
  private batchBytes: number;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly encryptor: CobblestoneEncryptor,
    private readonly writer: BlobWriter,
  ) {
    this.batch = [encryptor.header];
    this.batchBytes = encryptor.header.length;
  }

  async add(piece: Uint8Array): Promise<void> {
    this.size += piece.length;
    for (const hash of Object.values(this.hashes)) hash.update(piece);
    if (this.headBytes < HEAD_BYTES) {
      // A copy: a slice would keep the whole piece in memory.
      const part = Buffer.from(piece.subarray(0, HEAD_BYTES - this.headBytes));
      this.head.push(part);
      this.headBytes += part.length;
    }
    this.take(this.encryptor.update(piece));
    if (this.batchBytes >= BATCH_BYTES) await this.flush();
  }

  async finish(): Promise<Sealed> {
    this.take(this.encryptor.final());
    await this.flush();
    await this.writing;
    const { sha256, sha512, md5 } = this.hashes;
    return {
      sha256: sha256.digest('hex'),
      sha512: sha512.digest('hex'),
      md5: md5.digest('hex'),
      size: this.size,
      encryptedSize: this.encryptedSize,
      head: Buffer.concat(this.head),
    };
  }

  private take(sealed: readonly Buffer[]): void {
    for (const buffer of sealed) {
      this.batch.push(buffer);
      this.batchBytes += buffer.length;
    }
  }

  /** Waits for the batch before, then sets this one off. */
  private async flush(): Promise<void> {
    await this.writing;
    this.encryptedSize += this.batchBytes;
    this.writing = this.writer.write(this.batch);
    // Its failure is thrown by the next `await this.writing`.
    this.writing.catch(() => undefined);
    this.batch = [];
    this.batchBytes = 0;
  }
}

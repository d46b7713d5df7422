import { randomBytes } from 'node:crypto';
import { link, open, readdir, rename, stat, statfs, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../../domain/errors';
import { isErrno, isTemporary, makeDirectory, storageError, syncDirectory, writeFully } from '../crypto/durable-file';
import { isIdentifier, makeShards, SHARDS, shardOf } from '../crypto/shards';
import { BlobStore, type BlobReader, type BlobWriter, type StoredBlob } from './blob-store';

/** Left free on the volume, bytes: PostgreSQL may lie on the same one and stops when it is full. */
export const RESERVE_BYTES = 256 * 2 ** 20;
const ASK_FREE_EVERY_BYTES = 64 * 2 ** 20;

/**
 * `objects/<last two digits of the id>/<id>`, written as evidence needs it: temporary file (`wx`, 0600), fdatasync, linked
 * to its name, fsync of the directory. A process killed at any instant leaves whole objects and temporary files, nothing else.
 */
export class DiskBlobStore extends BlobStore {
  private constructor(
    private readonly root: string,
    private readonly reserveBytes: number,
  ) {
    super();
  }

  static async open(root: string, reserveBytes = RESERVE_BYTES): Promise<DiskBlobStore> {
    await makeShards(join(root, 'objects'));
    for (const name of ['tmp', 'quarantine']) await makeDirectory(join(root, name));
    return new DiskBlobStore(root, reserveBytes);
  }

  override async create(objectId: string): Promise<BlobWriter> {
    const target = this.path(objectId);
    const temporary = join(this.root, 'tmp', `${objectId}.${randomBytes(6).toString('hex')}.tmp`);
    await this.requireRoom();
    try {
      return new DiskWriter(await open(temporary, 'wx', 0o600), temporary, target, () => this.requireRoom());
    } catch (error) {
      throw storageError(error);
    }
  }

  override async read(objectId: string): Promise<BlobReader> {
    try {
      const file = await open(this.path(objectId), 'r');
      const { size } = await file.stat();
      return new DiskReader(file, size);
    } catch (error) {
      throw isErrno(error, 'ENOENT') ? new DomainError('storage.missing', { objectId }) : error;
    }
  }

  override async remove(objectId: string): Promise<boolean> {
    return this.takeAway(objectId, (path) => unlink(path));
  }

  override async quarantine(objectId: string): Promise<boolean> {
    const aside = join(this.root, 'quarantine', `${objectId}.${randomBytes(6).toString('hex')}`);
    return this.takeAway(objectId, async (path) => {
      await rename(path, aside);
      await syncDirectory(join(this.root, 'quarantine'));
    });
  }

  override async *list(): AsyncGenerator<StoredBlob, void, undefined> {
    for (const shard of SHARDS) {
      const directory = join(this.root, 'objects', shard);
      for (const objectId of (await readdir(directory)).filter(isIdentifier)) {
        const found = await stat(join(directory, objectId)).catch(() => undefined);
        if (found) yield { objectId, encryptedSize: found.size, storedAt: found.mtime };
      }
    }
  }

  override async recover(idleMs: number): Promise<number> {
    const directory = join(this.root, 'tmp');
    let cleared = 0;
    for (const name of (await readdir(directory)).filter(isTemporary)) {
      const path = join(directory, name);
      const found = await stat(path).catch(() => undefined);
      if (!found || Date.now() - Math.trunc(found.mtimeMs) < idleMs) continue;
      await unlink(path).catch(() => undefined);
      cleared++;
    }
    return cleared;
  }

  private async takeAway(objectId: string, act: (path: string) => Promise<void>): Promise<boolean> {
    const path = this.path(objectId);
    try {
      await act(path);
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return false;
      throw error;
    }
    await syncDirectory(join(path, '..'));
    return true;
  }

  private async requireRoom(): Promise<void> {
    const { bavail, bsize } = await statfs(this.root);
    if (bavail * bsize < this.reserveBytes) throw new DomainError('storage.full');
  }

  private path(objectId: string): string {
    return join(this.root, 'objects', shardOf(objectId), objectId);
  }
}

class DiskWriter implements BlobWriter {
  private position = 0;
  private askAt = ASK_FREE_EVERY_BYTES;
  private open = true;

  constructor(
    private readonly file: FileHandle,
    private readonly temporary: string,
    private readonly target: string,
    private readonly requireRoom: () => Promise<void>,
  ) {}

  async write(buffers: readonly Uint8Array[]): Promise<void> {
    try {
      this.position += await writeFully(this.file, buffers, this.position);
      if (this.position < this.askAt) return;
      this.askAt = this.position + ASK_FREE_EVERY_BYTES;
      await this.requireRoom();
    } catch (error) {
      throw storageError(error);
    }
  }

  async commit(): Promise<void> {
    try {
      await this.file.datasync();
      await this.close();
      // link, not rename: it fails where an object already is, and evidence is never overwritten.
      await link(this.temporary, this.target);
      await syncDirectory(join(this.target, '..'));
      await unlink(this.temporary).catch(() => undefined);
    } catch (error) {
      throw storageError(error);
    }
  }

  async discard(): Promise<void> {
    await this.close().catch(() => undefined);
    await unlink(this.temporary).catch(() => undefined);
  }

  private async close(): Promise<void> {
    if (!this.open) return;
    this.open = false;
    await this.file.close();
  }
}

class DiskReader implements BlobReader {
  constructor(
    private readonly file: FileHandle,
    readonly size: number,
  ) {}

  async read(offset: number, length: number): Promise<Uint8Array> {
    const buffer = Buffer.allocUnsafe(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.file.read(buffer, filled, length - filled, offset + filled);
      if (bytesRead === 0) throw new DomainError('storage.damaged', { part: 'object' });
      filled += bytesRead;
    }
    return buffer;
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

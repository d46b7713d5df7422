import { randomBytes } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DomainError } from '../../domain/errors';
import { caseKeyContext, decodeKeyFile, DESTROYED, encodeKeyFile, FORMAT, parseName } from './case-key-file';
import { KEY_BYTES } from './cobblestone';
import { createFile, destroyFile, isErrno, isTemporary, replaceFile } from './durable-file';
import { KeyProvider, type WrappedByMaster } from './key-provider';
import { unwrapKey, wrapKey } from './key-wrap';
import { makeShards, SHARDS, shardOf } from './shards';

const PREFIX_BYTES = 5;
/** A temporary file lives for milliseconds: an older one was left by a process that was killed. */
const LEFTOVER_MS = 60_000;

const dataKeyContext = (caseId: string, objectId: string): Buffer =>
  Buffer.from(`clepsydra/data-key@v1\0${caseId}\0${objectId}`);

/**
 * One key per case, each in a file of its own outside PostgreSQL, its WAL and its backups, wrapped by the master key.
 * The data keys of a case's objects are wrapped under it and may lie anywhere: once the case key is destroyed, every copy
 * of them is worthless (crypto-shredding).
 *
 * A case key has generations. To destroy one object: `renew`, unwrap and wrap the data keys of the survivors again, commit,
 * then `destroy` through the old generation; all four steps may be repeated after a crash.
 */
export class CaseKeyStore {
  private tail: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly directory: string,
    private readonly provider: KeyProvider,
  ) {}

  /** Refuses to start when the keys here are wrapped under a master key that is not at hand: a lost one must be noticed at once. */
  static async open(directory: string, provider: KeyProvider): Promise<CaseKeyStore> {
    await makeShards(directory);
    const marker = join(directory, 'master-key-name');
    const known = await readFile(marker, 'utf8').catch((error: unknown) => {
      if (isErrno(error, 'ENOENT')) return '';
      throw error;
    });
    if (known && !provider.holds(known)) throw new DomainError('storage.key-unavailable', { keyId: known });
    if (known !== provider.keyId) await replaceFile(marker, Buffer.from(provider.keyId));
    const store = new CaseKeyStore(directory, provider);
    await store.clearLeftovers();
    return store;
  }

  /** Wraps a data key under the newest key of its case, which is made at its first use. Not after `destroy`. */
  async wrap(caseId: string, objectId: string, dataKey: Uint8Array): Promise<Buffer> {
    const generation = (await this.newest(caseId)) ?? (await this.firstKey(caseId));
    const caseKey = await this.caseKey(caseId, generation);
    const prefix = Buffer.alloc(PREFIX_BYTES);
    prefix.writeUInt8(FORMAT, 0);
    prefix.writeUInt32BE(generation, 1);
    const wrapped = Buffer.concat([prefix, wrapKey(caseKey, dataKey, dataKeyContext(caseId, objectId))]);
    caseKey.fill(0);
    return wrapped;
  }

  /** Throws `storage.key-destroyed`, `storage.key-unavailable`, or `storage.damaged` for another object's or a changed wrapping. */
  async unwrap(caseId: string, objectId: string, wrapped: Uint8Array): Promise<Buffer> {
    const view = Buffer.from(wrapped.buffer, wrapped.byteOffset, wrapped.byteLength);
    if (view.length < PREFIX_BYTES || view[0] !== FORMAT)
      throw new DomainError('storage.damaged', { part: 'data-key' });
    const caseKey = await this.caseKey(caseId, view.readUInt32BE(1));
    const dataKey = unwrapKey(caseKey, view.subarray(PREFIX_BYTES), dataKeyContext(caseId, objectId));
    caseKey.fill(0);
    if (!dataKey) throw new DomainError('storage.damaged', { part: 'data-key' });
    return dataKey;
  }

  /** A new generation, which wraps from now on. Returns its number. */
  async renew(caseId: string): Promise<number> {
    return this.exclusive(async () => this.make(caseId, ((await this.newest(caseId)) ?? 0) + 1));
  }

  /** Destroys every key of the case for good, or only the generations up to `through`. Safe to repeat. Returns how many went. */
  async destroy(caseId: string, through = Number.POSITIVE_INFINITY): Promise<number> {
    return this.exclusive(async () => {
      // The mark comes first, so that neither a crash nor another node leaves or makes a key for a case whose keys are gone.
      if (through === Number.POSITIVE_INFINITY) await createFile(this.mark(caseId), Buffer.alloc(0));
      return this.destroyThrough(caseId, through);
    });
  }

  /**
   * After a change of the master key: wraps every case key under the current one. Returns how many were wrapped again.
   * Only one node may run meanwhile, because a key that another node destroys in that moment could be written back.
   */
  async rewrap(): Promise<number> {
    let rewrapped = 0;
    for (const shard of SHARDS) {
      for (const name of await readdir(join(this.directory, shard))) {
        const { caseId, generation } = parseName(name);
        if (!caseId || !generation) continue;
        const again = await this.exclusive(() => this.rewrapOne(caseId, generation));
        if (again) rewrapped++;
      }
    }
    return rewrapped;
  }

  private async rewrapOne(caseId: string, generation: number): Promise<boolean> {
    const file = await this.readKeyFile(caseId, generation).catch((error: unknown) => {
      if (error instanceof DomainError && error.code === 'storage.key-destroyed') return undefined;
      throw error;
    });
    if (!file || file.keyId === this.provider.keyId) return false;
    const key = await this.caseKey(caseId, generation);
    await replaceFile(this.path(caseId, generation), await this.sealed(caseId, generation, key));
    key.fill(0);
    return true;
  }

  private async firstKey(caseId: string): Promise<number> {
    return this.exclusive(async () => (await this.newest(caseId)) ?? (await this.make(caseId, 1)));
  }

  /** When another node made the same generation first, that one stands: both wrap under one key. */
  private async make(caseId: string, generation: number): Promise<number> {
    const key = randomBytes(KEY_BYTES);
    await createFile(this.path(caseId, generation), await this.sealed(caseId, generation, key));
    key.fill(0);
    // A node that destroyed the case meanwhile may have looked before this file was there.
    if (await this.isDestroyed(caseId)) {
      await this.destroyThrough(caseId, Number.POSITIVE_INFINITY);
      throw new DomainError('storage.key-destroyed');
    }
    return generation;
  }

  private async sealed(caseId: string, generation: number, key: Uint8Array): Promise<Buffer> {
    return encodeKeyFile(await this.provider.wrap(key, caseKeyContext(caseId, generation)));
  }

  private async caseKey(caseId: string, generation: number): Promise<Buffer> {
    const file = await this.readKeyFile(caseId, generation);
    return this.provider.unwrap(file, caseKeyContext(caseId, generation));
  }

  private async readKeyFile(caseId: string, generation: number): Promise<WrappedByMaster> {
    try {
      return decodeKeyFile(await readFile(this.path(caseId, generation), 'utf8'));
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
      // A generation goes only when a later one has come, or all of them with a mark.
      const newest = await this.newest(caseId);
      throw new DomainError(newest && newest > generation ? 'storage.key-destroyed' : 'storage.key-unavailable');
    }
  }

  private async destroyThrough(caseId: string, through: number): Promise<number> {
    const shard = join(this.directory, shardOf(caseId));
    let destroyed = 0;
    for (const name of await readdir(shard)) {
      const found = parseName(name);
      if (found.caseId !== caseId || !found.generation || found.generation > through) continue;
      if (await destroyFile(join(shard, name))) destroyed++;
    }
    return destroyed;
  }

  /** Undefined before the first use; throws once the case's keys are destroyed. */
  private async newest(caseId: string): Promise<number | undefined> {
    if (await this.isDestroyed(caseId)) throw new DomainError('storage.key-destroyed');
    const names = (await readdir(join(this.directory, shardOf(caseId)))).filter((name) => !isTemporary(name));
    const generations = names.map(parseName).filter((found) => found.caseId === caseId && found.generation);
    return generations.length === 0 ? undefined : Math.max(...generations.map((found) => found.generation ?? 0));
  }

  private async isDestroyed(caseId: string): Promise<boolean> {
    return stat(this.mark(caseId)).then(
      () => true,
      (error: unknown) => {
        if (isErrno(error, 'ENOENT')) return false;
        throw error;
      },
    );
  }

  /** What a killed process left: halves of writes, and keys of a case whose destruction had begun. */
  private async clearLeftovers(): Promise<void> {
    for (const shard of SHARDS) {
      const directory = join(this.directory, shard);
      for (const name of await readdir(directory)) {
        const path = join(directory, name);
        if (isTemporary(name)) {
          const age = await stat(path).then(
            ({ mtimeMs }) => Date.now() - mtimeMs,
            () => 0,
          );
          if (age > LEFTOVER_MS) await destroyFile(path);
        } else if (name.endsWith(DESTROYED)) {
          await this.destroyThrough(name.slice(0, -DESTROYED.length), Number.POSITIVE_INFINITY);
        }
      }
    }
  }

  /** Changes of the store go one after another within a process; between processes the file system decides. */
  private exclusive<T>(work: () => Promise<T>): Promise<T> {
    const run = this.tail.then(work);
    this.tail = run.catch(() => undefined);
    return run;
  }

  private path(caseId: string, generation: number): string {
    return join(this.directory, shardOf(caseId), `${caseId}.${generation}.key`);
  }

  private mark(caseId: string): string {
    return join(this.directory, shardOf(caseId), `${caseId}${DESTROYED}`);
  }
}

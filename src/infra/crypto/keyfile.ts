import { createHmac, randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { DomainError } from '../../domain/errors';
import { readOrCreateSecret } from '../secrets';
import { KEY_BYTES } from './cobblestone';
import { makeDirectory, syncDirectory } from './durable-file';
import { KeyProvider, type WrappedByMaster } from './key-provider';
import { unwrapKey, wrapKey } from './key-wrap';

const CURRENT = 'master.key';
const RETIRED = /^master-.+\.key$/;

/** A name that can be written beside what the key wraps without saying anything about the key. */
const nameOf = (key: Uint8Array): string =>
  `keyfile:${createHmac('sha256', key).update('clepsydra master key name').digest('hex').slice(0, 16)}`;

/**
 * Master key in a file of the secrets folder: `master.key`, 32 random bytes, 0600, made on the first start. To change it,
 * stop, rename it to `master-<anything>.key`, start: a new one is made and wraps what is new, the old one still unwraps.
 */
export class KeyfileProvider extends KeyProvider {
  private constructor(
    readonly keyId: string,
    private readonly masters: ReadonlyMap<string, Buffer>,
  ) {
    super();
  }

  /** Refuses a file that others may read (LooseSecretError) or that is not 32 bytes long. */
  static async open(secretsDirectory: string): Promise<KeyfileProvider> {
    await makeDirectory(secretsDirectory);
    const retired = (await readdir(secretsDirectory)).filter((name) => RETIRED.test(name));
    const masters = new Map<string, Buffer>();
    let keyId = '';
    for (const name of [...retired, CURRENT]) {
      const key = readOrCreateSecret(secretsDirectory, name, () => randomBytes(KEY_BYTES));
      if (key.length !== KEY_BYTES) throw new Error(`${name} in the secrets folder must be ${KEY_BYTES} bytes long`);
      keyId = nameOf(key);
      masters.set(keyId, key);
    }
    // A master whose name is lost by a power cut would take every case key with it.
    await syncDirectory(secretsDirectory);
    return new KeyfileProvider(keyId, masters);
  }

  override holds(keyId: string): boolean {
    return this.masters.has(keyId);
  }

  override async wrap(key: Uint8Array, context: Uint8Array): Promise<WrappedByMaster> {
    return { keyId: this.keyId, wrapped: wrapKey(this.master(this.keyId), key, context) };
  }

  override async unwrap({ keyId, wrapped }: WrappedByMaster, context: Uint8Array): Promise<Buffer> {
    const key = unwrapKey(this.master(keyId), wrapped, context);
    if (!key) throw new DomainError('storage.damaged', { part: 'case-key' });
    return key;
  }

  private master(keyId: string): Buffer {
    const master = this.masters.get(keyId);
    if (!master) throw new DomainError('storage.key-unavailable', { keyId });
    return master;
  }
}

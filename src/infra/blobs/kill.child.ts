import { randomBytes, randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { KeyfileProvider } from '../crypto/keyfile';
import { CaseKeyStore } from '../crypto/keystore';
import { DiskBlobStore } from './disk';
import { SealedStore } from './sealed-store';

/** Started by disk.kill.spec.ts: stores objects, several at once, until it is killed. A line on standard output is an acknowledgement. */
async function storeForEver(root: string): Promise<void> {
  const keys = await CaseKeyStore.open(join(root, 'keys'), await KeyfileProvider.open(join(root, 'secrets')));
  const store = new SealedStore(await DiskBlobStore.open(join(root, 'blobs')), keys);
  const one = async (): Promise<void> => {
    for (;;) {
      const [objectId, caseId] = [randomUUID(), randomUUID()];
      const content = randomBytes(randomBytes(3).readUIntBE(0, 3) >> 4);
      const sealed = await store.store(objectId, caseId, Readable.from([content]), { maxBytes: 2 ** 24 });
      const { sha256, wrappedKey } = sealed;
      writeSync(1, `${JSON.stringify({ objectId, caseId, sha256, wrappedKey: wrappedKey.toString('hex') })}\n`);
    }
  };
  await Promise.all([one(), one(), one()]);
}

void storeForEver(process.argv[2] ?? '');

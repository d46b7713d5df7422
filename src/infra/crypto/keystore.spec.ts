import { randomBytes, randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LooseSecretError } from '../secrets';
import { KeyfileProvider } from './keyfile';
import { CaseKeyStore } from './keystore';

let root: string;
let secrets: string;
let keys: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'clepsydra-keys-'));
  secrets = join(root, 'secrets');
  keys = join(root, 'case-keys');
});
afterEach(() => rm(root, { recursive: true }));

const openStore = async (): Promise<CaseKeyStore> => CaseKeyStore.open(keys, await KeyfileProvider.open(secrets));
const code = (expected: string) => expect.objectContaining({ code: expected });

async function filesOf(caseId: string): Promise<string[]> {
  return (await readdir(join(keys, caseId.slice(-2)))).filter((name) => name.startsWith(caseId)).toSorted();
}

describe('master key file', () => {
  it('is made on the first start, 32 bytes, for its owner alone, and found again', async () => {
    const first = await KeyfileProvider.open(secrets);
    const path = join(secrets, 'master.key');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(await readFile(path)).toHaveLength(32);
    expect((await KeyfileProvider.open(secrets)).keyId).toBe(first.keyId);
    expect(first.keyId).toMatch(/^keyfile:[0-9a-f]{16}$/);
  });

  it('is refused when others may read it or its length is wrong', async () => {
    await KeyfileProvider.open(secrets);
    const path = join(secrets, 'master.key');
    await chmod(path, 0o640);
    await expect(KeyfileProvider.open(secrets)).rejects.toThrow(LooseSecretError);
    await chmod(path, 0o600);
    await writeFile(path, randomBytes(31));
    await expect(KeyfileProvider.open(secrets)).rejects.toThrow(/32 bytes/);
  });
});

describe('case keys', () => {
  const [caseId, objectId] = [randomUUID(), randomUUID()];
  const dataKey = randomBytes(32);

  it('unwraps after a restart what it wrapped before, for that case and object alone', async () => {
    const wrapped = await (await openStore()).wrap(caseId, objectId, dataKey);
    const store = await openStore();
    expect(await store.unwrap(caseId, objectId, wrapped)).toEqual(dataKey);
    await expect(store.unwrap(caseId, randomUUID(), wrapped)).rejects.toEqual(code('storage.damaged'));
    const other = randomUUID();
    await store.wrap(other, objectId, dataKey);
    await expect(store.unwrap(other, objectId, wrapped)).rejects.toEqual(code('storage.damaged'));
    expect(wrapped.includes(dataKey)).toBe(false);
  });

  it('refuses a wrapping in which any byte was changed or cut off', async () => {
    const store = await openStore();
    const wrapped = await store.wrap(caseId, objectId, dataKey);
    for (let at = 0; at < wrapped.length; at++) {
      const changed = Buffer.from(wrapped);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      await expect(store.unwrap(caseId, objectId, changed)).rejects.toThrow();
      await expect(store.unwrap(caseId, objectId, wrapped.subarray(0, at))).rejects.toThrow();
    }
  });

  it('keeps one file a case, readable by the owner alone and without the key in the clear', async () => {
    const store = await openStore();
    await Promise.all(Array.from({ length: 8 }, () => store.wrap(caseId, randomUUID(), dataKey)));
    expect(await filesOf(caseId)).toEqual([`${caseId}.1.key`]);
    const path = join(keys, caseId.slice(-2), `${caseId}.1.key`);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      v: 1,
      keyId: expect.stringMatching(/^keyfile:/),
      wrapped: expect.any(String),
    });
  });

  it('lets two nodes make the first key of a case at once and agree on it', async () => {
    const [a, b] = await Promise.all([openStore(), openStore()]);
    const [fromA, fromB] = await Promise.all([a.wrap(caseId, objectId, dataKey), b.wrap(caseId, objectId, dataKey)]);
    expect(await b.unwrap(caseId, objectId, fromA)).toEqual(dataKey);
    expect(await a.unwrap(caseId, objectId, fromB)).toEqual(dataKey);
  });

  it('destroys for good: nothing is unwrapped or wrapped for that case again, by any node, also after a restart', async () => {
    const [store, other] = [await openStore(), await openStore()];
    const wrapped = await store.wrap(caseId, objectId, dataKey);
    expect(await store.destroy(caseId)).toBe(1);
    expect(await filesOf(caseId)).toEqual([`${caseId}.destroyed`]);
    for (const each of [store, other, await openStore()]) {
      await expect(each.unwrap(caseId, objectId, wrapped)).rejects.toEqual(code('storage.key-destroyed'));
      await expect(each.wrap(caseId, objectId, dataKey)).rejects.toEqual(code('storage.key-destroyed'));
      await expect(each.renew(caseId)).rejects.toEqual(code('storage.key-destroyed'));
    }
    expect(await store.destroy(caseId)).toBe(0);
  });

  it('destroys one object and keeps the survivors by renewing the key of the case', async () => {
    const store = await openStore();
    const [kept, gone] = [randomUUID(), randomUUID()];
    const wrappedKept = await store.wrap(caseId, kept, dataKey);
    const wrappedGone = await store.wrap(caseId, gone, dataKey);
    const generation = await store.renew(caseId);
    const again = await store.wrap(caseId, kept, await store.unwrap(caseId, kept, wrappedKept));
    await store.destroy(caseId, generation - 1);
    expect(await store.unwrap(caseId, kept, again)).toEqual(dataKey);
    await expect(store.unwrap(caseId, gone, wrappedGone)).rejects.toEqual(code('storage.key-destroyed'));
    expect(await filesOf(caseId)).toEqual([`${caseId}.2.key`]);
  });

  it('completes a destruction that a crash interrupted after its mark', async () => {
    const store = await openStore();
    await store.wrap(caseId, objectId, dataKey);
    await writeFile(join(keys, caseId.slice(-2), `${caseId}.destroyed`), '');
    await openStore();
    expect(await filesOf(caseId)).toEqual([`${caseId}.destroyed`]);
  });

  it('does not take the half-written key of a killed process for a key', async () => {
    const store = await openStore();
    await writeFile(join(keys, caseId.slice(-2), `${caseId}.7.key.0123456789ab.tmp`), '{"v":1');
    const wrapped = await store.wrap(caseId, objectId, dataKey);
    expect(await store.unwrap(caseId, objectId, wrapped)).toEqual(dataKey);
    await store.destroy(caseId);
    expect(await filesOf(caseId)).toEqual([`${caseId}.destroyed`]);
  });

  it('refuses to start when the master key of the case keys is lost, instead of making another', async () => {
    const provider = await KeyfileProvider.open(secrets);
    await CaseKeyStore.open(keys, provider);
    await rm(join(secrets, 'master.key'));
    await expect(openStore()).rejects.toEqual(code('storage.key-unavailable'));
  });

  it('changes the master key: the old one still unwraps, and is not needed once the case keys are wrapped again', async () => {
    const wrapped = await (await openStore()).wrap(caseId, objectId, dataKey);
    await rename(join(secrets, 'master.key'), join(secrets, 'master-2024.key'));
    const store = await openStore();
    expect(await store.unwrap(caseId, objectId, wrapped)).toEqual(dataKey);
    expect(await store.rewrap()).toBe(1);
    expect(await store.rewrap()).toBe(0);
    await rm(join(secrets, 'master-2024.key'));
    expect(await (await openStore()).unwrap(caseId, objectId, wrapped)).toEqual(dataKey);
  });

  it('never makes a path of anything but an identifier', async () => {
    const store = await openStore();
    await expect(store.wrap('../../../../escape/0000-4000-8000-aa', objectId, dataKey)).rejects.toThrow();
    await expect(store.destroy(`${caseId}/..`)).rejects.toThrow();
  });
});

import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { appendFile, mkdtemp, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import * as fc from 'fast-check';
import { storageError } from '../crypto/durable-file';
import { KeyfileProvider } from '../crypto/keyfile';
import { CaseKeyStore } from '../crypto/keystore';
import { DiskBlobStore } from './disk';
import { SealedStore } from './sealed-store';

let root: string;
let keys: CaseKeyStore;
let blobs: DiskBlobStore;
let store: SealedStore;
const caseId = randomUUID();
const limit = { maxBytes: 10 * 2 ** 20 };
const code = (expected: string) => expect.objectContaining({ code: expected });

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'clepsydra-blobs-'));
  keys = await CaseKeyStore.open(join(root, 'keys'), await KeyfileProvider.open(join(root, 'secrets')));
  blobs = await DiskBlobStore.open(join(root, 'blobs'), 0);
  store = new SealedStore(blobs, keys);
});
afterAll(() => rm(root, { recursive: true }));

const pathOf = (objectId: string): string => join(root, 'blobs', 'objects', objectId.slice(-2), objectId);
const leftovers = (): Promise<string[]> => readdir(join(root, 'blobs', 'tmp'));

async function put(content: Buffer): Promise<{ objectId: string; wrappedKey: Buffer }> {
  const objectId = randomUUID();
  const { wrappedKey } = await store.store(objectId, caseId, Readable.from([content]), limit);
  return { objectId, wrappedKey };
}

async function read(stream: Readable): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

async function* pieces(content: Buffer, step: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += step) yield content.subarray(at, at + step);
}

describe('storing', () => {
  it.each([0, 1, 65_536, 70_002, 3_000_000])(
    'gives back %i bytes, with digests, size and head of the plaintext',
    async (length) => {
      const [objectId, content] = [randomUUID(), randomBytes(length)];
      const seen = createHash('sha256');
      const options = { ...limit, tap: (piece: Uint8Array): void => void seen.update(piece) };
      const sealed = await store.store(objectId, caseId, Readable.from(pieces(content, 70_001)), options);
      const digest = (name: string): string => createHash(name).update(content).digest('hex');
      expect(sealed).toEqual({
        sha256: digest('sha256'),
        sha512: digest('sha512'),
        md5: digest('md5'),
        size: length,
        encryptedSize: (await stat(pathOf(objectId))).size,
        wrappedKey: expect.any(Buffer),
        head: content.subarray(0, 65_536),
      });
      expect(seen.digest('hex')).toBe(sealed.sha256);
      expect((await read(await store.open(objectId, caseId, sealed.wrappedKey))).equals(content)).toBe(true);
    },
  );

  it('keeps no plaintext on the disk and lets the owner alone read the file', async () => {
    const content = Buffer.from('a sentence that would be found again'.repeat(1000));
    const { objectId } = await put(content);
    expect((await readFile(pathOf(objectId))).includes('sentence')).toBe(false);
    expect((await stat(pathOf(objectId))).mode & 0o777).toBe(0o600);
  });

  it('reads a range', async () => {
    const content = randomBytes(100_000);
    const { objectId, wrappedKey } = await put(content);
    const part = await read(await store.open(objectId, caseId, wrappedKey, { start: 16_000, end: 50_000 }));
    expect(part.equals(content.subarray(16_000, 50_000))).toBe(true);
    for (const range of [
      { start: -1, end: 5 },
      { start: 5, end: 4 },
      { start: 0, end: 100_001 },
      { start: Number.NaN, end: 1 },
    ]) {
      await expect(store.open(objectId, caseId, wrappedKey, range)).rejects.toEqual(code('storage.range'));
    }
  });

  it('takes a file of exactly the limit and refuses one byte more, leaving nothing and reading the sender to its end', async () => {
    const content = randomBytes(300_000);
    await store.store(randomUUID(), caseId, Readable.from(pieces(content, 10_000)), { maxBytes: 300_000 });
    const objectId = randomUUID();
    const source = Readable.from(pieces(content, 10_000));
    const ended = new Promise((resolve) => source.once('end', resolve));
    await expect(store.store(objectId, caseId, source, { maxBytes: 299_999 })).rejects.toEqual(code('file.too-large'));
    await ended;
    expect(await leftovers()).toEqual([]);
    await expect(stat(pathOf(objectId))).rejects.toThrow(/ENOENT/);
  });

  it('refuses a file that the multipart parser cut off at its own limit', async () => {
    const source = Object.assign(Readable.from([randomBytes(10)]), { truncated: true });
    await expect(store.store(randomUUID(), caseId, source, limit)).rejects.toEqual(code('file.too-large'));
    expect(await leftovers()).toEqual([]);
  });

  it('leaves nothing when the sender breaks off, at once or in the middle', async () => {
    for (const sent of [0, 2_000_000]) {
      const source = new PassThrough();
      const storing = store.store(randomUUID(), caseId, source, limit);
      if (sent > 0) source.write(randomBytes(sent));
      source.destroy(sent > 0 ? new Error('aborted') : undefined);
      await expect(storing).rejects.toEqual(code('file.interrupted'));
    }
    expect(await leftovers()).toEqual([]);
  });

  it('never overwrites an object', async () => {
    const content = randomBytes(100);
    const { objectId, wrappedKey } = await put(content);
    await expect(store.store(objectId, caseId, Readable.from([randomBytes(5)]), limit)).rejects.toThrow(/EEXIST/);
    expect((await read(await store.open(objectId, caseId, wrappedKey))).equals(content)).toBe(true);
    expect(await leftovers()).toEqual([]);
  });

  it('says that the disk is full before the database on it notices, and leaves nothing', async () => {
    const full = new SealedStore(await DiskBlobStore.open(join(root, 'blobs'), Number.MAX_SAFE_INTEGER), keys);
    const storing = full.store(randomUUID(), caseId, Readable.from([randomBytes(10)]), limit);
    await expect(storing).rejects.toEqual(code('storage.full'));
    expect(await leftovers()).toEqual([]);
  });

  it('says that the disk is full when the system says so', async () => {
    if (process.platform !== 'linux') return;
    const file = await open('/dev/full', 'w');
    const fault: unknown = await file.write('x').catch((error: unknown) => error);
    await file.close();
    expect(storageError(fault)).toEqual(code('storage.full'));
  });

  it('never makes a path of anything but an identifier', async () => {
    for (const id of ['../../escape', '', randomUUID().toUpperCase(), `${randomUUID()}/..`]) {
      await expect(store.store(id, caseId, Readable.from(['x']), limit)).rejects.toThrow();
      await expect(store.remove(id)).rejects.toThrow();
    }
    expect(await leftovers()).toEqual([]);
  });
});

describe('reading what somebody changed', () => {
  const readAll = async (objectId: string, wrappedKey: Buffer): Promise<Buffer> =>
    read(await store.open(objectId, caseId, wrappedKey));

  it('fails for any changed byte, any cut and anything appended', async () => {
    const { objectId, wrappedKey } = await put(randomBytes(40_000));
    const original = await readFile(pathOf(objectId));
    const position = fc.integer({ min: 0, max: original.length - 1 });
    await fc.assert(
      fc.asyncProperty(position, fc.constantFrom('flip', 'cut', 'swap'), async (at, change) => {
        const changed = change === 'cut' ? original.subarray(0, at) : Buffer.from(original);
        if (change === 'flip') changed.writeUInt8(changed.readUInt8(at) ^ 0x40, at);
        if (change === 'swap') {
          changed.set(original.subarray(56, 56 + 16_400), 56 + 16_400);
          changed.set(original.subarray(56 + 16_400, 56 + 32_800), 56);
        }
        await writeFile(pathOf(objectId), changed);
        await expect(readAll(objectId, wrappedKey)).rejects.toEqual(code('storage.damaged'));
      }),
      { numRuns: 100 },
    );
    await writeFile(pathOf(objectId), original);
    await appendFile(pathOf(objectId), randomBytes(1));
    await expect(readAll(objectId, wrappedKey)).rejects.toEqual(code('storage.damaged'));
    await truncate(pathOf(objectId), original.length);
    expect(await readAll(objectId, wrappedKey)).toHaveLength(40_000);
  });

  it('fails when one object lies under the name of another', async () => {
    const [one, other] = [await put(randomBytes(100)), await put(randomBytes(100))];
    await writeFile(pathOf(one.objectId), await readFile(pathOf(other.objectId)));
    await expect(readAll(one.objectId, one.wrappedKey)).rejects.toEqual(code('storage.damaged'));
    await expect(readAll(one.objectId, other.wrappedKey)).rejects.toEqual(code('storage.damaged'));
  });

  it('says that it is missing, and that its key is destroyed', async () => {
    const { objectId, wrappedKey } = await put(randomBytes(100));
    expect(await store.remove(objectId)).toBe(true);
    expect(await store.remove(objectId)).toBe(false);
    await expect(readAll(objectId, wrappedKey)).rejects.toEqual(code('storage.missing'));
    const [closedCase, closedObject] = [randomUUID(), randomUUID()];
    const sealed = await store.store(closedObject, closedCase, Readable.from(['x']), limit);
    await keys.destroy(closedCase);
    const opening = store.open(closedObject, closedCase, sealed.wrappedKey);
    await expect(opening).rejects.toEqual(code('storage.key-destroyed'));
  });
});

describe('recovery', () => {
  it('lists what is stored, puts the unknown aside and clears only leftovers that nobody writes any more', async () => {
    const { objectId, wrappedKey } = await put(randomBytes(100));
    const listed: string[] = [];
    for await (const found of store.list()) listed.push(found.objectId);
    expect(listed).toContain(objectId);

    expect(await store.quarantine(objectId)).toBe(true);
    expect(await store.quarantine(objectId)).toBe(false);
    await expect(store.open(objectId, caseId, wrappedKey)).rejects.toEqual(code('storage.missing'));
    const aside = await readdir(join(root, 'blobs', 'quarantine'));
    expect(aside.filter((name) => name.startsWith(objectId))).toHaveLength(1);

    await writeFile(join(root, 'blobs', 'tmp', `${objectId}.0123456789ab.tmp`), 'half');
    expect(await blobs.recover(60_000)).toBe(0);
    expect(await blobs.recover(0)).toBe(1);
    expect(await leftovers()).toEqual([]);
  });
});

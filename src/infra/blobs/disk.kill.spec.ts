import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyfileProvider } from '../crypto/keyfile';
import { CaseKeyStore } from '../crypto/keystore';
import { DiskBlobStore } from './disk';
import { SealedStore } from './sealed-store';

interface Acknowledged {
  readonly objectId: string;
  readonly caseId: string;
  readonly sha256: string;
  readonly wrappedKey: string;
}

const root = mkdtempSync(join(tmpdir(), 'clepsydra-kill-'));
const script = join(root, 'child.js');
afterAll(() => rmSync(root, { recursive: true }));
beforeAll(() => {
  const esbuild = require.resolve('esbuild/bin/esbuild');
  const args = [join(__dirname, 'kill.child.ts'), '--bundle', '--platform=node', '--log-level=error'];
  execFileSync(esbuild, [...args, `--outfile=${script}`]);
});

function parse(line: string): Acknowledged {
  const acknowledged: Acknowledged = JSON.parse(line);
  return acknowledged;
}

/** Kills the child at its n-th acknowledgement, in the middle of whatever the other two uploads are doing then. */
function killedAfter(acknowledgements: number): Promise<Acknowledged[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script, root], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      if (text.split('\n').length > acknowledgements) child.kill('SIGKILL');
    });
    child.once('error', reject);
    child.once('close', () => resolve(text.trim().split('\n').map(parse)));
  });
}

async function openStore(): Promise<SealedStore> {
  const keys = await CaseKeyStore.open(join(root, 'keys'), await KeyfileProvider.open(join(root, 'secrets')));
  return new SealedStore(await DiskBlobStore.open(join(root, 'blobs')), keys);
}

it('reads back every acknowledged object after kill -9, and leaves no half file under a final name', async () => {
  const acknowledged: Acknowledged[] = [];
  for (const round of [1, 2, 5, 9, 14, 20]) acknowledged.push(...(await killedAfter(round)));
  expect(acknowledged.length).toBeGreaterThanOrEqual(51);

  const store = await openStore();
  for (const { objectId, caseId, sha256, wrappedKey } of acknowledged) {
    const hash = createHash('sha256');
    for await (const piece of await store.open(objectId, caseId, Buffer.from(wrappedKey, 'hex'))) hash.update(piece);
    expect(hash.digest('hex')).toBe(sha256);
  }

  // What was stored but not acknowledged is whole as well: its length is one that only a whole message has.
  const blobs = await DiskBlobStore.open(join(root, 'blobs'));
  let stored = 0;
  for await (const { encryptedSize } of blobs.list()) {
    stored++;
    expect((encryptedSize - 56) % 16_400).toBeGreaterThanOrEqual(16);
  }
  expect(stored).toBeGreaterThanOrEqual(acknowledged.length);

  await blobs.recover(0);
  expect(await readdir(join(root, 'blobs', 'tmp'))).toEqual([]);
  let after = 0;
  for await (const _ of blobs.list()) after++;
  expect(after).toBe(stored);
}, 60_000);

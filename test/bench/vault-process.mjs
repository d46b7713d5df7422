import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { built } from './dist.mjs';

// Started by vault.mjs, so that its memory is its own: stores a file in a vault and prints how long that took.
const { KeyfileProvider } = built('src/infra/crypto/keyfile');
const { CaseKeyStore } = built('src/infra/crypto/keystore');
const { DiskBlobStore } = built('src/infra/blobs/disk');
const { SealedStore } = built('src/infra/blobs/sealed-store');

const [folder, source] = process.argv.slice(2);
const keys = await CaseKeyStore.open(
  path.join(folder, 'case-keys'),
  await KeyfileProvider.open(path.join(folder, 'secrets')),
);
const store = new SealedStore(await DiskBlobStore.open(path.join(folder, 'blobs')), keys);
const idle = process.memoryUsage.rss();
let peak = idle;
const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 10);
const startedAt = performance.now();
const stored = await store.store(randomUUID(), randomUUID(), fs.createReadStream(source), { maxBytes: 2 ** 32 });
const ms = performance.now() - startedAt;
clearInterval(watch);
process.stdout.write(JSON.stringify({ ms, sha256: stored.sha256, idle, peak }));

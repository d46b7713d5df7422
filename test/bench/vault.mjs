import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { time } from './workplace.mjs';

const MIB = 2 ** 20;
const CHILD = fileURLToPath(new URL('vault-process.mjs', import.meta.url));
const mibPerSecond = (bytes, ms) => bytes / MIB / (ms / 1000);

/** Bytes that nothing compresses; in the page cache when they are read, for both. */
async function makeSource(file, bytes) {
  const handle = await open(file, 'w');
  for (let written = 0; written < bytes; written += MIB) await handle.write(randomBytes(MIB));
  await handle.sync();
  await handle.close();
}

async function digestOf(file) {
  try {
    const { ms, output } = await time('sha256sum', [file]);
    return { ms, sha256: output.split(' ')[0] };
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    const startedAt = performance.now();
    const hash = createHash('sha256');
    for await (const piece of fs.createReadStream(file, { highWaterMark: MIB })) hash.update(piece);
    return { sha256: hash.digest('hex'), ms: performance.now() - startedAt };
  }
}

/** Read, write, fdatasync: what any program has to do that keeps a copy. */
async function copy(file, target) {
  const startedAt = performance.now();
  const [from, to] = [await open(file), await open(target, 'w')];
  const piece = Buffer.allocUnsafe(MIB);
  for (;;) {
    const { bytesRead } = await from.read(piece, 0, MIB);
    if (bytesRead === 0) break;
    await to.write(piece, 0, bytesRead);
  }
  await to.datasync();
  await Promise.all([from.close(), to.close()]);
  const ms = performance.now() - startedAt;
  fs.rmSync(target);
  return ms;
}

async function ingest(folder, source, sha256) {
  const vault = path.join(folder, 'vault');
  fs.mkdirSync(vault, { recursive: true });
  const { output } = await time(process.execPath, [CHILD, vault, source]);
  fs.rmSync(vault, { recursive: true });
  const result = JSON.parse(output);
  if (result.sha256 !== sha256) throw new Error('the vault stored something else');
  return result;
}

/** One large file into the vault, and the same file through sha256sum, write and fdatasync, in turns; the best of each. */
export async function benchVault(folder, { bytes, rounds, say }) {
  const source = path.join(folder, 'source');
  await makeSource(source, bytes);
  const plain = [];
  const vault = [];
  for (let round = 0; round < rounds; round += 1) {
    const digest = await digestOf(source);
    plain.push(digest.ms + (await copy(source, path.join(folder, 'copy'))));
    vault.push(await ingest(folder, source, digest.sha256));
  }
  fs.rmSync(source);
  const rate = mibPerSecond(bytes, Math.min(...vault.map(({ ms }) => ms)));
  const plainRate = mibPerSecond(bytes, Math.min(...plain));
  const memory = Math.max(...vault.map(({ idle, peak }) => (peak - idle) / MIB));
  const ratio = rate / plainRate;
  const size = `${bytes / MIB} MiB`;
  say(`vault: ${rate.toFixed(0)} MiB/s, ${memory.toFixed(0)} MiB above idle; plain ${plainRate.toFixed(0)} MiB/s`);
  return [
    {
      what: `vault: ingest of ${size}`,
      figure: `${rate.toFixed(0)} MiB/s`,
      baseline: `${plainRate.toFixed(0)} MiB/s, sha256sum + write + fdatasync`,
      ratio,
      target: '≥ 0.65×',
      met: ratio >= 0.65,
      values: { rate, plainRate, vault, plain },
    },
    {
      what: `vault: memory above idle, ${size}`,
      figure: `${memory.toFixed(0)} MiB`,
      target: '≤ 100 MB',
      met: memory * MIB <= 100e6,
      values: { memory },
    },
  ];
}

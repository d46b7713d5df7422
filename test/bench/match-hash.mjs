// What it costs to hash pictures, beside sharp's own decoding of the same JPEG and beside what npm has, in turns in one
// run; the best of each. `node test/bench/match-hash.mjs [--quick]` after a build.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { built, root } from './dist.mjs';
import { ms, perSecond, table } from './figures.mjs';

const require = createRequire(path.join(root, 'package.json'));
const sharp = require('sharp');

const SIZES = [
  { name: '1 MP', width: 1224, height: 816, target: 1.4, rounds: 40 },
  { name: '4 MP', width: 2448, height: 1632, target: 1.4, rounds: 30 },
  { name: '12 MP', width: 4000, height: 3000, target: 1.6, rounds: 12 },
];
const LIMITS = { maxPixels: 40e6 };
const FAST = { mode: 'fast' };
const FAST_PER_SECOND = 220;
const QUALITY = 85;
/** Levels of grain: with it a JPEG has the 170 kB a megapixel of an ordinary photograph, and decoding its price. */
const GRAIN = 50;

const { scenePixels, randomFrom } = built('seeds/scenes');
const { decodeImage, hashEncoded: hashEncodedWith } = built('src/infra/imaging/decode');
const hashEncoded = (jpeg, ...how) => hashEncodedWith(() => Promise.resolve(sharp), jpeg, ...how);
const { ImagePool } = built('src/infra/imaging/image-pool');
const { pdqHash, pdqHashPlain } = built('src/perceptual/pdq');
const { hammingDistance } = built('src/perceptual/hamming');

/** A scene with grain, softened as a lens does it. */
async function photograph(seed, { width, height }, options = {}) {
  const { data } = scenePixels(seed, { width, height });
  const random = randomFrom(seed + 1);
  for (let i = 0; i < data.length; i += 1) data[i] = Math.max(0, Math.min(255, data[i] + (random() - 0.5) * GRAIN));
  return sharp(data, { raw: { width, height, channels: 3 } })
    .blur(0.6)
    .jpeg({ quality: QUALITY, ...options })
    .toBuffer();
}

/**
 * The best of `rounds` of each, in milliseconds of processor time of all threads: what a core is busy for, whoever else
 * wants it meanwhile. In turns, so that a disturbance meets all of them.
 */
async function inTurns(rounds, ways) {
  const best = Object.fromEntries(Object.keys(ways).map((name) => [name, Infinity]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, way] of Object.entries(ways)) {
      const before = process.cpuUsage();
      await way();
      const { user, system } = process.cpuUsage(before);
      best[name] = Math.min(best[name], (user + system) / 1000);
    }
  }
  return best;
}

const fullDecode = (jpeg) => sharp(jpeg).raw().toBuffer({ resolveWithObject: true });

async function benchSize(size, rounds) {
  const jpeg = await photograph(size.width, size);
  const { data, info } = await fullDecode(jpeg);
  const pixels = { data, width: info.width, height: info.height, channels: 3 };
  if (pdqHash(pixels).hash !== pdqHashPlain(pixels).hash) throw new Error('the twins differ');
  const best = await inTurns(rounds, {
    decode: () => fullDecode(jpeg),
    exact: async () => pdqHash((await decodeImage(sharp, jpeg, LIMITS, false)).pixels),
    both: () => hashEncoded(jpeg, LIMITS),
    fast: () => hashEncoded(jpeg, LIMITS, FAST),
    compute: () => pdqHash(pixels),
  });
  const plain = (await inTurns(Math.ceil(rounds / 8), { plain: () => pdqHashPlain(pixels) })).plain;
  const baseline = `${ms(best.decode)} ms, sharp's full decode`;
  const ratio = best.exact / best.decode;
  return {
    jpeg,
    best,
    rows: [
      {
        what: `exact PDQ with decoding, ${size.name} (${Math.round(jpeg.length / 1000)} kB)`,
        figure: `${ms(best.exact)} ms`,
        baseline,
        ratio,
        target: `≤ ${size.target}×`,
        met: ratio <= size.target,
        values: best,
      },
      {
        what: `exact PDQ and blockhash with decoding, ${size.name}`,
        figure: `${ms(best.both)} ms`,
        baseline,
        ratio: best.both / best.decode,
      },
      {
        what: `PDQ alone, ${size.name}: WebAssembly`,
        figure: `${best.compute.toFixed(2)} ms`,
        baseline: `${ms(plain)} ms, the TypeScript twin`,
        ratio: best.compute / plain,
      },
      {
        what: `fast PDQ, ${size.name}`,
        figure: `${perSecond(1000 / best.fast)} a core`,
        baseline: `${perSecond(1000 / best.exact)}, exact PDQ`,
        ratio: best.exact / best.fast,
        ...(size.name === '1 MP' ? { target: `≥ ${FAST_PER_SECOND}/s`, met: 1000 / best.fast >= FAST_PER_SECOND } : {}),
      },
    ],
  };
}

/** What npm has: none of it is PDQ, all of it is blockhash of 256 bits. */
async function benchPeers(jpeg, rounds) {
  const { hash: imghash } = require('imghash');
  const { imageHash } = require('image-hash');
  const { bmvbhash } = require('blockhash-core');
  const best = await inTurns(rounds, {
    exact: () => hashEncoded(jpeg, LIMITS),
    fast: () => hashEncoded(jpeg, LIMITS, FAST),
    imghash: () => imghash(jpeg, 16),
    'image-hash': () =>
      new Promise((resolve, reject) => {
        imageHash({ data: jpeg }, 16, true, (error, hash) => (error ? reject(error) : resolve(hash)));
      }),
    'sharp and blockhash-core': async () => {
      const { data, info } = await sharp(jpeg).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
      return bmvbhash({ width: info.width, height: info.height, data }, 16);
    },
  });
  const targets = { imghash: 10, 'image-hash': 25 };
  return ['imghash', 'image-hash', 'sharp and blockhash-core'].flatMap((peer) =>
    ['exact', 'fast'].map((mode) => {
      const ratio = best[peer] / best[mode];
      const target = mode === 'fast' && targets[peer];
      return {
        what: `${mode === 'exact' ? 'exact PDQ and blockhash' : 'fast PDQ'} against ${peer}, 1 MP`,
        figure: perSecond(1000 / best[mode]),
        baseline: `${perSecond(1000 / best[peer])}, ${peer}`,
        ratio,
        ...(target ? { target: `≥ ${target}×`, met: ratio >= target } : {}),
      };
    }),
  );
}

async function benchPool(jpeg, images) {
  const size = os.availableParallelism();
  const pool = new ImagePool({ size });
  const rates = {};
  for (const mode of ['scanImage', 'hashImage']) {
    await Promise.all(Array.from({ length: size * 4 }, () => pool[mode](jpeg)));
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: images }, () => pool[mode](jpeg)));
    rates[mode] = (images / (performance.now() - startedAt)) * 1000;
  }
  pool.close();
  return {
    what: `fast PDQ through the pool of ${size} processes, 1 MP`,
    figure: perSecond(rates.scanImage),
    baseline: `${perSecond(rates.hashImage)}, exact PDQ and blockhash through it`,
    ratio: rates.scanImage / rates.hashImage,
    values: rates,
  };
}

/** Bits between the fast hash and the exact one. */
async function errorOf(files) {
  const distances = [];
  for (const file of files) {
    const [fast, exact] = [await hashEncoded(file, LIMITS, FAST), await hashEncoded(file, LIMITS)];
    distances.push(hammingDistance(fast.pdq.hash, exact.pdq.hash));
  }
  const mean = distances.reduce((sum, one) => sum + one, 0) / distances.length;
  return { mean, max: Math.max(...distances), distances };
}

const errorRow = (what, { mean, max, distances }) => ({
  what: `error of fast PDQ, ${what}`,
  figure: `mean ${mean.toFixed(1)}, max ${max} bits`,
  baseline: 'exact PDQ; a match is ≤ 31',
  values: { distances },
});

/** Generated pictures of four shapes, and the photographs of the reference where they are present. */
async function benchError(pictures) {
  const shapes = [[640, 530], [816, 1224], [1224, 816], [2448, 1632]]; // prettier-ignore
  const kinds = { baseline: [], progressive: [] };
  for (let seed = 0; seed < pictures; seed += 1) {
    const [width, height] = shapes[seed % shapes.length];
    kinds.baseline.push(await photograph(seed * 31, { width, height }));
    if (seed % 2 === 0) continue;
    kinds.progressive.push(await photograph(seed * 31, { width: 1224, height: 816 }, { progressive: true }));
  }
  const rows = [];
  for (const [kind, files] of Object.entries(kinds)) {
    rows.push(errorRow(`${files.length} generated JPEGs, ${kind}`, await errorOf(files)));
  }
  const folder = path.join(root, '..', 'shared', 'fixtures', 'images');
  if (existsSync(folder)) {
    const names = readdirSync(folder).filter((name) => name.endsWith('.jpg'));
    const photographs = names.map((name) => readFileSync(path.join(folder, name)));
    rows.push(errorRow(`${names.length} reference JPEGs`, await errorOf(photographs)));
  }
  return rows;
}

/** Prints the table; resolves to its rows. `quick`: a few rounds of each, to see that it works. */
export async function run({ quick = false, say = () => undefined } = {}) {
  sharp.cache(false);
  // As in the pool's processes: one thread a picture, the cores are for the pictures beside it.
  sharp.concurrency(1);
  const rows = [];
  let megapixel;
  for (const size of SIZES) {
    const { jpeg, best, rows: found } = await benchSize(size, quick ? 3 : size.rounds);
    say(`${size.name}: decode ${ms(best.decode)} ms, exact PDQ ${ms(best.exact)} ms, fast ${ms(best.fast)} ms`);
    rows.push(...found);
    megapixel ??= jpeg;
  }
  rows.push(...(await benchPeers(megapixel, quick ? 2 : 12)));
  rows.push(await benchPool(megapixel, quick ? 20 : 400));
  rows.push(...(await benchError(quick ? 8 : 64)));
  const load = os.loadavg()[0].toFixed(1);
  process.stdout.write(`Image hashing, JPEG quality ${QUALITY}, processor time, load ${load}\n\n${table(rows)}\n`);
  return rows;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await run({ quick: process.argv.includes('--quick'), say: (line) => process.stderr.write(`${line}\n`) });
}

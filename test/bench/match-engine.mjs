// The matching engine in this process, on one core, at radius 31: beside comparing every entry (the same WebAssembly
// without slots) and beside Debian's faiss where it is installed, on the same hashes and questions in the same run.
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { built } from './dist.mjs';
import { percentile, perSecond } from './figures.mjs';
import { HASH_BYTES, picturesSet, questions, randomWords, uniformSet } from './match-sets.mjs';

const { HammingEngine } = built('src/perceptual/hamming-engine');
const { MatchBuffer } = built('src/perceptual/hamming-search');
const { restoreBits, permuteBits } = built('src/perceptual/bit-permutation');
const { bytesOfWords, wordsOfBytes } = built('src/perceptual/hex');

const RADIUS = 31;
const SCRIPT = fileURLToPath(new URL('match-faiss.py', import.meta.url));
const PYTHON = '/usr/bin/python3';
/** Issue 3, "Speed", from the size on: microseconds, questions a second, times faiss. */
const AIMS = [
  { from: 10e6, p50: 35, p99: 80, qps: 28_000, bytes: 150 },
  { from: 3.5e6, p50: 16, p99: 30, qps: 60_000, flat: 1900, multi: 600, bytes: 150 },
  { from: 1e6, p50: 8, p99: 15, qps: 120_000, flat: 1000, multi: 250 },
];
const LEAST_RECALL_QUESTIONS = 200;

const us = (value) => `${value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en')} µs`;
const sizeName = (count) => (count >= 1e6 ? `${count / 1e6} M` : `${count / 1e3} k`);
const idsOf = (count, from = 0) => Uint32Array.from({ length: count }, (_, at) => from + at);
const wordsAt = (hashes, at) => wordsOfBytes(hashes, at * HASH_BYTES);

/** Microseconds of each, best of the rounds for every figure by itself: other work on the machine only ever adds. */
function timeEach(asked, rounds, ask) {
  const best = { p50: Number.POSITIVE_INFINITY, p99: Number.POSITIVE_INFINITY, qps: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const times = asked.map(() => 0);
    const began = performance.now();
    for (let at = 0; at < asked.length; at += 1) {
      const start = performance.now();
      ask(asked[at]);
      times[at] = (performance.now() - start) * 1e3;
    }
    best.qps = Math.max(best.qps, (asked.length / (performance.now() - began)) * 1e3);
    best.p50 = Math.min(best.p50, percentile(times, 0.5));
    best.p99 = Math.min(best.p99, percentile(times, 0.99));
  }
  return best;
}

function load(hashes, options, expected) {
  const count = hashes.length / HASH_BYTES;
  const engine = new HammingEngine(expected, options);
  const start = performance.now();
  engine.insertMany(idsOf(count), hashes);
  while (engine.rebuildStep());
  return { engine, buildUs: ((performance.now() - start) * 1e3) / count };
}

/** Every match of so many questions equals what comparing every entry finds. @throws when one does not. */
function checkRecall(engine, flat, asked) {
  const sample = Math.min(asked.length / HASH_BYTES, LEAST_RECALL_QUESTIONS);
  const found = engine.queryMany(asked.subarray(0, sample * HASH_BYTES), RADIUS);
  const all = flat.queryMany(asked.subarray(0, sample * HASH_BYTES), RADIUS);
  const text = (out) =>
    JSON.stringify([...out.ids.subarray(0, out.count)].map((id, at) => [out.queries[at], id, out.distances[at]]));
  if (text(found) !== text(all))
    throw new Error(`Recall is not 1: ${found.count} matches, ${all.count} by comparing all`);
  return `1 (${all.count} matches of ${sample} questions)`;
}

async function askFaiss(hashes, asked, seconds) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'clepsydra-match-'));
  try {
    await promisify(execFile)(PYTHON, ['-c', 'import faiss']);
  } catch {
    fs.rmSync(folder, { recursive: true });
    return undefined;
  }
  try {
    const files = ['hashes', 'asked'].map((name) => path.join(folder, name));
    fs.writeFileSync(files[0], hashes);
    fs.writeFileSync(files[1], asked);
    return JSON.parse((await promisify(execFile)(PYTHON, [SCRIPT, ...files, String(seconds)])).stdout);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

/** One by one into a full index, and out again. */
function benchInserts(engine, rounds) {
  const count = 20_000;
  const fresh = uniformSet(count, 77);
  const words = Array.from({ length: count }, (_, at) => wordsAt(fresh, at));
  const best = { mean: Number.POSITIVE_INFINITY, p99: Number.POSITIVE_INFINITY, removal: Number.POSITIVE_INFINITY };
  for (let round = 0; round < rounds; round += 1) {
    const times = words.map(() => 0);
    const began = performance.now();
    for (let at = 0; at < count; at += 1) {
      const start = performance.now();
      engine.insert(0xf0000000 + at, words[at]);
      times[at] = (performance.now() - start) * 1e3;
    }
    best.mean = Math.min(best.mean, ((performance.now() - began) * 1e3) / count);
    best.p99 = Math.min(best.p99, percentile(times, 0.99));
    const removing = performance.now();
    for (let at = 0; at < count; at += 1) engine.remove(0xf0000000 + at);
    best.removal = Math.min(best.removal, ((performance.now() - removing) * 1e3) / count);
  }
  return best;
}

/** Entries that share 8 of the 16 chunks with one question, in growing number, and equal ones: whatever is worst. */
function benchWorst(engine) {
  const target = wordsOfBytes(uniformSet(1, 99));
  const permuted = permuteBits(target);
  const next = randomWords(101);
  let added = 0;
  const worst = { nsPerEntry: 0, what: '', slice: 0, sliceOf: '' };
  const measure = (what, radius) => {
    let total = Number.POSITIVE_INFINITY;
    // Each slice's best, so that the longest is not one in which another process ran.
    const slices = [];
    for (let round = 0; round < 7; round += 1) {
      const scan = engine.start(target, radius);
      let sum = 0;
      for (let number = 0, isDone = false; !isDone; number += 1) {
        const start = performance.now();
        isDone = scan.step();
        const took = performance.now() - start;
        sum += took;
        slices[number] = Math.min(slices[number] ?? took, took);
      }
      total = Math.min(total, sum);
    }
    const slice = Math.max(...slices);
    if (slice > worst.slice) Object.assign(worst, { slice, sliceOf: `${what}, radius ${radius}` });
    const nsPerEntry = (total * 1e6) / engine.size;
    if (nsPerEntry > worst.nsPerEntry) Object.assign(worst, { nsPerEntry, what: `${what}, radius ${radius}` });
  };
  for (const share of [0.0002, 0.002, 0.02]) {
    const count = Math.ceil(engine.size * share);
    const crowd = new Uint8Array(count * HASH_BYTES);
    for (let at = 0; at < count; at += 1) {
      const words = permuted.map((word, k) => (k % 2 === 0 ? word : next()));
      crowd.set(bytesOfWords(restoreBits(words)), at * HASH_BYTES);
    }
    engine.insertMany(idsOf(count, 0xe0000000 + added), crowd);
    added += count;
    for (const radius of [RADIUS, 47]) measure(`${added} entries share 8 of 16 chunks`, radius);
  }
  for (const radius of [RADIUS, 48, 64]) measure('any', radius);
  const same = new Uint8Array(20_000 * HASH_BYTES);
  for (let at = 0; at < 20_000; at += 1) same.set(bytesOfWords(target), at * HASH_BYTES);
  engine.insertMany(idsOf(20_000, 0xd0000000), same);
  measure('20,000 equal to the question', RADIUS);
  return worst;
}

/** How long a single call holds the loop while an index grows from nothing by inserts alone. */
function benchGrowth(count) {
  const engine = new HammingEngine();
  const hashes = uniformSet(count, 55);
  const words = Array.from({ length: count }, (_, at) => wordsAt(hashes, at));
  let longest = 0;
  const began = performance.now();
  for (let at = 0; at < count; at += 1) {
    const start = performance.now();
    engine.insert(at, words[at]);
    longest = Math.max(longest, performance.now() - start);
  }
  return { meanUs: ((performance.now() - began) * 1e3) / count, longest };
}

function peerRows(name, count, faiss, best, aims) {
  if (!faiss) return [];
  return [
    ['flat', 'IndexBinaryFlat', aims.flat],
    ['multi', 'IndexBinaryMultiHash 16 × 16, 1 flip', aims.multi],
  ].map(([key, title, aim]) => ({
    what: `${name}: times faiss ${faiss.version} ${key}`,
    figure: us(best.p50),
    baseline: `${title} ${us(faiss[key].p50)} p50, ${us(faiss[key].p99)} p99`,
    ratio: faiss[key].p50 / best.p50,
    target: aim && `≥ ${aim}×`,
    met: aim && faiss[key].p50 / best.p50 >= aim,
    values: { ...faiss[key], count },
  }));
}

async function benchSize(count, quick, say) {
  const name = sizeName(count);
  const aims = AIMS.find(({ from }) => count >= from) ?? {};
  const hashes = uniformSet(count);
  const asked = questions(hashes, quick ? 500 : 2000);
  const words = Array.from({ length: asked.length / HASH_BYTES }, (_, at) => wordsAt(asked, at));
  const flat = load(hashes, { flatBelow: Number.POSITIVE_INFINITY }, count).engine;
  const rounds = quick ? 3 : 10;
  let { engine, buildUs } = load(hashes, {}, count);
  for (let again = 0; again < 2; again += 1) {
    engine = undefined;
    const next = load(hashes, {}, count);
    engine = next.engine;
    buildUs = Math.min(buildUs, next.buildUs);
  }
  say(`${name}: built, ${buildUs.toFixed(2)} µs an entry`);
  const recall = checkRecall(engine, flat, asked);
  const best = timeEach(words, rounds, (hash) => engine.query(hash, RADIUS));
  const fresh = uniformSet(20_000, 9);
  const freshWords = Array.from({ length: 20_000 }, (_, at) => wordsAt(fresh, at));
  const missing = timeEach(freshWords, quick ? 1 : 3, (hash) => engine.query(hash, RADIUS));
  const out = new MatchBuffer();
  const batches = timeEach([asked, asked, asked, asked, asked], rounds, (all) => engine.queryMany(all, RADIUS, out));
  const batchQps = (batches.qps * asked.length) / HASH_BYTES;
  const compared = timeEach(words.slice(0, 40), 3, (hash) => flat.query(hash, RADIUS));
  const bytes = engine.bytes / count;
  say(`${name}: p50 ${us(best.p50)}, p99 ${us(best.p99)}, ${perSecond(best.qps)}; comparing all ${us(compared.p50)}`);
  const inserts = benchInserts(engine, 10);
  const faiss = await askFaiss(hashes, asked.subarray(0, 200 * HASH_BYTES), quick ? 1 : 4);
  const worst = benchWorst(engine);
  const target = (value, unit) => value && `≤ ${value}${unit}`;
  return [
    { what: `${name}: recall against comparing every entry`, figure: recall, target: '1', met: true },
    {
      what: `${name}: one question, p50`,
      figure: us(best.p50),
      baseline: `WebAssembly, every entry ${us(compared.p50)}`,
      ratio: compared.p50 / best.p50,
      target: target(aims.p50, ' µs'),
      met: aims.p50 && best.p50 <= aims.p50,
      values: { best, compared },
    },
    {
      what: `${name}: one question, p99`,
      figure: us(best.p99),
      target: target(aims.p99, ' µs'),
      met: aims.p99 && best.p99 <= aims.p99,
    },
    {
      what: `${name}: 20,000 questions of nobody's, p50 · p99`,
      figure: `${us(missing.p50)} · ${us(missing.p99)}`,
      target: aims.p50 && `≤ ${aims.p50} · ${aims.p99} µs`,
      met: aims.p50 && missing.p50 <= aims.p50 && missing.p99 <= aims.p99,
      values: missing,
    },
    {
      what: `${name}: questions a second on a core, one by one · batch`,
      figure: `${perSecond(best.qps)} · ${perSecond(batchQps)}`,
      baseline: `WebAssembly, every entry ${perSecond(compared.qps)}`,
      ratio: Math.max(best.qps, batchQps) / compared.qps,
      target: aims.qps && `≥ ${perSecond(aims.qps)}`,
      met: aims.qps && Math.max(best.qps, batchQps) >= aims.qps,
      values: { qps: best.qps, batchQps },
    },
    ...peerRows(name, count, faiss, best, aims),
    {
      what: `${name}: bytes an entry`,
      figure: bytes.toFixed(1),
      target: target(aims.bytes, ''),
      met: aims.bytes && bytes <= aims.bytes,
    },
    {
      what: `${name}: build, an entry`,
      figure: `${buildUs.toFixed(2)} µs`,
      baseline: faiss && `faiss MultiHash ${faiss.multi.buildUs.toFixed(2)} µs`,
      ratio: faiss && faiss.multi.buildUs / buildUs,
      target: '≤ 0.5 µs',
      met: buildUs <= 0.5,
    },
    {
      what: `${name}: insert, mean · p99 (removal)`,
      figure: `${inserts.mean.toFixed(2)} · ${inserts.p99.toFixed(2)} µs (${inserts.removal.toFixed(2)})`,
      target: '≤ 2 µs',
      met: inserts.mean <= 2,
      values: inserts,
    },
    {
      what: `${name}: worst question, an entry`,
      figure: `${worst.nsPerEntry.toFixed(2)} ns`,
      baseline: `${worst.what}; comparing all ${((compared.p50 * 1e3) / count).toFixed(2)} ns`,
      target: '≤ 5 ns',
      met: worst.nsPerEntry <= 5,
      values: worst,
    },
    {
      what: `${name}: its longest slice`,
      figure: `${worst.slice.toFixed(2)} ms`,
      baseline: worst.sliceOf,
      target: '≤ 2 ms',
      met: worst.slice <= 2,
    },
  ];
}

/** As pictures are, shuffled: what the shuffle is for. */
function benchPictures(count, quick) {
  const hashes = picturesSet(count);
  const asked = questions(hashes, quick ? 500 : 2000, 8);
  const words = Array.from({ length: asked.length / HASH_BYTES }, (_, at) => wordsAt(asked, at));
  const { engine } = load(hashes, {}, count);
  const flat = load(hashes, { flatBelow: Number.POSITIVE_INFINITY }, count).engine;
  const recall = checkRecall(engine, flat, asked);
  const best = timeEach(words, quick ? 3 : 8, (hash) => engine.query(hash, RADIUS));
  return {
    what: `${sizeName(count)} like pictures: one question, p50 · p99`,
    figure: `${us(best.p50)} · ${us(best.p99)}`,
    baseline: `recall ${recall}`,
    values: best,
  };
}

/** @returns rows for the table of figures.mjs. @throws when an answer is wrong. */
export async function run({ sizes, quick = false, say = () => undefined }) {
  const rows = [];
  for (const count of sizes) rows.push(...(await benchSize(count, quick, say)));
  const pictures = Math.min(...sizes);
  rows.push(benchPictures(pictures, quick));
  const growth = benchGrowth(Math.min(300_000, pictures));
  rows.push({
    what: `growing from nothing by inserts: mean, longest`,
    figure: `${growth.meanUs.toFixed(2)} µs, ${growth.longest.toFixed(2)} ms`,
    values: growth,
  });
  return rows;
}

import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { randomFrom } from '../../test/support/images';
import { HammingEngine } from './hamming-engine';
import type { EngineOptions } from './hamming-engine';
import { HammingReader } from './hamming-reader';
import { bytesOfWords } from './hex';

const ROOT = path.join(__dirname, '../..');

/**
 * Asks without pause for hashes that stand all the while, and counts the answers that lack one or have what was never
 * there: whatever the writer does meanwhile, both stay zero.
 */
const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { HammingReader } = require(${JSON.stringify(path.join(ROOT, 'src/perceptual/hamming-reader'))});
  const { shared, lasting, radius, stop } = workerData;
  const reader = HammingReader.attach(shared);
  const count = lasting.length / 32;
  const distanceOf = (id, at) => {
    let bits = 0;
    for (let k = 0; k < 32; k++) for (let x = lasting[at * 32 + k] ^ lasting[(id % count) * 32 + k]; x; x &= x - 1) bits++;
    return bits;
  };
  let asked = 0, missed = 0, wrong = 0;
  parentPort.postMessage('ready');
  while (Atomics.load(stop, 0) === 0) {
    const found = reader.queryMany(lasting, radius);
    const seen = new Uint8Array(count);
    for (let row = 0; row < found.count; row++) {
      const at = found.queries[row], id = found.ids[row];
      if (id === at) seen[at] = 1;
      if (id < count * 9 && found.distances[row] !== distanceOf(id, at)) wrong++;
      if (row > 0 && found.queries[row - 1] === at && found.ids[row - 1] === id) wrong++;
    }
    for (let at = 0; at < count; at++) if (!seen[at]) missed++;
    asked += count;
  }
  parentPort.on('message', (hash) => parentPort.postMessage(reader.query(hash, 0)));
  parentPort.postMessage({ asked, missed, wrong, size: reader.size });
`;

const ask = (worker: Worker, hash: Uint32Array) => worker.postMessage(hash);

const next = (worker: Worker): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });

describe.each<[string, EngineOptions, number]>([
  [
    'through crowded slots',
    { flatBelow: 1, vectors: 1, permutation: Uint8Array.from({ length: 256 }, (_, bit) => bit) },
    31,
  ],
  ['through slots that are built meanwhile', { flatBelow: 3000 }, 31],
  ['comparing every entry', {}, 60],
])('a reader on another thread, %s', (_, options, radius) => {
  it('never misses what stands while others come and go, and never sees half of one', async () => {
    const random = randomFrom(3);
    const engine = new HammingEngine(0, options);
    const make = () => Uint32Array.from({ length: 8 }, (_value, at) => (at < 3 ? 7 : random() * 2 ** 32));
    const count = 200;
    const hashes = Array.from({ length: count }, make);
    // Ids of the lasting ones are 0..199; 200..1799 have the same hashes, eight each, and come and go.
    hashes.forEach((hash, id) => engine.insert(id, hash));
    const lasting = new Uint8Array(count * 32);
    hashes.forEach((hash, id) => lasting.set(bytesOfWords(hash), id * 32));
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const workerData = { shared: engine.share(), lasting, radius, stop };
    const register = path.join(ROOT, 'test/support/swc-register.js');
    const worker = new Worker(WORKER, { eval: true, workerData, execArgv: ['--require', register] });
    try {
      await next(worker);
      const others: number[] = [];
      for (let step = 0; step < 40_000; step++) {
        const twin = count + Math.floor(random() * count * 8);
        if (engine.has(twin)) engine.remove(twin);
        else engine.insert(twin, hashes[twin % count]!);
        if (others.length > 4000 || random() < 0.4) {
          const id = others.splice(Math.floor(random() * others.length), 1)[0];
          if (id !== undefined) engine.remove(id);
        } else {
          engine.insert(10_000 + step, make());
          others.push(10_000 + step);
        }
      }
      Atomics.store(stop, 0, 1);
      const { asked, missed, wrong, size } = (await next(worker)) as Record<string, number>;
      expect({ missed, wrong, size }).toEqual({ missed: 0, wrong: 0, size: engine.size });
      expect(asked).toBeGreaterThan(count);
      // In the order that a message makes: inserted, then asked for.
      const hash = make();
      engine.insert(0xffffffff, hash);
      ask(worker, hash);
      expect(await next(worker)).toEqual([{ id: 0xffffffff, distance: 0 }]);
      engine.remove(0xffffffff);
      ask(worker, hash);
      expect(await next(worker)).toEqual([]);
    } finally {
      await worker.terminate();
    }
  });
});

it('gives each share to one reader', () => {
  const engine = new HammingEngine();
  engine.insert(1, 'ab'.repeat(32));
  const shared = engine.share();
  const reader = HammingReader.attach(shared);
  expect(reader.query('ab'.repeat(32), 0)).toEqual([{ id: 1, distance: 0 }]);
  expect(reader.size).toBe(1);
  expect(() => HammingReader.attach(shared)).toThrow('Each reader needs a share of its own');
  const scan = HammingReader.attach(engine.share()).start('ab'.repeat(31) + 'aa', 64);
  while (!scan.step());
  expect(scan.matches).toEqual([{ id: 1, distance: 1 }]);
});

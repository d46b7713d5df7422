import { randomBytes } from 'node:crypto';
import { createHammingIndex } from '../../perceptual/hamming-factory';
import { IndexReader } from './index-reader';
import { SignalReaders, type NearRows } from './signal-readers.service';

const ENTRIES = 4000;
const QUESTIONS = 3000;

function lines(found: readonly NearRows[]): string[] {
  return found
    .flatMap(({ questions, rows, distances }) => [...rows].map((row, at) => `${questions[at]} ${row} ${distances[at]}`))
    .toSorted();
}

describe('a batch on all cores', () => {
  const index = createHammingIndex(ENTRIES);
  const hashes = randomBytes(ENTRIES * 32);
  const asked = new Uint8Array(QUESTIONS * 32);
  let expected: string[];

  beforeAll(() => {
    index.insertMany(
      Uint32Array.from({ length: ENTRIES }, (_, id) => id),
      hashes,
    );
    for (let n = 0; n < QUESTIONS; n++) {
      asked.set(hashes.subarray(n * 32, (n + 1) * 32), n * 32);
      asked[n * 32] = (asked[n * 32] ?? 0) ^ (n % 256);
    }
    const { count, queries, ids, distances } = index.queryMany(asked, 31);
    expected = Array.from({ length: count }, (_, at) => `${queries[at]} ${ids[at]} ${distances[at]}`).toSorted();
    expect(count).toBeGreaterThanOrEqual(QUESTIONS);
  });

  it('finds what one core finds', async () => {
    const readers = new SignalReaders();
    expect(lines(await readers.search(index, { hashes: asked, radius: 31 }))).toEqual(expected);
    expect(lines(await readers.search(index, { hashes: asked.subarray(0, 32), radius: 31 }))).toEqual(
      expected.filter((line) => line.startsWith('0 ')),
    );
    expect(await readers.search(index, { hashes: new Uint8Array(0), radius: 31 })).toEqual([]);
    await readers.onModuleDestroy();
    expect(lines(await readers.search(index, { hashes: asked, radius: 31 }))).toEqual(expected);
  });

  it('finds it also when every thread ends in the middle', async () => {
    const readers = new SignalReaders();
    const searching = [1, 2, 3].map(() => readers.search(index, { hashes: asked, radius: 31 }));
    await readers.onModuleDestroy();
    for (const found of await Promise.all(searching)) expect(lines(found)).toEqual(expected);
  });

  it('refuses a question to a thread that has ended', async () => {
    const reader = IndexReader.of(index);
    if (!reader) return;
    const before = await reader.search(Uint8Array.from(asked.subarray(0, 32)), 31);
    expect([...before.ids]).toContain(0);
    await reader.close();
    expect(reader.isAlive).toBe(false);
    await expect(reader.search(Uint8Array.from(asked.subarray(0, 32)), 31)).rejects.toThrow('ended');
  });
});

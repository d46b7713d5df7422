import { Measured, MOST_BYTES, MOST_ITEMS, Portions, PORTION, type Portion } from './portions';
import { bulkRecords } from './records';

async function portionsOf(pieces: Iterable<string>): Promise<{ all: Portion[]; portions: Portions }> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const piece of pieces) yield Buffer.from(piece);
  }
  const measured = new Measured(bytes());
  const portions = new Portions(bulkRecords(measured, 'text'), measured);
  const all: Portion[] = [];
  for await (const portion of portions) all.push(portion);
  return { all, portions };
}

const lines = (count: number, length = 30): string[] =>
  Array.from({ length: count }, (_, i) => `https://a.example/${i}/`.padEnd(length, 'x') + '\n');

describe('a long list in portions', () => {
  it.each([1, PORTION - 1, PORTION, PORTION + 1, 3 * PORTION, MOST_ITEMS])(
    'holds each of %i items once',
    async (count) => {
      const { all, portions } = await portionsOf(lines(count));
      expect(all.map(({ no }) => no)).toEqual(all.map((_, i) => i));
      expect(all.flatMap(({ records }) => records.map(({ line }) => line))).toEqual(lines(count).map((_, i) => i + 1));
      expect(all.slice(0, -1).every(({ records }) => records.length === PORTION)).toBe(true);
      expect(portions.cutBecause).toBeNull();
    },
  );

  it('ends after ten thousand items, all of them taken', async () => {
    const { all, portions } = await portionsOf(lines(MOST_ITEMS + 1));
    expect([all.flatMap(({ records }) => records).length, portions.cutBecause]).toEqual([MOST_ITEMS, 'items']);
  });

  it('never takes the line into which the limit of bytes fell', async () => {
    const long = lines(4000, 18_000);
    const { all, portions } = await portionsOf(long);
    const taken = all.flatMap(({ records }) => records);
    expect(portions.cutBecause).toBe('bytes');
    expect(taken.every(({ text }, i) => `${text}\n` === long[i])).toBe(true);
    expect(taken.length * 18_001).toBeGreaterThan(MOST_BYTES - 3 * 18_001);
  });

  it('tells a list from one that differs in one letter, by the portion it stands in', async () => {
    const [one, other] = [lines(1200), lines(1200).with(700, 'https://b.example/\n')];
    const [a, b] = [await portionsOf(one), await portionsOf(other)];
    expect(a.all.map(({ digest }, i) => digest.equals(b.all[i]!.digest))).toEqual([true, false, true]);
  });
});

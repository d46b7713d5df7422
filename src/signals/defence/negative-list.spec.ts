import { describe, expect, it } from '@jest/globals';
import { readEntries, readFile } from './negative-list';

const [A, B] = ['a5'.repeat(32), 'b7'.repeat(32)];

describe('a list of what must not match', () => {
  it('is read from CSV with a header, in whatever order its columns are', async () => {
    const { lines, refused } = await readFile(`\ufeffnote,value,type\r\n"a flag, waving",${A},pdq\r\n,${B},sha256\r\n`);
    expect(lines).toEqual([
      { type: 'pdq', value: A, note: 'a flag, waving' },
      { type: 'sha256', value: B, note: null },
    ]);
    expect(refused).toEqual([]);
  });

  it('is read from bare values, or type and value, without one', async () => {
    expect((await readFile(`${A}\n${B}\n`, 'pdq')).lines.map(({ value }) => value)).toEqual([A, B]);
    expect((await readFile(`blockhash,${A}\nmd5,${'0a'.repeat(16)}\n`)).lines).toHaveLength(2);
  });

  it('is read from JSON lines, empty ones left out', async () => {
    const { lines, refused } = await readFile(`{"value":"${A}"}\n\n{"type":"md5","value":"${A}"}\n{broken\n`, 'pdq');
    expect(lines).toEqual([{ type: 'pdq', value: A, note: null }]);
    expect(refused.map(({ line }) => line)).toEqual([3, 4]);
  });

  it('says of each line that is no hash which it is and why, and takes the others', async () => {
    const { lines, refused } = await readFile(
      `type,value\npdq,${A}\npdq,${A.toUpperCase()}\nphash,${A}\n,${B}\npdq,\n`,
    );
    expect(lines).toHaveLength(1);
    expect(refused.map(({ line }) => line)).toEqual([3, 4, 5, 6]);
    expect(refused[0]?.detail).toMatch(/64 lower-case/);
  });

  it('refuses a file whole in which a quote is never closed: what follows would be lost in it', async () => {
    await expect(readFile(`type,value\npdq,"${A}\npdq,${B}\n`)).rejects.toThrow(/Quote Not Closed/);
  });

  it('takes a hash once, and never fails on what is none', async () => {
    const entries = [
      { value: A },
      { value: A, note: 'again' },
      null,
      4,
      [],
      { value: 7 },
      { value: A, note: 'x'.repeat(201) },
    ];
    const read = await readEntries(
      entries.map((entry, index) => ({ line: index + 1, entry })),
      'pdq',
    );
    expect(read.lines).toEqual([{ type: 'pdq', value: A, note: null }]);
    expect(read.refused.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7]);
    expect((await readFile('')).lines).toEqual([]);
  });

  it.each([
    ['CSV', 'type,value\n', (value: string) => `pdq,${value}\n`],
    ['JSON lines', '', (value: string) => `{"type":"pdq","value":"${value}"}\n`],
  ])('is read in slices between which everything else has its turn: %s', async (_, head, lineOf) => {
    const values = Array.from({ length: 5_000 }, (_each, i) => i.toString(16).padStart(64, '0'));
    let turns = 0;
    let next = setImmediate(function other() {
      turns++;
      next = setImmediate(other);
    });
    const { lines } = await readFile(head + values.map(lineOf).join(''));
    clearImmediate(next);
    expect(lines.map(({ value }) => value)).toEqual(values);
    expect(turns).toBeGreaterThanOrEqual(10);
  });
});

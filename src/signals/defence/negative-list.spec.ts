import { describe, expect, it } from '@jest/globals';
import { readEntries, readFile } from './negative-list';

const [A, B] = ['a5'.repeat(32), 'b7'.repeat(32)];

describe('a list of what must not match', () => {
  it('is read from CSV with a header, in whatever order its columns are', () => {
    const { lines, refused } = readFile(`\ufeffnote,value,type\r\n"a flag, waving",${A},pdq\r\n,${B},sha256\r\n`);
    expect(lines).toEqual([
      { type: 'pdq', value: A, note: 'a flag, waving' },
      { type: 'sha256', value: B, note: null },
    ]);
    expect(refused).toEqual([]);
  });

  it('is read from bare values, or type and value, without one', () => {
    expect(readFile(`${A}\n${B}\n`, 'pdq').lines.map(({ value }) => value)).toEqual([A, B]);
    expect(readFile(`blockhash,${A}\nmd5,${'0a'.repeat(16)}\n`).lines).toHaveLength(2);
  });

  it('is read from JSON lines, empty ones left out', () => {
    const { lines, refused } = readFile(`{"value":"${A}"}\n\n{"type":"md5","value":"${A}"}\n{broken\n`, 'pdq');
    expect(lines).toEqual([{ type: 'pdq', value: A, note: null }]);
    expect(refused.map(({ line }) => line)).toEqual([3, 4]);
  });

  it('says of each line that is no hash which it is and why, and takes the others', () => {
    const { lines, refused } = readFile(`type,value\npdq,${A}\npdq,${A.toUpperCase()}\nphash,${A}\n,${B}\npdq,\n`);
    expect(lines).toHaveLength(1);
    expect(refused.map(({ line }) => line)).toEqual([3, 4, 5, 6]);
    expect(refused[0]?.detail).toMatch(/64 lower-case/);
  });

  it('refuses a file whole in which a quote is never closed: what follows would be lost in it', () => {
    expect(() => readFile(`type,value\npdq,"${A}\npdq,${B}\n`)).toThrow(/Quote Not Closed/);
  });

  it('takes a hash once, and never fails on what is none', () => {
    const entries = [
      { value: A },
      { value: A, note: 'again' },
      null,
      4,
      [],
      { value: 7 },
      { value: A, note: 'x'.repeat(201) },
    ];
    const read = readEntries(
      entries.map((entry, index) => ({ line: index + 1, entry })),
      'pdq',
    );
    expect(read.lines).toEqual([{ type: 'pdq', value: A, note: null }]);
    expect(read.refused.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7]);
    expect(readFile('').lines).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { formatCheckpoint, numberOf, parseCheckpoint, typeOfAlgorithm } from './tat-records';

describe('a Tech Against Terrorism checkpoint', () => {
  it('is read back as it was written, to the microsecond and the leaf', () => {
    const micros = fc.integer({ min: 0, max: 4_102_444_800_000_000 });
    const place = fc.integer({ min: -1, max: 10 ** 12 });
    fc.assert(
      fc.property(micros, place, (at, leaf) => {
        expect(parseCheckpoint(formatCheckpoint(at, leaf))).toEqual({ micros: at, place: leaf });
      }),
    );
  });

  it('is understood without its number, and as the documentation writes it', () => {
    expect(parseCheckpoint('1704901041.22,2')).toEqual({ micros: 1_704_901_041_220_000, place: 2 });
    expect(parseCheckpoint('1704901041')).toEqual({ micros: 1_704_901_041_000_000, place: null });
    for (const text of ['', 'None', 'yesterday', '1,2,3', '-5', '1e9']) expect(parseCheckpoint(text)).toBeNull();
  });

  it('numbers entries within what every reader of JSON keeps whole', () => {
    expect(numberOf('ffffffff-ffff-7fff-bfff-ffffffffffff')).toBe(2 ** 52 - 1);
    expect(Number.isSafeInteger(numberOf('019ab6d6-0000-7000-8000-000000000001'))).toBe(true);
  });

  it('knows the algorithms in either case and no other', () => {
    expect(['PDQ', 'md5', 'SHA256', 'sha512', 'TMK', 'constructor'].map(typeOfAlgorithm)).toEqual([
      'pdq',
      'md5',
      'sha256',
      'sha512',
      undefined,
      undefined,
    ]);
  });
});

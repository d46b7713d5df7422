import * as fc from 'fast-check';
import { randomFrom } from '../../test/support/images';
import { createHammingIndex } from './hamming-factory';
import { HammingIndex } from './hamming-index';
import { IndexFileError, fromSnapshot, toSnapshot } from './hamming-snapshot';

function fileOf(count: number, seed = 1): Uint8Array {
  const random = randomFrom(seed);
  const index = createHammingIndex();
  for (let k = 0; k < count; k++) {
    index.insert(
      Math.imul(k, 0x9e3779b1) >>> 0,
      Uint32Array.from({ length: 8 }, () => random() * 2 ** 32),
    );
  }
  return Uint8Array.from(Buffer.concat([...toSnapshot(index.entries())]));
}

function reasonOf(file: Uint8Array): string {
  try {
    fromSnapshot(file);
    return 'read';
  } catch (error) {
    return error instanceof IndexFileError ? error.reason : 'another error';
  }
}

describe('an index file', () => {
  it('gives back every id and hash, to the engine and to its twin alike', () => {
    const file = fileOf(70_000);
    const { ids, hashes } = fromSnapshot(file);
    for (const index of [createHammingIndex(), new HammingIndex()]) {
      expect(index.insertMany(ids, hashes)).toBe(70_000);
      expect(Buffer.concat([...toSnapshot(index.entries())]).equals(file)).toBe(true);
    }
  });

  it('may be empty', () => {
    expect(fromSnapshot(fileOf(0))).toEqual({ ids: new Uint32Array(0), hashes: new Uint8Array(0) });
  });

  it('is refused when it is cut short anywhere', () => {
    const file = fileOf(20);
    for (let length = 1; length < file.length; length++) expect(reasonOf(file.subarray(0, length))).toBe('truncated');
    expect(reasonOf(file.subarray(0, 0))).toBe('not-an-index');
  });

  it('is refused when any byte is another', () => {
    const file = fileOf(20);
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = file.slice();
        damaged[at]! ^= flip;
        const expected = at < 8 ? ['not-an-index'] : at < 12 ? ['version'] : ['corrupt', 'truncated'];
        expect(expected).toContain(reasonOf(damaged));
      }),
    );
    expect(reasonOf(Uint8Array.from([...file, 0]))).toBe('corrupt');
  });

  it('says what is wrong in a sentence', () => {
    expect(() => fromSnapshot(Uint8Array.from([1, 2, 3]))).toThrow('This is not an index file');
    expect(() => fromSnapshot(fileOf(3).subarray(0, 60))).toThrow('This index file is cut short');
  });

  it('is not written from ids out of order', () => {
    expect(() => [...toSnapshot({ ids: Uint32Array.of(2, 1), hashes: new Uint8Array(64) })]).toThrow(RangeError);
    expect(() => [...toSnapshot({ ids: Uint32Array.of(1), hashes: new Uint8Array(31) })]).toThrow(RangeError);
  });
});

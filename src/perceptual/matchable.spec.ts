import { matchableOf } from './matchable';

describe('whether a changed copy can be found again', () => {
  it.each([
    ['a picture of quality 50', { hashes: [{ quality: 50 }] }, 'perceptual'],
    ['a picture of quality 49', { hashes: [{ quality: 49 }] }, 'exact only: quality ≤ 49'],
    ['a film one frame of which says enough', { hashes: [{ quality: 3 }, { quality: 88 }] }, 'perceptual'],
    ['a document by its text', { hashes: [{ quality: 0 }], textSha256: 'ab' }, 'perceptual'],
    [
      'a document without text whose pages are empty',
      { hashes: [{ quality: 0 }], textSha256: null },
      'exact only: quality ≤ 49',
    ],
    ['what has no look', { hashes: [] }, 'video: exact only'],
  ])('says of %s what it is found by', (_, look, expected) => {
    expect(matchableOf(look, 'video: exact only')).toBe(expected);
  });
});

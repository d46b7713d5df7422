import * as fc from 'fast-check';
import { readPattern } from './stix-pattern';

const hex = (length: number): fc.Arbitrary<string> =>
  fc
    .array(fc.constantFrom(...'0123456789abcdef'), { minLength: length, maxLength: length })
    .map((digits) => digits.join(''));
const [PDQ, SHA, MD5] = ['a1'.repeat(32), 'b2'.repeat(32), 'c3'.repeat(16)];

describe('patterns of STIX', () => {
  it.each([
    [`[file:hashes.MD5 = '${MD5}']`, [['md5', MD5]]],
    [`[file:hashes.'SHA-256' = '${SHA.toUpperCase()}']`, [['sha256', SHA]]],
    [`[ file:hashes.'PDQ'='${PDQ}' ]`, [['pdq', PDQ]]],
    [`[file:hashes.'SHA-256' = '${SHA}' AND file:hashes.MD5 = '${MD5}']`, [['sha256', SHA], ['md5', MD5]]],
    [`[file:hashes.'SHA-256' = '${SHA}'] OR [file:hashes.MD5 = '${MD5}']`, [['sha256', SHA], ['md5', MD5]]],
    [`[(file:hashes.PDQ = '${PDQ}' OR file:hashes.MD5 = '${MD5}') AND file:hashes.'SHA-256' IN ('${SHA}', '${PDQ}')]`,
      [['pdq', PDQ], ['md5', MD5], ['sha256', SHA], ['sha256', PDQ]]],
    [`[file:hashes.'TEXT-SHA-256' = '${SHA}']`, [['text_sha256', SHA]]],
  ])('reads %s', (pattern, hashes) => {
    expect(readPattern(pattern)).toEqual(hashes.map(([type, value]) => ({ type, value })));
  }); // prettier-ignore

  it.each([
    '',
    '[]',
    `[file:hashes.MD5 = '${MD5}'`,
    `[file:hashes.MD5 != '${MD5}']`,
    `[NOT file:hashes.MD5 = '${MD5}']`,
    `[file:hashes.MD5 LIKE '${MD5}']`,
    `[file:hashes.MD5 = '${MD5}' AND file:name = 'x.jpg']`,
    `[file:hashes.MD5 = '${MD5}'] FOLLOWEDBY [file:hashes.MD5 = '${MD5}']`,
    `[file:hashes.MD5 = '${MD5}'] AND [file:hashes.MD5 = '${MD5}']`,
    `[file:hashes.MD5 = '${MD5}'] WITHIN 5 SECONDS`,
    `[file:hashes.MD5 = ${MD5}]`,
    `[url:value = 'https://harbour.example/']`,
    `[file:hashes.MD5 IN ()]`,
    `[file:hashes.SSDEEP = '3:abc']`,
    `[file:hashes.MD5 = '${SHA}']`,
    `[file:hashes.MD5 = '${MD5}'] trailing`,
    `[${'('.repeat(3000)}file:hashes.MD5 = '${MD5}']`,
    `[file:hashes.MD5 = '${'\\'.repeat(40_000)}']`,
  ])('refuses what is more, or other, than hashes: %#', (pattern) => {
    expect(typeof readPattern(pattern)).toBe('string');
  });

  it('finds every hash of a pattern that it is made of, whatever the spaces and the case', () => {
    const comparison = fc.oneof(
      hex(64).map((value) => ({ type: 'pdq', value, text: `file:hashes.'PDQ' = '${value}'` })),
      hex(64).map((value) => ({ type: 'sha256', value, text: `file:hashes.'SHA-256' = '${value.toUpperCase()}'` })),
      hex(32).map((value) => ({ type: 'md5', value, text: `file:hashes.MD5='${value}'` })),
      hex(128).map((value) => ({ type: 'sha512', value, text: `file:hashes.'SHA-512'  =  '${value}'` })),
    );
    const observation = fc.array(comparison, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(observation, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(' OR ', ' and '),
        (all, join) => {
          const pattern = all.map((some) => `[${some.map(({ text }) => text).join(join)}]`).join(' OR ');
          const wanted = all.flat().map(({ type, value }) => ({ type, value }));
          expect(readPattern(pattern)).toEqual(wanted);
        },
      ),
    );
  });

  it('answers any text, in time that grows with its length', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '(',
      ')',
      '=',
      ',',
      "'",
      '\\',
      ' ',
      'file:hashes.',
      'MD5',
      'OR',
      'AND',
      'IN',
      MD5,
      'x',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 200 }), (pieces) => {
        expect(readPattern(pieces.join(''))).toBeDefined();
      }),
    );
  });
});

import * as fc from 'fast-check';
import { printable } from './printable';
import { wrap } from './wrap';

const measure = (text: string): number => text.length;

describe('what is printed of a text', () => {
  const ascii = (codePoint: number): boolean => codePoint < 128;

  it.each([
    ['plain', 'plain', false],
    ['a\tb\nc', 'a b\nc', false],
    ['a\u202eb', 'a[U+202E]b', true],
    ['zero\u200bwidth', 'zero[U+200B]width', true],
    ['\u{1f4a3}', '[U+1F4A3]', true],
  ])('of %j is %j', (text, expected, isEscaped) => {
    expect(printable(text, ascii)).toEqual({ text: expected, isEscaped });
  });

  it('never holds a character that reorders or hides others', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text, () => true).text).not.toMatch(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069\t]/);
      }),
    );
  });
});

describe('lines', () => {
  it('are never wider than the column, and lose no character but the spaces where they break', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '?', '&', ' ', '-'), maxLength: 300 });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (words, width) => {
        const lines = wrap(words, width, measure);
        for (const line of lines) expect(line.trim().length).toBeLessThanOrEqual(width);
        expect(lines.join('').replaceAll(' ', '')).toBe(words.replaceAll(' ', ''));
      }),
    );
  });

  it('break an address behind its signs', () => {
    expect(wrap('https://harbour.example/watch?v=1', 12, measure)).toEqual([
      'https://',
      'harbour.',
      'example/',
      'watch?v=1',
    ]);
  });

  it('keep the paragraphs of a text', () => {
    expect(wrap('one two\n\nthree', 4, measure)).toEqual(['one', 'two', '', 'thre', 'e']);
  });
});

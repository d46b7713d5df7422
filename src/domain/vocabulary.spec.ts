import { describe, expect, it } from '@jest/globals';
import * as vocabulary from './vocabulary';

const { SIGNAL_HEX_LENGTH, SIGNAL_TYPES, isLanguage, isSignalHash } = vocabulary;
const LISTS = Object.entries(vocabulary).flatMap(([name, list]) =>
  Array.isArray(list) ? [[name, list.filter((word) => typeof word === 'string')] as const] : [],
);

describe('the vocabulary', () => {
  it.each(LISTS)('%s names each word once, in lower case', (_name, list) => {
    expect(list.length).toBeGreaterThan(1);
    expect(new Set(list).size).toBe(list.length);
    for (const word of list) expect(word).toMatch(/^[a-z][a-z0-9_+]*$/);
  });

  it('accepts languages in their canonical BCP 47 shape only', () => {
    for (const tag of ['fr', 'en', 'und', 'ar', 'sr-Latn', 'pt-BR', 'es-419', 'zh-Hant-TW', 'ckb'])
      expect([tag, isLanguage(tag)]).toEqual([tag, true]);
    for (const tag of ['', 'FR', 'f', 'french', 'pt-br', 'fr_FR', 'fr-', 'fr\n', 'x-private'])
      expect([tag, isLanguage(tag)]).toEqual([tag, false]);
  });

  it('takes a hash only in lower-case hexadecimal of the length its type has', () => {
    for (const type of SIGNAL_TYPES) {
      const hash = 'a0'.repeat(SIGNAL_HEX_LENGTH[type] / 2);
      expect(isSignalHash(type, hash)).toBe(true);
      expect(isSignalHash(type, hash.toUpperCase())).toBe(false);
      expect(isSignalHash(type, hash.slice(1))).toBe(false);
      expect(isSignalHash(type, `${hash.slice(1)}\n`)).toBe(false);
      expect(isSignalHash(type, `g${hash.slice(1)}`)).toBe(false);
    }
  });
});

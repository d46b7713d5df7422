import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { SIGNAL_TYPES, SIGNAL_HEX_LENGTH, type NegativeKind } from '../../domain/vocabulary';
import { radiusFor } from '../../perceptual/match-radius';
import { NegativeSet } from './negative-set';

const flip = (hash: string, bits: number): string => {
  let value = BigInt(`0x${hash}`);
  for (let bit = 0; bit < bits; bit++) value ^= 1n << BigInt(bit * 7);
  return value.toString(16).padStart(hash.length, '0');
};
const distance = (a: string, b: string): number =>
  (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll('0', '').length;

describe('what must not match', () => {
  it.each([
    ['pdq', 31],
    ['blockhash', 10],
  ] as const)('is met by a %s within %i bits and not one further', (type, radius) => {
    const set = new NegativeSet();
    const value = 'c3'.repeat(32);
    set.add('a', 'harmless', type, value, 'a test card');
    set.add('b', 'corpus', type, flip(value, 1), null);
    set.add('c', 'canary', type, value, null);
    expect(set.hits(type, flip(value, radius))).toEqual({
      harmless: { note: 'a test card', distance: radius },
      canary: true,
      corpus: 1,
    });
    expect(set.hits(type, flip(value, radius + 1))).toEqual({ harmless: null, canary: false, corpus: 1 });
    set.remove('b');
    expect(set.hits(type, flip(value, radius + 1)).corpus).toBe(0);
  });

  it('is met by an exact digest alone when it is one, of the same type', () => {
    const set = new NegativeSet();
    const value = 'c3'.repeat(32);
    set.add('a', 'harmless', 'sha256', value, null);
    set.add('b', 'corpus', 'sha256', value, null);
    expect(set.hits('sha256', value)).toEqual({
      harmless: { note: 'a harmless image', distance: 0 },
      canary: false,
      corpus: 1,
    });
    for (const [type, asked] of [
      ['sha256', flip(value, 1)],
      ['pdq', value],
      ['text_sha256', value],
    ] as const)
      expect(set.hits(type, asked)).toEqual({ harmless: null, canary: false, corpus: 0 });
    set.remove('a');
    set.remove('a');
    expect(set.size).toBe(1);
  });

  it('answers as comparing with every negative would, through additions and removals', () => {
    const type = fc.constantFrom(...SIGNAL_TYPES);
    const step = fc.record({
      id: fc.integer({ min: 0, max: 12 }),
      type,
      kind: fc.constantFrom<NegativeKind>('harmless', 'corpus', 'canary'),
      base: fc.constantFrom('c3', '5a'),
      bits: fc.integer({ min: 0, max: 30 }),
      isRemoved: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), type, fc.integer({ min: 0, max: 30 }), (steps, asked, bits) => {
        const set = new NegativeSet();
        const plain = new Map<number, (typeof steps)[number] & { value: string }>();
        for (const each of steps) {
          const value = flip(each.base.repeat(SIGNAL_HEX_LENGTH[each.type] / 2), Math.min(each.bits, 15));
          if (each.isRemoved) {
            set.remove(`${each.id}`);
            plain.delete(each.id);
          } else if (!plain.has(each.id)) {
            set.add(`${each.id}`, each.kind, each.type, value, null);
            plain.set(each.id, { ...each, value });
          }
        }
        const query = flip('c3'.repeat(SIGNAL_HEX_LENGTH[asked] / 2), Math.min(bits, 15));
        const near = [...plain.values()].filter(
          (each) => each.type === asked && distance(each.value, query) <= radiusFor(asked),
        );
        const hits = set.hits(asked, query);
        expect([hits.harmless !== null, hits.canary, hits.corpus]).toEqual([
          near.some(({ kind }) => kind === 'harmless'),
          near.some(({ kind }) => kind === 'canary'),
          near.filter(({ kind }) => kind === 'corpus').length,
        ]);
      }),
      { numRuns: 60 },
    );
  });
});

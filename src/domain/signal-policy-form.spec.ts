import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DomainError } from './errors';
import { DEFAULT_RULES } from './signal-policy';
import { MAX_RULES, parseRules } from './signal-policy-form';
import { describeRules } from './signal-policy-words';

function faultsOf(value: unknown): Record<string, string> {
  try {
    parseRules(value);
  } catch (error) {
    if (error instanceof DomainError)
      return Object.fromEntries(error.faults.map(({ pointer, detail }) => [pointer, detail]));
    throw error;
  }
  return {};
}
const LIST = '00000000-0000-7000-8000-000000000001';

describe('rules as they are sent', () => {
  it('are what they were when they are in order', () => {
    expect(parseRules(DEFAULT_RULES)).toEqual(DEFAULT_RULES);
    const whole = {
      name: 'everything at once',
      action: 'review',
      lists: [LIST],
      types: ['pdq', 'vpdq'],
      states: ['active'],
      categories: ['threat'],
      ideologies: ['jihadist'],
      behaviours: ['graphic-violence'],
      incidents: ['harbour-2026'],
      minSeverity: 'high',
      maxDistance: 20,
      reviewed: false,
    };
    expect(parseRules([whole])).toEqual([whole]);
  });

  it('are refused with every fault and where it is', () => {
    const faults = faultsOf([
      { name: '', action: 'delete', types: ['phash'], maxDistance: 65, colour: 'red' },
      { name: 'a', action: 'block', lists: [], states: ['active', 'active'], reviewed: 'yes', minSeverity: 3 },
      { name: 'a', action: 'block', lists: ['common'] },
      7,
    ]);
    expect(Object.keys(faults).sort()).toEqual([
      '/rules/0/action', '/rules/0/colour', '/rules/0/maxDistance', '/rules/0/name', '/rules/0/types/0',
      '/rules/1/lists', '/rules/1/minSeverity', '/rules/1/reviewed', '/rules/1/states/1',
      '/rules/2/lists/0', '/rules/2/name', '/rules/3',
    ]); // prettier-ignore
  });

  it('are one at least and fifty at most', () => {
    const rules = (n: number) => Array.from({ length: n }, (_, i) => ({ name: `rule ${i}`, action: 'review' }));
    expect(faultsOf([])).toHaveProperty('/rules');
    expect(faultsOf(rules(MAX_RULES))).toEqual({});
    expect(faultsOf(rules(MAX_RULES + 1))).toHaveProperty('/rules');
    for (const value of [null, undefined, {}, 'rules', 4]) expect(faultsOf(value)).toHaveProperty('/rules');
  });

  it('never come through with anything that was not checked, and never fail in another way', () => {
    const names = ['name', 'action', 'lists', 'types', 'maxDistance', 'reviewed', '__proto__', 'constructor', 'a/b~c'];
    const rule = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), fc.array(fc.oneof(rule, fc.jsonValue()))), (value) => {
        const faults = faultsOf(value);
        if (Object.keys(faults).length > 0) return;
        for (const parsed of parseRules(value)) expect(['block', 'review', 'ignore']).toContain(parsed.action);
      }),
    );
  });
});

describe('rules in words', () => {
  it('say what the default does', () => {
    expect(describeRules(DEFAULT_RULES)).toEqual([
      'reviewed exact hash: Block if the hash is sha256 or sha512, and the signal is active, and no bit differs, and a person has looked at the item.',
      'everything else: Hold every match for a person.',
    ]);
  });

  it('name lists, and say of what is never reached and of MD5 that it is so', () => {
    const words = describeRules(
      [
        { name: 'quick', action: 'block', lists: [LIST], types: ['md5'], minSeverity: 'high' },
        { name: 'rest', action: 'ignore' },
        { name: 'late', action: 'review', maxDistance: 10 },
      ],
      (id) => (id === LIST ? 'Common list' : undefined),
    );
    expect(words[0]).toMatch(
      /^quick: Block if it stands on Common list, and the hash is md5, and its severity is high or more\. \(.*MD5/,
    );
    expect(words[1]).toBe('rest: Ignore every match.');
    expect(words[2]).toMatch(/Never reached: “rest”/);
  });
});

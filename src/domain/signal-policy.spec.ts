import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { decide, DEFAULT_RULES, strictest, type MatchFacts, type PolicyRule } from './signal-policy';
import {
  CATEGORIES,
  IDEOLOGIES,
  MATCH_ACTIONS,
  SEVERITIES,
  SIGNAL_STATES,
  SIGNAL_TYPES,
  type MatchAction,
} from './vocabulary';

const COMMON = '00000000-0000-7000-8000-000000000001';
const FACTS: MatchFacts = {
  type: 'sha256',
  distance: 0,
  state: 'active',
  reviewed: true,
  lists: [COMMON],
  category: 'incitement',
  ideology: 'unknown',
  severity: 'high',
  behaviours: ['propaganda'],
  incident: null,
  standing: 1,
  autoActionList: false,
};
const [ID_A, ID_B] = [COMMON, '00000000-0000-7000-8000-000000000002'];
const some = <T>(...values: T[]): fc.Arbitrary<T[]> => fc.subarray(values, { minLength: 1 });

const anyFacts: fc.Arbitrary<MatchFacts> = fc.record({
  type: fc.constantFrom(...SIGNAL_TYPES),
  distance: fc.integer({ min: 0, max: 64 }),
  state: fc.constantFrom(...SIGNAL_STATES),
  reviewed: fc.boolean(),
  lists: fc.subarray([ID_A, ID_B]),
  category: fc.option(fc.constantFrom(...CATEGORIES)),
  ideology: fc.option(fc.constantFrom(...IDEOLOGIES)),
  severity: fc.option(fc.constantFrom(...SEVERITIES)),
  behaviours: fc.subarray(['propaganda', 'manual']),
  incident: fc.option(fc.constantFrom('harbour-2026', 'other')),
  standing: fc.integer({ min: 0, max: 4 }),
  autoActionList: fc.boolean(),
});
const anyRule: fc.Arbitrary<PolicyRule> = fc.record(
  {
    name: fc.string({ minLength: 1 }),
    action: fc.constantFrom(...MATCH_ACTIONS),
    lists: some(ID_A, ID_B),
    types: some(...SIGNAL_TYPES),
    states: some(...SIGNAL_STATES),
    categories: some(...CATEGORIES),
    behaviours: some('propaganda', 'manual'),
    incidents: some('harbour-2026'),
    minSeverity: fc.constantFrom(...SEVERITIES),
    maxDistance: fc.integer({ min: 0, max: 64 }),
    reviewed: fc.boolean(),
  },
  { requiredKeys: ['name', 'action'] },
);

describe('the policy that decides on a match', () => {
  it('blocks by default on an active SHA-256 or SHA-512 of an item that a person reviewed, and holds all else', () => {
    for (const type of SIGNAL_TYPES)
      for (const state of SIGNAL_STATES)
        for (const reviewed of [true, false])
          for (const distance of [0, 1, 31]) {
            const { action } = decide(DEFAULT_RULES, { ...FACTS, type, state, reviewed, distance });
            const isExact = (type === 'sha256' || type === 'sha512') && distance === 0;
            const expected: MatchAction = isExact && reviewed && state === 'active' ? 'block' : 'review';
            expect([type, state, reviewed, distance, action]).toEqual([type, state, reviewed, distance, expected]);
          }
  });

  it('never blocks by a doubtful signal, whatever the rules say', () => {
    fc.assert(
      fc.property(fc.array(anyRule), anyFacts, (rules, facts) => {
        const { action } = decide(rules, facts);
        if (facts.state !== 'active') expect(action).not.toBe('block');
        if (facts.autoActionList && facts.standing < 2) expect(action).not.toBe('block');
      }),
    );
  });

  it('never blocks by MD5 unless a rule was written to', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        expect(decide(DEFAULT_RULES, { ...facts, type: 'md5' }).action).not.toBe('block');
      }),
    );
  });

  it('lets the first rule that holds decide, and those behind it change nothing', () => {
    fc.assert(
      fc.property(fc.array(anyRule), anyRule, anyFacts, (rules, later, facts) => {
        const before = decide(rules, facts);
        if (before.because !== 'no rule') expect(decide([...rules, later], facts)).toEqual(before);
        else expect(before.action).toBe('ignore');
      }),
    );
  });

  it('holds a block for a person where two organisations are asked for, and blocks when both stand', () => {
    const alone = { ...FACTS, autoActionList: true };
    expect(decide(DEFAULT_RULES, alone)).toEqual({
      action: 'review',
      because: 'two organisations must stand behind it',
    });
    expect(decide(DEFAULT_RULES, { ...alone, standing: 2 }).action).toBe('block');
    expect(decide([{ name: 'all', action: 'block' }], { ...FACTS, state: 'disputed' }).because).toBe(
      'a disputed signal never blocks',
    );
  });

  it('needs every condition that is given, one member of a list being enough', () => {
    const rule = (conditions: Partial<PolicyRule>): PolicyRule[] => [{ name: 'only', action: 'block', ...conditions }];
    const holds = (conditions: Partial<PolicyRule>, facts: Partial<MatchFacts> = {}): boolean =>
      decide(rule(conditions), { ...FACTS, ...facts }).action === 'block';
    expect(holds({ lists: [ID_B] })).toBe(false);
    expect(holds({ lists: [ID_B, ID_A] })).toBe(true);
    expect(holds({ categories: ['threat'] })).toBe(false);
    expect(holds({ categories: ['threat'] }, { category: null })).toBe(false);
    expect(holds({ ideologies: ['unknown', 'other'] })).toBe(true);
    expect(holds({ behaviours: ['manual'] })).toBe(false);
    expect(holds({ behaviours: ['manual'] }, { behaviours: ['propaganda', 'manual'] })).toBe(true);
    expect(holds({ incidents: ['harbour-2026'] })).toBe(false);
    expect(holds({ minSeverity: 'high' })).toBe(true);
    expect(holds({ minSeverity: 'critical' })).toBe(false);
    expect(holds({ minSeverity: 'low' }, { severity: null })).toBe(false);
    expect(holds({ maxDistance: 10 }, { type: 'pdq', distance: 10 })).toBe(true);
    expect(holds({ maxDistance: 10 }, { type: 'pdq', distance: 11 })).toBe(false);
    expect(holds({ reviewed: false })).toBe(false);
  });

  it('takes the strictest of several decisions about one upload', () => {
    expect(strictest([])).toBe('ignore');
    expect(strictest(['ignore', 'review'])).toBe('review');
    expect(strictest(['block', 'ignore', 'review'])).toBe('block');
  });
});

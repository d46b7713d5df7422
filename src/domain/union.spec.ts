import { describe, expect, it } from '@jest/globals';
import {
  AUTHORITY_COMPETENCES,
  EU_MEMBER_STATES,
  UNION_LANGUAGES,
  mayOrder,
  officialLanguagesOf,
  orderRefusalOf,
} from './union';

describe('the Union', () => {
  it('has twenty-seven Member States and twenty-four languages, each once', () => {
    expect([EU_MEMBER_STATES.length, new Set(EU_MEMBER_STATES).size]).toEqual([27, 27]);
    expect([UNION_LANGUAGES.length, new Set(UNION_LANGUAGES).size]).toEqual([24, 24]);
  });

  it('knows an official language of every Member State, and of every language a State in which it is one', () => {
    const spoken = EU_MEMBER_STATES.flatMap((state) => officialLanguagesOf(state));
    for (const state of EU_MEMBER_STATES) expect(officialLanguagesOf(state).length).toBeGreaterThan(0);
    expect([...new Set(spoken)].sort()).toEqual([...UNION_LANGUAGES]);
  });

  it('knows none of a country outside it, nor of an unknown one', () => {
    expect([officialLanguagesOf('CH'), officialLanguagesOf('EL'), officialLanguagesOf(null)]).toEqual([[], [], []]);
  });
});

describe('who may order', () => {
  it('is a Member State’s authority designated for orders, and nobody else', () => {
    expect(mayOrder({ country: 'FR', competences: ['order'] })).toBe(true);
    expect(orderRefusalOf({ country: 'FR', competences: ['scrutinise', 'penalise'] })).toBe('not_competent');
    expect(orderRefusalOf({ country: 'TG', competences: [...AUTHORITY_COMPETENCES] })).toBe('not_a_member_state');
    expect(orderRefusalOf({ country: 'GB', competences: ['order'] })).toBe('not_a_member_state');
    expect(orderRefusalOf(null)).toBe('not_registered');
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  ADDRESSEE_FACTS,
  PROVIDER_SERVICES,
  acceptsLanguage,
  gapsOf,
  isContact,
  isInTcoScope,
  statementOf,
} from './providers';
import { EU_MEMBER_STATES, officialLanguagesOf } from './union';

describe('the scope of the Regulation', () => {
  it('takes in hosting and leaves out every service of recitals 13 and 14', () => {
    const inScope = PROVIDER_SERVICES.filter((serviceKind) => isInTcoScope({ serviceKind }));
    expect(inScope).toEqual(['hosting']);
  });
});

describe('the language of an order', () => {
  const accepts = (languages: string[], homeCountry: string | null, language: string): boolean =>
    acceptsLanguage({ languages, homeCountry }, language);

  it('is one that the contact point declares, whatever the region', () => {
    expect(accepts(['en', 'de-AT'], 'IE', 'de')).toBe(true);
    expect(accepts(['en', 'de'], 'IE', 'de-CH')).toBe(true);
    expect(accepts(['en', 'de'], 'IE', 'fr')).toBe(false);
    expect(accepts(['en'], 'IE', 'eno')).toBe(false);
  });

  it('is not one in another script', () => {
    expect(accepts(['sr-Latn-RS'], null, 'sr-Cyrl')).toBe(false);
    expect(accepts(['sr-Latn-RS'], null, 'sr')).toBe(true);
  });

  it('is an official one of the home State where none is declared, and any where not even that is known', () => {
    expect([
      accepts([], 'IE', 'en'),
      accepts([], 'IE', 'de'),
      accepts([], null, 'de'),
      accepts([], 'CH', 'fr'),
    ]).toEqual([true, false, true, true]);
  });

  it('is always an official one of the home State, whatever else is declared (Art. 15(2))', () => {
    expect([accepts(['mt'], 'FR', 'fr'), accepts(['mt'], 'FR', 'mt'), accepts(['mt'], 'FR', 'en')]).toEqual([
      true,
      true,
      false,
    ]);
    for (const home of EU_MEMBER_STATES)
      expect(officialLanguagesOf(home).every((each) => accepts(['ar'], home, each))).toBe(true);
  });

  it('is always one that is declared word for word', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...EU_MEMBER_STATES),
        fc.array(fc.constantFrom('fr', 'de', 'sr-Latn', 'pt-BR', 'ar'), { minLength: 1 }),
        (home, languages) => languages.every((language) => accepts(languages, home, language)),
      ),
    );
  });
});

describe('what a provider states of itself', () => {
  const confirmed = { homeCountry: 'IE', languages: ['en', 'fr'], serviceKind: 'hosting', scopeReasons: null } as const;

  it('is what differs from what is confirmed, with what it stated before', () => {
    expect(statementOf(confirmed, { homeCountry: 'FR' }, { languages: ['mt'] })).toEqual({
      homeCountry: 'FR',
      languages: ['mt'],
    });
    expect(statementOf(confirmed, { homeCountry: 'FR' }, { homeCountry: 'MT' })).toEqual({ homeCountry: 'MT' });
  });

  it('ends with what is said again as it is confirmed, in whatever order', () => {
    expect(statementOf(confirmed, { homeCountry: 'FR' }, { homeCountry: 'IE' })).toEqual({});
    expect(statementOf(confirmed, { languages: ['mt'] }, { languages: ['fr', 'en'] })).toEqual({});
    expect(statementOf(confirmed, {}, { homeCountry: 'IE', serviceKind: 'hosting' })).toEqual({});
  });

  it('takes in everything that the scope, the home and the language of an order rest on', () => {
    expect(ADDRESSEE_FACTS).toEqual(['homeCountry', 'languages', 'serviceKind', 'scopeReasons']);
  });
});

describe('what is missing from an entry', () => {
  const whole = {
    serviceKind: 'hosting',
    homeCountry: 'FI',
    languages: ['en', 'sv'],
    contacts: [1],
    termsClause: {},
  } as const;

  it('is nothing where home, languages, a contact and the clause of the terms are known', () => {
    expect(gapsOf(whole)).toEqual([]);
  });

  it('is a language of the home State where only others are declared (Art. 15(2))', () => {
    expect(gapsOf({ ...whole, languages: ['en'] })).toEqual(['language_of_home']);
    for (const home of EU_MEMBER_STATES)
      expect(gapsOf({ ...whole, homeCountry: home, languages: [...officialLanguagesOf(home)] })).toEqual([]);
  });

  it('is everything of a new entry, and nothing of a service out of scope', () => {
    const empty = {
      serviceKind: 'hosting',
      homeCountry: null,
      languages: [],
      contacts: [],
      termsClause: null,
    } as const;
    expect(gapsOf(empty)).toEqual(['home_country', 'languages', 'contact_point', 'terms_clause']);
    expect(gapsOf({ ...empty, serviceKind: 'dns' })).toEqual([]);
  });
});

describe('a contact', () => {
  it('has the form of its kind', () => {
    expect(isContact('email', 'orders+tco@eu.harbour.example')).toBe(true);
    expect(isContact('telephone', '+353 1 555 01 00')).toBe(true);
    expect(isContact('web_form', 'https://harbour.example/orders?lang=en')).toBe(true);
    expect(isContact('postal', '1 Quay, Dublin')).toBe(true);
  });

  it('is none with a second address, a header, a login or a script in it', () => {
    for (const value of [
      'a@b.example,c@d.example',
      'a@b.example\nbcc: c@d.example',
      'A <a@b.example>',
      'a@localhost',
      '@b.example',
      '',
    ])
      expect([value, isContact('email', value)]).toEqual([value, false]);
    for (const value of ['http://b.example/', 'javascript:alert(1)', 'https://user@b.example/', 'https:///x'])
      expect([value, isContact('web_form', value)]).toEqual([value, false]);
    for (const value of ['112', 'call us', '+0 55 55 55', '+353 1 555 01 00;ext=7'])
      expect([value, isContact('telephone', value)]).toEqual([value, false]);
    expect(isContact('postal', 'Dublin')).toBe(false);
  });
});

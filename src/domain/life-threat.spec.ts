import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { routeOf, type LifeThreatBody } from './life-threat';

const police = (organisationId: string, country: string): LifeThreatBody => ({
  organisationId,
  country,
  isInvestigative: true,
});
const authority = (organisationId: string, country: string): LifeThreatBody => ({
  organisationId,
  country,
  isInvestigative: false,
});
const BODIES = [police('fr-police', 'FR'), authority('fr-order', 'FR'), authority('ie-order', 'IE')];

describe('a report of a threat to life', () => {
  it('goes to those who investigate in each State concerned', () => {
    expect(routeOf(['FR', 'IE'], 'DE', BODIES)).toEqual({
      recipients: [
        { organisationId: 'fr-police', reason: 'concerned' },
        { organisationId: 'ie-order', reason: 'concerned' },
      ],
      unreached: [],
    });
  });

  it('goes to the contact point of the home State when the State concerned is not known', () => {
    expect(routeOf([], 'IE', BODIES).recipients).toEqual([{ organisationId: 'ie-order', reason: 'home' }]);
    expect(routeOf([], 'FR', BODIES).recipients).toEqual([{ organisationId: 'fr-order', reason: 'home' }]);
  });

  it('goes to the home State too when a State concerned has nobody here, and says which', () => {
    const route = routeOf(['FR', 'PL'], 'IE', BODIES);
    expect(route.recipients.map(({ organisationId }) => organisationId)).toEqual(['fr-police', 'ie-order']);
    expect(route.unreached).toEqual(['PL']);
  });

  it('says so when nobody at all is reached', () => {
    expect(routeOf([], 'PL', BODIES)).toEqual({ recipients: [], unreached: ['PL'] });
    expect(routeOf(['PL'], null, BODIES)).toEqual({ recipients: [], unreached: ['PL'] });
  });

  it('reaches a State or names it, and tells each body once, whatever States and bodies', () => {
    const state = fc.constantFrom('FR', 'IE', 'PL', 'DE');
    const bodies = fc.uniqueArray(
      fc.record({
        organisationId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
        country: state,
        isInvestigative: fc.boolean(),
      }),
      { selector: ({ organisationId }) => organisationId },
    );
    fc.assert(
      fc.property(fc.array(state), fc.option(state), bodies, (concerned, home, all) => {
        const { recipients, unreached } = routeOf(concerned, home, all);
        const told = recipients.map(({ organisationId }) => organisationId);
        expect(new Set(told).size).toBe(told.length);
        const countries = all
          .filter(({ organisationId }) => told.includes(organisationId))
          .map(({ country }) => country);
        for (const one of concerned) expect(countries.includes(one)).toBe(!unreached.includes(one));
        if (concerned.length === 0 && home !== null) expect(countries.includes(home)).toBe(!unreached.includes(home));
      }),
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  DISSEMINATIONS,
  EXCLUSION_GROUNDS,
  FINDINGS,
  SIGN_OFF_PARTS,
  barsOfDoubt,
  barsToOrder,
  unconsidered,
  type Assessed,
  type Attested,
  type Exclusion,
} from './assessment';
import { CATEGORIES } from './vocabulary';

const CLEAR: readonly Exclusion[] = EXCLUSION_GROUNDS.map((ground) => ({
  ground,
  finding: 'does_not_apply',
  reasons: 'Considered',
}));
const ASSESSED: Assessed = {
  categories: ['incitement'],
  exclusions: CLEAR,
  editorialResponsibility: false,
  dissemination: 'open',
  signedOff: [],
};
const withFinding = (ground: string, finding: Exclusion['finding']): readonly Exclusion[] =>
  CLEAR.map((each) => (each.ground === ground ? { ...each, finding } : each));

describe('what an order can rest on', () => {
  it('is an assessment under Art. 2(7) in which all seven exclusions were considered and none applies', () => {
    expect(barsToOrder(ASSESSED)).toEqual([]);
    expect(barsToOrder({ ...ASSESSED, dissemination: 'auto_admission' })).toEqual([]);
    expect(barsToOrder({ ...ASSESSED, categories: ['other'] })).toEqual(['category_outside_article_2_7']);
    expect(barsToOrder({ ...ASSESSED, categories: [] })).toEqual(['category_outside_article_2_7']);
  });

  it.each(EXCLUSION_GROUNDS)('is none in which %s was left out, considered twice or found to apply', (ground) => {
    const without = CLEAR.filter((each) => each.ground !== ground);
    expect(unconsidered(without)).toEqual([ground]);
    expect(barsToOrder({ ...ASSESSED, exclusions: without })).toEqual(['exclusion_not_considered']);
    expect(unconsidered([...CLEAR, ...CLEAR.filter((each) => each.ground === ground)])).toEqual([ground]);
    expect(barsToOrder({ ...ASSESSED, exclusions: withFinding(ground, 'applies') })).toEqual(['exclusion_applies']);
  });

  it.each(EXCLUSION_GROUNDS)('takes a second reviewer and a legal sign-off where %s is unclear', (ground) => {
    const unclear = { ...ASSESSED, exclusions: withFinding(ground, 'unclear') };
    expect(barsToOrder(unclear)).toEqual(['second_review_missing', 'legal_sign_off_missing']);
    expect(barsToOrder({ ...unclear, signedOff: ['second_review'] })).toEqual(['legal_sign_off_missing']);
    expect(barsToOrder({ ...unclear, signedOff: ['legal'] })).toEqual(['second_review_missing']);
    expect(barsToOrder({ ...unclear, signedOff: ['legal', 'second_review'] })).toEqual([]);
  });

  it('is never what the press answers for, nor what a person lets people in to see', () => {
    expect(barsToOrder({ ...ASSESSED, editorialResponsibility: true })).toEqual(['editorial_responsibility']);
    expect(barsToOrder({ ...ASSESSED, dissemination: 'human_admission' })).toEqual(['not_disseminated_to_the_public']);
  });

  it('is never anything in which an exclusion applies, whoever signed what', () => {
    const exclusion = fc.record({
      ground: fc.constantFrom(...EXCLUSION_GROUNDS),
      finding: fc.constantFrom(...FINDINGS),
      reasons: fc.string(),
    });
    const assessed = fc.record({
      categories: fc.array(fc.constantFrom(...CATEGORIES)),
      exclusions: fc.array(exclusion, { maxLength: 10 }),
      editorialResponsibility: fc.boolean(),
      dissemination: fc.constantFrom(...DISSEMINATIONS),
      signedOff: fc.uniqueArray(fc.constantFrom(...SIGN_OFF_PARTS)),
    });
    fc.assert(
      fc.property(assessed, (one) => {
        const isExcluded = one.exclusions.some(({ finding }) => finding === 'applies');
        if (isExcluded || one.editorialResponsibility) expect(barsToOrder(one)).not.toEqual([]);
      }),
    );
  });
});

describe('a doubt of an earlier assessment', () => {
  const CLEAN = { exclusions: CLEAR, assessedBy: 'a', signOffs: [] };
  const DOUBT = { ...CLEAN, exclusions: withFinding('artistic', 'unclear') };
  const both = ['second_review_missing', 'legal_sign_off_missing'];
  const by = (second: string, legal: string): Attested['signOffs'] => [
    { part: 'second_review', signedBy: second },
    { part: 'legal', signedBy: legal },
  ];

  it('is not ended by another assessment, whoever writes it', () => {
    expect(barsOfDoubt(CLEAN, [])).toEqual([]);
    expect(barsOfDoubt(CLEAN, [CLEAN])).toEqual([]);
    expect(barsOfDoubt(CLEAN, [DOUBT])).toEqual(both);
    expect(barsOfDoubt({ ...CLEAN, assessedBy: 'b' }, [CLEAN, DOUBT])).toEqual(both);
  });

  it('is ended by a review and a legal sign-off of the one or the other', () => {
    expect(barsOfDoubt({ ...CLEAN, signOffs: by('c', 'd') }, [DOUBT])).toEqual([]);
    expect(barsOfDoubt(CLEAN, [{ ...DOUBT, signOffs: by('c', 'd') }])).toEqual([]);
    const [review, legal] = by('c', 'd');
    expect(barsOfDoubt({ ...CLEAN, signOffs: [review!] }, [{ ...DOUBT, signOffs: [legal!] }])).toEqual([]);
    expect(barsOfDoubt({ ...CLEAN, signOffs: [review!] }, [DOUBT])).toEqual(['legal_sign_off_missing']);
    expect(barsOfDoubt({ ...CLEAN, signOffs: [legal!] }, [DOUBT])).toEqual(['second_review_missing']);
    // Two doubts are two: what was said of the one says nothing of the other.
    expect(barsOfDoubt(CLEAN, [{ ...DOUBT, signOffs: by('c', 'd') }, DOUBT])).toEqual(both);
  });

  it('never by whoever assessed, nor by one person for both', () => {
    const person = fc.constantFrom('a', 'b', 'c', 'd');
    const signOffs = fc.array(fc.record({ part: fc.constantFrom(...SIGN_OFF_PARTS), signedBy: person }));
    fc.assert(
      fc.property(signOffs, signOffs, (onDoubt, onResting) => {
        const bars = barsOfDoubt({ ...CLEAN, assessedBy: 'b', signOffs: onResting }, [{ ...DOUBT, signOffs: onDoubt }]);
        const who = [...onDoubt, ...onResting].filter(({ signedBy }) => signedBy === 'c' || signedBy === 'd');
        const partsOf = (name: string): Set<string> =>
          new Set(who.filter(({ signedBy }) => signedBy === name).map(({ part }) => part));
        const isEnded =
          (partsOf('c').has('second_review') && partsOf('d').has('legal')) ||
          (partsOf('d').has('second_review') && partsOf('c').has('legal'));
        expect(bars.length === 0).toBe(isEnded);
      }),
    );
  });
});

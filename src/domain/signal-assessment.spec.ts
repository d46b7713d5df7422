import * as fc from 'fast-check';
import { assess, type KnownOfSignal } from './signal-assessment';
import type { PublicLabels } from './signal-merge';
import { DEFAULT_RULES, decide, factsOf } from './signal-policy';
import { SEVERITIES } from './vocabulary';

const LISTS = ['common', 'group', 'own', 'other'];
const BODIES = ['a', 'b', 'c', 'd'];

const some = fc.subarray(LISTS, { minLength: 1 });
const contribution = fc.record({
  organisationId: fc.constantFrom(...BODIES),
  listId: fc.constantFrom(...LISTS),
  reviewed: fc.boolean(),
  contributedAt: fc.nat(3),
  labels: fc.constantFrom<PublicLabels>({}, { category: 'threat' }, { behaviours: ['recruitment'] }),
  severity: fc.constantFrom(null, ...SEVERITIES),
  incident: fc.constantFrom(null, 'pci-2026-harbour'),
});
const opinion = fc.record({
  organisationId: fc.constantFrom(...BODIES),
  opinion: fc.constantFrom('confirm' as const, 'dispute' as const),
  listIds: some,
});
const known: fc.Arbitrary<KnownOfSignal> = fc.record({
  contributions: fc.uniqueArray(contribution, {
    maxLength: 6,
    selector: ({ organisationId, listId }) => `${organisationId} ${listId}`,
  }),
  opinions: fc.uniqueArray(opinion, { maxLength: 4, selector: ({ organisationId }) => organisationId }),
  disputes: fc.array(fc.record({ listIds: some }), { maxLength: 2 }),
});

const basisOf = (of: KnownOfSignal): object => {
  const { state, restsOn, reviewed, behind, labels, severity, incident } = assess(of);
  return { state, restsOn, reviewed, behind, labels, severity, incident };
};

describe('what a decision about a hash rests on', () => {
  it('is the same without all that is said on lists on which its state is not the best', () => {
    fc.assert(
      fc.property(known, (all) => {
        const { restsOn, state } = assess(all);
        const contributions = all.contributions.filter(({ listId }) => restsOn.includes(listId));
        expect(basisOf({ ...all, contributions })).toEqual(basisOf(all));
        const named = new Set(all.disputes.flatMap(({ listIds }) => listIds));
        if (state === 'active' || state === 'provisional')
          expect(restsOn.filter((each) => named.has(each))).toEqual([]);
      }),
    );
  });

  it('does not depend on the order in which it is told', () => {
    fc.assert(
      fc.property(known, (all) => {
        const turned = { contributions: all.contributions.toReversed(), opinions: all.opinions.toReversed(), disputes: all.disputes }; // prettier-ignore
        expect(basisOf(turned)).toEqual(basisOf(all));
        expect(assess(turned).lists).toEqual(assess(all).lists);
      }),
    );
  });

  it('counts each body that contributes or confirms there once', () => {
    fc.assert(
      fc.property(known, (all) => {
        const { restsOn, behind } = assess(all);
        const confirming = all.opinions.filter(
          (each) => each.opinion === 'confirm' && each.listIds.some((id) => restsOn.includes(id)),
        );
        const contributing = all.contributions.filter(({ listId }) => restsOn.includes(listId));
        expect(behind).toBe(new Set([...contributing, ...confirming].map(({ organisationId }) => organisationId)).size);
      }),
    );
  });

  it('is no review on a list on which the hash is disputed', () => {
    const said = { labels: {}, severity: null, incident: null };
    const all: KnownOfSignal = {
      contributions: [
        { ...said, organisationId: 'a', listId: 'group', reviewed: true, contributedAt: 1 },
        { ...said, organisationId: 'b', listId: 'common', reviewed: false, contributedAt: 2 },
      ],
      opinions: [
        { organisationId: 'c', opinion: 'dispute', listIds: ['group'] },
        { organisationId: 'd', opinion: 'confirm', listIds: ['common'] },
      ],
      disputes: [{ listIds: ['group'] }],
    };
    const found = assess(all);
    expect(found).toMatchObject({ state: 'active', reviewed: false, behind: 2, restsOn: ['common'], confirms: 1, disputes: 1 }); // prettier-ignore
    expect(found.lists).toEqual(['group', 'common']);
    const facts = factsOf({ type: 'sha256', distance: 0 }, found, (id) => id === 'group');
    expect(facts).toMatchObject({ lists: ['common'], standing: 2, autoActionList: false });
    expect(decide(DEFAULT_RULES, facts).action).toBe('review');
  });
});

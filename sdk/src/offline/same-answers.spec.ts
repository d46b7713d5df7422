import * as fc from 'fast-check';
import type { PolicyRule } from '../../../src/domain/signal-policy';
import { CATEGORIES, IDEOLOGIES, MATCH_ACTIONS, SEVERITIES, SIGNAL_STATES } from '../../../src/domain/vocabulary';
import { toLine } from '../../../src/signals/exchange/core/lines.query';
import { toFeedLine } from '../../../src/signals/exchange/feed/feed-lines';
import { toMatch, type KnownSignal } from '../../../src/signals/matching/known-signal';
import { KeptLineReader, readFeedLine, writeFeedLine } from './feed-line';
import { matchOf } from './offline-match';

/** The asker reads the first three. */
const LISTS = ['common', 'group', 'watch', 'hidden'];
const READABLE = LISTS.slice(0, 3);
const BODIES = ['a', 'b', 'c', 'd', 'e'];
const INCIDENTS = ['pci-2026-harbour', 'eccp-2026-pier'];
const BEHAVIOURS = ['recruitment', 'glorification'] as const;
const VALUE = 'ab'.repeat(32);
const ID = '01a209b1-0000-7000-8000-000000000001';

const some = fc.subarray(LISTS, { minLength: 1 });
const contribution = fc.record({
  organisationId: fc.constantFrom(...BODIES),
  listId: fc.constantFrom(...LISTS),
  reviewed: fc.boolean(),
  contributedAt: fc.nat(4),
  labels: fc.record(
    {
      category: fc.constantFrom(...CATEGORIES),
      ideology: fc.constantFrom(...IDEOLOGIES),
      behaviours: fc.subarray([...BEHAVIOURS]),
    },
    { requiredKeys: [] },
  ),
  severity: fc.constantFrom(null, ...SEVERITIES),
  incident: fc.constantFrom(null, ...INCIDENTS),
});
const opinion = fc.record({
  organisationId: fc.constantFrom(...BODIES),
  opinion: fc.constantFrom('confirm' as const, 'dispute' as const),
  listIds: some,
});
const signal: fc.Arbitrary<KnownSignal> = fc.record({
  id: fc.constant(ID),
  type: fc.constantFrom('sha256' as const, 'pdq' as const, 'text_sha256' as const),
  value: fc.constant(VALUE),
  contributions: fc.uniqueArray(contribution, { maxLength: 7, selector: (of) => `${of.organisationId} ${of.listId}` }),
  opinions: fc.uniqueArray(opinion, { maxLength: 4, selector: (of) => of.organisationId }),
  disputes: fc.array(fc.record({ organisationId: fc.constantFrom(null, ...BODIES), listIds: some }), { maxLength: 2 }),
  feedback: fc.constant([]),
});

const members = <T>(of: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...of], { minLength: 1 });
const rule: fc.Arbitrary<PolicyRule> = fc
  .record({ name: fc.string(), action: fc.constantFrom(...MATCH_ACTIONS, 'block' as const) })
  .chain((named) => {
    const conditions = {
      lists: members(LISTS),
      states: members(SIGNAL_STATES),
      categories: members(CATEGORIES),
      ideologies: members(IDEOLOGIES),
      behaviours: members(BEHAVIOURS),
      incidents: members(INCIDENTS),
      minSeverity: fc.constantFrom(...SEVERITIES),
      reviewed: fc.boolean(),
    };
    return fc
      .subarray(Object.keys(conditions), { maxLength: 2 })
      .chain((keys) =>
        fc.record({ ...conditions }).map((all) => Object.entries(all).filter(([key]) => keys.includes(key))),
      ) // prettier-ignore
      .map((chosen): PolicyRule => ({ ...named, ...Object.fromEntries(chosen) }));
  });

/** The row that the feed's statement reads for a subscriber with the readable lists. */
function lineOf({ id, type, value, contributions, opinions, disputes }: KnownSignal) {
  const isTold = ({ listIds }: { readonly listIds: readonly string[] }): boolean =>
    listIds.some((each) => READABLE.includes(each));
  const standing = contributions.filter(({ listId }) => READABLE.includes(listId));
  const named = { organisationName: '', reason: 'other' as const };
  return toLine({
    id,
    type,
    value,
    erased: false,
    forgotten: false,
    created_at: new Date(0),
    fed_confirmed: '0',
    quality: null,
    standing: standing.toReversed().map((each) => ({ ...each, organisationName: '', tlp: 'amber' as const })),
    opinions: opinions.filter(isTold).map((each) => ({ ...each, ...named })),
    disputes: disputes.filter(isTold).map((each) => ({ ...each, ...named })),
    seq: '1',
    micros: '1',
  });
}

describe('a match by the server, and by a copy of the line that its feed says', () => {
  it('are the same, with action and reason, whatever stands on which list and is said of it, by every policy', () => {
    const acting = fc.subarray(READABLE);
    fc.assert(
      fc.property(signal, fc.array(rule, { maxLength: 4 }), acting, fc.nat(31), (known, rules, alone, distance) => {
        const lists = LISTS.map((id) => ({ id, name: id, tlp: 'amber' as const, autoAction: alone.includes(id) }));
        const asker = { organisationId: 'asker', isOperator: false, readable: new Set(READABLE) };
        const names = { list: (id: string) => lists.find((each) => each.id === id), organisation: () => '' };
        const server = toMatch({ signal: known, distance }, asker, names, { version: null, rules });
        const line = readFeedLine(JSON.stringify(toFeedLine(lineOf(known))));
        if (line.kind !== 'signal') {
          expect([line.kind, server]).toEqual(['gone', undefined]);
          return;
        }
        const kept = new KeptLineReader().read(writeFeedLine(line));
        expect(kept).toEqual(line);
        const offline = matchOf({ ...line, distance }, { lists: lists.slice(0, 3), rules: null }, rules);
        const { contributions: _, feedback: __, policyVersion: ___, ...said } = server!;
        expect(offline).toEqual(said);
      }),
      { numRuns: 2_000 },
    );
  });
});

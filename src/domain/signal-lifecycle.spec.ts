import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  advanceContribution,
  CONTRIBUTION_EVENTS,
  CONTRIBUTION_NEXT,
  disputeDueAt,
  endedBy,
  EVENT_OF_GROUND,
  expiryOf,
  reviewedBefore,
  standingOf,
  stateOnList,
  type Told,
} from './signal-lifecycle';
import { CONTRIBUTION_STATES, END_GROUNDS } from './vocabulary';

describe('the life of a contribution', () => {
  it('goes where the table says from every state by every event, and nowhere else', () => {
    for (const state of CONTRIBUTION_STATES) {
      for (const event of CONTRIBUTION_EVENTS) {
        const row: Readonly<Record<string, string>> = CONTRIBUTION_NEXT[state];
        const expected = row[event];
        if (expected) expect(advanceContribution(state, event)).toBe(expected);
        else expect(() => advanceContribution(state, event)).toThrow(/does not allow/);
      }
    }
  });

  it('never comes back from an end', () => {
    const reach = (state: string, seen = new Set<string>()): Set<string> => {
      for (const next of Object.values(CONTRIBUTION_NEXT[state as keyof typeof CONTRIBUTION_NEXT])) {
        if (!seen.has(next)) reach(next, seen.add(next));
      }
      return seen;
    };
    for (const state of CONTRIBUTION_STATES.slice(2)) {
      expect([state, reach(state).has('standing'), reach(state).has('quarantined')]).toEqual([state, false, false]);
    }
    expect([...reach('standing')].sort()).toEqual([...CONTRIBUTION_STATES].sort());
  });

  it('has an end for every ground, from quarantine too', () => {
    for (const ground of END_GROUNDS) {
      const event = EVENT_OF_GROUND[ground];
      expect(advanceContribution('quarantined', event)).toBe(endedBy(ground));
    }
  });
});

describe('the state of a signal on one list', () => {
  const facts = fc.record({
    standing: fc.nat(3),
    reviewed: fc.boolean(),
    confirms: fc.nat(2),
    openDisputes: fc.nat(2),
  });

  it('is withdrawn exactly when nobody stands behind it, and disputed whenever somebody does and a dispute is open', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const state = stateOnList(given);
        expect(state === 'withdrawn').toBe(given.standing === 0);
        if (given.standing > 0) expect(state === 'disputed').toBe(given.openDisputes > 0);
        if (state === 'active') expect(given.reviewed || given.confirms > 0).toBe(true);
      }),
    );
  });
});

describe('the state of a signal over the lists on which it stands', () => {
  const LISTS = ['common', 'group', 'own', 'other'];
  const BODIES = ['a', 'b', 'c', 'd'];
  const some = fc.subarray(LISTS, { minLength: 1 });
  const contribution = fc.record({
    organisationId: fc.constantFrom(...BODIES),
    listId: fc.constantFrom(...LISTS),
    reviewed: fc.boolean(),
  });
  const told: fc.Arbitrary<Told> = fc.record({
    contributions: fc.array(contribution, { maxLength: 6 }),
    confirmations: fc.array(fc.record({ organisationId: fc.constantFrom(...BODIES), listIds: some }), { maxLength: 3 }),
    disputes: fc.array(fc.record({ listIds: some }), { maxLength: 2 }),
  });
  const through = (all: Told, lists: readonly string[]): Told => ({
    ...all,
    contributions: all.contributions.filter(({ listId }) => lists.includes(listId)),
  });
  const without = (lists: readonly string[]) => LISTS.filter((each) => !lists.includes(each));

  it('does not change through lists that a dispute or a confirmation does not name', () => {
    fc.assert(
      fc.property(told, some, fc.constantFrom(...BODIES), (all, listIds, organisationId) => {
        const elsewhere = through(all, without(listIds));
        expect(standingOf({ ...elsewhere, disputes: [...all.disputes, { listIds }] })).toEqual(standingOf(elsewhere));
        const confirmed = { ...elsewhere, confirmations: [...all.confirmations, { organisationId, listIds }] };
        expect(standingOf(confirmed)).toEqual(standingOf(elsewhere));
      }),
    );
  });

  it('never rests on a disputed list when it is anything but disputed', () => {
    fc.assert(
      fc.property(told, (all) => {
        const { state, lists } = standingOf(all);
        const named = new Set(all.disputes.flatMap(({ listIds }) => listIds));
        if (state === 'active' || state === 'provisional') expect(lists.filter((each) => named.has(each))).toEqual([]);
        if (state === 'disputed') for (const each of lists) expect(named.has(each)).toBe(true);
        expect(state === 'withdrawn').toBe(all.contributions.length === 0);
      }),
    );
  });

  it('is the best of what it is through each list by itself, and rests on those that have it', () => {
    fc.assert(
      fc.property(told, (all) => {
        const { state, lists } = standingOf(all);
        const best = ['active', 'provisional', 'disputed', 'withdrawn'];
        const alone = LISTS.map((list) => [list, standingOf(through(all, [list])).state] as const);
        const ranks = alone.map(([, each]) => best.indexOf(each));
        expect(best.indexOf(state)).toBe(Math.min(...ranks));
        if (state === 'withdrawn') return;
        expect([...lists].sort()).toEqual(alone.flatMap(([list, each]) => (each === state ? [list] : [])).sort());
      }),
    );
  });

  it('does not get worse by another list, whatever is disputed there', () => {
    fc.assert(
      fc.property(told, some, (all, lists) => {
        const best = ['active', 'provisional', 'disputed', 'withdrawn'];
        const rank = (each: Told): number => best.indexOf(standingOf(each).state);
        expect(rank(all)).toBeLessThanOrEqual(rank(through(all, lists)));
      }),
    );
  });

  it('counts a body that confirms on several lists once, and on none on which it stands behind the hash itself', () => {
    const contributions = [
      { organisationId: 'a', listId: 'common', reviewed: false },
      { organisationId: 'b', listId: 'group', reviewed: false },
    ];
    const confirmations = [
      { organisationId: 'b', listIds: ['common', 'group'] },
      { organisationId: 'c', listIds: ['common', 'group'] },
    ];
    const standing = standingOf({ contributions, confirmations, disputes: [] });
    expect(standing).toEqual({ state: 'active', lists: ['common', 'group'], confirmers: ['b', 'c'], confirms: 2 });
    const disputed = standingOf({ contributions, confirmations, disputes: [{ listIds: ['common'] }] });
    expect(disputed).toEqual({ state: 'active', lists: ['group'], confirmers: ['c'], confirms: 2 });
  });
});

describe('times of a contribution', () => {
  const at = new Date('2026-03-02T09:00:00.000Z');

  it('ends an unreviewed one after thirty days, a reviewed one never, and either when its contributor says', () => {
    expect(expiryOf(at, false)?.toISOString()).toBe('2026-04-01T09:00:00.000Z');
    expect(expiryOf(at, true)).toBeNull();
    const asked = new Date('2026-03-03T00:00:00.000Z');
    expect([expiryOf(at, true, asked), expiryOf(at, false, asked)]).toEqual([asked, asked]);
  });

  it('gives 72 hours for a dispute', () => {
    expect(disputeDueAt(at).toISOString()).toBe('2026-03-05T09:00:00.000Z');
  });

  it('asks for a review 24 months after the last, by the calendar', () => {
    expect(reviewedBefore(at).toISOString()).toBe('2024-03-02T09:00:00.000Z');
    expect(reviewedBefore(new Date('2026-02-28T23:59:59.999Z')).toISOString()).toBe('2024-02-28T23:59:59.999Z');
    expect(reviewedBefore(new Date('2028-02-29T12:00:00.000Z')).toISOString()).toBe('2026-02-28T12:00:00.000Z');
  });
});

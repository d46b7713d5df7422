import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  advanceContribution,
  CONTRIBUTION_EVENTS,
  CONTRIBUTION_NEXT,
  disputeDueAt,
  DISPUTE_NEXT,
  ENTRY_OF_ENDING,
  endedBy,
  EVENT_OF_GROUND,
  expiryOf,
  reviewedBefore,
  signalState,
} from './signal-lifecycle';
import { CONTRIBUTION_STATES, DISPUTE_STATES, END_GROUNDS, isLedgerKind } from './vocabulary';

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

  it('has an end and a ledger entry for every ground, from standing and from quarantine alike', () => {
    for (const ground of END_GROUNDS) {
      const event = EVENT_OF_GROUND[ground];
      expect(advanceContribution('quarantined', event)).toBe(endedBy(ground));
      expect(isLedgerKind(ENTRY_OF_ENDING[event])).toBe(true);
    }
  });

  it('lets a dispute be decided once', () => {
    for (const state of DISPUTE_STATES) expect(Object.keys(DISPUTE_NEXT[state]).length > 0).toBe(state === 'open');
  });
});

describe('the state of a signal', () => {
  const facts = fc.record({
    standing: fc.nat(3),
    reviewed: fc.boolean(),
    confirms: fc.nat(2),
    openDisputes: fc.nat(2),
  });

  it('is withdrawn exactly when nobody stands behind it, and disputed whenever somebody does and a dispute is open', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const state = signalState(given);
        expect(state === 'withdrawn').toBe(given.standing === 0);
        if (given.standing > 0) expect(state === 'disputed').toBe(given.openDisputes > 0);
        if (state === 'active') expect(given.reviewed || given.confirms > 0).toBe(true);
      }),
    );
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

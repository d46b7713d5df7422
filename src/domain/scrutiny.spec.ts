import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { codeOf } from '../../test/support/refusals';
import {
  SCRUTINY_EVENTS,
  SCRUTINY_NEXT,
  SCRUTINY_STATES,
  advanceScrutiny,
  assertAnswerBy,
  assertDecidable,
  assertOwnInTime,
  assertRequestInTime,
  decisionDueAt,
} from './scrutiny';

const HOUR = 3_600_000;
const START = new Date('2026-03-27T23:59:30.000Z');
const at = (ms: number): Date => new Date(START.getTime() + ms);

describe('the periods of scrutiny', () => {
  it('take a request at 47:59:59.999 after receipt and refuse it at 48:00:00.000, with the instant', () => {
    expect(codeOf(() => assertRequestInTime(START, at(48 * HOUR - 1)))).toBeNull();
    const late = (): void => assertRequestInTime(START, at(48 * HOUR));
    expect(late).toThrow(expect.objectContaining({ details: { endedAt: at(48 * HOUR).toISOString() } }));
  });

  it('take a request before the period has begun: an order can be challenged before its receipt is proved', () => {
    expect(codeOf(() => assertRequestInTime(null, at(1_000 * HOUR)))).toBeNull();
  });

  it('let the authority act of its own accord until 71:59:59.999 after the copy', () => {
    expect(codeOf(() => assertOwnInTime(START, at(72 * HOUR - 1)))).toBeNull();
    expect(codeOf(() => assertOwnInTime(START, at(72 * HOUR)))).toBe('scrutiny.period-over');
  });

  it('run 72 hours from the copy, or from the request', () => {
    const instants = { copyAt: START, requestedAt: at(47 * HOUR) };
    expect(decisionDueAt('own_initiative', instants)).toEqual(at(72 * HOUR));
    for (const origin of ['provider', 'content_provider'] as const)
      expect(decisionDueAt(origin, instants)).toEqual(at((47 + 72) * HOUR));
  });
});

describe('the course of a scrutiny', () => {
  it('is the table, and everything that is not in it is refused', () => {
    for (const state of SCRUTINY_STATES) {
      for (const event of SCRUTINY_EVENTS) {
        const row: Partial<Record<string, string>> = SCRUTINY_NEXT[state];
        const stated = row[event] ?? null;
        const code = codeOf(() => expect(advanceScrutiny(state, event)).toBe(stated));
        const refusal =
          state === 'open' && event === 'infringe' ? 'scrutiny.intention-first' : 'scrutiny.illegal-transition';
        expect([state, event, code]).toEqual([state, event, stated === null ? refusal : null]);
      }
    }
  });

  it('finds no infringement before the issuer answered or its time to answer is over, and clears at any time', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SCRUTINY_STATES), fc.integer({ min: -5, max: 5 }), (state, minutes) => {
        const answerBy = state === 'open' ? null : START;
        const hearing = { state, origin: 'provider', dueAt: at(HOUR), answerBy } as const;
        const now = at(minutes * 60_000);
        const isHeard = state === 'answered' || (state === 'intended' && minutes >= 0);
        expect(codeOf(() => assertDecidable(hearing, 'infringement', now)) === null).toBe(isHeard);
        expect(codeOf(() => assertDecidable(hearing, 'no_infringement', now)) === null).toBe(state !== 'decided');
      }),
    );
  });

  it('ends with the 72 hours where nobody asked, and is decided late where somebody did', () => {
    const hearing = { state: 'answered', dueAt: at(72 * HOUR), answerBy: START } as const;
    const late = at(72 * HOUR);
    expect(codeOf(() => assertDecidable({ ...hearing, origin: 'own_initiative' }, 'infringement', late))).toBe(
      'scrutiny.period-over',
    );
    expect(codeOf(() => assertDecidable({ ...hearing, origin: 'provider' }, 'infringement', late))).toBeNull();
  });

  it('gives the issuer a time to answer that leaves one to decide', () => {
    const dueAt = at(72 * HOUR);
    const answer = (ms: number, now = START): string | null => codeOf(() => assertAnswerBy(at(ms), { now, dueAt }));
    expect([answer(0), answer(1), answer(72 * HOUR - 1), answer(72 * HOUR)]).toEqual([
      'scrutiny.answer-by',
      null,
      null,
      'scrutiny.answer-by',
    ]);
    // A decision that is overdue is still heard for.
    expect(answer(80 * HOUR, at(73 * HOUR))).toBeNull();
  });
});

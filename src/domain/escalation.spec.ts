import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { startClock } from './clock';
import {
  areSettings,
  DEFAULT_ESCALATION,
  ESCALATION_SIDES,
  nextStepAt,
  reachedSteps,
  stepsOf,
  type EscalationSide,
  type EscalationStep,
} from './escalation';

const START = new Date('2026-11-23T10:00:00.000Z');
const MIN = 60_000;
const after = (minutes: number): Date => new Date(START.getTime() + minutes * MIN);
const order = startClock('statutory', START);
const planOf = (side: EscalationSide, run = order) =>
  stepsOf({ side, startedAt: START, run: ['recipient', 'sender'].includes(side) ? run : null }, DEFAULT_ESCALATION);
const brief = (side: EscalationSide): (string | number)[][] =>
  planOf(side).map(({ step, at }) => [step, (at.getTime() - START.getTime()) / MIN]);
const none = { done: [], isAcknowledged: false } as const;

describe('an escalation', () => {
  it('calls a second person at 5, takes the next channel at 10 and calls the supervisor at 20 minutes', () => {
    expect(brief('recipient')).toEqual([
      ['officer', 0],
      ['second_person', 5],
      ['next_channel', 10],
      ['supervisor', 20],
      ['mark_25', 25],
      ['mark_45', 45],
      ['mark_55', 55],
    ]);
  });

  it('tells the sender at 10 and 20 minutes and at the marks 45 and 55', () => {
    expect(brief('sender')).toEqual([
      ['told', 10],
      ['told_again', 20],
      ['mark_45', 45],
      ['mark_55', 55],
    ]);
  });

  it('goes on at 2, 5 and 10 minutes when life is threatened', () => {
    expect(brief('life_threat').map(([, minute]) => minute)).toEqual([0, 2, 5, 10]);
  });

  it('keeps the marks of a shorter target in proportion and its minutes as they are', () => {
    const short = startClock('target', START, 40 * MIN);
    expect(planOf('sender', short).map(({ at }) => (at.getTime() - START.getTime()) / MIN)).toEqual([
      10,
      20,
      30,
      (40 * 55) / 60,
    ]);
  });

  it('waits for somebody to be there where a referral’s contact point is staffed at times', () => {
    const staffed = { timeZone: 'UTC', shifts: [{ day: 'tue', from: '09:00', to: '17:00' }] } as const;
    const [first, second] = planOf('recipient', startClock('target', START, 60 * MIN, staffed));
    expect([first?.at, second?.at].map((at) => at?.toISOString())).toEqual([
      '2026-11-24T09:00:00.000Z',
      '2026-11-24T09:05:00.000Z',
    ]);
  });

  it('after an outage records what was overtaken and acts on the last alone', () => {
    const reached = reachedSteps(planOf('recipient'), none, after(21));
    expect(reached.map(({ step, stale }) => [step, stale])).toEqual([
      ['officer', true],
      ['second_person', true],
      ['next_channel', true],
      ['supervisor', false],
    ]);
  });

  it('is over with an acknowledgement but for the marks of the clock', () => {
    const progress = { done: ['officer'], isAcknowledged: true } as const;
    expect(reachedSteps(planOf('recipient'), progress, after(21))).toEqual([]);
    expect(nextStepAt(planOf('recipient'), progress)).toEqual(after(25));
    expect(nextStepAt(planOf('signer'), progress)).toBeNull();
  });

  it('takes every step once and in order, however often and however late somebody looks', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ESCALATION_SIDES),
        fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 12 }),
        (side, looks) => {
          const steps = planOf(side);
          const done: EscalationStep[] = [];
          for (const minute of looks.sort((a, b) => a - b)) {
            const reached = reachedSteps(steps, { done, isAcknowledged: false }, after(minute));
            expect(reached.filter(({ stale }) => !stale).length).toBe(reached.length > 0 ? 1 : 0);
            done.push(...reached.map(({ step }) => step));
          }
          const last = after(looks.at(-1) ?? 0);
          expect(done).toEqual(steps.filter(({ at }) => at <= last).map(({ step }) => step));
        },
      ),
    );
  });

  it('has settings within bounds, with a second person before the supervisor', () => {
    expect(areSettings(DEFAULT_ESCALATION)).toBe(true);
    for (const wrong of [{ secondMinutes: 0 }, { supervisorMinutes: 56 }, { secondMinutes: 20 }, { channelMinutes: 1 }])
      expect(areSettings({ ...DEFAULT_ESCALATION, ...wrong })).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { deadlineOf, takesBack, timingAfter, type Deadline, type GivenAnswer } from './answer-timing';
import { startClock, timingOf } from './clock';
import { isDown } from './item-answer';
import { ITEM_OUTCOMES } from './vocabulary';

const START = new Date('2026-11-03T12:00:00.000Z');
const minute = (minutes: number): Date => new Date(START.getTime() + minutes * 60_000);
const RUNNING: Deadline = { run: startClock('statutory', START), haltedAt: null, correction: null };
const answer = (outcome: GivenAnswer['outcome'], minutes: number): GivenAnswer => ({
  outcome,
  measureAt: isDown(outcome) ? minute(minutes) : null,
  answeredAt: minute(minutes),
});
const outcome = fc.constantFrom(...ITEM_OUTCOMES);
const at = fc.integer({ min: 0, max: 600 });

describe('how an answer stands to the deadline', () => {
  it('is by the deadline alone where it is the first: 59:59.999 is in time, 60:00 late', () => {
    fc.assert(
      fc.property(outcome, at, (one, minutes) => {
        const given = answer(one, minutes);
        expect(timingAfter(null, given, RUNNING)).toBe(timingOf(given, minute(60)));
      }),
    );
  });

  it('is never late by a clock that was not running: halted before the deadline, or started by a receipt that was none', () => {
    fc.assert(
      fc.property(outcome, at, fc.integer({ min: 0, max: 59 }), (one, minutes, halt) => {
        expect(timingAfter(null, answer(one, minutes), { ...RUNNING, haltedAt: minute(halt) })).toBe('in_time');
        expect(timingAfter(null, answer(one, minutes), { ...RUNNING, correction: 'not_running' })).toBe('in_time');
      }),
    );
    expect(deadlineOf({ ...RUNNING, haltedAt: minute(60) })).toEqual(minute(60));
  });

  it('is late where a measure in time is taken back after the deadline, and was never one before it', () => {
    const hidden = { ...answer('hidden', 5), timing: 'in_time' } as const;
    expect(timingAfter(hidden, answer('not_found', 59), RUNNING)).toBe('in_time');
    expect(timingAfter(hidden, answer('not_found', 300), RUNNING)).toBe('late');
    expect(timingAfter(hidden, answer('declined', 300), RUNNING)).toBe('late');
    expect(takesBack(hidden, answer('already_gone', 300))).toBe(false);
  });

  it('stays in time where another measure follows, or the content is found gone', () => {
    for (const timing of ['in_time', 'late_feedback'] as const) {
      const hidden = { ...answer('hidden', 5), timing };
      expect(timingAfter(hidden, answer('removed', 300), RUNNING)).toBe(timing);
      expect(timingAfter(hidden, answer('already_gone', 300), RUNNING)).toBe(timing);
    }
    expect(timingAfter({ ...answer('hidden', 90), timing: 'late' }, answer('removed', 300), RUNNING)).toBe('late');
  });

  it('counts the same measure at another time as a correction: it was late', () => {
    const removed = { ...answer('removed', 5), timing: 'in_time' } as const;
    expect(timingAfter(removed, answer('removed', 90), RUNNING)).toBe('late');
  });

  it('gives whoever acted while the clock was halted the full time from that measure to keep it up, and no more', () => {
    const halted = { ...RUNNING, haltedAt: minute(10) };
    const hidden = { ...answer('hidden', 180), timing: 'in_time' } as const;
    expect(timingAfter(hidden, answer('not_found', 239), halted)).toBe('in_time');
    expect(timingAfter(hidden, answer('not_found', 240), halted)).toBe('late');
    expect(timingAfter(hidden, answer('removed', 400), halted)).toBe('in_time');
  });
});

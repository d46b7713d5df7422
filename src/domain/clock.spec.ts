import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  HOUR_MS,
  MARKS,
  clockKindOf,
  correctsMiss,
  dueAt,
  exposureMs,
  factAtDeadline,
  isOnTime,
  markAt,
  minutesLeft,
  nextMark,
  reachedMarks,
  remainingMs,
  responseMs,
  restart,
  startClock,
  timingOf,
  type Mark,
} from './clock';

const at = (text: string): Date => new Date(text);
const MIN = 60_000;
const START = at('2026-11-03T12:00:00.000Z');
const after = (ms: number, from = START): Date => new Date(from.getTime() + ms);
const RUN = startClock('target', START);
const instant = fc.date({ min: at('2020-01-01T00:00:00Z'), max: at('2060-01-01T00:00:00Z'), noInvalidDate: true });

describe('the hour', () => {
  it('counts a measure at 59:59.999 as in time and at 60:00.000 as late', () => {
    expect(isOnTime(after(HOUR_MS - 1), dueAt(RUN))).toBe(true);
    expect(isOnTime(after(HOUR_MS), dueAt(RUN))).toBe(false);
  });

  it('runs from 23:59:30 in winter, across a change of the clocks and into another year, for 3,600,000 ms each time', () => {
    for (const [start, due] of [
      ['2026-01-15T23:59:30+01:00', '2026-01-16T00:59:30+01:00'],
      ['2026-03-29T01:30:00+01:00', '2026-03-29T03:30:00+02:00'],
      ['2026-10-25T02:30:00+02:00', '2026-10-25T02:30:00+01:00'],
      ['2026-12-31T23:30:00.500Z', '2027-01-01T00:30:00.500Z'],
    ] as const)
      expect(dueAt(startClock('statutory', at(start)))).toEqual(at(due));
  });

  it('is a property of instants: the zone in which a start was written changes nothing', () => {
    fc.assert(
      fc.property(instant, fc.integer({ min: -14 * 60, max: 14 * 60 }), (start, offset) => {
        const sign = offset < 0 ? '-' : '+';
        const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
        const zone = `${sign}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
        const written = new Date(start.getTime() + offset * MIN).toISOString().replace('Z', zone);
        expect(dueAt(startClock('target', at(written)))).toEqual(dueAt(startClock('target', start)));
        expect(dueAt(startClock('target', start)).getTime() - start.getTime()).toBe(HOUR_MS);
      }),
    );
  });

  it('restarts from zero after force majeure or a clarification, however much had run', () => {
    fc.assert(
      fc.property(instant, fc.nat(10 * HOUR_MS), fc.constantFrom('target', 'statutory'), (start, ranMs, kind) => {
        const again = restart(startClock(kind, start), after(ranMs, start));
        expect(remainingMs(again, again.startedAt)).toBe(HOUR_MS);
        expect(nextMark(again, null)).toEqual({ mark: 25, at: after(25 * MIN, again.startedAt) });
        expect(again.kind).toBe(kind);
      }),
    );
  });

  it('lets a referral have another target, in proportion, and an order none but the hour', () => {
    const long = startClock('target', START, 4 * HOUR_MS);
    expect(MARKS.map((mark) => markAt(long, mark))).toEqual([100, 180, 220, 240].map((m) => after(m * MIN)));
    expect(() => startClock('statutory', START, 2 * HOUR_MS)).toThrow(RangeError);
    for (const wrong of [0, -1, 0.5, Number.NaN]) expect(() => startClock('target', START, wrong)).toThrow(RangeError);
    expect([clockKindOf('referral'), clockKindOf('removal_order')]).toEqual(['target', 'statutory']);
  });

  it('says whole minutes left, rounded down, and goes below nought after the deadline', () => {
    expect([0, 1, MIN, HOUR_MS, HOUR_MS + 1].map((ms) => minutesLeft(RUN, after(ms)))).toEqual([60, 59, 59, 0, -1]);
  });
});

describe('the marks', () => {
  it('come at 25, 45, 55 and 60 minutes and then no more', () => {
    const seen: (readonly [Mark, Date])[] = [];
    for (let next = nextMark(RUN, null); next !== null; next = nextMark(RUN, next.mark))
      seen.push([next.mark, next.at]);
    expect(seen).toEqual([25, 45, 55, 60].map((m) => [m, after(m * MIN)]));
  });

  it('are each reached exactly once and dated to their own instant, whenever the ticks come', () => {
    fc.assert(
      fc.property(instant, fc.array(fc.nat(3 * HOUR_MS), { maxLength: 30 }), (start, offsets) => {
        const run = startClock('target', start);
        const ticks = [...offsets.sort((a, b) => a - b), 3 * HOUR_MS];
        let last: Mark | null = null;
        const written: Mark[] = [];
        for (const tick of ticks) {
          const reached = reachedMarks(run, last, after(tick, start));
          expect(reached.filter((mark) => !mark.stale)).toHaveLength(Math.min(1, reached.length));
          for (const mark of reached) {
            expect(mark.at).toEqual(after(mark.mark * MIN, start));
            expect(mark.at.getTime()).toBeLessThanOrEqual(start.getTime() + tick);
            written.push(mark.mark);
          }
          last = reached.at(-1)?.mark ?? last;
        }
        expect(written).toEqual([...MARKS]);
      }),
    );
  });

  it('are not reached a millisecond early', () => {
    expect(reachedMarks(RUN, null, after(25 * MIN - 1))).toEqual([]);
    expect(reachedMarks(RUN, null, after(25 * MIN))).toEqual([{ mark: 25, at: after(25 * MIN), stale: false }]);
  });

  it('after an outage over all of them, only the latest is news', () => {
    expect(reachedMarks(RUN, 25, after(5 * HOUR_MS)).map(({ mark, stale }) => [mark, stale])).toEqual([
      [45, true],
      [55, true],
      [60, false],
    ]);
  });
});

describe('the deadline', () => {
  it('writes a fact dated to itself: a target missed for a referral, a deadline passed for an order', () => {
    expect(factAtDeadline(RUN)).toEqual({ fact: 'target_missed', at: after(HOUR_MS) });
    expect(factAtDeadline(startClock('statutory', START)).fact).toBe('deadline_passed');
  });

  it('calls a measure within the hour that was told after it late feedback, not a miss', () => {
    const due = dueAt(RUN);
    const timing = (measureMs: number | null, answeredMs: number): string =>
      timingOf({ measureAt: measureMs === null ? null : after(measureMs), answeredAt: after(answeredMs) }, due);
    expect(timing(10 * MIN, 20 * MIN)).toBe('in_time');
    expect(timing(HOUR_MS - 1, HOUR_MS)).toBe('late_feedback');
    expect(timing(HOUR_MS, HOUR_MS)).toBe('late');
    expect(timing(null, HOUR_MS - 1)).toBe('in_time');
    expect(timing(null, HOUR_MS)).toBe('late');
  });

  it('is corrected only when no item was dealt with late', () => {
    expect(correctsMiss(['in_time', 'late_feedback'])).toBe(true);
    expect(correctsMiss(['in_time', 'late'])).toBe(false);
    expect(correctsMiss([])).toBe(false);
  });

  it('keeps response and exposure apart, and calls an impossible upload unknown', () => {
    expect(responseMs(START, after(7 * MIN))).toBe(7 * MIN);
    expect(exposureMs(after(-HOUR_MS), after(7 * MIN))).toBe(HOUR_MS + 7 * MIN);
    expect(exposureMs(null, after(1))).toBeNull();
    expect(exposureMs(after(2), after(1))).toBeNull();
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { closedMonths, closesAt, isClosed, monthOf, periodOfMonth } from './closed-month';

describe('a closed month', () => {
  it('closes seven days after its end, to the millisecond, across the year', () => {
    expect(closesAt('2026-12')).toEqual(new Date('2027-01-08T00:00:00.000Z'));
    expect(isClosed('2026-12', new Date('2027-01-07T23:59:59.999Z'))).toBe(false);
    expect(isClosed('2026-12', new Date('2027-01-08T00:00:00.000Z'))).toBe(true);
  });

  it('is listed once closed, oldest first, and never the running one', () => {
    const since = new Date('2026-11-20T00:00:00Z');
    expect(closedMonths(since, new Date('2027-02-07T23:59:59Z'))).toEqual(['2026-11', '2026-12']);
    expect(closedMonths(since, new Date('2027-02-08T00:00:00Z'))).toEqual(['2026-11', '2026-12', '2027-01']);
    expect(closedMonths(since, since)).toEqual([]);
  });

  it('holds every instant exactly once', () => {
    const instant = fc.date({ min: new Date(0), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, (at) => {
        const { from, to } = periodOfMonth(monthOf(at));
        expect(from.getTime() <= at.getTime() && at.getTime() < to.getTime()).toBe(true);
        expect(monthOf(to)).not.toBe(monthOf(at));
      }),
    );
  });

  it('is written YYYY-MM', () => {
    for (const wrong of ['2026-13', '2026-1', '2026', '2026-00', '2026-01-01', ''])
      expect(() => periodOfMonth(wrong)).toThrow(RangeError);
  });
});

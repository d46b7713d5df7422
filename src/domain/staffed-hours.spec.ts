import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { WEEKDAYS, afterStaffed, faultOf, type StaffedHours } from './staffed-hours';

const MIN = 60_000;
const HOUR = 60 * MIN;
const at = (text: string): Date => new Date(text);
const office = (timeZone = 'Europe/Paris'): StaffedHours => ({
  timeZone,
  shifts: WEEKDAYS.slice(0, 5).map((day) => ({ day, from: '09:00', to: '17:00' })),
});
const always: StaffedHours = {
  timeZone: 'Europe/Paris',
  shifts: WEEKDAYS.map((day) => ({ day, from: '00:00', to: '24:00' })),
};

describe('staffed hours', () => {
  it('counts within a shift as any clock does', () => {
    expect(afterStaffed(at('2026-11-23T10:00:00+01:00'), HOUR, office())).toEqual(at('2026-11-23T11:00:00+01:00'));
  });

  it('waits overnight and over a week-end', () => {
    expect(afterStaffed(at('2026-11-27T16:40:00+01:00'), HOUR, office())).toEqual(at('2026-11-30T09:40:00+01:00'));
    expect(afterStaffed(at('2026-11-28T03:00:00+01:00'), HOUR, office())).toEqual(at('2026-11-30T10:00:00+01:00'));
  });

  it('ends at the end of a shift, not at the beginning of the next', () => {
    expect(afterStaffed(at('2026-11-23T16:00:00+01:00'), HOUR, office())).toEqual(at('2026-11-23T17:00:00+01:00'));
  });

  it('follows the summer time of the zone: nine in the morning is nine in the morning', () => {
    expect(afterStaffed(at('2026-03-27T16:30:00+01:00'), HOUR, office())).toEqual(at('2026-03-30T09:30:00+02:00'));
    expect(afterStaffed(at('2026-10-23T16:30:00+02:00'), HOUR, office())).toEqual(at('2026-10-26T09:30:00+01:00'));
  });

  it('counts the hour that summer time leaps over never, and the one that comes twice both times', () => {
    const night = { timeZone: 'Europe/Paris', shifts: [{ day: 'sun', from: '01:00', to: '05:00' }] } as const;
    expect(afterStaffed(at('2026-03-29T01:00:00+01:00'), 3 * HOUR, night)).toEqual(at('2026-03-29T05:00:00+02:00'));
    expect(afterStaffed(at('2026-10-25T01:00:00+02:00'), 5 * HOUR, night)).toEqual(at('2026-10-25T05:00:00+01:00'));
    const inTheLeap = { timeZone: 'Europe/Paris', shifts: [{ day: 'sun', from: '02:15', to: '04:00' }] } as const;
    expect(afterStaffed(at('2026-03-29T00:00:00+01:00'), HOUR, inTheLeap)).toEqual(at('2026-03-29T04:00:00+02:00'));
  });

  it('is a plain clock without hours, and with hours that are always', () => {
    const instant = fc.date({ min: at('2020-01-01T00:00:00Z'), max: at('2040-01-01T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, fc.nat(72 * HOUR), (start, ms) => {
        const plain = new Date(start.getTime() + ms);
        expect(afterStaffed(start, ms, null)).toEqual(plain);
        expect(afterStaffed(start, ms, always)).toEqual(plain);
      }),
    );
  });

  it('never runs faster than time, runs on, and adds up, whatever the shifts', () => {
    const time = fc.integer({ min: 0, max: 24 * 60 - 1 }).map((m) => `${two(m / 60)}:${two(m % 60)}`);
    const shift = fc
      .tuple(fc.constantFrom(...WEEKDAYS), time, time)
      .filter(([, from, to]) => from < to)
      .map(([day, from, to]) => ({ day, from, to }));
    const zone = fc.constantFrom('Europe/Paris', 'UTC', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe');
    const hours = fc.record({ timeZone: zone, shifts: fc.array(shift, { minLength: 1, maxLength: 6 }) });
    const instant = fc.date({ min: at('2025-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: 1, max: 5 * HOUR }),
        fc.integer({ min: 1, max: HOUR }),
        hours,
        (start, a, b, when) => {
          const first = afterStaffed(start, a, when);
          expect(first.getTime() - start.getTime()).toBeGreaterThanOrEqual(a);
          expect(afterStaffed(first, b, when)).toEqual(afterStaffed(start, a + b, when));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('says what is wrong with hours that are none', () => {
    expect(faultOf({ timeZone: 'Mars/Olympus', shifts: always.shifts })).toBe('time-zone');
    expect(faultOf({ timeZone: 'UTC', shifts: [] })).toBe('empty');
    for (const [from, to] of [
      ['9:00', '17:00'],
      ['17:00', '09:00'],
      ['09:00', '25:00'],
      ['09:00', '09:00'],
    ] as const)
      expect(faultOf({ timeZone: 'UTC', shifts: [{ day: 'mon', from, to }] })).toBe('shift');
    expect(faultOf(office())).toBeNull();
    expect(() => afterStaffed(at('2026-01-01T00:00:00Z'), 1, { timeZone: 'UTC', shifts: [] })).toThrow(RangeError);
    expect(() => afterStaffed(at('2026-01-01T00:00:00Z'), -1, null)).toThrow(RangeError);
  });
});

const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DEADLINES, addDuration, endOf, overdueFrom, toIso, type DeadlineKey, type PeriodKey } from './deadlines';

const utc = (text: string): Date => new Date(`${text}Z`);
const START = '2026-08-31T21:30:15.250';

/** key, bound, ISO duration, the end of a period that started at START */
const PERIODS: readonly (readonly [PeriodKey, string, string, string])[] = [
  ['TCO_REMOVAL', 'at_most', 'PT1H', '2026-08-31T22:30:15.250'],
  ['TCO_FIRST_ORDER_NOTICE', 'at_least', 'PT12H', '2026-09-01T09:30:15.250'],
  ['TCO_SCRUTINY_OWN', 'at_most', 'PT72H', '2026-09-03T21:30:15.250'],
  ['TCO_SCRUTINY_REQUEST', 'at_most', 'PT48H', '2026-09-02T21:30:15.250'],
  ['TCO_SCRUTINY_DECISION', 'at_most', 'PT72H', '2026-09-03T21:30:15.250'],
  ['TCO_REINSTATE', 'at_most', 'PT0H', START],
  ['TCO_PRESERVE', 'exactly', 'P6M', '2027-02-28T21:30:15.250'],
  ['TCO_NONDISCLOSURE', 'at_most', 'P42D', '2026-10-12T21:30:15.250'],
  ['TCO_COMPLAINT_OUTCOME', 'at_most', 'P14D', '2026-09-14T21:30:15.250'],
  ['TCO_SPECIFIC_REPORT', 'at_most', 'P3M', '2026-11-30T21:30:15.250'],
  ['TCO_REVIEW_DECISION', 'at_most', 'P3M', '2026-11-30T21:30:15.250'],
  ['EPOC', 'at_most', 'P10D', '2026-09-10T21:30:15.250'],
  ['EPOC_EMERGENCY', 'at_most', 'PT8H', '2026-09-01T05:30:15.250'],
  ['EPOC_EMERGENCY_REFUSAL', 'at_most', 'PT96H', '2026-09-04T21:30:15.250'],
  ['EPOC_CLARIFY', 'at_most', 'P5D', '2026-09-05T21:30:15.250'],
  ['EPOC_EXPOST_VALIDATION', 'at_most', 'PT48H', '2026-09-02T21:30:15.250'],
  ['EPOC_PR', 'exactly', 'P60D', '2026-10-30T21:30:15.250'],
  ['EE_ENFORCE', 'at_most', 'P5D', '2026-09-07T21:30:15.250'],
  ['BUD_16', 'at_most', 'P90D', '2026-11-29T21:30:15.250'],
  ['BUD_29', 'at_least', 'P60D', '2026-10-30T21:30:15.250'],
  ['SECOND_PROTOCOL_7', 'at_least', 'P30D', '2026-09-30T21:30:15.250'],
  ['SECOND_PROTOCOL_8_SERVICE', 'at_most', 'P45D', '2026-10-15T21:30:15.250'],
  ['SECOND_PROTOCOL_8_SUBSCRIBER', 'at_most', 'P20D', '2026-09-20T21:30:15.250'],
  ['SECOND_PROTOCOL_8_TRAFFIC', 'at_most', 'P45D', '2026-10-15T21:30:15.250'],
  ['LED_BREACH', 'at_most', 'PT72H', '2026-09-03T21:30:15.250'],
  ['LED_PRIOR_CONSULT', 'at_most', 'P42D', '2026-10-12T21:30:15.250'],
  ['EE_EVIDENCE_LINK', 'at_least', 'P10D', '2026-09-10T21:30:15.250'],
];
const OTHERS: readonly DeadlineKey[] = [
  'TCO_EXPOSURE_WINDOW',
  'TCO_HSP_REPORT',
  'TCO_MS_MONITORING',
  'TCO_PENALTY_CAP',
];

describe('the deadlines of the law', () => {
  it.each(PERIODS)('%s is %s %s and ends exactly then', (key, bound, iso, end) => {
    expect([DEADLINES[key].bound, toIso(DEADLINES[key].duration)]).toEqual([bound, iso]);
    expect(endOf(key, utc(START))).toEqual(utc(end));
    expect(DEADLINES[key].startsAt).toMatch(/\S/);
  });

  it('has a test for every row, and every row has its source', () => {
    expect([...PERIODS.map(([key]) => key), ...OTHERS].sort()).toEqual(Object.keys(DEADLINES).sort());
    for (const row of Object.values(DEADLINES))
      expect(row.source).toMatch(/^(Implementing )?(Regulation|Directive|CETS)/);
  });

  it('extends non-disclosure, production orders and consultation once, by the stated time', () => {
    expect(toIso(DEADLINES.TCO_NONDISCLOSURE.extension)).toBe('P42D');
    expect(toIso(DEADLINES.EPOC_PR.extension)).toBe('P30D');
    expect(toIso(DEADLINES.LED_PRIOR_CONSULT.extension)).toBe('P1M');
    expect(toIso(DEADLINES.EE_EVIDENCE_LINK.upTo)).toBe('P45D');
    expect(toIso(DEADLINES.TCO_SPECIFIC_REPORT.thenEvery)).toBe('P12M');
  });

  it('TCO_HSP_REPORT: a provider is late from 1 March on', () => {
    expect(overdueFrom('TCO_HSP_REPORT', utc('2027-02-28T23:59:59.999'))).toEqual(utc('2027-03-01T00:00:00'));
    expect(overdueFrom('TCO_HSP_REPORT', utc('2027-03-01T00:00:00'))).toEqual(utc('2028-03-01T00:00:00'));
  });

  it('TCO_MS_MONITORING: a Member State is late from 1 April on', () => {
    expect(overdueFrom('TCO_MS_MONITORING', utc('2027-03-31T23:59:59.999'))).toEqual(utc('2027-04-01T00:00:00'));
  });

  it('TCO_EXPOSURE_WINDOW: two final orders within twelve months', () => {
    expect(DEADLINES.TCO_EXPOSURE_WINDOW).toMatchObject({ atLeast: 2, within: { months: 12 } });
  });

  it('TCO_PENALTY_CAP: four per cent', () => expect(DEADLINES.TCO_PENALTY_CAP.percent).toBe(4));
});

describe('adding a duration', () => {
  it.each([
    ['2024-02-29T12:00:00', { months: 12 }, '2025-02-28T12:00:00'],
    ['2026-12-31T23:59:59.999', { months: 2 }, '2027-02-28T23:59:59.999'],
    ['2026-03-29T00:30:00', { hours: 1 }, '2026-03-29T01:30:00'],
    ['2026-10-30T10:00:00', { workingDays: 5 }, '2026-11-06T10:00:00'],
    ['2026-10-31T10:00:00', { workingDays: 1 }, '2026-11-02T10:00:00'],
  ])('%s plus %j is %s', (from, duration, to) => expect(addDuration(utc(from), duration)).toEqual(utc(to)));

  it('never moves a month end into the month after, keeps the time of day and never goes back', () => {
    const instant = fc.date({ min: utc('2020-01-01T00:00:00'), max: utc('2060-01-01T00:00:00'), noInvalidDate: true });
    fc.assert(
      fc.property(instant, fc.integer({ min: 0, max: 40 }), (at, months) => {
        const end = addDuration(at, { months });
        const apart = (end.getUTCFullYear() - at.getUTCFullYear()) * 12 + end.getUTCMonth() - at.getUTCMonth();
        expect(apart).toBe(months);
        expect(end.getTime() % 86_400_000).toBe(at.getTime() % 86_400_000);
        expect(end.getUTCDate()).toBeLessThanOrEqual(at.getUTCDate());
        expect(end.getTime()).toBeGreaterThanOrEqual(at.getTime());
      }),
    );
  });
});

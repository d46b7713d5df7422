import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { codeOf } from '../../test/support/refusals';
import { addDuration } from './deadlines';
import { aloneReason, assertExtendable, exposureOf, isSuppressed, latestExtension, redressEndsAt } from './redress';

const NOW = new Date('2026-03-27T23:59:30.000Z');
const WEEK = 7 * 86_400_000;
const at = (ms: number): Date => new Date(NOW.getTime() + ms);

describe('non-disclosure (Art. 11(3))', () => {
  it('ends by itself at its instant', () => {
    expect([
      isSuppressed({ until: at(1) }, NOW),
      isSuppressed({ until: NOW }, NOW),
      isSuppressed({ until: null }, NOW),
    ]).toEqual([true, false, false]);
  });

  it('is extended once, to six weeks after its end at most, and only while it runs', () => {
    const until = at(6 * WEEK);
    const extend = (to: number, more: object = {}, now = NOW): string | null =>
      codeOf(() => assertExtendable({ until, extendedAt: null, ...more }, at(to), now));
    expect(latestExtension(until)).toEqual(at(12 * WEEK));
    expect(extend(12 * WEEK)).toBeNull();
    expect(extend(12 * WEEK + 1)).toBe('order.non-disclosure');
    expect(extend(6 * WEEK)).toBe('order.non-disclosure');
    expect(extend(12 * WEEK, {}, until)).toBe('order.no-non-disclosure');
    expect(extend(12 * WEEK, { until: null })).toBe('order.no-non-disclosure');
    expect(extend(12 * WEEK, { extendedAt: NOW })).toBe('order.non-disclosure-extended');
  });

  it('never lasts longer than twelve weeks, whatever is tried', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 20 * WEEK })), (tries) => {
        let order = { until: at(6 * WEEK) as Date | null, extendedAt: null as Date | null };
        for (const to of tries) {
          if (codeOf(() => assertExtendable(order, at(to), NOW)) === null) order = { until: at(to), extendedAt: NOW };
        }
        expect(order.until && order.until <= at(12 * WEEK)).toBe(true);
      }),
    );
  });
});

describe('who decides a complaint (Art. 10)', () => {
  it('is never somebody who answered while another is there, whoever they are', () => {
    const person = fc.constantFrom('a', 'b', 'c', 'd');
    const people = fc.uniqueArray(person);
    fc.assert(
      fc.property(person, people, people, fc.boolean(), (deciderId, answeredBy, others, saysWhy) => {
        const bench = {
          deciderId,
          answeredBy,
          people: [...new Set([deciderId, ...others])],
          alone: saysWhy ? 'why' : null,
        };
        const isSame = answeredBy.includes(deciderId);
        const isAlone = bench.people.every((each) => answeredBy.includes(each));
        const code = codeOf(() => expect(aloneReason(bench)).toBe(isSame ? 'why' : null));
        if (!isSame) expect(code).toBe(saysWhy ? 'complaint.alone' : null);
        else if (!isAlone) expect(code).toBe('complaint.same-person');
        else expect(code).toBe(saysWhy ? null : 'complaint.alone');
      }),
    );
  });
});

describe('the exposure of a provider (Art. 5(4))', () => {
  it('counts what became final in the twelve months before, both ends included', () => {
    const since = addDuration(NOW, { months: -12 });
    const finals = [new Date(since.getTime() - 1), since, NOW, at(1)];
    expect(exposureOf(finals, NOW)).toEqual({ finalOrders: 2, since, isFactor: true });
    expect(exposureOf([NOW], NOW)).toMatchObject({ finalOrders: 1, isFactor: false });
  });
});

describe('periods', () => {
  it('for a remedy are reckoned as the order states them: two months after 31 December are the end of February', () => {
    const received = new Date('2026-12-31T10:00:00.000Z');
    expect(redressEndsAt({ n: 2, unit: 'months' }, received)).toEqual(new Date('2027-02-28T10:00:00.000Z'));
    expect(redressEndsAt({ n: 30, unit: 'days' }, received)).toEqual(new Date('2027-01-30T10:00:00.000Z'));
  });
});

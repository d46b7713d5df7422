import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { allot, limitsOf, quotaDay, quotaResetsAt, startingLevel, TRUST_LIMITS } from './signal-trust';
import { ORGANISATION_KINDS, TRUST_LEVELS } from './vocabulary';

const count = fc.integer({ min: 0, max: 3_000_000 });

describe('trust of contributors', () => {
  it('lets each level do more than the one below, and floods begin before the day is spent', () => {
    for (const [index, level] of TRUST_LEVELS.entries()) {
      const limits = TRUST_LIMITS[level];
      const below = TRUST_LEVELS[index - 1];
      expect(limits.hourlyFlood).toBeLessThan(limits.dailyQuota);
      if (!below) continue;
      expect(limits.dailyQuota).toBeGreaterThan(TRUST_LIMITS[below].dailyQuota);
      expect(limits.hourlyFlood).toBeGreaterThan(TRUST_LIMITS[below].hourlyFlood);
    }
  });

  it('trusts nobody from the start, and a known body takes a whole batch of ten thousand', () => {
    for (const kind of ORGANISATION_KINDS) expect(['new', 'known']).toContain(startingLevel(kind));
    const known = limitsOf({ level: startingLevel('authority'), dailyQuota: null, hourlyFlood: null });
    expect(allot(known, { today: 0, lastHour: 0 }, 10_000)).toEqual({ stand: 10_000, wait: 0, refused: 0 });
  });

  it('takes what the operator set for one organisation before what its level gives', () => {
    expect(limitsOf({ level: 'new', dailyQuota: 7, hourlyFlood: null })).toEqual({
      dailyQuota: 7,
      hourlyFlood: TRUST_LIMITS.new.hourlyFlood,
    });
    expect(limitsOf({ level: 'trusted', dailyQuota: 0, hourlyFlood: 0 })).toEqual({ dailyQuota: 0, hourlyFlood: 0 });
  });

  it('lets the last of the quota through and refuses the next, holds what is over the threshold', () => {
    const limits = { dailyQuota: 10, hourlyFlood: 4 };
    expect(allot(limits, { today: 9, lastHour: 0 }, 1)).toEqual({ stand: 1, wait: 0, refused: 0 });
    expect(allot(limits, { today: 10, lastHour: 0 }, 1)).toEqual({ stand: 0, wait: 0, refused: 1 });
    expect(allot(limits, { today: 0, lastHour: 3 }, 12)).toEqual({ stand: 1, wait: 9, refused: 2 });
  });

  it('loses none and lets no more stand, or be taken, than the limits allow, however it is cut into batches', () => {
    fc.assert(
      fc.property(count, count, fc.array(count, { maxLength: 8 }), (dailyQuota, hourlyFlood, batches) => {
        let [today, stood] = [0, 0];
        for (const size of batches) {
          const { stand, wait, refused } = allot({ dailyQuota, hourlyFlood }, { today, lastHour: today }, size);
          expect(stand + wait + refused).toBe(size);
          expect(Math.min(stand, wait, refused)).toBeGreaterThanOrEqual(0);
          today += stand + wait;
          stood += stand;
        }
        expect(today).toBeLessThanOrEqual(dailyQuota);
        expect(stood).toBeLessThanOrEqual(hourlyFlood);
      }),
    );
  });

  it('counts a day from midnight to midnight in UTC', () => {
    const at = new Date('2026-03-02T23:59:59.999Z');
    expect(quotaDay(at).toISOString()).toBe('2026-03-02T00:00:00.000Z');
    expect(quotaResetsAt(at).toISOString()).toBe('2026-03-03T00:00:00.000Z');
    expect(quotaResetsAt(new Date('2026-03-03T00:00:00.000Z')).toISOString()).toBe('2026-03-04T00:00:00.000Z');
  });
});

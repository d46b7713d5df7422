import { describe, expect, it } from '@jest/globals';
import { firstOrderBar } from './first-order';

const INFORMED = new Date('2026-03-28T20:00:00.000Z');
const READY = new Date('2026-03-29T08:00:00.000Z');
const first = { hasOrdered: false, informedAt: INFORMED, isEmergency: false };

describe('the first order of an authority to a provider', () => {
  it('goes twelve hours after the information and not a millisecond sooner, whatever the clocks on the wall do that night', () => {
    expect(firstOrderBar(first, new Date(READY.getTime() - 1))).toEqual(READY);
    expect(firstOrderBar(first, READY)).toBeNull();
  });

  it('does not go without the information', () => {
    expect(firstOrderBar({ ...first, informedAt: null }, READY)).toBe('never');
  });

  it('goes at once in an emergency, and the second one does at any time', () => {
    expect(firstOrderBar({ ...first, informedAt: null, isEmergency: true }, INFORMED)).toBeNull();
    expect(firstOrderBar({ ...first, informedAt: null, hasOrdered: true }, INFORMED)).toBeNull();
  });
});

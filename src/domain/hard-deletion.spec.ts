import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { barOfAll, barToDeletion, type Removed } from './hard-deletion';
import { ITEM_OUTCOMES, NOTICE_KINDS, PRESERVATION_STATES } from './vocabulary';

const NOW = new Date('2026-11-03T12:00:00.000Z');
const removed = fc.record({
  kind: fc.constantFrom(...NOTICE_KINDS),
  outcome: fc.option(fc.constantFrom(...ITEM_OUTCOMES)),
  isBack: fc.boolean(),
  isReinstatementOpen: fc.boolean(),
  isComplaintOpen: fc.boolean(),
  isReviewPending: fc.boolean(),
  isCrossBorder: fc.boolean(),
  preservation: fc.option(fc.constantFrom(...PRESERVATION_STATES)),
  preserveUntil: fc.option(fc.date({ min: new Date('2026-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })),
});
const ORDER: Removed = {
  kind: 'removal_order',
  outcome: 'removed',
  isBack: false,
  isReinstatementOpen: false,
  isComplaintOpen: false,
  isReviewPending: false,
  isCrossBorder: false,
  preservation: 'complete',
  preserveUntil: NOW,
};

describe('destroying for good', () => {
  it('is impossible while preservation is outstanding or failed, whatever else is so', () => {
    fc.assert(
      fc.property(removed, (item) => {
        if (item.preservation === 'complete' || item.preservation === null) return;
        expect(barToDeletion(item, NOW)).not.toBeNull();
      }),
    );
  });

  it('is impossible for what an order took down until it is known to be preserved', () => {
    fc.assert(
      fc.property(removed, (item) => {
        if (item.kind === 'removal_order' && item.preservation !== 'complete')
          expect(barToDeletion(item, NOW)).not.toBeNull();
      }),
    );
  });

  it('is impossible for what a cross-border order took down', () => {
    expect(barToDeletion({ ...ORDER, isCrossBorder: true }, NOW)).toBe('deletion.cross-border');
  });

  it('waits for the end of the six months, to the millisecond', () => {
    expect(barToDeletion(ORDER, new Date(NOW.getTime() - 1))).toBe('deletion.held');
    expect(barToDeletion(ORDER, NOW)).toBeNull();
  });

  it('asks nothing of a platform that took down what was only referred, unless it had begun to preserve', () => {
    const referred = { ...ORDER, kind: 'referral', preservation: null, preserveUntil: null } as const;
    expect(barToDeletion(referred, NOW)).toBeNull();
    expect(barToDeletion({ ...referred, preservation: 'outstanding' }, NOW)).toBe('deletion.preservation-incomplete');
  });

  it('has nothing to destroy where nothing was taken down', () => {
    for (const outcome of [null, 'declined', 'already_gone', 'not_found', 'restricted'] as const)
      expect(barToDeletion({ ...ORDER, outcome }, NOW)).toBe('deletion.not-removed');
  });

  it('is impossible while it may have to be put back, whatever took it down and however long ago', () => {
    const REASONS = [
      ['isReinstatementOpen', 'deletion.reinstatement-asked'],
      ['isComplaintOpen', 'deletion.complaint-open'],
      ['isReviewPending', 'deletion.review-pending'],
    ] as const;
    for (const [why, bar] of REASONS) {
      for (const kind of NOTICE_KINDS) expect(barToDeletion({ ...ORDER, kind, [why]: true }, NOW)).toBe(bar);
      fc.assert(
        fc.property(removed, (item) => {
          expect(barToDeletion({ ...item, [why]: true }, NOW)).not.toBeNull();
        }),
      );
    }
  });

  it('has nothing to destroy once it was put back', () => {
    expect(barToDeletion({ ...ORDER, isBack: true }, NOW)).toBe('deletion.not-removed');
  });

  it('is destroyed for every notice that took it down, and so barred by each of them', () => {
    const referred = { ...ORDER, kind: 'referral', preservation: null, preserveUntil: null } as const;
    expect(barOfAll(referred, [{ ...ORDER, preserveUntil: new Date(NOW.getTime() + 1) }], NOW)).toBe('deletion.held');
    // What another notice did not take down is nothing that it needs.
    expect(barOfAll(referred, [{ ...ORDER, outcome: null, preservation: null }], NOW)).toBeNull();
    fc.assert(
      fc.property(removed, fc.array(removed), (named, others) => {
        if (barOfAll(named, others, NOW) !== null) return;
        for (const each of [named, ...others])
          expect([null, ...(each === named ? [] : ['deletion.not-removed'])]).toContain(barToDeletion(each, NOW));
      }),
    );
  });
});

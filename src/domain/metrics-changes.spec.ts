import { describe, expect, it } from '@jest/globals';
import {
  MIN,
  FROM,
  iso,
  PERIOD,
  DAY,
  NOW,
  DIMS,
  fact,
  sent,
  received,
  answered,
  missed,
  counted,
  STORY,
} from '../../test/support/metric-story';
import type { EntryFact } from './metric-facts';
import { summarise } from './metrics';

const summary = summarise(STORY, { ...PERIOD, now: NOW });

describe('figures of orders, and of what is not as it was first said', () => {
  it('keep orders apart from referrals, and count what happened to them when it happened', () => {
    const order = { ...DIMS, noticeKind: 'removal_order' } as const;
    const event = (kind: string, ms: number, dims: EntryFact['dims']): EntryFact => ({
      ...counted(kind, ms, { ...order, ...dims }),
      subjects: { notice: 'o' },
    });
    const events = [
      sent('o', DAY, 2, order),
      received('o', DAY, 2, order),
      event('clock.deadline-passed', DAY + 60 * MIN, {}),
      event('notice.non-compliance', DAY + 80 * MIN, {}),
      answered('o', 'o1', DAY + 90 * MIN, 'removed', DAY + 80 * MIN, { timing: 'late' }),
      event('notice.clarification-asked', DAY + 91 * MIN, { ground: 'manifest_errors' }),
      event('scrutiny.opened', DAY + 92 * MIN, {}),
      event('scrutiny.decided', 2 * DAY, { outcome: 'infringement' }),
      event('notice.annulled', 2 * DAY, { ground: 'scrutiny' }),
      event('reinstatement.asked', 2 * DAY, {}),
      event('reinstatement.answered', 3 * DAY, { outcome: 'kept_under_terms' }),
      event('reinstatement.asked', 40 * DAY, {}),
    ];
    const now = new Date(FROM + 50 * DAY);
    const facts = [...STORY, ...events];
    expect(summarise(facts, { ...PERIOD, now })).toEqual(summarise(STORY, { ...PERIOD, now }));
    const orders = summarise(facts, { ...PERIOD, now, noticeKind: 'removal_order' });
    expect(orders.notices).toMatchObject({
      sent: 1,
      received: 1,
      targetMissed: 1,
      results: { annulled: 1, withdrawn: 0, open: 0 },
    });
    expect(orders.items.outcomes).toMatchObject({ removed: 1, annulled: 1 });
    expect(orders.events).toEqual({
      unreached: 0,
      nonCompliance: 1,
      obstacles: { force_majeure: 0, manifest_errors: 1, insufficient_information: 0 },
      annulled: { scrutiny: 1, court: 0, issuer: 0 },
      reinstatements: { asked: 1, reinstated: 0, kept_under_terms: 1, not_possible: 0 },
      scrutinies: { opened: 1, infringement: 1, no_infringement: 0 },
      complaints: { lodged: 0, upheld: 0, rejected: 0 },
      reviews: { lodged: 0, confirmed: 0, annulled: 0, discontinued: 0 },
    });
    expect(orders.unreadableEntries).toBe(0);
  });

  it('keep orders and referrals apart', () => {
    const facts = [received('a', 0), received('b', 0, 1, { noticeKind: 'removal_order' })];
    const of = (noticeKind: 'referral' | 'removal_order') => summarise(facts, { ...PERIOD, now: NOW, noticeKind });
    expect([of('referral').notices.received, of('removal_order').notices.received]).toEqual([1, 1]);
  });

  it('count a notice that is taken back after it was closed as that, and what was answered as what it was', () => {
    for (const [kind, result] of [
      ['notice.withdrawn', 'withdrawn'],
      ['notice.annulled', 'annulled'],
    ] as const) {
      const late = { ...counted(kind, 4 * DAY, { ...DIMS, ground: 'court' }), subjects: { notice: 'a' } };
      const after = summarise([...STORY, late], { ...PERIOD, now: NOW });
      expect(after.notices).toMatchObject({ takenBackLate: 1, received: 4 });
      expect(after.notices.results.acted).toBe(summary.notices.results.acted - 1);
      expect(after.notices.results[result]).toBe(summary.notices.results[result] + 1);
      expect(after.items.outcomes).toEqual(summary.items.outcomes);
    }
  });

  it('count an hour that was not running as corrected, and one that was missed after all as missed', () => {
    const notRunning = { ...counted('clock.not-running', 2 * DAY + 70 * MIN), subjects: { notice: 'c' } };
    const corrected = summarise([...STORY, notRunning], { ...PERIOD, now: NOW });
    expect(corrected.notices).toMatchObject({ targetMissed: 2, targetMissedCorrected: 2 });
    const again = summarise([...STORY, notRunning, missed('c', 3 * DAY)], { ...PERIOD, now: NOW });
    expect(again.notices).toMatchObject({ targetMissed: 2, targetMissedCorrected: 1 });
  });

  it('count an answer by how it stands to the deadline when that was reckoned anew', () => {
    const anew: EntryFact = {
      ...counted('notice.timing-corrected', 2 * DAY + 130 * MIN, { timing: 'in_time' }),
      subjects: { notice: 'c', item: 'c1' },
    };
    const after = summarise([...STORY, anew], { ...PERIOD, now: NOW });
    expect(after.items.timings).toEqual({ in_time: 3, late_feedback: 1, late: 0 });
  });

  it('move a notice whose receipt was none to the period of the one that stands, or put it on its way in that of its sending', () => {
    const voided = (receivedAt: string | null): EntryFact => ({
      ...counted('notice.receipt-voided', 2 * DAY, { ...DIMS, receivedAt }),
      subjects: { notice: 'v' },
    });
    const received31 = [sent('v', DAY), received('v', DAY)];
    const moved = summarise([...received31, voided(iso(32 * DAY))], { ...PERIOD, now: new Date(FROM + 40 * DAY) });
    expect(moved.notices).toMatchObject({ sent: 1, received: 0, inTransit: 0 });
    const before = [sent('v', -DAY), received('v', DAY), voided(null)];
    expect(summarise(before, { ...PERIOD, now: NOW }).notices).toMatchObject({ sent: 0, received: 0, inTransit: 0 });
    const here = [sent('v', DAY), received('v', DAY), voided(null)];
    expect(summarise(here, { ...PERIOD, now: NOW }).notices).toMatchObject({ sent: 1, received: 0, inTransit: 1 });
  });

  it('follow a receipt that proves to be none: to the one that stands, or back on the way', () => {
    const voided = (id: string, ms: number, receivedMs: number | null): EntryFact =>
      fact('notice.receipt-voided', ms, id, { receivedAt: receivedMs === null ? null : iso(receivedMs) });
    const facts = [
      sent('a', 0),
      received('a', MIN),
      voided('a', 9 * MIN, 5 * MIN),
      answered('a', 'a1', 11 * MIN, 'removed', 10 * MIN),
      sent('b', 0),
      received('b', MIN),
      voided('b', 2 * MIN, null),
      sent('c', 0),
      received('c', MIN),
      voided('c', 2 * MIN, null),
      received('c', 7 * MIN),
    ];
    const summary = summarise(facts, { ...PERIOD, now: NOW });
    expect(summary.notices).toMatchObject({ sent: 3, received: 2 });
    expect(summary.responseTime).toMatchObject({ n: 1, maxMs: 5 * MIN });
  });
});

import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { EntryFact } from './metric-facts';
import { summarise } from './metrics';
import { publicFigures } from './public-figures';

const FROM = Date.UTC(2026, 9, 1);
const PERIOD = { from: new Date(FROM), to: new Date(Date.UTC(2026, 10, 1)), now: new Date(Date.UTC(2026, 10, 8)) };
const MIN = 60_000;

/** `count` notices of one item each on a platform of this size, every one removed after so many minutes. */
const notices = (name: string, platformSize: string, count: number, outcome: string, minutes: number): EntryFact[] =>
  Array.from({ length: count }, (_, i) => {
    const notice = `${name}-${i}`;
    const [at, then] = [new Date(FROM + i).toISOString(), new Date(FROM + i + minutes * MIN).toISOString()];
    const acts = outcome === 'removed' || outcome === 'disabled';
    const dims = { noticeKind: 'referral', platformSize, language: 'fr', category: 'threat', items: 1, receivedAt: at };
    const answer = {
      outcome,
      measureAt: acts ? then : null,
      answeredAt: then,
      timing: minutes < 60 ? 'in_time' : 'late',
    };
    const received: EntryFact = { kind: 'notice.received', at, subjects: { notice }, dims };
    const answered: EntryFact = { kind: 'notice.answered', at: then, subjects: { notice, item: notice }, dims: answer };
    return [received, answered];
  }).flat();

const numbersIn = (value: unknown): number[] => {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
};

describe('what anyone may read about a month', () => {
  it('publishes no count under ten, whatever happened', () => {
    const group = fc.tuple(
      fc.constantFrom('large', 'small', 'micro'),
      fc.nat(25),
      fc.constantFrom('removed', 'disabled', 'declined', 'not_found'),
      fc.integer({ min: 1, max: 120 }),
    );
    fc.assert(
      fc.property(fc.array(group, { maxLength: 6 }), (groups) => {
        const facts = groups.flatMap(([size, count, outcome, minutes], n) =>
          notices(`n${n}`, size, count, outcome, minutes),
        );
        const { notices: counts, items, activity, responseTime } = publicFigures(summarise(facts, PERIOD));
        const small = numbersIn([counts, items.cells, items.rowTotals, items.columnTotals, items.total, activity]);
        expect(small.filter((count) => count < 10)).toEqual([]);
        if (typeof responseTime.n === 'number') expect(responseTime.n).toBeGreaterThanOrEqual(10);
        else expect([responseTime.p50Ms, responseTime.shareWithinHour]).toEqual([null, null]);
      }),
      { numRuns: 60 },
    );
  });

  it('tells nothing of a month with one notice: every figure is under ten or withheld', () => {
    const figures = publicFigures(summarise(notices('one', 'large', 1, 'removed', 5), PERIOD));
    expect(numbersIn([figures.notices, figures.items, figures.responseTime, figures.activity])).toEqual([]);
    const none = publicFigures(summarise([], PERIOD));
    expect(numbersIn([none.notices, none.items, none.responseTime, none.activity])).toEqual([]);
  });

  it('shows the times of a large month although nothing was withdrawn or open in it', () => {
    const facts = [
      ...notices('a', 'large', 130, 'removed', 20),
      ...notices('b', 'large', 20, 'removed', 90),
      ...notices('c', 'large', 40, 'declined', 10),
      ...notices('d', 'large', 30, 'not_found', 10),
    ];
    const { items, responseTime, notices: counts } = publicFigures(summarise(facts, PERIOD));
    expect(items.rowTotals).toEqual([150, 40, 'withheld', '<10', '<10']);
    expect([items.total, counts.received]).toEqual([220, 220]);
    expect(responseTime).toEqual({
      n: 150,
      p50Ms: 20 * MIN,
      p90Ms: 90 * MIN,
      p95Ms: 90 * MIN,
      maxMs: 90 * MIN,
      shareWithinHour: 0.8667,
    });
  });

  it('keeps a share to itself that would tell a small number, and the longest time of a few', () => {
    const facts = [...notices('a', 'large', 60, 'removed', 20), ...notices('b', 'large', 2, 'removed', 90)];
    const { responseTime } = publicFigures(summarise([...facts, ...notices('c', 'large', 40, 'declined', 1)], PERIOD));
    expect(responseTime.shareWithinHour).toBeNull();
    expect([responseTime.p95Ms, responseTime.maxMs]).toEqual([null, null]);
  });
});

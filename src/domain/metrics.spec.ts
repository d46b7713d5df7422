import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import {
  MIN,
  FROM,
  PERIOD,
  DAY,
  NOW,
  sent,
  received,
  answered,
  closed,
  withdrawn,
  counted,
  STORY,
} from '../../test/support/metric-story';
import { distributionOf, nearestRank } from './distribution';
import { METRICS } from './metric-definitions';
import type { EntryFact } from './metric-facts';
import { emptySummary, fold } from './metric-fold';
import { summarise, view } from './metrics';
import { ITEM_OUTCOMES, PLATFORM_SIZES } from './vocabulary';

const summary = summarise(STORY, { ...PERIOD, now: NOW });

describe('figures from entries', () => {
  it('count notices by what became of them, open ones as such', () => {
    expect(summary.notices).toEqual({
      sent: 5,
      inTransit: 1,
      withdrawnBeforeReceipt: 0,
      annulledBeforeReceipt: 0,
      takenBackLate: 0,
      received: 4,
      acknowledged: 1,
      receiptImplied: 0,
      results: { acted: 1, partly_acted: 1, declined: 0, nothing_found: 0, withdrawn: 1, annulled: 0, open: 1 },
      targetMissed: 2,
      targetMissedCorrected: 1,
    });
    expect(summary.items.outcomes).toEqual({
      removed: 2,
      disabled: 1,
      hidden: 0,
      restricted: 0,
      account_actioned: 0,
      declined: 1,
      already_gone: 0,
      not_found: 0,
      withdrawn: 1,
      annulled: 0,
      open: 2,
    });
    expect(summary.items.timings).toEqual({ in_time: 2, late_feedback: 1, late: 1 });
    expect(summary.items.declineReasons.within_terms).toBe(1);
    expect(summary.tables.platformSize['large']).toMatchObject({ removed: 1, open: 2 });
    expect(summary.tables.language['fr']?.open).toBe(2);
  });

  it('count 60 minutes exactly as outside the hour, and keep response and exposure apart', () => {
    expect(summary.responseTime).toEqual({
      n: 3,
      p50Ms: 50 * MIN,
      p90Ms: 60 * MIN,
      p95Ms: 60 * MIN,
      maxMs: 60 * MIN,
      hours: { p50: 0.8333, p90: 1, p95: 1, max: 1 },
      withinHour: 2,
      shareWithinHour: 0.6667,
      openPastHour: 2,
      shareWithinHourOfDue: 0.4,
    });
    expect(summary.exposureTime).toMatchObject({ n: 1, maxMs: 60 * MIN, uploadTimeUnknown: 2 });
    expect(summary.answerTime).toMatchObject({ n: 4, p50Ms: 20 * MIN, maxMs: 120 * MIN });
    expect(summary.acknowledgementTime).toMatchObject({ n: 1, maxMs: 2 * MIN });
  });

  it('count hashes, matches and exhibits when they happened', () => {
    expect(summary.activity).toEqual({
      matches: 1,
      hashesContributed: { pdq: 1, blockhash: 0, vpdq: 0, sha256: 0, sha512: 0, md5: 0, text_sha256: 0 },
      hashesWithdrawn: 1,
      exhibitsPreserved: 1,
    });
  });

  it('put a notice into the month of its receipt, whenever it was sent or answered', () => {
    const november = summarise(STORY, {
      from: PERIOD.to,
      to: new Date(FROM + 61 * DAY),
      now: new Date(FROM + 60 * DAY),
    });
    expect(november.notices).toMatchObject({ sent: 0, received: 1 });
    expect(summarise(STORY, { ...PERIOD, now: new Date(FROM + 60 * DAY) }).notices).toMatchObject({
      sent: 6,
      received: 4,
      inTransit: 1,
    });
  });

  it('do not look at entries after `now`', () => {
    expect(summarise(STORY, { ...PERIOD, now: new Date(FROM + 5 * MIN) })).toMatchObject({
      notices: { sent: 1, received: 1, results: { open: 1 } },
      responseTime: { n: 0, p50Ms: null, shareWithinHour: null, openPastHour: 0 },
    });
  });

  it('let a later answer to the same item supersede, before and not after the notice is closed', () => {
    const facts = [
      received('a', 0),
      answered('a', 'a1', MIN, 'declined', null),
      answered('a', 'a1', 5 * MIN, 'removed', 4 * MIN),
      closed('a', 6 * MIN),
      answered('a', 'a1', 9 * MIN, 'not_found', null),
    ];
    const { items, responseTime } = summarise(facts, { ...PERIOD, now: NOW });
    expect([items.outcomes.removed, items.outcomes.declined, items.outcomes.not_found]).toEqual([1, 0, 0]);
    expect([items.corrections, responseTime.n, responseTime.maxMs]).toEqual([1, 1, 4 * MIN]);
  });

  it('leave a receipt that only the answer proves out of the times, and say how many there are', () => {
    const facts = [received('a', 0, 1, { receiptImplied: true }), answered('a', 'a1', 0, 'removed', 0)];
    const { notices, responseTime, items } = summarise(facts, { ...PERIOD, now: NOW });
    expect([notices.receiptImplied, responseTime.n, items.outcomes.removed]).toEqual([1, 0, 1]);
  });

  it('take the earliest receipt when a second channel proves one', () => {
    const facts = [received('a', 5 * MIN), received('a', 3 * MIN), answered('a', 'a1', 9 * MIN, 'removed', 8 * MIN)];
    expect(summarise(facts, { ...PERIOD, now: NOW })).toMatchObject({
      notices: { received: 1 },
      responseTime: { maxMs: 5 * MIN },
    });
  });

  it('count what they cannot read and go on', () => {
    const broken: EntryFact[] = [
      { ...received('x', 0), dims: {} },
      { ...received('y', 0), subjects: {} },
      received('z', 0, 1, { language: '__proto__' }),
      received('a', 0),
      answered('a', 'a1', MIN, 'removed', MIN),
      answered('a', 'another', MIN, 'removed', MIN),
      { ...answered('a', 'a1', MIN, 'removed', MIN), dims: { outcome: 'vanished' } },
      counted('something.else', 0),
    ];
    const result = summarise(broken, { ...PERIOD, now: NOW });
    expect([result.unreadableEntries, result.notices.received, result.items.outcomes.removed]).toEqual([5, 1, 1]);
  });
});

describe('every figure', () => {
  it('has one definition, and every definition a figure', () => {
    const nested = ['notices', 'items', 'activity'] as const;
    const figures = [
      ...Object.keys(summary).filter((key) => !nested.some((name) => name === key)),
      ...nested.flatMap((name) => Object.keys(summary[name]).map((leaf) => `${name}.${leaf}`)),
    ];
    expect(METRICS.map(({ key }) => key).sort()).toEqual(figures.sort());
    for (const { title, definition } of METRICS) expect([title, definition].join(' ')).toMatch(/^[A-Z].+\.$/);
  });
});

describe('the fold', () => {
  const life = fc.record({
    start: fc.integer({ min: -3 * DAY, max: 33 * DAY }),
    size: fc.constantFrom(...PLATFORM_SIZES),
    outcomes: fc.array(fc.option(fc.constantFrom(...ITEM_OUTCOMES)), { minLength: 1, maxLength: 4 }),
    end: fc.constantFrom('closed', 'withdrawn', 'open', 'in transit'),
    measureMs: fc.nat(3 * 60 * MIN),
  });
  const factsOf = (lives: readonly (typeof life extends fc.Arbitrary<infer Life> ? Life : never)[]): EntryFact[] =>
    lives
      .flatMap(({ start, size, outcomes, end, measureMs }, n) => {
        const id = `n${n}`;
        const dims = { platformSize: size };
        const facts = [sent(id, start, outcomes.length, dims)];
        if (end === 'in transit') return facts;
        facts.push(received(id, start + 1, outcomes.length, dims));
        outcomes.forEach((outcome, i) => {
          const acts = outcome === 'removed' || outcome === 'disabled' || outcome === 'account_actioned';
          if (outcome !== null)
            facts.push(answered(id, `${id}-${i}`, start + DAY, outcome, acts ? start + 1 + measureMs : null));
        });
        if (end === 'withdrawn') facts.push(withdrawn(id, start + 2 * DAY));
        if (end === 'closed' && !outcomes.includes(null)) facts.push(closed(id, start + 2 * DAY));
        return facts;
      })
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));

  it('loses nothing: received = outcomes + withdrawn + open, in every table too, at whatever instant', () => {
    const sum = (cells: Readonly<Record<string, number>>): number => Object.values(cells).reduce((a, b) => a + b, 0);
    fc.assert(
      fc.property(fc.array(life, { maxLength: 12 }), fc.integer({ min: 0, max: 40 * DAY }), (lives, ms) => {
        const { notices, items, tables, responseTime } = summarise(factsOf(lives), {
          ...PERIOD,
          now: new Date(FROM + ms),
        });
        expect(sum(notices.results)).toBe(notices.received);
        expect(sum(items.outcomes)).toBe(items.received);
        for (const table of Object.values(tables))
          expect(Object.values(table).reduce((total, cells) => total + sum(cells), 0)).toBe(items.received);
        const { removed, disabled, account_actioned } = items.outcomes;
        expect(responseTime.n).toBe(removed + disabled + account_actioned);
      }),
    );
  });

  it('entry by entry gives what a fold from scratch gives, and looking at it changes nothing', () => {
    fc.assert(
      fc.property(fc.array(life, { maxLength: 8 }), (lives) => {
        const state = emptySummary(PERIOD);
        const now = new Date(FROM + 60 * DAY);
        for (const each of factsOf(lives)) {
          fold(state, each);
          expect(view(state, now)).toEqual(view(state, now));
        }
        expect(view(state, now)).toEqual(summarise(factsOf(lives), { ...PERIOD, now }));
      }),
    );
  });
});

describe('percentiles', () => {
  it('are by nearest rank: always a value that occurred, at least that share of values at or below it', () => {
    expect([5, 30, 40, 50, 100].map((p) => nearestRank([15, 20, 35, 40, 50], p))).toEqual([15, 20, 20, 35, 50]);
    expect(nearestRank([], 50)).toBeNull();
    fc.assert(
      fc.property(fc.array(fc.nat(1e9), { minLength: 1 }), (values) => {
        const { p50Ms, p90Ms, p95Ms, maxMs } = distributionOf(values);
        for (const [percent, value] of [
          [50, p50Ms],
          [90, p90Ms],
          [95, p95Ms],
          [100, maxMs],
        ] as const) {
          expect(values).toContain(value);
          expect(values.filter((v) => v <= (value ?? -1)).length * 100).toBeGreaterThanOrEqual(percent * values.length);
          expect(values.filter((v) => v < (value ?? -1)).length * 100).toBeLessThan(percent * values.length);
        }
      }),
    );
  });
});

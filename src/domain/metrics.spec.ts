import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { distributionOf, nearestRank } from './distribution';
import { METRICS } from './metric-definitions';
import type { EntryFact, NoticeFacts } from './metric-facts';
import { emptySummary, fold } from './metric-fold';
import { summarise, view } from './metrics';
import { ITEM_OUTCOMES, PLATFORM_SIZES, type ItemOutcome } from './vocabulary';

const MIN = 60_000;
const FROM = Date.UTC(2026, 9, 1);
const iso = (ms: number): string => new Date(FROM + ms).toISOString();
const PERIOD = { from: new Date(FROM), to: new Date(Date.UTC(2026, 10, 1)) };
const DAY = 24 * 60 * MIN;
const NOW = new Date(FROM + 10 * DAY);
const DIMS = { noticeKind: 'referral', platformSize: 'small', language: 'fr', category: 'incitement' } as const;

const fact = <Kind extends keyof NoticeFacts>(
  kind: Kind,
  ms: number,
  notice: string,
  dims: NoticeFacts[Kind],
  item?: string,
): EntryFact => ({
  kind,
  at: iso(ms),
  subjects: item === undefined ? { notice } : { notice, item },
  dims: { ...dims },
});
const sent = (id: string, ms: number, items = 1, dims: Partial<NoticeFacts['notice.sent']> = {}) =>
  fact('notice.sent', ms, id, { ...DIMS, sentAt: iso(ms), items, ...dims });
const received = (id: string, ms: number, items = 1, dims: Partial<NoticeFacts['notice.received']> = {}) =>
  fact('notice.received', ms, id, { ...DIMS, receivedAt: iso(ms), items, receiptImplied: false, ...dims });
const acknowledged = (id: string, ms: number) => fact('notice.acknowledged', ms, id, { acknowledgedAt: iso(ms) });
const answered = (
  id: string,
  item: string,
  ms: number,
  outcome: ItemOutcome,
  measureMs: number | null,
  dims: Partial<NoticeFacts['notice.answered']> = {},
) =>
  fact(
    'notice.answered',
    ms,
    id,
    {
      outcome,
      measureAt: measureMs === null ? null : iso(measureMs),
      answeredAt: iso(ms),
      uploadedAt: null,
      timing: 'in_time',
      reason: outcome === 'declined' ? 'within_terms' : null,
      ...dims,
    },
    item,
  );
const closed = (id: string, ms: number) => fact('notice.closed', ms, id, { closedAt: iso(ms) });
const withdrawn = (id: string, ms: number) => fact('notice.withdrawn', ms, id, { withdrawnAt: iso(ms) });
const missed = (id: string, ms: number) => fact('clock.target-missed', ms, id, { dueAt: iso(ms) });
const counted = (kind: string, ms: number, dims: EntryFact['dims'] = {}): EntryFact => ({
  kind,
  at: iso(ms),
  subjects: {},
  dims,
});

/** a: removed in time; b: one late feedback, one declined; c: missed and open; d: withdrawn; e: never received; f: next month */
const STORY: readonly EntryFact[] = [
  sent('a', 0),
  received('a', 1_000),
  acknowledged('a', 2 * MIN + 1_000),
  answered('a', 'a1', 12 * MIN, 'removed', 10 * MIN + 1_000, { uploadedAt: iso(-50 * MIN + 1_000) }),
  closed('a', 13 * MIN),
  sent('b', DAY, 2),
  received('b', DAY, 2),
  answered('b', 'b1', DAY + 20 * MIN, 'declined', null),
  missed('b', DAY + 60 * MIN),
  answered('b', 'b2', DAY + 90 * MIN, 'disabled', DAY + 50 * MIN, { timing: 'late_feedback' }),
  sent('c', 2 * DAY, 3, { platformSize: 'large' }),
  received('c', 2 * DAY, 3, { platformSize: 'large' }),
  missed('c', 2 * DAY + 60 * MIN),
  answered('c', 'c1', 2 * DAY + 120 * MIN, 'removed', 2 * DAY + 60 * MIN, { timing: 'late' }),
  sent('d', 3 * DAY),
  received('d', 3 * DAY),
  withdrawn('d', 3 * DAY + MIN),
  sent('e', 4 * DAY),
  sent('f', 30 * DAY),
  received('f', 31 * DAY),
  counted('match.found', DAY),
  counted('signal.contributed', DAY, { signalType: 'pdq' }),
  counted('signal.contributed', 40 * DAY, { signalType: 'pdq' }),
  counted('signal.withdrawn', DAY),
  counted('exhibit.sealed', DAY),
];
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

  it('count an answer by how it stands to the deadline when that was reckoned anew', () => {
    const anew: EntryFact = {
      ...counted('notice.timing-corrected', 2 * DAY + 130 * MIN, { timing: 'in_time' }),
      subjects: { notice: 'c', item: 'c1' },
    };
    const after = summarise([...STORY, anew], { ...PERIOD, now: NOW });
    expect(after.items.timings).toEqual({ in_time: 3, late_feedback: 1, late: 0 });
  });

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

  it('keep orders and referrals apart', () => {
    const facts = [received('a', 0), received('b', 0, 1, { noticeKind: 'removal_order' })];
    const of = (noticeKind: 'referral' | 'removal_order') => summarise(facts, { ...PERIOD, now: NOW, noticeKind });
    expect([of('referral').notices.received, of('removal_order').notices.received]).toEqual([1, 1]);
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

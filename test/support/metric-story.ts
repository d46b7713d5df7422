import type { EntryFact, NoticeFacts } from '../../src/domain/metric-facts';
import type { ItemOutcome } from '../../src/domain/vocabulary';

export const MIN = 60_000;
export const FROM = Date.UTC(2026, 9, 1);
export const iso = (ms: number): string => new Date(FROM + ms).toISOString();
export const PERIOD = { from: new Date(FROM), to: new Date(Date.UTC(2026, 10, 1)) };
export const DAY = 24 * 60 * MIN;
export const NOW = new Date(FROM + 10 * DAY);
export const DIMS = { noticeKind: 'referral', platformSize: 'small', language: 'fr', category: 'incitement' } as const;

export const fact = <Kind extends keyof NoticeFacts>(
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
export const sent = (id: string, ms: number, items = 1, dims: Partial<NoticeFacts['notice.sent']> = {}) =>
  fact('notice.sent', ms, id, { ...DIMS, sentAt: iso(ms), items, ...dims });
export const received = (id: string, ms: number, items = 1, dims: Partial<NoticeFacts['notice.received']> = {}) =>
  fact('notice.received', ms, id, { ...DIMS, receivedAt: iso(ms), items, receiptImplied: false, ...dims });
export const acknowledged = (id: string, ms: number) =>
  fact('notice.acknowledged', ms, id, { acknowledgedAt: iso(ms) });
export const answered = (
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
export const closed = (id: string, ms: number) => fact('notice.closed', ms, id, { closedAt: iso(ms) });
export const withdrawn = (id: string, ms: number) => fact('notice.withdrawn', ms, id, { withdrawnAt: iso(ms) });
export const missed = (id: string, ms: number) => fact('clock.target-missed', ms, id, { dueAt: iso(ms) });
export const counted = (kind: string, ms: number, dims: EntryFact['dims'] = {}): EntryFact => ({
  kind,
  at: iso(ms),
  subjects: {},
  dims,
});

/** a: removed in time; b: one late feedback, one declined; c: missed and open; d: withdrawn; e: never received; f: next month */
export const STORY: readonly EntryFact[] = [
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

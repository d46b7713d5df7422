import type { Notice } from '../../notice-api';
import { clockFace } from '../describe';
import { EXIT } from '../exit';
import { changes, outcomeOf } from './watch';

const AT = '2026-03-02T09:00:00.000Z';
const notice = (parts: object): Notice =>
  ({
    state: 'received',
    sentAt: AT,
    receivedAt: AT,
    items: [],
    clock: { fact: null, marks: [] },
    ...parts,
  }) as unknown as Notice;
const answered = (outcome: string, late = 'in_time'): object => ({
  itemId: 'i',
  answer: { outcome, late, answeredAt: AT },
});
const missed = (correctedAt: string | null): object => ({
  fact: { kind: 'target_missed', at: AT, correctedAt },
  marks: [],
});

describe('the face of the clock', () => {
  it('counts down in minutes and seconds, and on below zero', () => {
    expect([3_600_000, 3_599_999, 61_000, 999, -1000].map(clockFace)).toEqual([
      '60:00',
      '59:59',
      '01:01',
      '00:00',
      '-00:01',
    ]);
  });
});

describe('a watch', () => {
  it('goes on while an item is open and the hour is not over', () => {
    expect(outcomeOf(notice({}), false)).toBeNull();
    expect(outcomeOf(notice({ state: 'acknowledged' }), false)).toBeNull();
  });

  it.each([
    ['answered in time', { state: 'answered', items: [answered('removed')] }, EXIT.ok],
    [
      'told late of a measure in time',
      { state: 'answered', items: [answered('removed', 'late_feedback')], clock: missed(AT) },
      EXIT.ok,
    ],
    ['declined', { state: 'answered', items: [answered('removed'), answered('declined')] }, EXIT.declined],
    ['answered late', { state: 'closed', items: [answered('removed', 'late')], clock: missed(null) }, EXIT.missed],
    ['missed', { state: 'acknowledged', clock: missed(null) }, EXIT.missed],
    ['withdrawn', { state: 'withdrawn' }, EXIT.withdrawn],
  ])('ends when the notice was %s, and its exit code says so', (_, parts, code) => {
    expect(outcomeOf(notice(parts), false)?.code).toBe(code);
  });

  it('goes on after the hour when told to', () => {
    expect(outcomeOf(notice({ state: 'acknowledged', clock: missed(null) }), true)).toBeNull();
  });

  it('tells each thing once', () => {
    const before = notice({ state: 'acknowledged', clock: { fact: null, marks: [{ mark: 25, at: AT }] } });
    const after = notice({
      state: 'answered',
      items: [answered('removed')],
      clock: {
        ...missed(null),
        marks: [
          { mark: 25, at: AT },
          { mark: 45, at: AT },
        ],
      },
    });
    expect(changes(before, before)).toEqual([]);
    expect(changes(before, after).map(({ event }) => event)).toEqual(['notice', 'mark', 'answer', 'fact']);
    expect(changes(null, after)).toHaveLength(5);
  });
});

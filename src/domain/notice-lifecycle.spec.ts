import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { DomainError } from './errors';
import {
  NEXT,
  NOTICE_EVENTS,
  NOTICE_STATES,
  advance,
  answeringEvent,
  isFinal,
  possibleEvents,
  steps,
} from './notice-lifecycle';

/** The table again, by hand: a row a state, the events in the order of NOTICE_EVENTS, `.` where refused. */
// prettier-ignore
const TABLE = {
  //                send     undo   depart  receive   void_receipt  acknowledge   answer_part   answer    close   withdraw   annul
  draft:         ' leaving  .      .       .         .             .             .             .         .       withdrawn  .',
  leaving:       ' .        draft  sent    .         .             .             .             .         .       withdrawn  .',
  sent:          ' .        .      .       received  .             .             .             .         .       withdrawn  annulled',
  received:      ' .        .      .       .         sent          acknowledged  .             .         .       withdrawn  annulled',
  acknowledged:  ' .        .      .       .         .             .             acknowledged  answered  .       withdrawn  annulled',
  answered:      ' .        .      .       .         .             .             .             answered  closed  withdrawn  annulled',
  closed:        ' .        .      .       .         .             .             .             .         .       withdrawn  annulled',
  withdrawn:     ' .        .      .       .         .             .             .             .         .       .          .',
  annulled:      ' .        .      .       .         .             .             .             .         .       .          .',
} as const;
const IMPLIED: Readonly<Record<string, string>> = {
  'sent acknowledge': 'receive',
  'sent answer_part': 'receive acknowledge',
  'sent answer': 'receive acknowledge',
  'received answer_part': 'acknowledge',
  'received answer': 'acknowledge',
};
const CELLS = NOTICE_STATES.flatMap((state) =>
  NOTICE_EVENTS.map((event, i) => [state, event, TABLE[state].trim().split(/\s+/)[i] ?? '?'] as const),
);

describe('the life of a notice', () => {
  it.each(CELLS)('in %s, %s leads to %s', (state, event, next) => {
    if (next !== '.') {
      expect(advance(state, event)).toBe(next);
      expect(steps(state, event)).toEqual([{ event, from: state, to: next }]);
      return;
    }
    expect(() => advance(state, event)).toThrow(DomainError);
    try {
      advance(state, event);
    } catch (error) {
      expect(error).toMatchObject({ code: 'notice.illegal-transition', status: 409, details: { state, event } });
    }
  });

  it.each(CELLS)('in %s, %s implies what must have come before and nothing else', (state, event, next) => {
    const implied = IMPLIED[`${state} ${event}`];
    if (next === '.' && implied === undefined) {
      expect(() => steps(state, event)).toThrow(/does not allow/);
      expect(possibleEvents(state)).not.toContain(event);
      return;
    }
    expect(steps(state, event).map((step) => step.event)).toEqual([...(implied?.split(' ') ?? []), event]);
    expect(possibleEvents(state)).toContain(event);
  });

  it('chains steps without a gap, each a cell of the table', () => {
    const walk = fc.array(fc.constantFrom(...NOTICE_EVENTS), { maxLength: 12 });
    fc.assert(
      fc.property(walk, (events) => {
        let state: (typeof NOTICE_STATES)[number] = 'draft';
        for (const event of events) {
          if (!possibleEvents(state).includes(event)) continue;
          for (const step of steps(state, event)) {
            expect(step.from).toBe(state);
            expect(step.to).toBe(advance(step.from, step.event));
            state = step.to;
          }
        }
      }),
    );
  });

  it('ends only in withdrawn and annulled, from which nothing leads away', () => {
    expect(NOTICE_STATES.filter(isFinal)).toEqual(['withdrawn', 'annulled']);
    expect(Object.keys(NEXT)).toEqual([...NOTICE_STATES]);
  });

  it('is answered only when no item is open', () => {
    expect(answeringEvent(['removed', null])).toBe('answer_part');
    expect(answeringEvent(['removed', 'declined'])).toBe('answer');
  });
});

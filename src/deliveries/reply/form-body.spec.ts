import { choicesOf, fieldsOf, instantOf, ReplyFault, shortTextOf, textOf } from './form-body';

const receivedAt = new Date('2026-03-02T09:00:31.250Z');

describe('a form without an account', () => {
  it('says what was chosen for which item, after which answer, and for all others', () => {
    const fields = fieldsOf({
      item0: 'a',
      seen0: '2',
      choice0: 'removed',
      measure0: '2026-03-02T09:05',
      item1: 'b',
      choice1: '',
      item2: 'c',
      choice2: 'declined:artistic',
      choiceAll: 'hidden',
      twice: ['x', 'y'],
    });
    expect(choicesOf(fields)).toEqual({
      items: [
        { itemId: 'a', outcome: 'removed', reason: null, measure: '2026-03-02T09:05', afterRevision: 2 },
        { itemId: 'c', outcome: 'declined', reason: 'artistic', measure: null, afterRevision: 0 },
      ],
      all: { outcome: 'hidden', reason: null, measure: null },
    });
    expect(fields).not.toHaveProperty('twice');
  });

  it('is refused where a choice is none', () => {
    for (const choice of ['burnt', 'declined:because', 'removed:']) {
      expect(() => choicesOf({ item0: 'a', choice0: choice })).toThrow(ReplyFault);
    }
  });

  it('reads times as UTC; the minute of the receipt is the receipt', () => {
    expect(instantOf('2026-03-02T09:05', receivedAt).toISOString()).toBe('2026-03-02T09:05:00.000Z');
    expect(instantOf('2026-03-02T09:05:07', receivedAt).toISOString()).toBe('2026-03-02T09:05:07.000Z');
    expect(instantOf('2026-03-02T09:00', receivedAt)).toBe(receivedAt);
    expect(instantOf('2026-03-02T09:00:00', receivedAt).toISOString()).toBe('2026-03-02T09:00:00.000Z');
    for (const none of ['soon', '2026-13-02T09:05', '2026-03-02', '2026-03-02T09:05Z']) {
      expect(() => instantOf(none, receivedAt)).toThrow(ReplyFault);
    }
  });

  it('takes no text that is missing or too long', () => {
    expect(textOf({ a: ' x ' }, 'a')).toBe('x');
    expect(() => textOf({}, 'a')).toThrow(ReplyFault);
    expect(() => textOf({ a: 'x'.repeat(10_001) }, 'a')).toThrow(ReplyFault);
    expect(shortTextOf({ a: ' ' }, 'a')).toBeUndefined();
    expect(() => shortTextOf({ a: 'x'.repeat(201) }, 'a')).toThrow(ReplyFault);
  });
});

import { describe, expect, it } from '@jest/globals';
import { DomainError } from './errors';
import {
  OUTCOME_RULES,
  checkAnswer,
  hasMeasure,
  impliedReceiptAt,
  type AnswerContext,
  type ItemAnswer,
} from './item-answer';
import { ITEM_OUTCOMES, NOTICE_KINDS, type ItemOutcome } from './vocabulary';

const at = (ms: number): Date => new Date(Date.UTC(2026, 10, 3, 12) + ms);
const CONTEXT: AnswerContext = { kind: 'referral', sentAt: at(-5_000), receivedAt: at(0), now: at(600_000) };
const answer = (outcome: ItemOutcome, measureMs: number | null, reason: ItemAnswer['reason'] = null): ItemAnswer => ({
  outcome,
  measureAt: measureMs === null ? null : at(measureMs),
  territory: null,
  reason,
});
const codeOf = (given: ItemAnswer, context: Partial<AnswerContext> = {}): string => {
  try {
    checkAnswer(given, { ...CONTEXT, ...context });
    return 'accepted';
  } catch (error) {
    return error instanceof DomainError ? error.code : String(error);
  }
};

/** outcome, is there a measure, must there be a reason, may an order be answered so */
const RULES = [
  ['removed', true, false, true],
  ['disabled', true, false, true],
  ['hidden', true, false, true],
  ['restricted', true, false, false],
  ['account_actioned', true, false, true],
  ['declined', false, true, false],
  ['already_gone', false, false, true],
  ['not_found', false, false, true],
] as const;

describe('the answer to an item', () => {
  it('has a rule for every outcome', () => {
    expect(RULES.map(([outcome]) => outcome)).toEqual([...ITEM_OUTCOMES]);
    expect(Object.keys(OUTCOME_RULES)).toEqual([...ITEM_OUTCOMES]);
  });

  it.each(RULES)('%s asks for a measure: %s, a reason: %s, answers an order: %s', (outcome, measure, reason, order) => {
    const right = answer(outcome, measure ? 60_000 : null, reason ? 'within_terms' : null);
    expect(hasMeasure(outcome)).toBe(measure);
    expect(codeOf(right)).toBe('accepted');
    expect(codeOf({ ...right, measureAt: measure ? null : at(60_000) })).toBe(
      measure ? 'notice.measure-required' : 'notice.measure-not-applicable',
    );
    expect(codeOf({ ...right, reason: reason ? null : 'other' })).toBe(
      reason ? 'notice.reason-required' : 'notice.reason-not-applicable',
    );
    for (const kind of NOTICE_KINDS) {
      expect(codeOf(right, { kind })).toBe(kind === 'referral' || order ? 'accepted' : 'notice.outcome-not-applicable');
    }
  });

  it('carries an order out in all Member States or not at all, and leaves a referral its borders', () => {
    const narrow = { ...answer('disabled', 60_000), territory: 'partial' } as const;
    expect(codeOf(narrow)).toBe('accepted');
    expect(codeOf(narrow, { kind: 'removal_order' })).toBe('notice.territory-too-narrow');
    for (const territory of ['union', 'worldwide', null] as const)
      expect(codeOf({ ...narrow, territory }, { kind: 'removal_order' })).toBe('accepted');
    expect(codeOf({ ...answer('not_found', null), territory: 'union' })).toBe('notice.territory-not-applicable');
  });

  it('refuses a measure a millisecond in the future and takes one that happened just now', () => {
    expect(codeOf(answer('removed', 600_000))).toBe('accepted');
    expect(codeOf(answer('removed', 600_001))).toBe('notice.measure-in-future');
    expect(codeOf({ outcome: 'removed', measureAt: new Date(Number.NaN), reason: null, territory: null })).toBe(
      'notice.measure-in-future',
    );
  });

  it('refuses a measure before receipt: what was gone by then is already_gone', () => {
    expect(codeOf(answer('removed', 0))).toBe('accepted');
    expect(codeOf(answer('removed', -1))).toBe('notice.measure-before-receipt');
  });

  it('measures from the sending where the answer is the first sign of receipt, and dates that receipt to the first measure', () => {
    expect(codeOf(answer('removed', -1), { receivedAt: null })).toBe('accepted');
    expect(codeOf(answer('removed', -5_001), { receivedAt: null })).toBe('notice.measure-before-receipt');
    expect(impliedReceiptAt([answer('removed', 9_000), answer('removed', 3_000)], at(600_000))).toEqual(at(3_000));
    expect(impliedReceiptAt([answer('declined', null, 'other')], at(600_000))).toEqual(at(600_000));
  });
});

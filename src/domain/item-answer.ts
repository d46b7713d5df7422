import { DomainError } from './errors';
import type { DeclineReason, ItemOutcome, NoticeKind, Territory } from './vocabulary';

/** What an outcome asks for: the claimed time of a measure, and a coded reason. */
interface OutcomeRule {
  readonly measure: 'required' | 'refused';
  readonly reason: 'required' | 'refused';
  readonly kinds: readonly NoticeKind[];
}

const BOTH = ['referral', 'removal_order'] as const;
/** A measure was taken, or there was nothing to take it on, or the platform decided not to: which only a referral leaves open (TCO recital 40). */
export const OUTCOME_RULES: Readonly<Record<ItemOutcome, OutcomeRule>> = {
  removed: { measure: 'required', reason: 'refused', kinds: BOTH },
  disabled: { measure: 'required', reason: 'refused', kinds: BOTH },
  hidden: { measure: 'required', reason: 'refused', kinds: BOTH },
  restricted: { measure: 'required', reason: 'refused', kinds: ['referral'] },
  account_actioned: { measure: 'required', reason: 'refused', kinds: BOTH },
  declined: { measure: 'refused', reason: 'required', kinds: ['referral'] },
  already_gone: { measure: 'refused', reason: 'refused', kinds: BOTH },
  not_found: { measure: 'refused', reason: 'refused', kinds: BOTH },
};

export interface ItemAnswer {
  readonly outcome: ItemOutcome;
  /** When the platform says that it acted. */
  readonly measureAt: Date | null;
  readonly reason: DeclineReason | null;
  /** Where the measure takes effect; null: everywhere the service is. */
  readonly territory: Territory | null;
}

/** `receivedAt` is null when this very answer is the first sign of receipt. */
export interface AnswerContext {
  readonly kind: NoticeKind;
  readonly sentAt: Date;
  readonly receivedAt: Date | null;
  readonly now: Date;
}

/** The public, or a part of it, cannot see the item any more because of the answer: what can be put back. */
const DOWN: readonly ItemOutcome[] = ['removed', 'disabled', 'hidden', 'restricted', 'account_actioned'];
export const isDown = (outcome: ItemOutcome): boolean => DOWN.includes(outcome);

export const hasMeasure = (outcome: ItemOutcome): boolean => OUTCOME_RULES[outcome].measure === 'required';

const refuse = (condition: boolean, code: Parameters<typeof makeError>[0], answer: ItemAnswer): void => {
  if (condition) throw makeError(code, answer);
};
const makeError = (
  code:
    | 'notice.outcome-not-applicable'
    | 'notice.measure-required'
    | 'notice.measure-not-applicable'
    | 'notice.measure-in-future'
    | 'notice.measure-before-receipt'
    | 'notice.reason-required'
    | 'notice.reason-not-applicable'
    | 'notice.territory-not-applicable'
    | 'notice.territory-too-narrow',
  answer: ItemAnswer,
): DomainError => new DomainError(code, { outcome: answer.outcome, measureAt: answer.measureAt?.toJSON() ?? null });

/**
 * Refuses an answer that cannot be true. A claimed time is never later than our own clock, with no tolerance: both
 * times are published beside each other. Content that was gone before receipt was not removed because of the
 * notice, and is `already_gone`. Where receipt was never proved the bound is the sending.
 * @throws DomainError `notice.*`, see OUTCOME_RULES
 */
export function checkAnswer(answer: ItemAnswer, context: AnswerContext): void {
  const rule = OUTCOME_RULES[answer.outcome];
  const { measureAt } = answer;
  refuse(!rule.kinds.includes(context.kind), 'notice.outcome-not-applicable', answer);
  refuse(rule.measure === 'required' && measureAt === null, 'notice.measure-required', answer);
  refuse(rule.measure === 'refused' && measureAt !== null, 'notice.measure-not-applicable', answer);
  refuse(rule.reason === 'required' && answer.reason === null, 'notice.reason-required', answer);
  refuse(rule.reason === 'refused' && answer.reason !== null, 'notice.reason-not-applicable', answer);
  const { territory } = answer;
  refuse(rule.measure === 'refused' && territory !== null, 'notice.territory-not-applicable', answer);
  // Art. 3(1), (3): in all Member States.
  refuse(context.kind === 'removal_order' && territory === 'partial', 'notice.territory-too-narrow', answer);
  if (measureAt === null) return;
  refuse(!(measureAt.getTime() <= context.now.getTime()), 'notice.measure-in-future', answer);
  const earliest = context.receivedAt ?? context.sentAt;
  refuse(measureAt.getTime() < earliest.getTime(), 'notice.measure-before-receipt', answer);
}

/**
 * The instant of a receipt that nothing proves but the answer: the platform had the notice when it first acted on
 * it, or at the latest now. Stamp such a receipt as implied: figures leave it out of the response times, which
 * would otherwise be nought by definition.
 */
export function impliedReceiptAt(answers: readonly ItemAnswer[], now: Date): Date {
  const measures = answers.flatMap(({ measureAt }) => (measureAt === null ? [] : [measureAt.getTime()]));
  return new Date(Math.min(now.getTime(), ...measures));
}

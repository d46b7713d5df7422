import { OUTCOME_RULES } from '../../../src/domain/item-answer';
import { DECLINE_REASONS, ITEM_OUTCOMES, type DeclineReason, type ItemOutcome } from '../../../src/domain/vocabulary';
import type { ItemAnswer, Notice, NoticeItem } from '../notices-api';
import { serverNowAtLeast } from '../server-clock';

/** One key for each outcome; the letters are the same in both languages, so that hands learn them once. */
export const KEY_OF: Readonly<Record<ItemOutcome, string>> = {
  removed: 'r',
  declined: 'd',
  disabled: 'b',
  hidden: 'h',
  restricted: 'l',
  account_actioned: 'u',
  already_gone: 'g',
  not_found: 'n',
};

/** What a notice of this kind can be answered with. A referral may be declined; an order may not. */
export const outcomesFor = (kind: Notice['kind']): readonly ItemOutcome[] =>
  ITEM_OUTCOMES.filter((outcome) => OUTCOME_RULES[outcome].kinds.includes(kind));

/** Letters for the reasons in their order: a, b, c … */
export const reasonKeys: readonly (readonly [key: string, reason: DeclineReason])[] = DECLINE_REASONS.map(
  (reason, i) => [String.fromCharCode(97 + i), reason],
);

export interface Details {
  /** Local date and time as the field has it; empty: now. */
  readonly takenAt: string;
  readonly preservation: NonNullable<ItemAnswer['preservation']> | '';
  readonly note: string;
  readonly reason?: DeclineReason;
}

/**
 * When the measure was taken. "Now" is a time that the server has surely reached, and never before the receipt: both it would
 * refuse (a measure in the future, a measure before the notice).
 */
function measureAt(notice: Notice, takenAt: string): string {
  if (takenAt !== '') return new Date(takenAt).toISOString();
  const earliest = Date.parse(notice.receivedAt ?? notice.sentAt ?? notice.createdAt);
  return new Date(Math.max(earliest, serverNowAtLeast())).toISOString();
}

/** The same answer to each of these items. */
export function answersOf(
  notice: Notice,
  items: readonly NoticeItem[],
  outcome: ItemOutcome,
  { takenAt, preservation, note, reason }: Details,
): readonly ItemAnswer[] {
  const isMeasure = OUTCOME_RULES[outcome].measure === 'required';
  return items.map(({ itemId }) => ({
    itemId,
    outcome,
    ...(isMeasure ? { measureAt: measureAt(notice, takenAt) } : {}),
    ...(isMeasure && preservation !== '' ? { preservation } : {}),
    ...(reason ? { reason } : {}),
    ...(note.trim() === '' ? {} : { note: note.trim() }),
  }));
}

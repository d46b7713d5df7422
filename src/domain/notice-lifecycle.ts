import { DomainError } from './errors';

export const NOTICE_STATES = [
  'draft',
  'leaving',
  'sent',
  'received',
  'acknowledged',
  'answered',
  'closed',
  'withdrawn',
  'annulled',
] as const;
export type NoticeState = (typeof NOTICE_STATES)[number];

/** `answer_part` answers an item while others are open; `answer` answers the last open one, or corrects one when none is open. */
export const NOTICE_EVENTS = [
  'send',
  'undo',
  'depart',
  'receive',
  'void_receipt',
  'acknowledge',
  'answer_part',
  'answer',
  'close',
  'withdraw',
  'annul',
] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

/**
 * The life of a notice. `answered` means that no item is open: only then does the clock stop, and only then can
 * the notice be closed; until it is closed an item may be answered again and the new answer supersedes the old.
 * A receipt that proves to be none (the mail came back) puts a notice back on its way, unless somebody had acknowledged it.
 * A notice that was let go stays recallable for some seconds (`leaving`). The issuer may withdraw at any time; once sent, a
 * notice can lose its effect by the decision of another (`annulled`: scrutiny, a court), whatever came of it.
 */
export const NEXT = {
  draft: { send: 'leaving', withdraw: 'withdrawn' },
  leaving: { undo: 'draft', depart: 'sent', withdraw: 'withdrawn' },
  sent: { receive: 'received', withdraw: 'withdrawn', annul: 'annulled' },
  received: { acknowledge: 'acknowledged', void_receipt: 'sent', withdraw: 'withdrawn', annul: 'annulled' },
  acknowledged: { answer_part: 'acknowledged', answer: 'answered', withdraw: 'withdrawn', annul: 'annulled' },
  answered: { answer: 'answered', close: 'closed', withdraw: 'withdrawn', annul: 'annulled' },
  closed: { withdraw: 'withdrawn', annul: 'annulled' },
  withdrawn: {},
  annulled: {},
} as const satisfies Record<NoticeState, Partial<Record<NoticeEvent, NoticeState>>>;

/** Whoever answers has acknowledged, and whoever acknowledges has received: what must have come before. */
const IMPLIES: Readonly<Partial<Record<NoticeEvent, NoticeEvent>>> = {
  acknowledge: 'receive',
  answer_part: 'acknowledge',
  answer: 'acknowledge',
};

/** Who makes an event happen; `service` is the end of the time for second thoughts, the proof of a channel, a decision carried out. */
export const SIDE_OF: Readonly<Record<NoticeEvent, 'sender' | 'platform' | 'service'>> = {
  send: 'sender',
  undo: 'sender',
  depart: 'service',
  receive: 'service',
  void_receipt: 'service',
  acknowledge: 'platform',
  answer_part: 'platform',
  answer: 'platform',
  close: 'sender',
  withdraw: 'sender',
  annul: 'service',
};

/** One step of the table, or null where the table has none. */
const direct = (state: NoticeState, event: NoticeEvent): NoticeState | null => {
  const row: Partial<Record<NoticeEvent, NoticeState>> = NEXT[state];
  return row[event] ?? null;
};

/**
 * The state after `event`, by the table alone: implied events must have been taken before (see `steps`).
 * @throws DomainError `notice.illegal-transition` with the state it was in
 */
export function advance(state: NoticeState, event: NoticeEvent): NoticeState {
  const next = direct(state, event);
  if (next === null) throw new DomainError('notice.illegal-transition', { state, event });
  return next;
}

export interface Step {
  readonly event: NoticeEvent;
  readonly from: NoticeState;
  readonly to: NoticeState;
}

const chain = (state: NoticeState, event: NoticeEvent): readonly Step[] | null => {
  const to = direct(state, event);
  if (to !== null) return [{ event, from: state, to }];
  const before = IMPLIES[event];
  const earlier = before === undefined ? null : chain(state, before);
  const reached = earlier?.at(-1)?.to;
  if (earlier === null || reached === undefined) return null;
  const last = direct(reached, event);
  return last === null ? null : [...earlier, { event, from: reached, to: last }];
};

/**
 * Everything that happens when `event` reaches a notice in `state`, implied events first: an answer to a notice
 * that was only sent is its receipt, its acknowledgement and its answer. Each step writes its own entry.
 * @throws DomainError `notice.illegal-transition` with the state it was in
 */
export function steps(state: NoticeState, event: NoticeEvent): readonly Step[] {
  const found = chain(state, event);
  if (found === null) throw new DomainError('notice.illegal-transition', { state, event });
  return found;
}

/** What may happen next, implied or not: what a screen offers and an answer lists. */
export const possibleEvents = (state: NoticeState): readonly NoticeEvent[] =>
  NOTICE_EVENTS.filter((event) => chain(state, event) !== null);

export const isFinal = (state: NoticeState): boolean => Object.keys(NEXT[state]).length === 0;

/** Which of the two answering events it is, given the outcome of every item after this answer (null: still open). */
export const answeringEvent = (outcomesAfter: readonly (string | null)[]): 'answer' | 'answer_part' =>
  outcomesAfter.includes(null) ? 'answer_part' : 'answer';

import { endOf } from './deadlines';
import { DomainError } from './errors';

/** Who set a scrutiny going (TCO Art. 4(3), 4(4)). */
export const SCRUTINY_ORIGINS = ['own_initiative', 'provider', 'content_provider'] as const;
export type ScrutinyOrigin = (typeof SCRUTINY_ORIGINS)[number];

export const SCRUTINY_OUTCOMES = ['infringement', 'no_infringement'] as const;
export type ScrutinyOutcome = (typeof SCRUTINY_OUTCOMES)[number];

export const SCRUTINY_STATES = ['open', 'intended', 'answered', 'decided'] as const;
export type ScrutinyState = (typeof SCRUTINY_STATES)[number];

export const SCRUTINY_EVENTS = ['intend', 'answer', 'clear', 'infringe'] as const;
export type ScrutinyEvent = (typeof SCRUTINY_EVENTS)[number];

/** Art. 4(5): an infringement is found after the issuer was told of the intention and its reasons; that there is none, at any time. */
export const SCRUTINY_NEXT = {
  open: { intend: 'intended', clear: 'decided' },
  intended: { answer: 'answered', clear: 'decided', infringe: 'decided' },
  answered: { clear: 'decided', infringe: 'decided' },
  decided: {},
} as const satisfies Record<ScrutinyState, Partial<Record<ScrutinyEvent, ScrutinyState>>>;

/** @throws DomainError `scrutiny.intention-first`, `scrutiny.illegal-transition` */
export function advanceScrutiny(state: ScrutinyState, event: ScrutinyEvent): ScrutinyState {
  const row: Partial<Record<ScrutinyEvent, ScrutinyState>> = SCRUTINY_NEXT[state];
  const next = row[event];
  if (next) return next;
  if (state === 'open' && event === 'infringe') throw new DomainError('scrutiny.intention-first', { answerBy: null });
  throw new DomainError('scrutiny.illegal-transition', { state, event });
}

export const eventOf = (outcome: ScrutinyOutcome): ScrutinyEvent => (outcome === 'infringement' ? 'infringe' : 'clear');

/**
 * Art. 4(4): within 48 hours of receiving the order, or of the information under Art. 11(2). At 48:00:00.000 it is late.
 * @param startedAt null: the period has not begun, which is no reason to refuse
 * @throws DomainError `scrutiny.period-over` with `endedAt`
 */
export function assertRequestInTime(startedAt: Date | null, now: Date): void {
  if (startedAt !== null) assertBefore(endOf('TCO_SCRUTINY_REQUEST', startedAt), now);
}

/** Art. 4(3): of its own accord the home authority scrutinises, and decides, within 72 hours of the copy. */
export const assertOwnInTime = (copyAt: Date, now: Date): void => assertBefore(endOf('TCO_SCRUTINY_OWN', copyAt), now);

function assertBefore(end: Date, now: Date): void {
  if (now >= end) throw new DomainError('scrutiny.period-over', { endedAt: end.toISOString() });
}

/** By when it is decided: 72 hours, from the copy or from the request. */
export const decisionDueAt = (
  origin: ScrutinyOrigin,
  at: { readonly copyAt: Date; readonly requestedAt: Date },
): Date =>
  origin === 'own_initiative' ? endOf('TCO_SCRUTINY_OWN', at.copyAt) : endOf('TCO_SCRUTINY_DECISION', at.requestedAt);

export interface Hearing {
  readonly state: ScrutinyState;
  readonly origin: ScrutinyOrigin;
  readonly dueAt: Date;
  /** Until when the issuer can answer to the intention; null: not told yet. */
  readonly answerBy: Date | null;
}

/**
 * Whether it can be decided so now. On request a decision is compulsory either way, and made late it is made all the same; of
 * its own accord the authority has lost its say when the 72 hours are over.
 * @throws DomainError `scrutiny.illegal-transition`, `scrutiny.period-over`, `scrutiny.intention-first` with `answerBy`
 */
export function assertDecidable(
  { state, origin, dueAt, answerBy }: Hearing,
  outcome: ScrutinyOutcome,
  now: Date,
): void {
  advanceScrutiny(state, eventOf(outcome));
  if (origin === 'own_initiative') assertBefore(dueAt, now);
  const isWaiting = state === 'intended' && answerBy !== null && now < answerBy;
  if (outcome === 'infringement' && isWaiting) {
    throw new DomainError('scrutiny.intention-first', { answerBy: answerBy.toISOString() });
  }
}

/** The time to answer is in the future, and ends while the decision can still be made in time. */
export function assertAnswerBy(answerBy: Date, { now, dueAt }: { readonly now: Date; readonly dueAt: Date }): void {
  // After the hour of the decision there is no end left to keep within.
  const latest = now < dueAt ? dueAt : null;
  if (answerBy <= now || (latest !== null && answerBy >= latest)) {
    throw new DomainError('scrutiny.answer-by', { latest: latest?.toISOString() ?? null });
  }
}

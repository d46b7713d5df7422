import { DEADLINES, addDuration } from './deadlines';
import { DomainError } from './errors';
import type { LedgerKind } from './ledger-kinds';

/** Periods around an order or an answer whose end is a fact, written once. */
export const PERIOD_KINDS = [
  'scrutiny_own',
  'scrutiny_request',
  'scrutiny_decision',
  'non_disclosure',
  'redress',
  'complaint',
] as const;
export type PeriodKind = (typeof PERIOD_KINDS)[number];

export const ENTRY_OF_PERIOD = {
  scrutiny_own: 'scrutiny.period-ended',
  scrutiny_request: 'scrutiny.period-ended',
  scrutiny_decision: 'scrutiny.overdue',
  non_disclosure: 'content.notice-opened',
  redress: 'order.final',
  complaint: 'complaint.overdue',
} as const satisfies Record<PeriodKind, LedgerKind>;

export const REVIEW_LODGERS = ['provider', 'content_provider'] as const;
export type ReviewLodger = (typeof REVIEW_LODGERS)[number];

/** `discontinued`: it ended without a decision about the order: taken back, settled, not admitted. */
export const REVIEW_OUTCOMES = ['pending', 'confirmed', 'annulled', 'discontinued'] as const;
export type ReviewOutcome = (typeof REVIEW_OUTCOMES)[number];

export const COMPLAINT_OUTCOMES = ['upheld', 'rejected'] as const;
export type ComplaintOutcome = (typeof COMPLAINT_OUTCOMES)[number];

/** How a decision reached somebody. */
export const COPY_CHANNELS = ['in-platform', 'other'] as const;
export type CopyChannel = (typeof COPY_CHANNELS)[number];
export const COPY_ADDRESSEES = ['issuer', 'platform', 'requester', 'europol'] as const;
export type CopyAddressee = (typeof COPY_ADDRESSEES)[number];

/** Art. 3(9): when the time for a remedy is over, reckoned from receipt by the provider, to whom the order is addressed. */
export const redressEndsAt = (
  { n, unit }: { readonly n: number; readonly unit: 'days' | 'months' },
  receivedAt: Date,
): Date => addDuration(receivedAt, { [unit]: n });

export interface NonDisclosure {
  /** Null: the content provider may be informed. */
  readonly until: Date | null;
  readonly extendedAt: Date | null;
}

export const isSuppressed = ({ until }: Pick<NonDisclosure, 'until'>, now: Date): boolean =>
  until !== null && now < until;

/** The latest end of an extension: six weeks after the first end (Art. 11(3)). */
export const latestExtension = (until: Date): Date => addDuration(until, DEADLINES.TCO_NONDISCLOSURE.extension);

/**
 * Art. 11(3): extended once, by six weeks at most, while it runs: what has been disclosed is not taken back.
 * @throws DomainError `order.no-non-disclosure`, `order.non-disclosure-extended`, `order.non-disclosure` with `latest`
 */
export function assertExtendable({ until, extendedAt }: NonDisclosure, to: Date, now: Date): void {
  if (extendedAt !== null) throw new DomainError('order.non-disclosure-extended');
  if (until === null || !isSuppressed({ until }, now)) throw new DomainError('order.no-non-disclosure');
  const latest = latestExtension(until);
  if (to <= until || to > latest) throw new DomainError('order.non-disclosure', { latest: latest.toISOString() });
}

export interface Bench {
  readonly deciderId: string;
  /** People who gave the answers complained of; keys of the platform are nobody. */
  readonly answeredBy: readonly string[];
  /** People of the platform who could decide. */
  readonly people: readonly string[];
  /** Why the same person decides. */
  readonly alone: string | null;
}

/**
 * A complaint is decided by somebody who did not give the answer complained of. Where nobody else is there, the one person
 * decides and says that it is so.
 * @returns the reason to be recorded, or null when another person decides
 * @throws DomainError `complaint.same-person`, `complaint.alone`
 */
export function aloneReason({ deciderId, answeredBy, people, alone }: Bench): string | null {
  const isSame = answeredBy.includes(deciderId);
  if (!isSame) {
    if (alone !== null) throw new DomainError('complaint.alone', { isNeeded: false });
    return null;
  }
  const others = people.filter((person) => !answeredBy.includes(person));
  if (others.length > 0) throw new DomainError('complaint.same-person');
  if (alone === null) throw new DomainError('complaint.alone', { isNeeded: true });
  return alone;
}

export interface Exposure {
  /** Orders that became final in the window; one that fell later is not among them. */
  readonly finalOrders: number;
  readonly since: Date;
  /** Art. 5(4): the number that the law gives as an example of an objective factor. It is no decision. */
  readonly isFactor: boolean;
}

/** Final orders of the twelve months before `now`: one that became final on the first instant of them counts. */
export function exposureOf(finalAt: readonly Date[], now: Date): Exposure {
  const { atLeast, within } = DEADLINES.TCO_EXPOSURE_WINDOW;
  const since = addDuration(now, { months: -within.months });
  const finalOrders = finalAt.filter((at) => since <= at && at <= now).length;
  return { finalOrders, since, isFactor: finalOrders >= atLeast };
}

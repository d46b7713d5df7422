import { DomainError } from './errors';
import type { LedgerKind } from './ledger-kinds';
import type { ContributionState, EndGround, SignalState } from './vocabulary';

/** What can happen to a contribution. `hold` and `release`: into quarantine and out of it. */
export const CONTRIBUTION_EVENTS = ['hold', 'release', 'withdraw', 'retract', 'expire', 'erase'] as const;
export type ContributionEvent = (typeof CONTRIBUTION_EVENTS)[number];

/**
 * The life of a contribution. One that has ended does not come back: whoever wants the hash to stand again contributes it
 * anew, so that the record shows both times. Erasure reaches also what has ended. The database holds the same table.
 */
export const CONTRIBUTION_NEXT = {
  standing: { hold: 'quarantined', withdraw: 'withdrawn', retract: 'retracted', expire: 'expired', erase: 'erased' },
  quarantined: { release: 'standing', withdraw: 'withdrawn', retract: 'retracted', expire: 'expired', erase: 'erased' },
  withdrawn: { erase: 'erased' },
  retracted: { erase: 'erased' },
  expired: { erase: 'erased' },
  erased: {},
} as const satisfies Record<ContributionState, Partial<Record<ContributionEvent, ContributionState>>>;

export type EndingEvent = Exclude<ContributionEvent, 'hold' | 'release'>;

/** How a contribution ends on each ground. */
export const EVENT_OF_GROUND = {
  order_annulled: 'retract',
  rolled_back: 'retract',
  withdrawn: 'withdraw',
  expired: 'expire',
  dispute_upheld: 'retract',
  source_withdrew: 'retract',
  erased: 'erase',
  rejected: 'retract',
} as const satisfies Record<EndGround, EndingEvent>;

/** The entry that an ending writes. */
export const ENTRY_OF_ENDING = {
  withdraw: 'signal.withdrawn',
  retract: 'signal.retracted',
  expire: 'signal.expired',
  erase: 'signal.erased',
} as const satisfies Record<EndingEvent, LedgerKind>;

/**
 * The state of a contribution after `event`.
 * @throws DomainError `signal.illegal-transition` with the state it was in
 */
export function advanceContribution(state: ContributionState, event: ContributionEvent): ContributionState {
  const row: Partial<Record<ContributionEvent, ContributionState>> = CONTRIBUTION_NEXT[state];
  const next = row[event];
  if (next === undefined) throw new DomainError('signal.illegal-transition', { state, event });
  return next;
}

/** The state in which contributions are that ended on this ground. */
export const endedBy = (ground: EndGround): ContributionState =>
  advanceContribution('standing', EVENT_OF_GROUND[ground]);

/** What the state of a signal on one list is made of. */
export interface ListFacts {
  /** Contributions that stand there. */
  readonly standing: number;
  /** One of them is of an item that a person looked at. */
  readonly reviewed: boolean;
  /** Organisations that confirm it there and do not themselves stand behind it there. */
  readonly confirms: number;
  /** Open disputes that name this list. */
  readonly openDisputes: number;
}

export function stateOnList({ standing, reviewed, confirms, openDisputes }: ListFacts): SignalState {
  if (standing === 0) return 'withdrawn';
  if (openDisputes > 0) return 'disputed';
  return reviewed || confirms > 0 ? 'active' : 'provisional';
}

/** What stands of a hash and what is said of it, all of it or as much as one organisation may see. */
export interface Told {
  /** Those that stand. */
  readonly contributions: readonly {
    readonly organisationId: string;
    readonly listId: string;
    readonly reviewed: boolean;
  }[];
  readonly confirmations: readonly { readonly organisationId: string; readonly listIds: readonly string[] }[];
  /** Those that are open. */
  readonly disputes: readonly { readonly listIds: readonly string[] }[];
}

export interface SignalStanding {
  /** The best that it has on any list. */
  readonly state: SignalState;
  /** The lists on which it has that state: what is done about the hash is done because of these alone. */
  readonly lists: readonly string[];
  /** Organisations that confirm it on one of these lists. */
  readonly confirmers: readonly string[];
  /** Organisations that confirm it on any list on which it stands. */
  readonly confirms: number;
}

const BEST_FIRST = ['active', 'provisional', 'disputed', 'withdrawn'] as const satisfies readonly SignalState[];

/**
 * Where a hash stands, and how. A dispute puts it in doubt on the lists that it names and nowhere else, a confirmation vouches
 * for it on those alone. The same rule as `signal_state` in the database, which a test holds equal to it.
 */
export function standingOf(told: Told): SignalStanding {
  const onLists = [...new Set(told.contributions.map(({ listId }) => listId))].map((listId) => onList(told, listId));
  const state = BEST_FIRST.find((each) => onLists.some((list) => list.state === each)) ?? 'withdrawn';
  const best = onLists.filter((list) => list.state === state);
  return {
    state,
    lists: best.map(({ listId }) => listId),
    confirmers: [...new Set(best.flatMap(({ confirmers }) => confirmers))],
    confirms: new Set(onLists.flatMap(({ confirmers }) => confirmers)).size,
  };
}

function onList({ contributions, confirmations, disputes }: Told, listId: string) {
  const standing = contributions.filter((each) => each.listId === listId);
  const behind = new Set(standing.map(({ organisationId }) => organisationId));
  // Whoever stands behind it there has spoken by that: its own confirmation is no second voice.
  const confirmers = confirmations
    .filter((each) => each.listIds.includes(listId) && !behind.has(each.organisationId))
    .map(({ organisationId }) => organisationId);
  const state = stateOnList({
    standing: standing.length,
    reviewed: standing.some(({ reviewed }) => reviewed),
    confirms: confirmers.length,
    openDisputes: disputes.filter(({ listIds }) => listIds.includes(listId)).length,
  });
  return { listId, state, confirmers };
}

/** A contribution whose item nobody looked at ends by itself after so long. */
const PROVISIONAL_MS = 30 * 86_400_000;
/** In which a person has to decide a dispute. */
const DISPUTE_MS = 72 * 3_600_000;
/** For so long an erased hash keeps its value, so that subscribers can tell which one to drop. */
export const TOMBSTONE_MS = 90 * 86_400_000;
/** How often a contributor says again that a hash should stand (deletion rules of the reference: re-review every 24 months). */
export const REVIEW_MONTHS = 24;

export const disputeDueAt = (openedAt: Date): Date => new Date(openedAt.getTime() + DISPUTE_MS);

/** When a contribution ends by itself, or null: a reviewed one does not, unless its contributor says when. */
export function expiryOf(contributedAt: Date, reviewed: boolean, asked?: Date): Date | null {
  if (asked) return asked;
  return reviewed ? null : new Date(contributedAt.getTime() + PROVISIONAL_MS);
}

/** Contributions last reviewed (or else made) at or before this instant are due; the day is kept within the month. */
export function reviewedBefore(now: Date): Date {
  const then = new Date(now);
  then.setUTCDate(1);
  then.setUTCMonth(then.getUTCMonth() - REVIEW_MONTHS);
  const days = new Date(Date.UTC(then.getUTCFullYear(), then.getUTCMonth() + 1, 0)).getUTCDate();
  then.setUTCDate(Math.min(now.getUTCDate(), days));
  return then;
}

import { standingOf } from './signal-lifecycle';
import { mergeLabels, type Merged, type Said } from './signal-merge';
import type { SignalOpinion, SignalState } from './vocabulary';

/** One that stands. */
export interface StandingContribution extends Said {
  readonly organisationId: string;
  readonly listId: string;
  /** A person looked at the item. */
  readonly reviewed: boolean;
  /** Milliseconds since 1970. */
  readonly contributedAt: number;
}

/** Everything that stands of a hash and is said of it, as far as one reader may know. */
export interface KnownOfSignal<T extends StandingContribution = StandingContribution> {
  readonly contributions: readonly T[];
  readonly opinions: readonly {
    readonly organisationId: string;
    readonly opinion: SignalOpinion;
    readonly listIds: readonly string[];
  }[];
  /** Those that are open. */
  readonly disputes: readonly { readonly listIds: readonly string[] }[];
}

/** What a decision about a hash rests on. */
export interface Basis extends Merged {
  /** The best that it has on any list. */
  readonly state: SignalState;
  /** The lists on which it has that state, oldest contribution first: all of this is said there, and nothing of it elsewhere. */
  readonly restsOn: readonly string[];
  readonly reviewed: boolean;
  /** How many organisations stand behind it: contributors and those who confirm, each once. */
  readonly behind: number;
}

export interface Assessment<T extends StandingContribution = StandingContribution> extends Basis {
  /** All of them, oldest first. */
  readonly contributions: readonly T[];
  /** All lists on which it stands, oldest contribution first. */
  readonly lists: readonly string[];
  /** Contributions to the lists that it rests on, oldest first. */
  readonly best: readonly T[];
  /** Organisations that confirm it on the lists that it rests on and do not stand behind it there by a contribution. */
  readonly confirmers: readonly string[];
  /** Organisations that confirm it on any list, and that dispute it. */
  readonly confirms: number;
  readonly disputes: number;
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Oldest first; of the same instant in the order of list and organisation, so that any two nodes agree. */
const byAge = (a: StandingContribution, b: StandingContribution): number =>
  a.contributedAt - b.contributedAt || compare(a.listId, b.listId) || compare(a.organisationId, b.organisationId);

/**
 * What a reader is told of a hash and decides on, the same wherever it is asked: by matching, by the feed and other
 * protocols, and by a copy that was fetched. It comes from the lists alone on which the state of the hash is the best, so
 * that a disputed list lends nothing: neither that a person looked, nor a label, nor a body that stands behind it.
 */
export function assess<T extends StandingContribution>(known: KnownOfSignal<T>): Assessment<T> {
  const contributions = known.contributions.toSorted(byAge);
  const confirmations = known.opinions.filter(({ opinion }) => opinion === 'confirm');
  const { state, lists, confirmers, confirms } = standingOf({ contributions, confirmations, disputes: known.disputes });
  const best = contributions.filter(({ listId }) => lists.includes(listId));
  return {
    ...mergeLabels(best),
    state,
    restsOn: lists,
    reviewed: best.some(({ reviewed }) => reviewed),
    behind: new Set([...best.map(({ organisationId }) => organisationId), ...confirmers]).size,
    contributions,
    lists: [...new Set(contributions.map(({ listId }) => listId))],
    best,
    confirmers,
    confirms,
    disputes: known.opinions.filter(({ opinion }) => opinion === 'dispute').length,
  };
}

import { decide, factsOf, type PolicyRule } from '../../../src/domain/signal-policy';
import type { MatchAction, Severity, SignalType } from '../../../src/domain/vocabulary';
import type { SignalLabels } from '../signal-api';
import type { StandingState } from './feed-line';
import type { Found } from './signal-table';
import type { KnownList, Terms } from './terms';

/** One signal within the radius, as the server tells of it, but for who contributed it and when. */
export interface OfflineMatch {
  readonly signalId: string;
  readonly type: SignalType;
  readonly value: string;
  /** Bits that differ; 0 for an exact hash. Of a film: the mean over its frames that were found, rounded up. */
  readonly distance: number;
  /** Of a film that was found by its frames: the share of them that is known, and of the known film's that was found. */
  readonly vpdq?: { readonly queryPercent: number; readonly comparedPercent: number };
  readonly state: StandingState;
  /** A person looked at the item that the hash was taken from. */
  readonly reviewed: boolean;
  readonly labels: SignalLabels;
  readonly severity: Severity | null;
  readonly incident: string | null;
  readonly lists: readonly Pick<KnownList, 'id' | 'name' | 'tlp'>[];
  readonly opinions: { readonly confirm: number; readonly dispute: number };
  /** What the organisation's policy says. A match proposes; a person decides. */
  readonly action: MatchAction;
  /** The rule, or the limit that no rule lifts. */
  readonly because: string;
}

/** What an account that may not read the lists' own data knows of one: as little is done without a person as can be. */
const UNKNOWN_LIST: Omit<KnownList, 'id'> = { name: '', tlp: null, autoAction: true };

/** What is told of a signal that was found; the rules decide what to do, by the lists' terms of the last sync. */
export function matchOf(
  { signalId, value, distance, vpdq, about }: Found,
  terms: Terms,
  rules: readonly PolicyRule[],
): OfflineMatch {
  const { labels, lists, type, state, reviewed, severity, incident, confirms, disputes } = about;
  const known = (id: string): KnownList => terms.lists?.find((list) => list.id === id) ?? { ...UNKNOWN_LIST, id };
  const facts = factsOf({ type, distance }, about, (id) => known(id).autoAction);
  const { action, because } = decide(rules, facts);
  return {
    signalId,
    type,
    value,
    distance,
    ...(vpdq ? { vpdq } : {}),
    state,
    reviewed,
    labels,
    severity,
    incident,
    lists: lists.map(known).map(({ id, name, tlp }) => ({ id, name, tlp })),
    opinions: { confirm: confirms, dispute: disputes },
    action,
    because,
  };
}

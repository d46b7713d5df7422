import { mergeLabels, type PublicLabels } from '../../domain/signal-merge';
import { decide, type MatchFacts, type PolicyRule } from '../../domain/signal-policy';
import {
  CATEGORIES,
  IDEOLOGIES,
  type Severity,
  type SignalState,
  type SignalType,
  type Tlp,
} from '../../domain/vocabulary';
import type { Match, MatchContribution, VideoShares } from './match.dto';

/** What all contributions that say the same of their hashes share. */
export interface Stand {
  readonly organisationId: string;
  readonly listId: string;
  readonly labels: PublicLabels;
  readonly severity: Severity | null;
  readonly incident: string | null;
  readonly reviewed: boolean;
}

export interface KnownContribution extends Stand {
  /** Milliseconds since 1970. */
  readonly contributedAt: number;
}

/** What all signals that stand alike share. */
export interface Standing {
  readonly state: SignalState;
  readonly confirms: number;
  /** Organisations that confirm, in the order of their ids; also one that contributes, which the count leaves out. */
  readonly confirmers: readonly string[];
  readonly disputes: number;
  readonly fedConfirmed: number;
  readonly fedFalse: number;
  readonly fedKnown: number;
}

/** A signal with its standing contributions, as it is kept in memory or was read from the database. */
export interface KnownSignal extends Standing {
  readonly id: string;
  readonly type: SignalType;
  readonly value: string;
  readonly contributions: readonly KnownContribution[];
}

/** One signal within the radius of a question. */
export interface Hit {
  readonly signal: KnownSignal;
  readonly distance: number;
  readonly variant?: string;
  readonly vpdq?: VideoShares;
}

export interface KnownList {
  readonly name: string;
  readonly tlp: Tlp;
  readonly autoAction: boolean;
}

export interface Names {
  list(id: string): KnownList | undefined;
  organisation(id: string): string | undefined;
}

/** The rules that decide for one organisation. */
export interface Policy {
  /** Null: the default that everybody has. */
  readonly version: number | null;
  readonly rules: readonly PolicyRule[];
}

/** Who asks, and whose contributions they may see. The same as the row-level policy `signal_contribution_read`. */
export interface Asker {
  readonly organisationId: string;
  readonly isOperator: boolean;
  readonly readable: ReadonlySet<string>;
}

export const maySee = (asker: Asker, { organisationId, listId }: Stand): boolean =>
  organisationId === asker.organisationId || asker.readable.has(listId) || asker.isOperator;

/** Oldest first; of the same instant in the order of list and organisation, so that any two nodes agree. */
const byAge = (a: KnownContribution, b: KnownContribution): number =>
  a.contributedAt - b.contributedAt || compare(a.listId, b.listId) || compare(a.organisationId, b.organisationId);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By distance, then signal. */
export const byDistance = (a: Match, b: Match): number => a.distance - b.distance || compare(a.signalId, b.signalId);

/** The hit as the asker may see it; undefined when nothing of it stands on a list that the asker reads. */
export function toMatch(hit: Hit, asker: Asker, names: Names, policy: Policy): Match | undefined {
  const { signal } = hit;
  const seen = signal.contributions.filter((each) => maySee(asker, each));
  if (signal.state === 'withdrawn' || seen.length === 0) return undefined;
  const oldestFirst = seen.toSorted(byAge);
  const lists = [...new Set(oldestFirst.map(({ listId }) => listId))];
  const merged = mergeLabels(oldestFirst);
  const reviewed = seen.some((each) => each.reviewed);
  const facts: MatchFacts = {
    type: signal.type,
    distance: hit.distance,
    state: signal.state,
    reviewed,
    lists,
    category: CATEGORIES.find((each) => each === merged.labels.category) ?? null,
    ideology: IDEOLOGIES.find((each) => each === merged.labels.ideology) ?? null,
    severity: merged.severity,
    behaviours: merged.labels.behaviours ?? [],
    incident: merged.incident,
    standing: new Set([...seen.map(({ organisationId }) => organisationId), ...signal.confirmers]).size,
    autoActionList: lists.some((id) => names.list(id)?.autoAction),
  };
  return {
    signalId: signal.id,
    type: signal.type,
    value: signal.value,
    distance: hit.distance,
    ...(hit.variant ? { variant: hit.variant } : {}),
    state: signal.state,
    reviewed,
    ...merged,
    lists: lists.flatMap((id) => {
      const list = names.list(id);
      return list ? [{ id, name: list.name, tlp: list.tlp }] : [];
    }),
    contributions: oldestFirst.map((each) => toContribution(each, names)),
    opinions: { confirm: signal.confirms, dispute: signal.disputes },
    feedback: { confirmed: signal.fedConfirmed, false: signal.fedFalse, alreadyKnown: signal.fedKnown },
    ...decide(policy.rules, facts),
    policyVersion: policy.version,
    ...(hit.vpdq ? { vpdq: hit.vpdq } : {}),
  };
}

const toContribution = (each: KnownContribution, names: Names): MatchContribution => ({
  organisationId: each.organisationId,
  organisationName: names.organisation(each.organisationId) ?? '',
  listId: each.listId,
  contributedAt: new Date(each.contributedAt).toISOString(),
  labels: each.labels,
});

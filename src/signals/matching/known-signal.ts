import { assess } from '../../domain/signal-assessment';
import type { PublicLabels } from '../../domain/signal-merge';
import { decide, factsOf, type PolicyRule } from '../../domain/signal-policy';
import type { Severity, SignalOpinion, SignalType, Tlp } from '../../domain/vocabulary';
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

/** A statement about the lists that it names; null where nobody's name is on it. */
export interface OfLists {
  readonly organisationId: string | null;
  readonly listIds: readonly string[];
}

export interface StandingOpinion extends OfLists {
  readonly organisationId: string;
  readonly opinion: SignalOpinion;
}

/** What platforms found who saw the hash through the same lists. */
export interface FeedbackOfLists {
  readonly listIds: readonly string[];
  readonly confirmed: number;
  readonly false: number;
  readonly alreadyKnown: number;
}

/** What is said of a signal, the same of many: mostly nothing. */
export interface Standing {
  /** In the order of the organisations. */
  readonly opinions: readonly StandingOpinion[];
  /** Those that are open. */
  readonly disputes: readonly OfLists[];
  readonly feedback: readonly FeedbackOfLists[];
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

/** What row-level security let through needs no second filter, which may not have heard of a list yet. */
export const SEES_WHAT_IT_IS_GIVEN: Asker = { organisationId: '', isOperator: true, readable: new Set() };

export const maySee = (asker: Asker, { organisationId, listId }: Stand): boolean =>
  organisationId === asker.organisationId || asker.readable.has(listId) || asker.isOperator;

const readsOneOf = ({ isOperator, readable }: Asker, listIds: readonly string[]): boolean =>
  isOperator || listIds.some((id) => readable.has(id));

/** What is said of it as far as the asker may know: as the policies `signal_opinion_read` and `signal_dispute_read`. */
function toldTo(asker: Asker, { opinions, disputes, feedback }: Standing): Standing {
  const isTold = ({ organisationId, listIds }: OfLists): boolean =>
    organisationId === asker.organisationId || readsOneOf(asker, listIds);
  return {
    opinions: opinions.filter(isTold),
    disputes: disputes.filter(isTold),
    feedback: feedback.filter(({ listIds }) => readsOneOf(asker, listIds)),
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** By distance, then signal. */
export const byDistance = (a: Match, b: Match): number => a.distance - b.distance || compare(a.signalId, b.signalId);

/** The hit as the asker may see it; undefined when nothing of it stands on a list that the asker reads. */
export function toMatch(hit: Hit, asker: Asker, names: Names, policy: Policy): Match | undefined {
  const { signal } = hit;
  const seen = signal.contributions.filter((each) => maySee(asker, each));
  if (seen.length === 0) return undefined;
  const told = toldTo(asker, signal);
  const found = assess({ ...told, contributions: seen });
  const facts = factsOf(
    { type: signal.type, distance: hit.distance },
    found,
    (listId) => names.list(listId)?.autoAction ?? false,
  );
  const sum = (count: (each: FeedbackOfLists) => number): number =>
    told.feedback.reduce((total, each) => total + count(each), 0);
  return {
    signalId: signal.id,
    type: signal.type,
    value: signal.value,
    distance: hit.distance,
    ...(hit.variant ? { variant: hit.variant } : {}),
    state: found.state,
    reviewed: found.reviewed,
    labels: found.labels,
    severity: found.severity,
    incident: found.incident,
    lists: found.lists.flatMap((id) => {
      const list = names.list(id);
      return list ? [{ id, name: list.name, tlp: list.tlp }] : [];
    }),
    contributions: found.contributions.map((each) => toContribution(each, names)),
    opinions: { confirm: found.confirms, dispute: found.disputes },
    feedback: {
      confirmed: sum((each) => each.confirmed),
      false: sum((each) => each.false),
      alreadyKnown: sum((each) => each.alreadyKnown),
    },
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

import type { Basis } from './signal-assessment';
import {
  MATCH_ACTIONS,
  SEVERITIES,
  type Category,
  type Ideology,
  type MatchAction,
  type Severity,
  type SignalState,
  type SignalType,
} from './vocabulary';

/** Exact hashes that nobody can make two files for. MD5 collisions are made in seconds, so MD5 alone never blocks. */
export const COLLISION_RESISTANT: readonly SignalType[] = ['sha256', 'sha512'];

/** What is known of one match, as the asker may see it. */
export interface MatchFacts {
  readonly type: SignalType;
  /** Bits that differ; 0 for exact types. */
  readonly distance: number;
  readonly state: SignalState;
  /** A person looked at the item that the hash was taken from. */
  readonly reviewed: boolean;
  readonly lists: readonly string[];
  readonly category: Category | null;
  readonly ideology: Ideology | null;
  readonly severity: Severity | null;
  readonly behaviours: readonly string[];
  readonly incident: string | null;
  /** Organisations that stand behind it: contributors and those who confirm, each once. */
  readonly standing: number;
  /** On a list whose owner asks for action without a person: two organisations must stand behind the hash. */
  readonly autoActionList: boolean;
}

/** What the rules look at, of a hash that was found. @param actsAlone whether the owner of a list asks for action without a person */
export function factsOf(
  { type, distance }: Pick<MatchFacts, 'type' | 'distance'>,
  { state, reviewed, restsOn, labels, severity, incident, behind }: Basis,
  actsAlone: (listId: string) => boolean,
): MatchFacts {
  return {
    type,
    distance,
    state,
    reviewed,
    lists: restsOn,
    category: labels.category ?? null,
    ideology: labels.ideology ?? null,
    severity,
    behaviours: labels.behaviours ?? [],
    incident,
    standing: behind,
    autoActionList: restsOn.some(actsAlone),
  };
}

/** Every condition that is given must hold; of a list, one member is enough. */
export interface PolicyRule {
  readonly name: string;
  readonly action: MatchAction;
  readonly lists?: readonly string[];
  readonly types?: readonly SignalType[];
  readonly states?: readonly SignalState[];
  readonly categories?: readonly Category[];
  readonly ideologies?: readonly Ideology[];
  readonly behaviours?: readonly string[];
  readonly incidents?: readonly string[];
  readonly minSeverity?: Severity;
  readonly maxDistance?: number;
  readonly reviewed?: boolean;
}

export interface Decision {
  readonly action: MatchAction;
  /** Name of the rule that decided, or of the limit that no rule can lift. */
  readonly because: string;
}

/** Blocks on the exact hash of an item that a person reviewed, and holds everything else for a person. */
export const DEFAULT_RULES: readonly PolicyRule[] = [
  {
    name: 'reviewed exact hash',
    action: 'block',
    types: COLLISION_RESISTANT,
    states: ['active'],
    reviewed: true,
    maxDistance: 0,
  },
  { name: 'everything else', action: 'review' },
];

/** The first rule that holds decides; none: `ignore`. Whatever the rules say, a doubtful signal never blocks. */
export function decide(rules: readonly PolicyRule[], facts: MatchFacts): Decision {
  const rule = rules.find((candidate) => applies(candidate, facts));
  if (!rule) return { action: 'ignore', because: 'no rule' };
  const limit = rule.action === 'block' ? limitOn(facts) : undefined;
  return limit ? { action: 'review', because: limit } : { action: rule.action, because: rule.name };
}

/** The strictest of several decisions about one upload. */
export const strictest = (actions: readonly MatchAction[]): MatchAction =>
  MATCH_ACTIONS[Math.max(0, ...actions.map((action) => MATCH_ACTIONS.indexOf(action)))] ?? 'ignore';

/** Why this match may be proposed and never acted upon by itself. */
function limitOn({ state, autoActionList, standing }: MatchFacts): string | undefined {
  if (state !== 'active') return `a ${state} signal never blocks`;
  if (autoActionList && standing < 2) return 'two organisations must stand behind it';
  return undefined;
}

function applies(rule: PolicyRule, facts: MatchFacts): boolean {
  const oneOf = <T>(wanted: readonly T[] | undefined, found: readonly T[]): boolean =>
    wanted === undefined || found.some((value) => wanted.includes(value));
  const given = <T>(value: T | null): readonly T[] => (value === null ? [] : [value]);
  return (
    oneOf(rule.lists, facts.lists) &&
    oneOf(rule.types, [facts.type]) &&
    oneOf(rule.states, [facts.state]) &&
    oneOf(rule.categories, given(facts.category)) &&
    oneOf(rule.ideologies, given(facts.ideology)) &&
    oneOf(rule.behaviours, facts.behaviours) &&
    oneOf(rule.incidents, given(facts.incident)) &&
    (rule.minSeverity === undefined || atLeast(facts.severity, rule.minSeverity)) &&
    (rule.maxDistance === undefined || facts.distance <= rule.maxDistance) &&
    (rule.reviewed === undefined || rule.reviewed === facts.reviewed)
  );
}

const atLeast = (severity: Severity | null, least: Severity): boolean =>
  severity !== null && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);

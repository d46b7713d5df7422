import type { Behaviour, ContentType, EntityClass } from './labels';
import { SEVERITIES, type Category, type Ideology, type Severity } from './vocabulary';

/** What a hash is of, in the words of the vocabulary of labels. */
export interface PublicLabels {
  category?: Category;
  ideology?: Ideology;
  behaviours?: Behaviour[];
  contentType?: ContentType;
  entityClass?: EntityClass;
}

/** What one contribution says of a signal. */
export interface Said {
  readonly labels: PublicLabels;
  readonly severity: Severity | null;
  readonly incident: string | null;
}

export interface Merged {
  readonly labels: PublicLabels;
  readonly severity: Severity | null;
  readonly incident: string | null;
}

/** As an object of its own, so that what nobody said stays absent. */
const first = (said: readonly Said[], name: (typeof SINGLE)[number]): PublicLabels => {
  const value = said.find((each) => each.labels[name] !== undefined)?.labels[name];
  return value === undefined ? {} : { [name]: value };
};

const SINGLE = ['category', 'ideology', 'contentType', 'entityClass'] as const;

/**
 * What several bodies say of one hash, as one: of single labels and the incident what the first of them said, all the
 * behaviours in the order of the alphabet, and the gravest severity.
 * @param said oldest first
 */
export function mergeLabels(said: readonly Said[]): Merged {
  const labels: PublicLabels = {};
  for (const name of SINGLE) Object.assign(labels, first(said, name));
  const behaviours = new Set(said.flatMap((each) => each.labels.behaviours ?? []));
  if (behaviours.size > 0) labels.behaviours = [...behaviours].toSorted();
  return { labels, severity: gravest(said), incident: said.find((each) => each.incident)?.incident ?? null };
}

function gravest(said: readonly Said[]): Severity | null {
  const ranks = said.map(({ severity }) => (severity ? SEVERITIES.indexOf(severity) : -1));
  return SEVERITIES[Math.max(-1, ...ranks)] ?? null;
}

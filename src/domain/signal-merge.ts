import { SEVERITIES, type Severity } from './vocabulary';

/** Labels as they were contributed: single words by name, `behaviours` a list of them. */
export interface PublicLabels {
  readonly category?: string;
  readonly ideology?: string;
  readonly behaviours?: readonly string[];
  readonly contentType?: string;
  readonly entityClass?: string;
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

const SINGLE = ['category', 'ideology', 'contentType', 'entityClass'] as const;

/**
 * What several bodies say of one hash, as one: of single labels and the incident what the first of them said, all the
 * behaviours in the order of the alphabet, and the gravest severity.
 * @param said oldest first
 */
export function mergeLabels(said: readonly Said[]): Merged {
  const labels: { -readonly [Name in keyof PublicLabels]: PublicLabels[Name] } = {};
  for (const name of SINGLE) {
    const first = said.find((each) => each.labels[name] !== undefined)?.labels[name];
    if (first !== undefined) labels[name] = first;
  }
  const behaviours = new Set(said.flatMap((each) => each.labels.behaviours ?? []));
  if (behaviours.size > 0) labels.behaviours = [...behaviours].toSorted();
  return { labels, severity: gravest(said), incident: said.find((each) => each.incident)?.incident ?? null };
}

function gravest(said: readonly Said[]): Severity | null {
  const ranks = said.map(({ severity }) => (severity ? SEVERITIES.indexOf(severity) : -1));
  return SEVERITIES[Math.max(-1, ...ranks)] ?? null;
}

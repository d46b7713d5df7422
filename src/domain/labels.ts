import type { FieldFault } from './errors';
import { escapeToken, isRecord } from './json';
import { CATEGORIES, IDEOLOGIES, SEVERITIES, type Category, type Ideology } from './vocabulary';

/** Of the words below. A contribution keeps the version that its labels were of; a changed meaning is a new version. */
export const VOCABULARY_VERSION = '2026-1';

/** What kind of thing it is, whatever the file format. */
export const CONTENT_TYPES = [
  'perpetrator-footage',
  'manifesto',
  'claim-of-responsibility',
  'official-publication',
  'official-audiovisual',
  'supporter-made',
  'instructional-material',
  'operational-communication',
  'symbol-or-image',
  'other',
] as const;
export type ContentType = (typeof CONTENT_TYPES)[number];

/** What it does. Several may hold at once. */
export const BEHAVIOURS = [
  'imminent-threat',
  'graphic-violence',
  'glorification',
  'recruitment',
  'incitement',
  'instruction',
  'financing',
  'bystander-record',
] as const;
export type Behaviour = (typeof BEHAVIOURS)[number];

/** Who it is from. */
export const ENTITY_CLASSES = [
  'un-listed',
  'eu-listed',
  'nationally-listed',
  'attack-perpetrator',
  'supporter',
  'not-listed',
  'unknown',
] as const;
export type EntityClass = (typeof ENTITY_CLASSES)[number];

/** `<framework>-<year>-<name>`: which activation of which incident framework it belongs to. */
export const INCIDENT_SHAPE = /^[a-z][a-z0-9]{1,11}-[0-9]{4}-[a-z0-9]+(-[a-z0-9]+)*$/;
export const INCIDENT_MAX = 80;

export interface Labels {
  readonly category?: Category;
  readonly ideology?: Ideology;
  readonly behaviours?: readonly Behaviour[];
  readonly contentType?: ContentType;
  readonly entityClass?: EntityClass;
}

const FACETS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ['category', CATEGORIES],
  ['ideology', IDEOLOGIES],
  ['contentType', CONTENT_TYPES],
  ['entityClass', ENTITY_CLASSES],
]);

/**
 * Every label that the vocabulary of this version does not have, by its JSON Pointer. A label with a typing mistake would
 * match no rule of anybody's policy and be noticed by nobody.
 */
export function labelFaults(value: unknown, pointer = '/labels'): FieldFault[] {
  if (!isRecord(value)) return [{ pointer, detail: 'labels are an object' }];
  return Object.entries(value).flatMap(([facet, label]) => {
    const at = `${pointer}/${escapeToken(facet)}`;
    if (label === undefined) return [];
    if (facet === 'behaviours') return behaviourFaults(label, at);
    const words = FACETS.get(facet);
    if (!words) return [{ pointer: at, detail: `the vocabulary ${VOCABULARY_VERSION} has no such facet` }];
    return isOneOf(words, label) ? [] : [unknown(at, words)];
  });
}

/** The same for severity and incident. */
export function itemFaults({ severity, incident }: { severity?: unknown; incident?: unknown }): FieldFault[] {
  return [
    ...(severity === undefined || isOneOf(SEVERITIES, severity) ? [] : [unknown('/severity', SEVERITIES)]),
    ...(incident === undefined || isIncidentTag(incident)
      ? []
      : [{ pointer: '/incident', detail: 'an incident is tagged <framework>-<year>-<name>, in lower case' }]),
  ];
}

export const isIncidentTag = (value: unknown): value is string =>
  typeof value === 'string' && value.length <= INCIDENT_MAX && INCIDENT_SHAPE.test(value);

function behaviourFaults(value: unknown, pointer: string): FieldFault[] {
  if (!Array.isArray(value) || value.length > BEHAVIOURS.length) {
    return [{ pointer, detail: `a list of at most ${BEHAVIOURS.length} behaviours` }];
  }
  return value.flatMap((label: unknown, i) =>
    isOneOf(BEHAVIOURS, label) ? [] : [unknown(`${pointer}/${i}`, BEHAVIOURS)],
  );
}

const unknown = (pointer: string, words: readonly string[]): FieldFault => ({
  pointer,
  detail: `not in the vocabulary ${VOCABULARY_VERSION}: one of ${words.join(', ')}`,
});

const isOneOf = (words: readonly string[], value: unknown): boolean =>
  typeof value === 'string' && words.includes(value);

import { v5 as uuidv5 } from 'uuid';
import type { DisputeReason, SignalOpinion, SignalType, Tlp } from '../../../domain/vocabulary';
import { isTombstone, type Line } from '../core/lines.query';
import { instantText } from '../core/sequenced.query';
import type { Ended, SpellsOf } from './spells';

/** STIX 2.1 (OASIS Standard, 10 June 2021) for signals of one list. Ids are deterministic: version 5 of this namespace. */
const NAMESPACE = '6b1ab3ac-3d5a-4d0e-9d7c-6f1f7c6f2f51';

export interface StixObject {
  readonly type: string;
  readonly spec_version: '2.1';
  readonly id: string;
  readonly created: string;
  readonly modified?: string;
  readonly [property: string]: unknown;
}

const idOf = (type: string, ...parts: readonly string[]): string =>
  `${type}--${uuidv5([type, ...parts].join('/'), NAMESPACE)}`;

const nth = (spell: number): string[] => (spell === 0 ? [] : [`${spell}`]);

/**
 * Of a list, because one hash may stand on two lists that not the same people may read; and of a spell of standing there,
 * because what is revoked never comes back (see spells.ts).
 */
export const indicatorId = (listId: string, signalId: string, spell = 0): string =>
  idOf('indicator', listId, signalId, ...nth(spell));
export const opinionId = (listId: string, signalId: string, by: string | null, spell = 0): string =>
  idOf('opinion', listId, signalId, by ?? 'service', ...nth(spell));
export const sightingId = (listId: string, signalId: string, spell = 0): string =>
  idOf('sighting', listId, signalId, ...nth(spell));
const identityId = (organisationId: string | null): string => idOf('identity', organisationId ?? 'service');

/** The marking definitions of TLP 2.0 as OASIS publishes them in cti-stix-common-objects: these ids and no others. */
export const TLP_MARKINGS: Readonly<Record<Tlp, string>> = {
  clear: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  amber: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'amber+strict': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
};
const TLP_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';

export const markingOf = (tlp: Tlp): StixObject => ({
  type: 'marking-definition',
  spec_version: '2.1',
  id: TLP_MARKINGS[tlp],
  created: '2022-10-01T00:00:00.000Z',
  name: `TLP:${tlp.toUpperCase()}`,
  extensions: { [TLP_EXTENSION]: { extension_type: 'property-extension', tlp_2_0: tlp } },
});

export interface Named {
  /** Null: the service itself. */
  readonly id: string | null;
  readonly name: string;
  readonly createdAt: Date;
}

export const SERVICE: Named = { id: null, name: 'Clepsydra', createdAt: new Date('2026-01-01T00:00:00.000Z') };

export const identityOf = ({ id, name, createdAt }: Named): StixObject => ({
  type: 'identity',
  spec_version: '2.1',
  id: identityId(id),
  created: createdAt.toISOString(),
  modified: createdAt.toISOString(),
  name,
  identity_class: id === null ? 'system' : 'organization',
});

/** One body's opinion of one signal, also one that it took back. */
export interface OpinionOf {
  readonly by: Named;
  readonly opinion: SignalOpinion;
  readonly reason: DisputeReason | null;
  readonly firstAt: Date;
  readonly at: Date;
  readonly retractedAt: Date | null;
}

export interface StixList {
  readonly id: string;
  readonly name: string;
  readonly tlp: Tlp;
}

/**
 * PDQ, blockhash and the others of the field are not in hash-algorithm-ov; the vocabulary is open, so a dictionary key of one's
 * own is allowed (STIX 2.1, 2.7 and 10.7). The cryptographic ones have the names that it gives them.
 */
export const HASH_KEY: Readonly<Record<SignalType, string>> = {
  pdq: "'PDQ'",
  blockhash: "'BLOCKHASH'",
  vpdq: "'VPDQ'",
  sha256: "'SHA-256'",
  sha512: "'SHA-512'",
  md5: 'MD5',
  text_sha256: "'TEXT-SHA-256'",
};

/** 0 to 100; what is disputed is proposed and no more. */
const CONFIDENCE = { active: 85, provisional: 40, disputed: 15 } as const;

const patternOf = ({ type, value, id }: Line): string =>
  // The value of an erased hash is destroyed in the end; a revoked object still needs a pattern, and this one fits no file.
  value === null ? `[file:hashes.'ERASED' = '${id}']` : `[file:hashes.${HASH_KEY[type]} = '${value}']`;

const labelsOf = (line: Line): string[] => [
  `state:${line.state}`,
  ...(line.labels.category ? [`category:${line.labels.category}`] : []),
  ...(line.labels.ideology ? [`ideology:${line.labels.ideology}`] : []),
  ...(line.labels.contentType ? [`content-type:${line.labels.contentType}`] : []),
  ...(line.labels.entityClass ? [`entity-class:${line.labels.entityClass}`] : []),
  ...(line.labels.behaviours ?? []).map((behaviour) => `behaviour:${behaviour}`),
  ...(line.severity ? [`severity:${line.severity}`] : []),
  ...(line.incident ? [`incident:${line.incident}`] : []),
];

function indicatorOf(line: Line, list: StixList, id: string, times: Times): StixObject {
  const isGone = isTombstone(line);
  const behind = [...new Set(line.standing.map(({ organisationName }) => organisationName))];
  return {
    type: 'indicator',
    spec_version: '2.1',
    id,
    created_by_ref: identityId(null),
    ...times,
    revoked: isGone,
    name: `${line.type} hash`,
    ...(isGone ? {} : { description: `On the list “${list.name}”. Behind it: ${behind.join(', ')}.` }),
    indicator_types: ['malicious-activity'],
    pattern: patternOf(line),
    pattern_type: 'stix',
    pattern_version: '2.1',
    valid_from: times.created,
    labels: labelsOf(line),
    ...(line.state in CONFIDENCE ? { confidence: CONFIDENCE[line.state as keyof typeof CONFIDENCE] } : {}),
    object_marking_refs: [markingOf(list.tlp).id],
  };
}

/** Of a spell that is over, while the hash stands again, or did: what is revoked stays revoked. */
const pastIndicator = (line: Line, list: StixList, id: string, times: Times): StixObject => ({
  type: 'indicator',
  spec_version: '2.1',
  id,
  created_by_ref: identityId(null),
  ...times,
  revoked: true,
  name: `${line.type} hash`,
  indicator_types: ['malicious-activity'],
  pattern: patternOf(line),
  pattern_type: 'stix',
  pattern_version: '2.1',
  valid_from: times.created,
  labels: ['state:withdrawn'],
  object_marking_refs: [markingOf(list.tlp).id],
});

/** opinion-enum, 10.20: a body agrees or disagrees; how strongly it does not say. */
const wordsOf = ({ opinion, reason }: OpinionOf): { opinion: string; explanation?: string } => ({
  opinion: opinion === 'confirm' ? 'agree' : 'disagree',
  ...(reason ? { explanation: reason } : {}),
});

/** As it would be served as revoked; null while it holds. @param about the indicator's id */
export function opinionEnds(given: OpinionOf, about: string): Ended | null {
  if (given.retractedAt === null) return null;
  return { modified: instantText(given.retractedAt.getTime() * 1000), ...wordsOf(given), about };
}

/** One after the other: those that were taken back, and the one that counts last. */
function opinionsOf(
  line: Line,
  list: StixList,
  given: OpinionOf,
  spells: SpellsOf,
  now: CurrentIndicator,
): StixObject[] {
  const { by, firstAt, at } = given;
  return spells(opinionId(list.id, line.id, by.id)).map(({ spell, sinceMicros, revoked }) => {
    const { modified, about = now.id, ...said } = revoked ?? { modified: '', ...wordsOf(given) };
    const createdMicros = sinceMicros ?? firstAt.getTime() * 1000;
    // A new indicator under an opinion that goes on is a new version of the opinion.
    const held = instantText(Math.max(at.getTime() * 1000, createdMicros, now.sinceMicros));
    const created = instantText(createdMicros);
    const ended = modified > created ? modified : instantText(createdMicros + 1);
    return {
      type: 'opinion',
      spec_version: '2.1',
      id: opinionId(list.id, line.id, by.id, spell),
      created_by_ref: identityId(by.id),
      created,
      modified: revoked ? ended : held,
      revoked: revoked !== null,
      ...said,
      object_refs: [about],
      object_marking_refs: [markingOf(list.tlp).id],
    };
  });
}

/** How many platforms found matches with it right; which ones is theirs to tell. */
const sightingOf = (line: Line, list: StixList, { id, spell }: CurrentIndicator, times: Times): StixObject => ({
  type: 'sighting',
  spec_version: '2.1',
  id: sightingId(list.id, line.id, spell),
  created_by_ref: identityId(null),
  ...times,
  count: line.confirmedMatches,
  summary: true,
  sighting_of_ref: id,
  object_marking_refs: [markingOf(list.tlp).id],
});

interface Times {
  readonly created: string;
  readonly modified: string;
}

interface CurrentIndicator {
  readonly id: string;
  readonly spell: number;
  /** Microseconds; 0 for the first. */
  readonly sinceMicros: number;
}

export function currentIndicator(line: Line, list: StixList, spells: SpellsOf): CurrentIndicator {
  const last = spells(indicatorId(list.id, line.id)).at(-1);
  const spell = last?.spell ?? 0;
  return { id: indicatorId(list.id, line.id, spell), spell, sinceMicros: last?.sinceMicros ?? 0 };
}

/** When the last change of a signal was sequenced, so that each version is newer than the one before, whatever the clocks of the nodes say. */
export const modifiedOf = (line: Line): string => instantText(Math.max(line.micros, line.createdAt.getTime() * 1000));

/** Everything that is said of one signal: what it refers to comes before it, and what is over before what stands. */
export function objectsOf(line: Line, list: StixList, opinions: readonly OpinionOf[], spells: SpellsOf): StixObject[] {
  const modified = modifiedOf(line);
  const now = currentIndicator(line, list, spells);
  const createdOf = (sinceMicros: number | null): string => instantText(sinceMicros ?? line.createdAt.getTime() * 1000);
  const indicators = spells(indicatorId(list.id, line.id)).map(({ spell, sinceMicros, revoked }) => {
    const id = indicatorId(list.id, line.id, spell);
    const created = createdOf(sinceMicros);
    if (spell === now.spell) return indicatorOf(line, list, id, { created, modified });
    // Of a value that was destroyed no version names it any more.
    return pastIndicator(line, list, id, {
      created,
      modified: (line.value === null ? null : revoked?.modified) ?? modified,
    });
  });
  const times = { created: createdOf(now.spell === 0 ? null : now.sinceMicros), modified };
  return [
    markingOf(list.tlp),
    identityOf(SERVICE),
    ...opinions.filter(({ by }) => by.id !== null).map(({ by }) => identityOf(by)),
    ...indicators,
    ...opinions.flatMap((given) => opinionsOf(line, list, given, spells, now)),
    ...(line.confirmedMatches > 0 && !isTombstone(line) ? [sightingOf(line, list, now, times)] : []),
  ];
}

/** The version of an object: `modified`, or `created` for what has no versions. */
export const versionOf = ({ created, modified }: StixObject): string => modified ?? created;

/** Objects that are looked up by their signal. */
export const isOfSignal = ({ type }: StixObject): boolean => ['indicator', 'opinion', 'sighting'].includes(type);

import { isRecord } from '../../../../domain/json';
import type { Labels } from '../../../../domain/labels';
import { TLP, type Tlp } from '../../../../domain/vocabulary';
import { TLP_MARKINGS } from '../../taxii/stix';
import { asIncident, asInstant, asLabels, asReason, asSeverity, isRemoteId, plain, refuse, type Members } from '../normal'; // prettier-ignore
import type { SourceHash, SourceRecord } from '../source';
import { readPattern } from './stix-pattern';

/** Marking definitions of TLP 2.0 and of STIX 2.1's own TLP 1: these ids and no others. TLP:WHITE became TLP:CLEAR. */
const TLP_OF_MARKING: Readonly<Record<string, Tlp>> = {
  ...Object.fromEntries(TLP.map((tlp) => [TLP_MARKINGS[tlp], tlp])),
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'clear',
  'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'green',
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'amber',
  'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'red',
};

/** "High" of the None/Low/Medium/High scale of STIX 2.1, appendix A. */
const CONFIDENT = 70;
const MOST_REFS = 100;

/** An id begins with the type of its object (STIX 2.1, 2.9): what is said of a report or a campaign is said of no hash. */
const OF_ANOTHER_TYPE = /^(?!indicator--)[a-z0-9-]+?--/;

const textsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).slice(0, MOST_REFS).filter((one) => typeof one === 'string');

/** What one object says. `names`: of identities seen so far. Null for what says nothing of a hash. */
export function readObject(object: unknown, names: ReadonlyMap<string, string>, at: Date): SourceRecord | null {
  if (!isRecord(object) || !isRemoteId(object.id)) return refuse('', 'record.unreadable', 'not an object with an id');
  if (object.type === 'indicator') return readIndicator(object, object.id, names, at);
  if (object.type === 'opinion') return readOpinion(object, object.id, names);
  return null;
}

function readIndicator(object: Members, remoteId: string, names: ReadonlyMap<string, string>, at: Date): SourceRecord {
  if (object.revoked === true) {
    return { kind: 'gone', remoteId, erased: textsOf(object.labels).includes('state:erased') };
  }
  const until = asInstant(object.valid_until);
  // No longer true there by itself: nothing that has to be refused.
  if (until && until <= at) return { kind: 'gone', remoteId, erased: false };
  if (object.pattern_type !== 'stix' || typeof object.pattern !== 'string') {
    return refuse(remoteId, 'record.pattern-unsupported', 'only patterns of the type stix are read');
  }
  const hashes = readPattern(object.pattern);
  if (typeof hashes === 'string') return refuse(remoteId, 'record.pattern-unsupported', hashes);
  return standing(object, remoteId, unique(hashes), names, until);
}

const unique = (hashes: readonly SourceHash[]): SourceHash[] => [
  ...new Map(hashes.map((hash) => [`${hash.type}:${hash.value}`, hash])).values(),
];

function standing(
  object: Members,
  remoteId: string,
  hashes: readonly SourceHash[],
  names: ReadonlyMap<string, string>,
  until: Date | undefined,
): SourceRecord {
  const words = wordsOf(object);
  const [severity, incident] = [asSeverity(words.get('severity')?.[0]), asIncident(words.get('incident')?.[0])];
  const state = words.get('state')?.[0];
  const confidence = typeof object.confidence === 'number' ? object.confidence : null;
  const tlp = strictestOf(object);
  const by = typeof object.created_by_ref === 'string' ? object.created_by_ref : '';
  return {
    kind: 'stands',
    remoteId,
    hashes,
    labels: labelsOf(words),
    ...(severity ? { severity } : {}),
    ...(incident ? { incident } : {}),
    ...(tlp ? { tlp } : {}),
    ...(until ? { expiresAt: until } : {}),
    // Of what is disputed its source lowers the confidence, which says nothing of whether a person had looked.
    reviewed: state === 'disputed' || confidence === null ? null : confidence >= CONFIDENT,
    disputed: state === undefined ? null : state === 'disputed',
    provenance: {
      id: remoteId,
      contributors: [names.get(by) ?? plain(by, 100)].filter(Boolean),
      ...(state === undefined ? {} : { state: plain(state, 20) }),
      ...(confidence === null ? {} : { confidence: Math.trunc(confidence) }),
      createdAt: plain(object.created, 40),
      changedAt: plain(object.modified, 40),
    },
  };
}

/** Labels of the form `facet:word`, as we write them ourselves. */
function wordsOf(object: Members): Map<string, string[]> {
  const words = new Map<string, string[]>();
  for (const label of textsOf(object.labels)) {
    const [facet = '', ...rest] = label.split(':');
    if (rest.length > 0) words.set(facet, [...(words.get(facet) ?? []), rest.join(':')]);
  }
  return words;
}

const labelsOf = (words: ReadonlyMap<string, readonly string[]>): Labels =>
  asLabels({
    category: words.get('category')?.[0],
    ideology: words.get('ideology')?.[0],
    contentType: words.get('content-type')?.[0],
    entityClass: words.get('entity-class')?.[0],
    behaviours: words.get('behaviour'),
  });

function strictestOf(object: Members): Tlp | undefined {
  const ranks = textsOf(object.object_marking_refs).flatMap((id) => {
    const tlp = TLP_OF_MARKING[id.toLowerCase()];
    return tlp ? [TLP.indexOf(tlp)] : [];
  });
  return TLP[Math.max(-1, ...ranks)];
}

function readOpinion(object: Members, remoteId: string, names: ReadonlyMap<string, string>): SourceRecord {
  const about = textsOf(object.object_refs).filter((id) => isRemoteId(id) && !OF_ANOTHER_TYPE.test(id));
  const against = object.opinion === 'disagree' || object.opinion === 'strongly-disagree';
  const by = typeof object.created_by_ref === 'string' ? object.created_by_ref : '';
  return {
    kind: 'statement',
    remoteId,
    about,
    by: names.get(by) ?? plain(by, 100),
    reason: asReason(object.explanation),
    // A body that now agrees, or is neutral, has taken back what it said against it.
    ends: object.revoked === true || !against,
  };
}

/** Names of the identities among these objects. */
export const identitiesIn = (objects: readonly unknown[]): [string, string][] =>
  objects.flatMap((object) =>
    isRecord(object) && object.type === 'identity' && isRemoteId(object.id) && typeof object.name === 'string'
      ? [[object.id, plain(object.name, 100)] as [string, string]]
      : [],
  );

import type { JsonObject } from '../../../domain/canonical';
import type { Tlp } from '../../../domain/vocabulary';
import type { Candidate } from '../../store/contributions.service';
import type { GoneRecord, RefusedRecord, SourceHash, SourceRecord, StandingRecord, StatementRecord } from './source';
import { refuse } from './normal';
import { isStricter } from './target-list';

/** One hash of a record. */
export interface Part {
  readonly record: StandingRecord;
  readonly part: number;
  readonly hash: SourceHash;
}

/** A page, each record once. */
export interface Sorted {
  readonly standing: readonly StandingRecord[];
  readonly gone: readonly GoneRecord[];
  readonly statements: readonly StatementRecord[];
  readonly refused: readonly RefusedRecord[];
}

/**
 * What a page says in the end: the last word on each record counts. One that the source marks more strictly than the list is
 * refused, and what was taken of it before is taken back.
 */
export function sortPage(records: readonly SourceRecord[], listTlp: Tlp): Sorted {
  const last = new Map<string, StandingRecord | GoneRecord>();
  const statements = new Map<string, StatementRecord>();
  const refused: RefusedRecord[] = [];
  for (const record of records) {
    if (record.kind === 'refused') refused.push(record);
    else if (record.kind === 'statement') statements.set(record.remoteId, record);
    else if (record.kind === 'stands' && record.tlp && isStricter(record.tlp, listTlp)) {
      const detail = `marked TLP:${record.tlp.toUpperCase()}, and the list is TLP:${listTlp.toUpperCase()}`;
      refused.push(refuse(record.remoteId, 'record.marking-stronger', detail));
      last.set(record.remoteId, { kind: 'gone', remoteId: record.remoteId, erased: false });
    } else last.set(record.remoteId, record);
  }
  const all = [...last.values()];
  return {
    standing: all.filter((record) => record.kind === 'stands'),
    gone: all.filter((record) => record.kind === 'gone'),
    statements: [...statements.values()],
    refused,
  };
}

export const partsOf = (standing: readonly StandingRecord[]): Part[] =>
  standing.flatMap((record) => record.hashes.map((hash, part) => ({ record, part, hash })));

/** What is kept of a part that cannot stand yet. */
export interface Kept {
  readonly candidate: Candidate;
  readonly reviewed: boolean;
}

/** `acceptReviews`: whether the subscriber takes the source's word that a person looked. */
export function toCandidate({ record, hash }: Part, acceptReviews: boolean): Kept {
  const { labels, severity, incident, expiresAt, note, provenance } = record;
  return {
    candidate: {
      ...hash,
      labels,
      provenance,
      ...(severity ? { severity } : {}),
      ...(incident ? { incident } : {}),
      ...(expiresAt ? { expiresAt } : {}),
      ...(note ? { note } : {}),
    },
    reviewed: acceptReviews && record.reviewed === true,
  };
}

interface StoredKept {
  readonly candidate: Omit<Candidate, 'expiresAt'> & { readonly expiresAt?: string };
  readonly reviewed: boolean;
}

/** From the database, where an instant is a text. */
export function readKept(value: unknown): Kept {
  const { candidate, reviewed } = value as StoredKept;
  const { expiresAt, ...rest } = candidate;
  return { candidate: { ...rest, ...(expiresAt ? { expiresAt: new Date(expiresAt) } : {}) }, reviewed };
}

/** What a contribution says of its source beside what the record says of itself. */
export const provenanceOf = (source: { readonly name: string; readonly protocol: string }): JsonObject => ({
  source: source.name,
  protocol: source.protocol,
});

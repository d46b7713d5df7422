import { v7 as uuidv7 } from 'uuid';
import type { JsonObject } from '../../domain/canonical';
import { VOCABULARY_VERSION } from '../../domain/labels';
import { expiryOf } from '../../domain/signal-lifecycle';
import type { Actor, Tx } from '../../infra/database/work';
import { countsAsReviewed, type Candidate } from './candidate';

/** A candidate that was admitted, with the signal that it is about. */
export interface Admitted {
  readonly candidate: Candidate;
  readonly signalId: string;
  /** Why it waits in quarantine, or null. */
  readonly heldBecause: string | null;
}

export interface Placement {
  readonly listId: string;
  readonly at: Date;
  readonly reviewed: boolean;
  readonly batchId: string | null;
  readonly sourceId: string | null;
  readonly provenance: JsonObject;
}

export const keyOf = ({ type, value }: Pick<Candidate, 'type' | 'value'>): string => `${type}:${value}`;

/** The signal of each hash, by `keyOf`; those that nobody has contributed yet are made. */
export async function makeSignals(tx: Tx, candidates: readonly Candidate[], at: Date): Promise<Map<string, string>> {
  const made = await tx.query<{ type: Candidate['type']; value: string; id: string }[]>(
    'select type, value, id from signal_make($1, $2, $3, $4, $5)',
    [
      candidates.map(() => uuidv7()),
      candidates.map(({ type }) => type),
      candidates.map(({ value }) => value),
      candidates.map(({ quality }) => quality ?? null),
      at,
    ],
  );
  return new Map(made.map((row) => [keyOf(row), row.id]));
}

export interface Inserted {
  /** The signals that the organisation now stands behind and did not before. */
  readonly fresh: ReadonlySet<string>;
  /** Those of them that are films of which no frames were known before. */
  readonly gainedFrames: ReadonlySet<string>;
}

/** One statement, however many they are. */
export async function insertContributions(
  tx: Tx,
  actor: Actor,
  placement: Placement,
  admitted: readonly Admitted[],
): Promise<Inserted> {
  if (admitted.length === 0) return { fresh: new Set(), gainedFrames: new Set() };
  const { at } = placement;
  const isReviewed = (candidate: Candidate): boolean => placement.reviewed && countsAsReviewed(candidate);
  const of = <T>(pick: (candidate: Candidate) => T): T[] => admitted.map(({ candidate }) => pick(candidate));
  const rows = await tx.query<{ signal_id: string }[]>(INSERT, [
    admitted.map(() => uuidv7()),
    admitted.map(({ signalId }) => signalId),
    admitted.map(({ heldBecause }) => (heldBecause !== null ? 'quarantined' : 'standing')),
    of(({ labels }) => JSON.stringify(labels)),
    of(({ severity }) => severity ?? null),
    of(({ incident }) => incident ?? null),
    of(({ caseId }) => caseId ?? null),
    of(({ exhibitId }) => exhibitId ?? null),
    of(({ noticeId }) => noticeId ?? null),
    of((candidate) => expiryOf(at, isReviewed(candidate), candidate.expiresAt)),
    actor.organisationId,
    placement.listId,
    VOCABULARY_VERSION,
    of(isReviewed),
    of((candidate) => (isReviewed(candidate) ? at : null)),
    at,
    of(({ provenance }) => JSON.stringify({ ...placement.provenance, ...provenance })),
    placement.batchId,
    placement.sourceId,
  ]);
  const fresh = new Set(rows.map((row) => row.signal_id));
  const films = admitted.filter(({ signalId }) => fresh.has(signalId));
  return { fresh, gainedFrames: await insertFrames(tx, films) };
}

const INSERT = `
  insert into signal_contribution (id, signal_id, organisation_id, list_id, state, labels, vocabulary, severity, incident, provenance, reviewed,
    reviewed_at, contributed_at, case_id, exhibit_id, notice_id, batch_id, source_id, expires_at)
  select u.id, u.signal_id, $11, $12, u.state, u.labels::jsonb, $13, u.severity, u.incident, u.provenance::jsonb, u.reviewed, u.reviewed_at, $16, u.case_id, u.exhibit_id,
    u.notice_id, $18, $19, u.expires_at
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::uuid[], $10::timestamptz[],
    $17::text[], $14::boolean[], $15::timestamptz[])
    as u (id, signal_id, state, labels, severity, incident, case_id, exhibit_id, notice_id, expires_at, provenance, reviewed, reviewed_at)
  on conflict (signal_id, organisation_id, list_id) where withdrawn_at is null do nothing
  returning signal_id`;

/** Of one video whoever contributes it: the value is a digest over the frames, so those that are there already are the same. */
async function insertFrames(tx: Tx, admitted: readonly Admitted[]): Promise<Set<string>> {
  const frames = admitted.flatMap(({ signalId, candidate }) =>
    (candidate.frames ?? []).map((frame, ordinal) => ({ ...frame, signalId, ordinal })),
  );
  if (frames.length === 0) return new Set();
  const rows = await tx.query<{ signal_id: string }[]>(
    `with made as (
       insert into signal_frame (signal_id, ordinal, hash, quality, at_ms)
       select * from unnest($1::uuid[], $2::int[], $3::text[], $4::smallint[], $5::int[]) on conflict do nothing returning signal_id)
     select distinct signal_id from made`,
    [
      frames.map(({ signalId }) => signalId),
      frames.map(({ ordinal }) => ordinal),
      frames.map(({ hash }) => hash),
      frames.map(({ quality }) => quality),
      frames.map(({ atMs }) => (atMs === undefined ? null : Math.round(atMs))),
    ],
  );
  return new Set(rows.map((row) => row.signal_id));
}

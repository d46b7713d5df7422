import type { QuarantineReason } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';
import type { AdmissionCandidate } from './judgement';

/**
 * What people decided about these hashes, by their place: taken out of this list by an upheld dispute, or rejected or rolled
 * back of this contributor. Such a hash comes back only through quarantine, until it is released from there.
 */
export async function remembered(
  tx: Tx,
  actor: Actor,
  batch: { readonly listId: string; readonly candidates: readonly AdmissionCandidate[] },
): Promise<Map<number, QuarantineReason>> {
  const rows = await tx.query<{ place: number; ground: QuarantineReason }[]>(
    'select place, ground from signal_remembered($1, $2, $3::text[], $4::text[])',
    [
      actor.organisationId,
      batch.listId,
      batch.candidates.map(({ type }) => type),
      batch.candidates.map(({ value }) => value),
    ],
  );
  return new Map(rows.map(({ place, ground }) => [place - 1, ground]));
}

import type { Tx } from '../../../infra/database/work';
import { countsAsReviewed } from '../../store/candidate';
import { provenanceOf, type Part } from './sorting';
import type { SourceRow } from './source-row';

/**
 * What the source now says of hashes that it brought before. That a person looked is believed when it is said, if the
 * subscriber believes it; that it is not said any more takes nothing away from what a person here may have looked at since.
 * @returns the signals of which something changed
 */
export async function restate(
  tx: Tx,
  source: SourceRow,
  parts: readonly (Part & { readonly signalId: string })[],
  at: Date,
): Promise<string[]> {
  const last = [...new Map(parts.map((part) => [part.signalId, part])).values()];
  if (last.length === 0) return [];
  const of = <T>(pick: (part: Part) => T): T[] => last.map(pick);
  const rows = await tx.query<{ id: string }[]>('select exchange_restate($1, $2, $3, $4, $5, $6, $7, $8, $9) as id', [
    source.id,
    last.map(({ signalId }) => signalId),
    of(({ record }) => JSON.stringify(record.labels)),
    of(({ record }) => record.severity ?? null),
    of(({ record }) => record.incident ?? null),
    of(({ record }) => JSON.stringify({ ...provenanceOf(source), ...record.provenance })),
    of(({ record, hash }) =>
      source.accept_reviews && record.reviewed === true && countsAsReviewed(hash) ? true : null,
    ),
    of(({ record }) => record.expiresAt ?? null),
    at,
  ]);
  return rows.map(({ id }) => id);
}

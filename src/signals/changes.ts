import type { Tx } from '../infra/database/work';

/** The list that everybody reads and that contributions go to unless told otherwise; made by its migration. */
export const COMMON_LIST = '00000000-0000-7000-8000-000000000001';

/**
 * Says which signals an entry of the ledger touched: one entry may tell of ten thousand. Nodes and subscribers follow this,
 * so every transaction that changes what is known of a signal calls it, with the entry that says so.
 * @param listIds that it is about: whoever is served others does not hear of it; null: everybody who is served the signal
 */
export async function recordChange(
  tx: Tx,
  entryId: string,
  signalIds: readonly string[],
  listIds: readonly string[] | null,
): Promise<void> {
  await tx.query(
    'insert into signal_change (entry_id, signal_id, list_ids) select $1, unnest($2::uuid[]), $3::uuid[] on conflict do nothing',
    [entryId, signalIds, listIds],
  );
}

import type { Tx } from '../../infra/database/work';

/** Of the looks still to come at one item, within its sender's scope: another item stands for the address now. */
export async function dropOwnProbes(tx: Tx, itemId: string): Promise<void> {
  await tx.query(`update probe set state = 'dropped' where item_id = $1 and state = 'due'`, [itemId]);
}

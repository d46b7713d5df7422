import { DomainError } from '../domain/errors';
import { mayTell, strictestPap } from '../domain/pap';
import type { Pap } from '../domain/vocabulary';
import type { Tx } from '../infra/database/work';

const PAPS = `select i.id as item_id, array(select c.pap from case_file c where c.id = i.case_id
    or c.id in (select j.case_id from case_join j where j.item_id = i.id)) as paps
  from content_item i where i.id = any ($1)`;

/** The marking that counts for each of one's own items: the strictest of its case and of all that joined it, closed ones too. */
export async function papsOf(tx: Tx, itemIds: readonly string[]): Promise<ReadonlyMap<string, Pap>> {
  const rows = await tx.query<{ item_id: string; paps: Pap[] }[]>(PAPS, [itemIds]);
  return new Map(rows.map(({ item_id, paps }) => [item_id, strictestPap(paps)]));
}

/** @throws DomainError `notice.pap-red` with the items that nobody outside may be told of */
export async function assertTellable(tx: Tx, itemIds: readonly string[]): Promise<void> {
  const red = [...(await papsOf(tx, itemIds))].filter(([, pap]) => !mayTell(pap));
  if (red.length > 0) throw new DomainError('notice.pap-red', { itemIds: red.map(([itemId]) => itemId) });
}

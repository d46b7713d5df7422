import type { Exhibit } from '../evidence/evidence.entity';
import type { Actor, Tx } from '../infra/database/work';
import type { Match } from '../signals/matching/match.dto';
import type { ReuploadView } from './cases.dto';

export interface MatchedExhibit {
  readonly exhibit: Pick<Exhibit, 'id' | 'itemId'>;
  readonly matches: readonly Match[];
}

/**
 * Links an item to every signal that its exhibits match, and to the item that the signal was taken from where that is in
 * the same organisation: what others hold is seen as their contribution to the signal and no further.
 */
export async function linkReuploads(
  tx: Tx,
  actor: Actor,
  exhibits: readonly MatchedExhibit[],
  at: Date,
): Promise<void> {
  const found = exhibits.flatMap(({ exhibit, matches }) =>
    exhibit.itemId ? matches.map(({ signalId, distance }) => ({ ...exhibit, signalId, distance })) : [],
  );
  if (found.length === 0) return;
  await tx.query(
    `insert into item_reupload (item_id, organisation_id, signal_id, exhibit_id, earlier_item_id, distance, found_at)
     select distinct on (f.item_id, f.signal_id) f.item_id, $1, f.signal_id, f.exhibit_id, (
         select e.item_id from signal_contribution c join exhibit e on e.id = c.exhibit_id
         where c.signal_id = f.signal_id and c.organisation_id = $1 and e.item_id <> f.item_id order by c.contributed_at limit 1),
       f.distance, $2
     from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::int[]) as f (item_id, exhibit_id, signal_id, distance)
     order by f.item_id, f.signal_id, f.distance
     on conflict (item_id, signal_id) do nothing`,
    [
      actor.organisationId,
      at,
      found.map(({ itemId }) => itemId),
      found.map(({ id }) => id),
      found.map(({ signalId }) => signalId),
      found.map(({ distance }) => distance),
    ],
  );
}

/** Of these items, nearest first. */
export async function reuploadsOf(tx: Tx, itemIds: readonly string[]): Promise<Map<string, ReuploadView[]>> {
  const rows = await tx.query<(ReuploadView & { itemId: string })[]>(
    `select item_id as "itemId", signal_id as "signalId", distance, earlier_item_id as "earlierItemId" from item_reupload
     where item_id = any($1) order by distance, signal_id`,
    [itemIds],
  );
  const byItem = new Map<string, ReuploadView[]>();
  for (const { itemId, ...link } of rows) byItem.set(itemId, [...(byItem.get(itemId) ?? []), link]);
  return byItem;
}

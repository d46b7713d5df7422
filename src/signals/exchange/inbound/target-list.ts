import { DomainError } from '../../../domain/errors';
import { TLP, type ListSharing, type Tlp } from '../../../domain/vocabulary';
import type { Actor, Tx } from '../../../infra/database/work';
import { assertWritable } from '../../store/list-access';

/** Strictest last, as the vocabulary has them. */
export const isStricter = (tlp: Tlp, than: Tlp): boolean => TLP.indexOf(tlp) > TLP.indexOf(than);

/** TLP 2.0: from here on, what was received stays within the organisation that received it. */
const STAYS_WITHIN: readonly Tlp[] = ['amber+strict', 'red'];

interface ListRow {
  readonly tlp: Tlp;
  readonly sharing: ListSharing;
  readonly owner_id: string | null;
  readonly others: number;
}

/**
 * Throws unless the organisation may add to the list, and the list lets no more people read than the source allows. Asked
 * when a source is subscribed to and again before every page, because a list can be opened to others later.
 * @returns the marking of the list
 */
export async function assertFits(tx: Tx, actor: Actor, listId: string, tlp: Tlp): Promise<Tlp> {
  await assertWritable(tx, listId);
  const [list] = await tx.query<ListRow[]>(
    `select tlp, sharing, owner_id, (select count(*)::int from signal_list_member m where m.list_id = l.id and m.left_at is null
       and m.organisation_id <> $2) as others from signal_list l where id = $1`,
    [listId, actor.organisationId],
  );
  if (!list) throw new DomainError('request.not-found');
  const isAlone = list.owner_id === actor.organisationId && list.sharing === 'group' && list.others === 0;
  if (isStricter(tlp, list.tlp) || (STAYS_WITHIN.includes(tlp) && !isAlone)) {
    throw new DomainError('exchange.list-too-open', { source: tlp, list: list.tlp });
  }
  return list.tlp;
}

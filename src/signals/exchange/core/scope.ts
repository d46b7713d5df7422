import type { Tx } from '../../../infra/database/work';
import { append } from '../../../ledger/append';
import type { Subscriber } from '../credentials/credential';

/** A list that a subscriber gained or lost, as it stands in `exchange_scope`. */
interface Served {
  readonly list_id: string;
  readonly served: boolean;
}

/**
 * The lists that the subscriber may have now: of those it was made for, what its organisation reads at this moment and what is
 * not marked TLP:RED. A list that the organisation has left is gone at once.
 */
export async function exportableLists(tx: Tx, wanted: readonly string[] | null): Promise<string[]> {
  const rows: { id: string }[] = await tx.query(
    `select id from signal_list where id = any ((select readable_lists())::uuid[]) and tlp <> 'red'
       and ($1::uuid[] is null or id = any ($1)) order by id`,
    [wanted],
  );
  return rows.map(({ id }) => id);
}

/** What the subscriber was served at the last request, by list; empty before the first one. */
export async function servedLists(tx: Tx, subscriberId: string): Promise<Map<string, boolean>> {
  const rows: Served[] = await tx.query(
    `select distinct on (list_id) list_id, served from exchange_scope where subscriber_id = $1 order by list_id, ordinal desc`,
    [subscriberId],
  );
  return new Map(rows.map(({ list_id, served }) => [list_id, served]));
}

/** What a subscriber begins with: nothing has changed yet, so no entry says so. */
export async function openScope(tx: Tx, subscriber: Subscriber, lists: readonly string[], at: Date): Promise<void> {
  await insert(tx, subscriber, { gained: lists, lost: [] }, at, null);
}

export interface ScopeChange {
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

export function scopeChange(served: ReadonlyMap<string, boolean>, now: readonly string[]): ScopeChange | null {
  const gained = now.filter((id) => !served.get(id));
  const lost = [...served].filter(([id, isServed]) => isServed && !now.includes(id)).map(([id]) => id);
  return gained.length + lost.length > 0 ? { gained, lost } : null;
}

/**
 * Writes the change into the ledger, so that it has a place between the changes of signals: there the subscriber learns what
 * it gained and what it has to drop.
 */
export async function recordScopeChange(tx: Tx, subscriber: Subscriber, change: ScopeChange, at: Date): Promise<void> {
  const entry = await append(tx, {
    kind: 'exchange.scope-changed',
    actor: subscriber.actor,
    at,
    subjects: subscriber.wanted ? { exchangeCredential: subscriber.id } : {},
    dims: { gained: change.gained, lost: change.lost },
    audience: [subscriber.actor.organisationId],
  });
  await insert(tx, subscriber, change, at, entry.id);
}

async function insert(
  tx: Tx,
  subscriber: Subscriber,
  { gained, lost }: ScopeChange,
  at: Date,
  entryId: string | null,
): Promise<void> {
  const lists = [...gained, ...lost];
  // What came onto a list after the organisation left it was never its to have: no word of it is said.
  await tx.query(
    `insert into exchange_scope (subscriber_id, organisation_id, list_id, served, at, until, entry_id)
     select $1, $2, l.id, l.served, $5,
       case when not l.served then least($5, (select m.left_at from signal_list_member m where m.list_id = l.id and m.organisation_id = $2)) end, $6
     from unnest($3::uuid[], $4::boolean[]) as l(id, served)`,
    [subscriber.id, subscriber.actor.organisationId, lists, lists.map((id) => gained.includes(id)), at, entryId],
  );
}

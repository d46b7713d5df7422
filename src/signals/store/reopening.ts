import { disputeDueAt } from '../../domain/signal-lifecycle';
import type { DisputeReason, SignalType } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';
import { appendChange, concerned, onLists, withAuthor, type OnList } from './entries';

interface Reopened {
  readonly signal_id: string;
  readonly type: SignalType;
  /** Null: the service's own. */
  readonly organisation_id: string | null;
  readonly list_ids: readonly string[];
  readonly reason: DisputeReason;
  /**
   * An organisation still says so; nobody has decided about what the service, or the fall of an order, brought up; or it is open
   * about another list with the same readers.
   */
  readonly stands_as: keyof typeof BECAUSE;
}

const BECAUSE = { opinion: 'opinion-stands', undecided: 'undecided', open: 'same-readers' } as const;

/**
 * These have come to stand on these lists. Where an organisation still holds that one of them is wrong, or several found it a false
 * match, or an order behind it fell, and nobody has decided about that, the dispute is opened again: that a hash was withdrawn for a
 * while settles nothing.
 * @returns the ids of the entries
 */
export async function reopenDisputes(tx: Tx, actor: Actor, back: readonly OnList[], at: Date): Promise<string[]> {
  if (back.length === 0) return [];
  const rows = await tx.query<Reopened[]>('select * from signal_reopen_disputes($1::uuid[], $2::uuid[], $3, $4)', [
    back.map(({ signalId }) => signalId),
    back.map(({ listId }) => listId),
    at,
    disputeDueAt(at),
  ]);
  const entryIds: string[] = [];
  for (const row of rows) {
    const audience = await concerned(tx, onLists(row.signal_id, row.list_ids));
    const appended = await appendChange(tx, {
      kind: 'signal.disputed',
      actor,
      at,
      signals: [{ id: row.signal_id, type: row.type }],
      lists: row.list_ids,
      dims: { reason: row.reason, because: BECAUSE[row.stands_as] },
      audience: withAuthor(audience, row.organisation_id),
    });
    entryIds.push(...appended);
  }
  return entryIds;
}

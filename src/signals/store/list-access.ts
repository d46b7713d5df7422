import { DomainError } from '../../domain/errors';
import type { Tx } from '../../infra/database/work';

/**
 * Throws unless the organisation of this transaction may contribute to the list, and keeps that so until the transaction ends:
 * closing the list and leaving it wait. Ask before anything else is locked. A list that it may not read is none.
 */
export async function assertWritable(tx: Tx, listId: string): Promise<void> {
  await tx.query('select signal_list_hold($1)', [listId]);
  const [list] = await tx.query<{ is_closed: boolean; is_writable: boolean }[]>(
    `select closed_at is not null as is_closed, id = any ((select writable_lists())::uuid[]) as is_writable from signal_list where id = $1`,
    [listId],
  );
  if (!list) {
    throw new DomainError('request.invalid', {}, [
      { pointer: '/listId', detail: 'there is no such list, or it is not yours to see' },
    ]);
  }
  if (list.is_closed) throw new DomainError('signal-list.closed', { listId });
  if (!list.is_writable) throw new DomainError('signal-list.not-writable', { listId });
}

/** The same as a question: true keeps it true until the transaction ends. */
export async function isWritable(tx: Tx, listId: string): Promise<boolean> {
  await tx.query('select signal_list_hold($1)', [listId]);
  const [found] = await tx.query<{ is_writable: boolean }[]>(
    'select $1::uuid = any ((select writable_lists())::uuid[]) as is_writable',
    [listId],
  );
  return found?.is_writable ?? false;
}

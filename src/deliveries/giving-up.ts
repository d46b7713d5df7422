import type { Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { entryOf } from '../notices/notice-facts';
import type { Notice } from '../notices/notice.entity';
import { Delivery } from './deliveries.entity';
import { BESIDE, ofEvent, planRest } from './plan';
import { addTask, taskOf } from './task';

interface Failure {
  readonly at: Date;
  readonly failure: string | null;
}

/**
 * This channel did not reach the platform: the next one begins at once. Of those that go beside each other one is enough; when all
 * of them have failed, the channels that are left are tried in their order.
 */
export async function giveUp(tx: Tx, notice: Notice, delivery: Delivery, { at, failure }: Failure): Promise<void> {
  const { id, channel, event, subjectId, attempts, position } = delivery;
  await tx.update(Delivery, { id }, { state: 'failed', failure, endedAt: at });
  const dims = { event, channel, attempts, failure };
  await append(tx, entryOf(notice, { kind: 'delivery.failed', actor: 'service', at, dims }));
  const next = { ...taskOf(delivery), deliveryId: null };
  if (position !== BESIDE) return addTask(tx, next);
  const rows = await ofEvent(tx, notice.id, event, subjectId);
  const isReached = rows.some(
    ({ state, channel: by }) => (state === 'waiting' || state === 'delivered') && by !== 'pager',
  );
  if (isReached) return;
  if (await planRest(tx, notice, { event, subject: subjectId, at })) await addTask(tx, next);
}

import { In, IsNull } from 'typeorm';
import type { Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { entryOf } from '../notices/notice-facts';
import type { Notice } from '../notices/notice.entity';
import { proveClarification } from '../notices/obstacles';
import { proveReceipt } from '../notices/receiving';
import { Delivery, DeliveryAttempt, type Proof } from './deliveries.entity';
import { BESIDE, ofEvent } from './plan';

interface Proven {
  /** The instant of the proof, not of its record. */
  readonly at: Date;
  readonly proof: Proof;
  readonly dims?: Readonly<Record<string, string | number | null>>;
}

/**
 * A channel has proved receipt: the delivery, its entry, and what follows for the notice, which is locked. Channels that had not
 * been tried yet are let go. Idempotent: what was proved before stands.
 */
export async function prove(
  tx: Tx,
  notice: Notice,
  delivery: Delivery,
  { at, proof, dims = {} }: Proven,
): Promise<void> {
  const { id, event, channel, subjectId } = delivery;
  const open = ['waiting', 'told', 'failed', 'cancelled'] as const;
  const done = await tx.update(
    Delivery,
    { id, state: In(open) },
    { state: 'delivered', receiptAt: at, endedAt: at, proof, failure: null },
  );
  if (!done.affected) return;
  const facts = { event, channel, proof, ...dims };
  await append(tx, entryOf(notice, { kind: 'delivery.receipt', actor: 'service', at, dims: facts }));
  if (event === 'notice.sent' && channel !== 'pager')
    await proveReceipt(tx, notice.id, { at, channel, actor: 'service' });
  if (event === 'notice.clarified') await proveClarification(tx, notice.id, { at, actor: 'service' });
  if (delivery.position === BESIDE) return;
  const rows = await ofEvent(tx, notice.id, event, subjectId);
  await cancel(
    tx,
    rows.filter(({ state, position }) => state === 'waiting' && position !== BESIDE),
    at,
  );
}

/** Attempts that nobody ended: the process that had begun them is gone. */
export async function endOpenAttempts(tx: Tx, deliveryIds: readonly string[], at: Date): Promise<void> {
  await tx.update(
    DeliveryAttempt,
    { deliveryId: In([...deliveryIds]), endedAt: IsNull() },
    { endedAt: at, outcome: 'interrupted' },
  );
}

export async function cancel(tx: Tx, deliveries: readonly Delivery[], at: Date): Promise<void> {
  if (deliveries.length === 0) return;
  const ids = deliveries.map((delivery) => delivery.id);
  await endOpenAttempts(tx, ids, at);
  await tx.update(Delivery, { id: In(ids) }, { state: 'cancelled', endedAt: at });
}

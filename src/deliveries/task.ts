import type { Tx } from '../infra/database/work';
import { addJob, addJobIn, type JobPayload } from '../infra/jobs/jobs';
import { DELIVER, DELIVERED_EVENTS, deliveryKey, type DeliveredEvent } from '../notices/delivery-job';
import type { Delivery } from './deliveries.entity';
import { BESIDE } from './plan';

/** One step of telling a platform of one event of a notice. */
export interface DeliverTask {
  readonly noticeId: string;
  readonly event: DeliveredEvent;
  /** Which of several events of one kind. */
  readonly subject: string | null;
  /** A delivery that goes beside the others; null for the one whose turn it is. */
  readonly deliveryId: string | null;
}

export function taskIn({ noticeId, event, subject, deliveryId }: JobPayload): DeliverTask | null {
  const known = DELIVERED_EVENTS.find((one) => one === event);
  if (!noticeId || !known) return null;
  return { noticeId, event: known, subject: subject ?? null, deliveryId: deliveryId ?? null };
}

/** The task that goes on with this delivery. */
export const taskOf = ({ id, noticeId, event, subjectId, position }: Delivery): DeliverTask => ({
  noticeId,
  event,
  subject: subjectId,
  deliveryId: position === BESIDE ? id : null,
});

const keyOf = ({ noticeId, event, subject, deliveryId }: DeliverTask): string =>
  deliveryKey(noticeId, event, subject ?? '') + (deliveryId ? `:${deliveryId}` : '');

const payloadOf = ({ noticeId, event, subject, deliveryId }: DeliverTask): JobPayload => ({
  noticeId,
  event,
  ...(subject ? { subject } : {}),
  ...(deliveryId ? { deliveryId } : {}),
});

export const addTask = (tx: Tx, task: DeliverTask): Promise<void> =>
  addJob(tx, DELIVER, payloadOf(task), { key: keyOf(task) });

export const addTaskIn = (tx: Tx, delayMs: number, task: DeliverTask): Promise<void> =>
  addJobIn(tx, delayMs, DELIVER, payloadOf(task), { key: keyOf(task) });

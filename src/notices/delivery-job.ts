import type { Tx } from '../infra/database/work';
import { addJob } from '../infra/jobs/jobs';

/** What is told to a platform over its channels. */
export const DELIVERED_EVENTS = ['notice.sent', 'notice.withdrawn', 'notice.annulled', 'notice.clarified'] as const;
export type DeliveredEvent = (typeof DELIVERED_EVENTS)[number];

/** The task that delivers; `deliveries` does it, and imports this, because notices ask for it and may not import upwards. */
export const DELIVER = 'deliver';

/** `subject`: which of several events of one kind, as one clarification of two. */
export const deliveryKey = (noticeId: string, event: DeliveredEvent, subject = ''): string =>
  `${DELIVER}:${noticeId}:${event}${subject && `:${subject}`}`;

/** Adds the job that tells the platform of an event, in the transaction that makes it true. */
export const enqueue = (tx: Tx, noticeId: string, event: DeliveredEvent, subject?: string): Promise<void> =>
  addJob(
    tx,
    DELIVER,
    { noticeId, event, ...(subject === undefined ? {} : { subject }) },
    {
      key: deliveryKey(noticeId, event, subject),
    },
  );

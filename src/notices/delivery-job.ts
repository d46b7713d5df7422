/** What is told to a platform over its channels. */
export const DELIVERED_EVENTS = ['notice.sent', 'notice.withdrawn'] as const;
export type DeliveredEvent = (typeof DELIVERED_EVENTS)[number];

/** The task that delivers; `deliveries` does it, and imports this, because notices ask for it and may not import upwards. */
export const DELIVER = 'deliver';

export const deliveryKey = (noticeId: string, event: DeliveredEvent): string => `${DELIVER}:${noticeId}:${event}`;

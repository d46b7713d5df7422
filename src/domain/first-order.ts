import { endOf } from './deadlines';

/** What is known of one authority and one provider when an order is about to go. */
export interface Pair {
  /** Whether this authority has let an order go to this provider before. */
  readonly hasOrdered: boolean;
  /** When the provider was sent the information on procedures and deadlines; null: never. */
  readonly informedAt: Date | null;
  /** Rec. 17; justified in the order. */
  readonly isEmergency: boolean;
}

/**
 * TCO Art. 3(2): a provider that has had no order from this authority has the information twelve hours before the first one. The
 * twelve hours are those of the pair, they add nothing to the hour, and only a justified emergency waives them.
 * @returns null when the order can go; otherwise from when on it can, or `never` without the information
 */
export function firstOrderBar({ hasOrdered, informedAt, isEmergency }: Pair, now: Date): Date | 'never' | null {
  if (hasOrdered || isEmergency) return null;
  if (informedAt === null) return 'never';
  const readyAt = endOf('TCO_FIRST_ORDER_NOTICE', informedAt);
  return now < readyAt ? readyAt : null;
}

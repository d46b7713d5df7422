import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { DomainError } from '../domain/errors';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { Notice } from '../notices/notice.entity';
import { Delivery, DeliveryAttempt } from './deliveries.entity';
import type { AttemptView, DeliveryView } from './deliveries.dto';

@Injectable()
export class DeliveryLog {
  constructor(private readonly work: Work) {}

  /** Every channel that was tried for one's own notice, with every attempt. For the platform there is no such thing. */
  of(actor: Actor, noticeId: string): Promise<DeliveryView[]> {
    return this.work.read(actor, async (tx) => {
      const isOwn = await tx.existsBy(Notice, { id: noticeId, senderId: actor.organisationId });
      if (!isOwn) throw new DomainError('request.not-found');
      const order = { createdAt: 'asc', position: 'asc', id: 'asc' } as const;
      const deliveries = await tx.find(Delivery, { where: { noticeId }, order });
      const attempts = await attemptsOf(tx, deliveries);
      return deliveries.map((delivery) => toView(delivery, attempts.get(delivery.id) ?? []));
    });
  }
}

/** By delivery, in their order. */
export async function attemptsOf(
  tx: Tx,
  deliveries: readonly Delivery[],
): Promise<ReadonlyMap<string, readonly DeliveryAttempt[]>> {
  const attempts = await tx.find(DeliveryAttempt, {
    where: { deliveryId: In(deliveries.map((delivery) => delivery.id)) },
    order: { attemptNo: 'asc' },
  });
  return Map.groupBy(attempts, (attempt) => attempt.deliveryId);
}

export const toView = (delivery: Delivery, attempts: readonly DeliveryAttempt[]): DeliveryView => ({
  id: delivery.id,
  event: delivery.event,
  channel: delivery.channel,
  state: delivery.state,
  createdAt: delivery.createdAt.toISOString(),
  receiptAt: delivery.receiptAt?.toISOString() ?? null,
  proof: delivery.proof,
  voidedAt: delivery.voidedAt?.toISOString() ?? null,
  failure: delivery.failure,
  attempts: attempts.map(attemptView),
});

const attemptView = (attempt: DeliveryAttempt): AttemptView => ({
  attempt: attempt.attemptNo,
  startedAt: attempt.startedAt.toISOString(),
  endedAt: attempt.endedAt?.toISOString() ?? null,
  outcome: attempt.outcome,
  status: attempt.status,
  problem: attempt.problem,
  response: attempt.response,
  replay: attempt.replay,
});

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DomainError } from '../domain/errors';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../infra/http/paging';
import { addJob, JobRegistry } from '../infra/jobs/jobs';
import { append } from '../ledger/append';
import { Delivery, WebhookEndpoint } from './deliveries.entity';
import type { DeliveryToWebhookView, ReplayView, ReplayWebhookDto } from './deliveries.dto';
import { Delivering } from './delivering.service';
import { attemptsOf, toView } from './delivery-log.service';

/** The task that sends one message to its webhook again. */
export const REPLAY = 'replay';
/** Of one replay; a further one goes on from the last instant. */
const MOST = 1_000;

/** What the owner of a webhook sees of it, and has sent again. */
@Injectable()
export class Replaying implements OnModuleInit {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly jobs: JobRegistry,
    private readonly delivering: Delivering,
  ) {}

  onModuleInit(): void {
    this.jobs.register(REPLAY, async ({ deliveryId }, signal) => {
      if (deliveryId) await this.delivering.repeat(deliveryId, signal);
    });
  }

  /** Every message to one's own webhook and every attempt, newest first. */
  log(actor: Actor, endpointId: string, { limit, cursor }: PageQuery): Promise<Page<DeliveryToWebhookView>> {
    const after = parseCursor(cursor);
    return this.work.read(actor, async (tx) => {
      await ownEndpoint(tx, actor, endpointId);
      const query = tx
        .createQueryBuilder(Delivery, 'd')
        .where('d.endpointId = :endpointId and d.recipientId = :own', { endpointId, own: actor.organisationId })
        .orderBy('d.createdAt', 'DESC')
        .addOrderBy('d.id', 'DESC')
        .take(limit + 1);
      if (after) query.andWhere('(d.createdAt, d.id) < (:at, :id)', { ...after });
      const rows = await query.getMany();
      const attempts = await attemptsOf(tx, rows);
      return pageOf(
        rows,
        limit,
        ({ createdAt, id }) => ({ at: createdAt, id }),
        (row) => ({ ...toView(row, attempts.get(row.id) ?? []), noticeId: row.noticeId }),
      );
    });
  }

  /** Sends messages again under their own ids, oldest first and one after another. */
  replay(actor: Actor, endpointId: string, { since, deliveryId }: ReplayWebhookDto): Promise<ReplayView> {
    if ((since === undefined) === (deliveryId === undefined)) throw new DomainError('webhook.replay-what');
    return this.work.run(actor, async (tx) => {
      const endpoint = await ownEndpoint(tx, actor, endpointId);
      if (endpoint.disabledAt) throw new DomainError('webhook.disabled');
      const rows = await tx.query<{ id: string; created_at: Date }[]>(
        `select id, created_at from delivery where endpoint_id = $1 and recipient_id = $2
           and ($3::uuid is null or id = $3) and ($4::timestamptz is null or created_at >= $4)
         order by created_at, id limit ${MOST + 1}`,
        [endpointId, actor.organisationId, deliveryId ?? null, since ?? null],
      );
      if (deliveryId && rows.length === 0) throw new DomainError('request.not-found');
      const sent = rows.slice(0, MOST);
      for (const { id } of sent)
        await addJob(tx, REPLAY, { deliveryId: id }, { key: `${REPLAY}:${id}`, queue: `${REPLAY}:${endpointId}` });
      const at = this.clock.now();
      const dims = { messages: sent.length };
      const subjects = { webhook: endpointId };
      await append(tx, { kind: 'delivery.replayed', actor, at, subjects, dims, audience: [] });
      return { messages: sent.length, next: rows[MOST]?.created_at.toISOString() ?? null };
    });
  }
}

async function ownEndpoint(tx: Tx, { organisationId }: Actor, id: string): Promise<WebhookEndpoint> {
  const endpoint = await tx.findOneBy(WebhookEndpoint, { id, organisationId });
  if (!endpoint) throw new DomainError('request.not-found');
  return endpoint;
}

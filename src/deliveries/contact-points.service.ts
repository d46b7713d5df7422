import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { ContactPoint, WebhookEndpoint } from './deliveries.entity';
import type { ContactPointView, DeclareContactPointDto } from './deliveries.dto';

const toView = (point: ContactPoint): ContactPointView => ({
  id: point.id,
  channel: point.channel,
  position: point.position,
  webhookId: point.endpointId,
  confirmedAt: point.confirmedAt?.toISOString() ?? null,
});

@Injectable()
export class ContactPoints {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** In the order in which they are tried. */
  list(actor: Actor): Promise<ContactPointView[]> {
    return this.work.read(actor, async (tx) => {
      const order = { position: 'asc', channel: 'desc', createdAt: 'asc', id: 'asc' } as const;
      return (await tx.find(ContactPoint, { where: { removedAt: IsNull() }, order })).map(toView);
    });
  }

  /** Declares one of one's own ways to be reached, or moves it. Whoever declares it for their own organisation confirms it. */
  declare(actor: Actor, dto: DeclareContactPointDto): Promise<ContactPointView> {
    return this.work.run(actor, async (tx) => {
      const endpointId = await endpointOf(tx, dto);
      const at = this.clock.now();
      const where = { channel: dto.channel, endpointId: endpointId ?? IsNull(), removedAt: IsNull() };
      const present = await tx.findOne(ContactPoint, { where, lock: { mode: 'pessimistic_write' } });
      const point: ContactPoint = {
        id: present?.id ?? uuidv7(),
        organisationId: actor.organisationId,
        channel: dto.channel,
        endpointId,
        position: dto.position,
        confirmedAt: present?.confirmedAt ?? at,
        confirmedBy: present?.confirmedBy ?? actor.personId,
        createdAt: present?.createdAt ?? at,
        removedAt: null,
      };
      if (present) await tx.update(ContactPoint, { id: point.id }, { position: dto.position });
      else await tx.insert(ContactPoint, point);
      const dims = { channel: dto.channel, position: dto.position };
      await append(tx, { kind: 'contact.added', actor, at, subjects: { contact: point.id }, dims, audience: [] });
      return toView(point);
    });
  }
}

async function endpointOf(tx: Tx, { channel, webhookId }: DeclareContactPointDto): Promise<string | null> {
  if (channel === 'inbox') return null;
  const isInUse = webhookId && (await tx.existsBy(WebhookEndpoint, { id: webhookId, disabledAt: IsNull() }));
  if (!isInUse) throw new DomainError('contact.webhook-unknown');
  return webhookId;
}

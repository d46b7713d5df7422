import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { ContactPoint, WebhookEndpoint } from './deliveries.entity';
import type { ContactPointView, DeclareContactPointDto } from './deliveries.dto';
import { MailChannel } from './mail-channel';
import { Pager } from './pagers/pagers.entity';

/** Nobody has answered or confirmed for so long that the entry may be wrong. */
const STALE_AFTER_MS = 90 * 24 * 60 * 60_000;

const isStale = ({ lastAnsweredAt, confirmedAt }: ContactPoint, now: Date): boolean =>
  now.getTime() - Math.max(lastAnsweredAt?.getTime() ?? 0, confirmedAt?.getTime() ?? 0) > STALE_AFTER_MS;

const toView = (point: ContactPoint, now: Date): ContactPointView => ({
  id: point.id,
  channel: point.channel,
  position: point.position,
  webhookId: point.endpointId,
  address: point.address,
  pagerId: point.pagerId,
  language: point.language,
  confirmedAt: point.confirmedAt?.toISOString() ?? null,
  lastPingAt: point.lastPingAt?.toISOString() ?? null,
  lastAnsweredAt: point.lastAnsweredAt?.toISOString() ?? null,
  pingState: point.pingState,
  isStale: isStale(point, now),
});

type Where = Pick<ContactPoint, 'endpointId' | 'address' | 'pagerId'>;

@Injectable()
export class ContactPoints {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly mail: MailChannel,
  ) {}

  /** In the order in which they are tried. */
  list(actor: Actor): Promise<ContactPointView[]> {
    return this.work.read(actor, async (tx) => {
      const order = { position: 'asc', channel: 'desc', createdAt: 'asc', id: 'asc' } as const;
      return (await tx.find(ContactPoint, { where: { removedAt: IsNull() }, order })).map((point) =>
        toView(point, this.clock.now()),
      );
    });
  }

  /**
   * Declares one of one's own ways to be reached (Art. 15), or moves it. Whoever declares it for their own organisation confirms
   * it. An inbox counts as receipt from now on, and not before.
   */
  declare(actor: Actor, dto: DeclareContactPointDto): Promise<ContactPointView> {
    requireFields(dto);
    if (dto.channel === 'mail' && !this.mail.isAvailable) throw new DomainError('contact.mail-unavailable');
    return this.work.run(actor, async (tx) => {
      const leads = await whereOf(tx, dto);
      const at = this.clock.now();
      const present = await tx.findOne(ContactPoint, {
        where: {
          channel: dto.channel,
          endpointId: leads.endpointId ?? IsNull(),
          address: leads.address ?? IsNull(),
          pagerId: leads.pagerId ?? IsNull(),
          removedAt: IsNull(),
        },
        lock: { mode: 'pessimistic_write' },
      });
      const hasWords = dto.channel === 'mail' || dto.channel === 'pager';
      const point: ContactPoint = {
        id: present?.id ?? uuidv7(),
        organisationId: actor.organisationId,
        channel: dto.channel,
        ...leads,
        language: hasWords ? (dto.language ?? present?.language ?? 'en') : null,
        position: dto.position,
        confirmedAt: present?.confirmedAt ?? at,
        confirmedBy: present?.confirmedBy ?? actor.personId,
        createdAt: present?.createdAt ?? at,
        removedAt: null,
        lastPingAt: present?.lastPingAt ?? null,
        lastAnsweredAt: present?.lastAnsweredAt ?? null,
        pingState: present?.pingState ?? null,
      };
      const { position, language } = point;
      if (present) await tx.update(ContactPoint, { id: point.id }, { position, language });
      else await tx.insert(ContactPoint, point);
      await note(tx, actor, point, { kind: 'contact.added', at });
      return toView(point, at);
    });
  }

  /** Takes it out of use. What is under way to it goes on over the next channel. A webhook is disabled instead, with its secret. */
  remove(actor: Actor, id: string): Promise<ContactPointView> {
    return this.work.run(actor, async (tx) => {
      const where = { id, organisationId: actor.organisationId, removedAt: IsNull() };
      const point = await tx.findOne(ContactPoint, { where, lock: { mode: 'pessimistic_write' } });
      if (!point) throw new DomainError('request.not-found');
      const at = this.clock.now();
      await tx.update(ContactPoint, { id }, { removedAt: at });
      await note(tx, actor, point, { kind: 'contact.removed', at });
      return toView(point, at);
    });
  }
}

const note = (
  tx: Tx,
  actor: Actor,
  { id, channel, position }: ContactPoint,
  { kind, at }: { readonly kind: 'contact.added' | 'contact.removed'; readonly at: Date },
): Promise<unknown> =>
  append(tx, { kind, actor, at, subjects: { contact: id }, dims: { channel, position }, audience: [] });

/** Each channel has what leads to it and nothing else. */
function requireFields({ channel, webhookId, address, pagerId, language }: DeclareContactPointDto): void {
  const isFit =
    (webhookId === undefined || channel === 'webhook') &&
    (address !== undefined) === (channel === 'mail') &&
    (pagerId === undefined || channel === 'pager') &&
    (language === undefined || channel === 'mail' || channel === 'pager');
  if (!isFit) throw new DomainError('contact.fields', { channel });
}

async function whereOf(tx: Tx, { channel, webhookId, address, pagerId }: DeclareContactPointDto): Promise<Where> {
  const none = { endpointId: null, address: null, pagerId: null };
  if (channel === 'mail') return { ...none, address: address?.toLowerCase() ?? null };
  if (channel === 'webhook') {
    const isInUse = webhookId && (await tx.existsBy(WebhookEndpoint, { id: webhookId, disabledAt: IsNull() }));
    if (!isInUse) throw new DomainError('contact.webhook-unknown');
    return { ...none, endpointId: webhookId };
  }
  if (channel === 'pager') {
    const isInUse = pagerId && (await tx.existsBy(Pager, { id: pagerId, removedAt: IsNull() }));
    if (!isInUse) throw new DomainError('contact.pager-unknown');
    return { ...none, pagerId };
  }
  return none;
}

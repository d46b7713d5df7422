import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors';
import type { LedgerKind } from '../domain/ledger-kinds';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { circuitState, CLOSED } from './circuit';
import { ContactPoint, WebhookEndpoint } from './deliveries.entity';
import { NewWebhookView, type WebhookTestView, type WebhookView } from './deliveries.dto';
import { WebhookChannel } from './webhook-channel';
import { formatSecret, WebhookSecrets } from './webhook-secrets';

/** For how long both secrets sign after a rotation: a platform changes its own at a quiet hour of its choice. */
const OVERLAP_MS = 24 * 3_600_000;
const MAX_ENDPOINTS = 10;
/** A webhook is tried before an inbox, until the platform says otherwise. */
const FIRST_POSITION = 10;

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

const toView = (endpoint: WebhookEndpoint, now: Date): WebhookView => ({
  id: endpoint.id,
  url: endpoint.url,
  createdAt: endpoint.createdAt.toISOString(),
  rotatedAt: instant(endpoint.rotatedAt),
  previousSecretUntil: instant(endpoint.previousUntil),
  disabledAt: instant(endpoint.disabledAt),
  circuit: circuitState(endpoint, now),
  failures: endpoint.failures,
  openUntil: instant(endpoint.openUntil),
});

const shown = (endpoint: WebhookEndpoint, secret: Uint8Array, now: Date): NewWebhookView =>
  Object.assign(new NewWebhookView(), toView(endpoint, now), { secret: formatSecret(secret) });

/** The secret is shown once; a repeat of the request gets the rest. */
const redact = (view: NewWebhookView): NewWebhookView => Object.assign(new NewWebhookView(), view, { secret: null });

@Injectable()
export class Webhooks {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly secrets: WebhookSecrets,
    private readonly channel: WebhookChannel,
  ) {}

  list(actor: Actor): Promise<WebhookView[]> {
    return this.work.read(actor, async (tx) => {
      const endpoints = await tx.find(WebhookEndpoint, { order: { createdAt: 'asc', id: 'asc' } });
      return endpoints.map((endpoint) => toView(endpoint, this.clock.now()));
    });
  }

  /** Names an address, makes its secret and declares it as a contact point: it is the platform that says how it is reached. */
  async register(actor: Actor, url: string): Promise<NewWebhookView> {
    await this.channel.requireCallable(url);
    const id = uuidv7();
    const secret = this.secrets.make();
    const { keyId, wrapped } = await this.secrets.wrap(id, secret);
    const register = async (tx: Tx): Promise<NewWebhookView> => {
      const inUse = await tx.countBy(WebhookEndpoint, { disabledAt: IsNull() });
      if (inUse >= MAX_ENDPOINTS) throw new DomainError('webhook.too-many');
      const at = this.clock.now();
      const endpoint: WebhookEndpoint = {
        id,
        organisationId: actor.organisationId,
        url,
        secretKeyId: keyId,
        secretWrapped: Buffer.from(wrapped),
        previousKeyId: null,
        previousWrapped: null,
        previousUntil: null,
        createdAt: at,
        rotatedAt: null,
        disabledAt: null,
        ...CLOSED,
      };
      await tx.insert(WebhookEndpoint, endpoint);
      await tx.insert(ContactPoint, {
        id: uuidv7(),
        organisationId: actor.organisationId,
        channel: 'webhook',
        endpointId: id,
        position: FIRST_POSITION,
        confirmedAt: at,
        confirmedBy: actor.personId,
        createdAt: at,
      });
      await note(tx, actor, 'webhook.registered', { id, at, internal: { url } });
      return shown(endpoint, secret, at);
    };
    return this.work.run(actor, register, { redact });
  }

  /** Makes a new secret; the one before signs as well for a day. */
  async rotate(actor: Actor, id: string): Promise<NewWebhookView> {
    const secret = this.secrets.make();
    const { keyId, wrapped } = await this.secrets.wrap(id, secret);
    const rotate = async (tx: Tx): Promise<NewWebhookView> => {
      const endpoint = await lockInUse(tx, id);
      const at = this.clock.now();
      const change = {
        secretKeyId: keyId,
        secretWrapped: Buffer.from(wrapped),
        previousKeyId: endpoint.secretKeyId,
        previousWrapped: endpoint.secretWrapped,
        previousUntil: new Date(at.getTime() + OVERLAP_MS),
        rotatedAt: at,
      };
      await tx.update(WebhookEndpoint, { id }, change);
      await note(tx, actor, 'webhook.rotated', { id, at });
      return shown(Object.assign(endpoint, change), secret, at);
    };
    return this.work.run(actor, rotate, { redact });
  }

  /** Takes it out of use, as a contact point too. What is under way to it goes on over the next channel. */
  disable(actor: Actor, id: string): Promise<WebhookView> {
    return this.work.run(actor, async (tx) => {
      const endpoint = await lockInUse(tx, id);
      const at = this.clock.now();
      await tx.update(WebhookEndpoint, { id }, { disabledAt: at });
      await tx.update(ContactPoint, { endpointId: id, removedAt: IsNull() }, { removedAt: at });
      await note(tx, actor, 'webhook.removed', { id, at });
      return toView(Object.assign(endpoint, { disabledAt: at }), at);
    });
  }

  /** Sends a signed message that means nothing, now, and says what came of it. */
  async test(actor: Actor, id: string): Promise<WebhookTestView> {
    const endpoint = await this.work.read(actor, (tx) => tx.findOneBy(WebhookEndpoint, { id }));
    if (!endpoint) throw new DomainError('request.not-found');
    if (endpoint.disabledAt) throw new DomainError('webhook.disabled');
    const body = JSON.stringify({ type: 'webhook.test', timestamp: this.clock.now().toISOString(), data: {} });
    const never = new AbortController().signal;
    const { kind, status, problem } = await this.channel.send({ id: uuidv7(), body }, { endpoint }, never);
    return { delivered: kind === 'receipt', status, problem };
  }
}

async function lockInUse(tx: Tx, id: string): Promise<WebhookEndpoint> {
  const endpoint = await tx.findOne(WebhookEndpoint, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!endpoint) throw new DomainError('request.not-found');
  if (endpoint.disabledAt) throw new DomainError('webhook.disabled');
  return endpoint;
}

async function note(
  tx: Tx,
  actor: Actor,
  kind: LedgerKind,
  { id, at, internal }: { id: string; at: Date; internal?: { url: string } },
): Promise<void> {
  const subjects = { webhook: id };
  await append(tx, { kind, actor, at, subjects, audience: [], ...(internal ? { internal } : {}) });
}

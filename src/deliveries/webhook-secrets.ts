import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import { KeyProvider, type WrappedByMaster } from '../infra/crypto/key-provider';
import type { WebhookEndpoint } from './deliveries.entity';

/** Standard Webhooks asks for 24 to 64 random bytes. */
const SECRET_BYTES = 32;
const PREFIX = 'whsec_';

/** How a secret is shown to its owner, once. */
export const formatSecret = (secret: Uint8Array): string => `${PREFIX}${Buffer.from(secret).toString('base64')}`;

/** Bound to the wrapping: a wrapped secret that was copied to another endpoint does not unwrap. */
const contextOf = (endpointId: string): Buffer => Buffer.from(`clepsydra webhook secret ${endpointId}`);

/** The secrets with which we sign. They lie in the database wrapped under the master key, which the database never has. */
@Injectable()
export class WebhookSecrets {
  constructor(private readonly keys: KeyProvider) {}

  make(): Buffer {
    return randomBytes(SECRET_BYTES);
  }

  wrap(endpointId: string, secret: Uint8Array): Promise<WrappedByMaster> {
    return this.keys.wrap(secret, contextOf(endpointId));
  }

  /** The secrets in force at `at`: the present one first, then the one before for as long as both are accepted. */
  async inForce(endpoint: WebhookEndpoint, at: Date): Promise<Buffer[]> {
    const { id, previousKeyId, previousWrapped, previousUntil } = endpoint;
    const context = contextOf(id);
    const wrapped: WrappedByMaster[] = [{ keyId: endpoint.secretKeyId, wrapped: endpoint.secretWrapped }];
    if (previousKeyId && previousWrapped && previousUntil && previousUntil > at) {
      wrapped.push({ keyId: previousKeyId, wrapped: previousWrapped });
    }
    return Promise.all(wrapped.map((one) => this.keys.unwrap(one, context)));
  }
}

/**
 * The three headers of Standard Webhooks 1.0. With two secrets in force there are two signatures, separated by a space, and a
 * receiver that knows either accepts the message.
 * @param id the same for every repeat of a message
 * @param at the instant of this attempt
 */
export function signedHeaders(
  id: string,
  at: Date,
  body: string,
  secrets: readonly Uint8Array[],
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': secrets.map((secret) => new Webhook(formatSecret(secret)).sign(id, at, body)).join(' '),
  };
}

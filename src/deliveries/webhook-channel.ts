import { Injectable } from '@nestjs/common';
import { DomainError, type ProblemCode } from '../domain/errors';
import { ClockSource } from '../infra/clock-source';
import { CheckedConnector } from '../infra/egress/connector';
import type { ChannelOut, Message, Outcome, Target } from './channel';
import { signedHeaders, WebhookSecrets } from './webhook-secrets';

/** For everything together. A platform that takes longer is tried again, and meanwhile keeps nobody else waiting. */
export const WEBHOOK_TIMEOUT_MS = 10_000;
const GONE = 410;

/** The address itself is at fault. A redirect is not followed (Standard Webhooks): it could lead to where we may not call. */
const HOPELESS: readonly ProblemCode[] = ['egress.refused-scheme', 'egress.refused-address', 'egress.redirect'];

/** Signed webhooks, Standard Webhooks 1.0. An answer of 2xx is the receipt; its body is not read. */
@Injectable()
export class WebhookChannel implements ChannelOut {
  readonly channel = 'webhook';

  constructor(
    private readonly connector: CheckedConnector,
    private readonly secrets: WebhookSecrets,
    private readonly clock: ClockSource,
  ) {}

  /** Refuses an address to which nothing would ever be sent, when somebody enters it. */
  requireCallable(url: string): Promise<void> {
    return this.connector.requireCallable(url);
  }

  async send(message: Message, { endpoint }: Pick<Target, 'endpoint'>, signal: AbortSignal): Promise<Outcome> {
    if (!endpoint || endpoint.disabledAt) return { kind: 'refused', status: null, problem: 'webhook.disabled' };
    try {
      const at = this.clock.now();
      const headers = signedHeaders(message.id, at, message.body, await this.secrets.inForce(endpoint, at));
      const { status } = await this.connector.fetch(endpoint.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: message.body,
        timeoutMs: WEBHOOK_TIMEOUT_MS,
        signal,
      });
      return ofStatus(status);
    } catch (error) {
      const code: ProblemCode = error instanceof DomainError ? error.code : 'request.internal';
      return { kind: HOPELESS.includes(code) ? 'refused' : 'failed', status: null, problem: code };
    }
  }
}

function ofStatus(status: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'receipt', status, problem: null, proof: 'webhook' };
  return { kind: status === GONE ? 'refused' : 'failed', status, problem: `status-${status}` };
}

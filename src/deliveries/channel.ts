import type { Channel } from '../domain/vocabulary';
import type { WebhookEndpoint } from './deliveries.entity';

/** What goes out. The same for every attempt. */
export interface Message {
  readonly id: string;
  readonly body: string;
}

/** What came of one attempt. `refused`: trying again would change nothing. */
export interface Outcome {
  readonly kind: 'receipt' | 'failed' | 'refused';
  readonly status: number | null;
  readonly problem: string | null;
}

/** A way to reach a platform. Never throws: whatever goes wrong is an outcome. */
export interface ChannelOut {
  readonly channel: Channel;
  send(message: Message, endpoint: WebhookEndpoint | null, signal: AbortSignal): Promise<Outcome>;
}

export const CHANNELS_OUT = Symbol('CHANNELS_OUT');

/**
 * The platform's inbox is here: a sent notice has been made available in it by being sent, and the attempt only says so. That
 * is receipt where the platform can open it (see has_reader).
 */
export class InboxChannel implements ChannelOut {
  readonly channel = 'inbox';

  async send(): Promise<Outcome> {
    return { kind: 'receipt', status: null, problem: null };
  }
}

import type { Tx } from '../infra/database/work';
import type { Channel } from '../domain/vocabulary';
import type { ContactPoint, Delivery, Proof, WebhookEndpoint } from './deliveries.entity';
import type { Reply } from './words';

/** What goes out. The same for every attempt. */
export interface Message {
  /** The delivery's, by which a repeat is known. */
  readonly id: string;
  readonly body: string;
  /** Of a mail. */
  readonly subject?: string;
}

/** Where it goes. */
export interface Target {
  readonly endpoint: WebhookEndpoint | null;
  readonly contact: ContactPoint | null;
}

/**
 * What came of one attempt. `told`: the platform was told, which proves no receipt, so the next channel begins. `refused`: trying
 * again would change nothing.
 */
export interface Outcome {
  readonly kind: 'receipt' | 'told' | 'failed' | 'refused';
  readonly status: number | null;
  readonly problem: string | null;
  /** With `receipt`: what it rests on. */
  readonly proof?: Proof;
  /** The other side's own words, where they are the proof. */
  readonly response?: string | null;
}

/** A way to reach a platform. Never throws: whatever goes wrong is an outcome. */
export interface ChannelOut {
  readonly channel: Channel;
  send(message: Message, target: Target, signal: AbortSignal): Promise<Outcome>;
}

export const CHANNELS_OUT = Symbol('CHANNELS_OUT');

/** Makes the link by which a platform answers a delivery without an account; null where there is none. Written in `tx`. */
export abstract class ReplyLinks {
  abstract linkFor(tx: Tx, delivery: Delivery): Promise<Reply | null>;
}

/**
 * The platform's inbox is here: a sent notice lies in it by being sent, and the attempt only says so. That is receipt where the
 * platform has declared it as its contact point (Art. 15); to any other it is merely shown.
 */
export class InboxChannel implements ChannelOut {
  readonly channel = 'inbox';

  async send(_message: Message, { contact }: Target): Promise<Outcome> {
    return { kind: contact ? 'receipt' : 'told', status: null, problem: null, proof: 'inbox' };
  }
}

/** The entry is in the platform's feed since it was sent. Its own key proves that it was read there (FeedReceipts). */
export class FeedChannel implements ChannelOut {
  readonly channel = 'feed';

  async send(): Promise<Outcome> {
    return { kind: 'told', status: null, problem: null };
  }
}

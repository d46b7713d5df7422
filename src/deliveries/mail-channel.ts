import { Inject, Injectable } from '@nestjs/common';
import { ClockSource } from '../infra/clock-source';
import { CONFIG, type Config } from '../infra/config';
import { MailOut } from '../infra/mail/mail-out';
import { ReturnPaths } from '../infra/mail/return-path';
import type { ChannelOut, Message, Outcome, Target } from './channel';

/**
 * Mail. The 250 of the recipient's own exchanger is receipt until a report voids it. That of a relay is not, unless the operator
 * has declared that the relay may be trusted (docs/decisions/mail-receipt.md); the platform has then been told, and no more.
 */
@Injectable()
export class MailChannel implements ChannelOut {
  readonly channel = 'mail';

  constructor(
    private readonly mail: MailOut,
    private readonly paths: ReturnPaths,
    private readonly clock: ClockSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  get isAvailable(): boolean {
    return this.mail.isAvailable;
  }

  async send({ id, body, subject = '' }: Message, { contact }: Target, signal: AbortSignal): Promise<Outcome> {
    if (!contact?.address || contact.removedAt) return { kind: 'refused', status: null, problem: 'contact-removed' };
    const returnPath = this.paths.of(id, this.clock.now());
    const language = contact.language ?? 'en';
    const outcome = await this.mail.send(
      { id, to: contact.address, returnPath, subject, text: body, language },
      signal,
    );
    if (outcome.kind !== 'accepted') return outcome;
    const { status, response, isExchanger } = outcome;
    const isTrusted = isExchanger || this.config.mail?.proof === 'relay-trusted';
    const kind = isTrusted ? 'receipt' : 'told';
    return { kind, status, problem: null, response, proof: isExchanger ? 'exchanger' : 'relay' };
  }
}

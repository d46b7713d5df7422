import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { ClockSource } from '../../infra/clock-source';
import { CONFIG, type Config } from '../../infra/config';
import { Work, type Tx } from '../../infra/database/work';
import { addJobIn, JobRegistry } from '../../infra/jobs/jobs';
import type { Outcome, Target } from '../channel';
import { countCall, passCircuit } from '../circuit';
import { ContactPoint, WebhookEndpoint } from '../deliveries.entity';
import { MailChannel } from '../mail-channel';
import { page } from '../pagers/paging';
import { WebhookChannel } from '../webhook-channel';
import { DUTY_WORDS } from './duty-words';
import { CONTACT_PING, hashOfCode, noteAnswer, PING_COLUMNS, type PingRow } from './pings.service';

const AGAIN_AFTER_MS = [10_000, 60_000, 300_000] as const;
const CODE_BYTES = 18;

interface Ready {
  readonly ping: PingRow;
  readonly contact: ContactPoint;
  readonly target: Target;
  /** Of a mail. */
  readonly code: string;
}

/** Sends a test over the contact point's own channel. What lies in an inbox or a feed is there by having been written. */
@Injectable()
export class PingSending implements OnModuleInit {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly jobs: JobRegistry,
    private readonly webhook: WebhookChannel,
    private readonly mail: MailChannel,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.register(
      CONTACT_PING,
      async ({ pingId, attempt = '0' }, signal) => {
        if (pingId) await this.send(pingId, Number(attempt), signal);
      },
      { pace: 'urgent' },
    );
  }

  private async send(pingId: string, attempt: number, signal: AbortSignal): Promise<void> {
    const ready = await this.work.asWorker((tx) => this.prepare(tx, pingId));
    if (!ready) return;
    const outcome = await this.call(ready, signal);
    const at = this.clock.now();
    await this.work.asWorker(async (tx) => {
      const { ping, target } = ready;
      if (target.endpoint) await countCall(tx, target.endpoint.id, outcome.kind === 'receipt', at);
      const isTold = outcome.kind === 'receipt' || outcome.kind === 'told';
      await tx.query('update contact_ping set told_at = coalesce(told_at, $2), problem = $3 where id = $1', [
        ping.id,
        isTold ? at : null,
        outcome.problem,
      ]);
      // A mail that arrived is no answer: nobody may be reading there.
      if (outcome.kind === 'receipt' && ping.channel === 'webhook') await answered(tx, ping, at);
      const delayMs = outcome.kind === 'failed' ? AGAIN_AFTER_MS[attempt] : undefined;
      if (delayMs === undefined) return;
      const queue = `${CONTACT_PING}:${ping.organisationId}`;
      const again = { pingId, attempt: `${attempt + 1}` };
      await addJobIn(tx, delayMs, CONTACT_PING, again, { key: `${CONTACT_PING}:${pingId}`, queue });
    });
  }

  private async prepare(tx: Tx, pingId: string): Promise<Ready | null> {
    const [ping] = await tx.query<PingRow[]>(
      `select ${PING_COLUMNS} from contact_ping p where p.id = $1 and p.state <> 'answered'`,
      [pingId],
    );
    const contact = ping && (await tx.findOneBy(ContactPoint, { id: ping.contactId }));
    if (!ping || !contact || contact.removedAt) return null;
    const at = this.clock.now();
    const endpoint = contact.endpointId ? await tx.findOneBy(WebhookEndpoint, { id: contact.endpointId }) : null;
    if (endpoint && (await passCircuit(tx, endpoint.id, at))) {
      await tx.query(`update contact_ping set problem = 'circuit-open' where id = $1`, [ping.id]);
      return null;
    }
    const code = randomBytes(CODE_BYTES).toString('base64url');
    if (ping.channel === 'mail')
      await tx.query('update contact_ping set code_hash = $2 where id = $1', [ping.id, hashOfCode(code)]);
    if (contact.pagerId) {
      const text = DUTY_WORDS[contact.language ?? 'en'].test;
      await page(tx, { pagerId: contact.pagerId }, { text, priority: 'normal', key: `ping:${ping.id}`, at });
    }
    return { ping, contact, target: { endpoint, contact }, code };
  }

  private call({ ping, contact, target, code }: Ready, signal: AbortSignal): Promise<Outcome> {
    if (ping.channel === 'webhook') {
      const timestamp = ping.askedAt.toISOString();
      const data = { pingId: ping.id, answerBy: ping.answerBy.toISOString() };
      const body = JSON.stringify({ type: 'contact.ping', timestamp, data });
      return this.webhook.send({ id: ping.id, body }, target, signal);
    }
    if (ping.channel === 'mail') {
      const { subject, text } = DUTY_WORDS[contact.language ?? 'en'].testMail;
      const link = `${this.config.publicUrl}/contact-test/${code}?lang=${contact.language ?? 'en'}`;
      return this.mail.send({ id: ping.id, subject, body: text(link) }, target, signal);
    }
    return Promise.resolve({ kind: 'told', status: null, problem: null });
  }
}

async function answered(tx: Tx, ping: PingRow, at: Date): Promise<void> {
  const [, changed] = await tx.query<[unknown[], number]>(
    `update contact_ping set state = 'answered', answered_at = $2, answered_how = 'webhook' where id = $1 and answered_at is null`,
    [ping.id, at],
  );
  if (changed > 0) await noteAnswer(tx, ping, 'webhook', at, 'service');
}

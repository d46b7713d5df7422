import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ClockSource } from '../../infra/clock-source';
import { CONFIG, type Config } from '../../infra/config';
import { Work, type Tx } from '../../infra/database/work';
import { addJob, addJobIn, JobRegistry } from '../../infra/jobs/jobs';
import { log } from '../../infra/log';
import { ADVANCE_MAIL } from '../../notices/orders/advance-job';
import type { Message, Outcome } from '../channel';
import { ContactPoint } from '../deliveries.entity';
import { MailChannel } from '../mail-channel';
import { shownCode } from '../reply/secrets';
import {
  beginAttempt,
  endAttempt,
  giveUpMail,
  lockMail,
  noteTold,
  planMails,
  proveMail,
  type AdvanceMail,
} from './advance-mails';
import { informationMail } from './advance-words';

const MINUTE_MS = 60_000;
/** Twelve hours are at stake and no minute: a server that is down for a morning is waited for. */
const AGAIN_AFTER_MS = [1, 5, 30, 120, 480].map((minutes) => minutes * MINUTE_MS);

interface Begun {
  readonly attempt: number;
  readonly contact: ContactPoint | null;
  readonly message: Message;
}

/**
 * Mails the information before a first order (Art. 3(2)) to every address of its provider. A worker that is killed leaves an attempt
 * that never ended; the mail then goes out again under the same id.
 */
@Injectable()
export class AdvanceMailing implements OnModuleInit {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly jobs: JobRegistry,
    private readonly mail: MailChannel,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onModuleInit(): void {
    this.jobs.register(
      ADVANCE_MAIL,
      async ({ informationId, mailId }, signal) => {
        if (mailId) await this.send(mailId, signal);
        else if (informationId) await this.plan(informationId);
      },
      { pace: 'urgent' },
    );
  }

  private plan(informationId: string): Promise<void> {
    return this.work.asWorker(async (tx) => {
      for (const mailId of await planMails(tx, informationId, this.clock.now()))
        await addJob(tx, ADVANCE_MAIL, { mailId }, { key: keyOf(mailId) });
    });
  }

  private async send(mailId: string, signal: AbortSignal): Promise<void> {
    const begun = await this.work.asWorker((tx) => this.begin(tx, mailId));
    if (!begun) return;
    const { message, contact } = begun;
    const outcome = await this.mail.send(message, { contact, endpoint: null }, signal);
    // The instant of the proof, not of its record.
    const at = this.clock.now();
    await this.work.asWorker((tx) => this.record(tx, mailId, begun, outcome, at));
    log.info({ event: 'advance-mail.attempted', mailId, outcome: outcome.kind });
  }

  private async begin(tx: Tx, mailId: string): Promise<Begun | null> {
    const mail = await lockMail(tx, mailId);
    if (mail?.state !== 'waiting') return null;
    const contact = await tx.findOneBy(ContactPoint, { id: mail.contact_id });
    const attempt = await beginAttempt(tx, mail, this.clock.now());
    return { attempt, contact, message: await this.compose(tx, mail, contact) };
  }

  private async compose(tx: Tx, mail: AdvanceMail, contact: ContactPoint | null): Promise<Message> {
    const [row] = await tx.query<{ text: string; authority: string }[]>(
      `select i.text, o.name as authority from advance_information i join organisation o on o.id = i.organisation_id where i.id = $1`,
      [mail.information_id],
    );
    const { text = '', authority = '' } = row ?? {};
    const said = { authority, text, code: shownCode(mail.code), site: this.config.publicUrl };
    const { subject, body } = informationMail(said, contact?.language ?? 'en');
    return { id: mail.id, subject, body };
  }

  /** Idempotent: a report that came before the record, or another worker's record, stands. */
  private async record(tx: Tx, id: string, { attempt }: Begun, outcome: Outcome, at: Date): Promise<void> {
    const mail = await lockMail(tx, id);
    if (!mail) return;
    await endAttempt(tx, id, attempt, outcome, at);
    if (mail.state !== 'waiting') return;
    const { kind, problem, proof = 'exchanger' } = outcome;
    if (kind === 'receipt') return proveMail(tx, mail, proof, at);
    if (kind === 'told') return noteTold(tx, mail, at);
    const delayMs = kind === 'failed' ? AGAIN_AFTER_MS[attempt - 1] : undefined;
    if (delayMs === undefined) return giveUpMail(tx, mail, problem, at);
    await addJobIn(tx, delayMs, ADVANCE_MAIL, { mailId: id }, { key: keyOf(id) });
  }
}

const keyOf = (mailId: string): string => `${ADVANCE_MAIL}:${mailId}`;

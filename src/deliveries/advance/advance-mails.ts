import { v7 as uuidv7 } from 'uuid';
import type { LedgerKind } from '../../domain/ledger-kinds';
import type { Tx } from '../../infra/database/work';
import { addJob } from '../../infra/jobs/jobs';
import { append } from '../../ledger/append';
import { TELL } from '../../signals/telling';
import type { Outcome } from '../channel';
import type { DeliveryState, Proof } from '../deliveries.entity';
import { makeCode } from '../reply/secrets';

/** One mail with the information before a first order (Art. 3(2)), to one address of its provider. */
export interface AdvanceMail {
  readonly id: string;
  readonly information_id: string;
  /** Of the authority. */
  readonly organisation_id: string;
  readonly platform_id: string;
  readonly contact_id: string;
  readonly code: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly receipt_at: Date | null;
}

const COLUMNS = 'id, information_id, organisation_id, platform_id, contact_id, code, state, attempts, receipt_at';

/** Writes down to which addresses an information goes: every one that the provider has declared. Returns those to be sent. */
export async function planMails(tx: Tx, informationId: string, at: Date): Promise<readonly string[]> {
  const [information] = await tx.query<InformationRow[]>(
    'select organisation_id, platform_id, by_mail_alone from advance_information where id = $1',
    [informationId],
  );
  if (!information) return [];
  const contacts = await tx.query<{ id: string }[]>(
    `select id from contact_point where organisation_id = $1 and channel = 'mail' and removed_at is null and confirmed_at is not null
     order by position, created_at, id`,
    [information.platform_id],
  );
  for (const { id } of contacts) {
    await tx.query(
      `insert into advance_delivery (id, information_id, organisation_id, platform_id, contact_id, code, state, created_at)
       values ($1, $2, $3, $4, $5, $6, 'waiting', $7) on conflict on constraint advance_delivery_once do nothing`,
      [uuidv7(), informationId, information.organisation_id, information.platform_id, id, makeCode(), at],
    );
  }
  const waiting = await tx.query<{ id: string }[]>(
    `select id from advance_delivery where information_id = $1 and state = 'waiting'`,
    [informationId],
  );
  // The only address was taken out of use between the two: nothing will prove a receipt.
  if (contacts.length === 0 && information.by_mail_alone) {
    const mail = { ...information, information_id: informationId };
    await say(tx, mail, 'order.advance-undelivered', at, { failure: 'contact-removed' });
  }
  return waiting.map(({ id }) => id);
}

interface InformationRow {
  readonly organisation_id: string;
  readonly platform_id: string;
  readonly by_mail_alone: boolean;
}

export async function lockMail(tx: Tx, id: string): Promise<AdvanceMail | null> {
  const [mail] = await tx.query<AdvanceMail[]>(`select ${COLUMNS} from advance_delivery where id = $1 for update`, [
    id,
  ]);
  return mail ?? null;
}

/** Written before the call goes out, so that an interrupted attempt is known. Returns its number. */
export async function beginAttempt(tx: Tx, { id, attempts }: AdvanceMail, at: Date): Promise<number> {
  await tx.query(
    `update advance_delivery_attempt set ended_at = $2, outcome = 'interrupted' where delivery_id = $1 and ended_at is null`,
    [id, at],
  );
  await tx.query('update advance_delivery set attempts = $2 where id = $1', [id, attempts + 1]);
  await tx.query(`insert into advance_delivery_attempt (delivery_id, attempt_no, started_at) values ($1, $2, $3)`, [
    id,
    attempts + 1,
    at,
  ]);
  return attempts + 1;
}

export async function endAttempt(tx: Tx, id: string, attempt: number, outcome: Outcome, at: Date): Promise<void> {
  const { kind, status, problem, response = null } = outcome;
  await tx.query(
    `update advance_delivery_attempt set ended_at = $3, outcome = $4, status = $5, problem = $6, response = $7
     where delivery_id = $1 and attempt_no = $2 and ended_at is null`,
    [id, attempt, at, kind, status, problem, response],
  );
}

/** The provider has it: the twelve hours of one that has nothing but mail begin (Art. 3(2)). `at` is the instant of the proof. */
export async function proveMail(tx: Tx, mail: AdvanceMail, proof: Proof, at: Date): Promise<void> {
  await tx.query(
    `update advance_delivery set state = 'delivered', receipt_at = $2, ended_at = $2, proof = $3, failure = null where id = $1`,
    [mail.id, at, proof],
  );
  await say(tx, mail, 'order.advance-received', at, { proof });
}

/** A relay has it, which proves no receipt. A report of success can, later. */
export async function noteTold(tx: Tx, mail: AdvanceMail, at: Date): Promise<void> {
  await tx.query(`update advance_delivery set state = 'told', ended_at = $2 where id = $1`, [mail.id, at]);
  await say(tx, mail, 'order.advance-told', at);
}

export async function giveUpMail(tx: Tx, mail: AdvanceMail, failure: string | null, at: Date): Promise<void> {
  await tx.query(`update advance_delivery set state = 'failed', failure = $3, ended_at = $2 where id = $1`, [
    mail.id,
    at,
    failure,
  ]);
  await say(tx, mail, 'order.advance-undelivered', at, { failure });
}

/** What a delivery report says of such a mail; whatever else it says changes nothing, and a repeat changes nothing. */
export async function reportOn(
  tx: Tx,
  id: string,
  {
    action,
    status,
    at,
  }: { readonly action: 'failed' | 'delivered'; readonly status: string | null; readonly at: Date },
): Promise<void> {
  const mail = await lockMail(tx, id);
  if (!mail) return;
  const isOpen = mail.state === 'waiting' || mail.state === 'told';
  if (action === 'delivered') {
    if (mail.state === 'told') await proveMail(tx, mail, 'report', at);
  } else if (isOpen) await giveUpMail(tx, mail, 'bounced', at);
  else if (mail.state === 'delivered') await voidMail(tx, mail, status, at);
}

/** It came back: what the twelve hours ran from was no receipt, and unless another stands they have not begun. */
async function voidMail(tx: Tx, mail: AdvanceMail, status: string | null, at: Date): Promise<void> {
  await tx.query(`update advance_delivery set state = 'voided', voided_at = $2, failure = 'bounced' where id = $1`, [
    mail.id,
    at,
  ]);
  const dims = { receiptAt: mail.receipt_at?.toISOString() ?? null, reported: status };
  await say(tx, mail, 'order.advance-voided', at, dims);
}

/** Both sides read it, and their systems are told: nobody counts twelve hours that have not begun. */
async function say(
  tx: Tx,
  mail: Pick<AdvanceMail, 'information_id' | 'organisation_id' | 'platform_id'>,
  kind: LedgerKind,
  at: Date,
  dims: Readonly<Record<string, string | null>> = {},
): Promise<void> {
  const { id: entryId } = await append(tx, {
    kind,
    actor: 'service',
    at,
    subjects: { information: mail.information_id },
    dims: { platformId: mail.platform_id, channel: 'mail', ...dims },
    audience: [mail.organisation_id, mail.platform_id],
  });
  await addJob(tx, TELL, { entryId });
}

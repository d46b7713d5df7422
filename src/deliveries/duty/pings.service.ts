import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import type { LedgerKind } from '../../domain/ledger-kinds';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../../infra/http/paging';
import { addJob } from '../../infra/jobs/jobs';
import { append } from '../../ledger/append';
import type { ContactPoint, PingAnswer, PingState } from '../deliveries.entity';
import type { PingView } from './duty.dto';
import { DEFAULT_SETTINGS } from './rosters';

/** The task that sends a test to a contact point. */
export const CONTACT_PING = 'contact-ping';
const DAY_MS = 24 * 60 * 60_000;
/** Four times a year and a little more, so that a contact point that answers is never flagged as ninety days old. */
const PING_EVERY_MS = 85 * DAY_MS;
const MINUTE_MS = 60_000;
/** Begun in one turn. */
const BATCH = 200;

export interface PingRow {
  readonly id: string;
  readonly contactId: string;
  readonly organisationId: string;
  readonly channel: ContactPoint['channel'];
  readonly state: PingState;
  readonly askedAt: Date;
  readonly answerBy: Date;
  readonly toldAt: Date | null;
  readonly problem: string | null;
  readonly answeredAt: Date | null;
  readonly answeredHow: PingAnswer | null;
}

export const PING_COLUMNS = `p.id, p.contact_id as "contactId", p.organisation_id as "organisationId", p.channel, p.state,
  p.asked_at as "askedAt", p.answer_by as "answerBy", p.told_at as "toldAt", p.problem, p.answered_at as "answeredAt",
  p.answered_how as "answeredHow"`;

export const hashOfCode = (code: string): Buffer => createHash('sha256').update(code).digest();

/** Tests of contact points: asked four times a year, answered by a machine's 2xx, by a person or by the link of a mail. */
@Injectable()
export class Pings {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  list(actor: Actor, { limit, cursor }: PageQuery): Promise<Page<PingView>> {
    const after = parseCursor(cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await tx.query<PingRow[]>(
        `select ${PING_COLUMNS} from contact_ping p
         where ($1::timestamptz is null or (p.asked_at, p.id) < ($1, $2::uuid)) order by p.asked_at desc, p.id desc limit $3`,
        [after?.at ?? null, after?.id ?? null, limit + 1],
      );
      return pageOf(rows, limit, ({ askedAt, id }) => ({ at: askedAt, id }), toView);
    });
  }

  /** Tests one's own contact point now. */
  ask(actor: Actor, contactId: string): Promise<PingView> {
    return this.work.run(actor, async (tx) => {
      const at = this.clock.now();
      const [contact] = await tx.query<Contact[]>(
        `${CONTACTS} and c.id = $1 and c.organisation_id = $2 for update of c`,
        [contactId, actor.organisationId],
      );
      if (!contact) throw new DomainError('request.not-found');
      const waiting = await tx.query<unknown[]>(
        `select 1 from contact_ping where contact_id = $1 and state = 'waiting'`,
        [contactId],
      );
      if (waiting.length > 0) throw new DomainError('contact.ping-waiting');
      return toView(await begin(tx, contact, at, actor));
    });
  }

  /** A person of the organisation has seen it. Late answers count too: the contact point is reached, if slowly. */
  answer(actor: Actor, id: string): Promise<PingView> {
    return this.work.run(actor, async (tx) => {
      const [ping] = await tx.query<PingRow[]>(
        `select ${PING_COLUMNS} from contact_ping p where p.id = $1 for update`,
        [id],
      );
      if (!ping) throw new DomainError('request.not-found');
      if (ping.answeredAt) return toView(ping);
      const at = this.clock.now();
      await tx.query(
        `update contact_ping set state = 'answered', answered_at = $2, answered_how = 'person', answered_by = $3 where id = $1`,
        [id, at, actor.personId],
      );
      await noteAnswer(tx, ping, 'person', at, actor);
      return toView({ ...ping, state: 'answered', answeredAt: at, answeredHow: 'person' });
    });
  }

  /** By the code of a mail; whoever has it is at the contact point. Repeating it changes nothing. */
  answerByCode(code: string): Promise<void> {
    return this.work.asWorkerFor('contact-ping', async (tx) => {
      const at = this.clock.now();
      const [ping] = await tx.query<PingRow[]>(
        `select ${PING_COLUMNS} from contact_ping p where p.code_hash = $1 for update`,
        [hashOfCode(code)],
      );
      if (!ping) throw new DomainError('contact.ping-code');
      if (ping.answeredAt) return;
      await tx.query(
        `update contact_ping set state = 'answered', answered_at = $2, answered_how = 'code' where id = $1`,
        [ping.id, at],
      );
      await noteAnswer(tx, ping, 'code', at, 'service');
    });
  }

  /** Asks every contact point that was not asked or confirmed for a quarter of a year. Returns how many. */
  async askDue(now: Date): Promise<number> {
    return this.work.asWorker(async (tx) => {
      const due = await tx.query<Contact[]>(
        `${CONTACTS} and greatest(c.confirmed_at, c.last_ping_at) <= $1
           and not exists (select 1 from contact_ping p where p.contact_id = c.id and p.state = 'waiting')
         order by c.id limit $2 for update of c skip locked`,
        [new Date(now.getTime() - PING_EVERY_MS), BATCH],
      );
      for (const contact of due) await begin(tx, contact, now, 'service');
      return due.length;
    });
  }

  /** Those whose time is over: the register says so, and people are called. Returns how many. */
  async endDue(now: Date): Promise<number> {
    return this.work.asWorker(async (tx) => {
      const over = await tx.query<PingRow[]>(
        `select ${PING_COLUMNS} from contact_ping p where p.state = 'waiting' and p.answer_by <= $1
         order by p.answer_by limit $2 for update skip locked`,
        [now, BATCH],
      );
      for (const ping of over) {
        await tx.query(`update contact_ping set state = 'unanswered' where id = $1`, [ping.id]);
        await tx.query(`update contact_point set ping_state = 'unanswered' where id = $1`, [ping.contactId]);
        await tx.query(
          `insert into escalation (id, organisation_id, side, ping_id, started_at, next_at) values ($1, $2, 'contact', $3, $4, $4)`,
          [uuidv7(), ping.organisationId, ping.id, ping.answerBy],
        );
        await appendPing(tx, ping, { kind: 'contact.unanswered', at: ping.answerBy, actor: 'service', how: null });
      }
      return over.length;
    });
  }
}

interface Contact {
  readonly id: string;
  readonly organisationId: string;
  readonly channel: ContactPoint['channel'];
  readonly answerMinutes: number | null;
}

const CONTACTS = `select c.id, c.organisation_id as "organisationId", c.channel,
    (select s.answer_minutes from duty_settings s where s.organisation_id = c.organisation_id) as "answerMinutes"
  from contact_point c where c.removed_at is null and c.confirmed_at is not null`;

async function begin(tx: Tx, contact: Contact, at: Date, actor: Actor | 'service'): Promise<PingRow> {
  const id = uuidv7();
  const minutes = contact.answerMinutes ?? DEFAULT_SETTINGS.answerMinutes;
  const answerBy = new Date(at.getTime() + minutes * MINUTE_MS);
  const { organisationId, channel } = contact;
  const row = { id, contactId: contact.id, organisationId, channel, state: 'waiting', askedAt: at, answerBy } as const;
  await tx.query(
    `insert into contact_ping (id, contact_id, organisation_id, channel, state, asked_at, answer_by) values ($1, $2, $3, $4, 'waiting', $5, $6)`,
    [id, contact.id, organisationId, channel, at, answerBy],
  );
  await tx.query(`update contact_point set last_ping_at = $2, ping_state = 'waiting' where id = $1`, [contact.id, at]);
  const ping = { ...row, toldAt: null, problem: null, answeredAt: null, answeredHow: null };
  await appendPing(tx, ping, { kind: 'contact.pinged', at, actor, how: null });
  await addJob(
    tx,
    CONTACT_PING,
    { pingId: id },
    { key: `${CONTACT_PING}:${id}`, queue: `${CONTACT_PING}:${organisationId}` },
  );
  return ping;
}

/** What an answer means for the contact point, which everybody who sends there sees. */
export async function noteAnswer(
  tx: Tx,
  ping: PingRow,
  how: PingAnswer,
  at: Date,
  actor: Actor | 'service',
): Promise<void> {
  await tx.query(`update contact_point set last_answered_at = $2, ping_state = 'answered' where id = $1`, [
    ping.contactId,
    at,
  ]);
  await appendPing(tx, ping, { kind: 'contact.ping-answered', at, actor, how });
}

interface Noted {
  readonly kind: LedgerKind;
  readonly at: Date;
  readonly actor: Actor | 'service';
  readonly how: PingAnswer | null;
}

const appendPing = (tx: Tx, ping: PingRow, { kind, at, actor, how }: Noted): Promise<unknown> =>
  append(tx, {
    kind,
    actor,
    at,
    subjects: { ping: ping.id, contact: ping.contactId },
    dims: { channel: ping.channel, how },
    audience: [ping.organisationId],
  });

const toView = ({ organisationId: _organisationId, ...ping }: PingRow): PingView => ({
  ...ping,
  askedAt: ping.askedAt.toISOString(),
  answerBy: ping.answerBy.toISOString(),
  toldAt: ping.toldAt?.toISOString() ?? null,
  answeredAt: ping.answeredAt?.toISOString() ?? null,
});

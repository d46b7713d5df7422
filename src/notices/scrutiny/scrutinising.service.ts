import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { advanceScrutiny, assertAnswerBy, assertOwnInTime, assertRequestInTime } from '../../domain/scrutiny';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { entryOf } from '../notice-facts';
import { Notice } from '../notice.entity';
import { lockNotice } from '../receiving';
import { assertScrutinisable, openScrutiny } from './opening';
import { scrutiniesOf, scrutinyViews, type ScrutinyRow } from './scrutinies';
import type { AnswerIntentionDto, IntendDto, OpenScrutinyDto, ScrutinyView } from './scrutiny.dto';

/** Scrutiny of a cross-border order until its decision (Art. 4): begun, asked for, intended, answered. */
@Injectable()
export class Scrutinising {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  list(actor: Actor, noticeId: string): Promise<ScrutinyView[]> {
    return this.work.read(actor, async (tx) => {
      await noticeOf(tx, noticeId);
      return scrutiniesOf(tx, actor, noticeId, this.clock.now());
    });
  }

  get(actor: Actor, id: string): Promise<ScrutinyView> {
    return this.work.read(actor, (tx) => this.viewOf(tx, actor, id));
  }

  /** The home authority begins of its own accord, within 72 hours of the copy. */
  begin(actor: Actor, noticeId: string, { reasons }: OpenScrutinyDto): Promise<ScrutinyView> {
    return this.work.run(actor, async (tx) => {
      await takeTurn(tx, noticeId);
      const notice = await noticeOf(tx, noticeId);
      if (notice.homeAuthorityId !== actor.organisationId) throw new DomainError('request.not-found');
      const at = this.clock.now();
      assertOwnInTime(assertScrutinisable(notice).copyAt, at);
      const id = await openScrutiny(tx, notice, { origin: 'own_initiative', reasons, at, actor });
      return this.viewOf(tx, actor, id);
    });
  }

  /** The provider asks for it, within 48 hours of its receipt of the order. */
  request(actor: Actor, noticeId: string, { reasons }: OpenScrutinyDto): Promise<ScrutinyView> {
    return this.work.run(actor, async (tx) => {
      await takeTurn(tx, noticeId);
      const notice = await lockNotice(tx, noticeId);
      if (notice?.recipientId !== actor.organisationId) throw new DomainError('request.not-found');
      const at = this.clock.now();
      assertScrutinisable(notice);
      assertRequestInTime(notice.receivedAt, at);
      const id = await openScrutiny(tx, notice, { origin: 'provider', reasons, at, actor });
      return this.viewOf(tx, actor, id);
    });
  }

  /** Tells the issuer that an infringement is going to be found, and why, before it is (Art. 4(5)). */
  intend(actor: Actor, id: string, { reasons, answerBy }: IntendDto): Promise<ScrutinyView> {
    return this.work.run(actor, async (tx) => {
      const row = await lockScrutiny(tx, id);
      if (row.organisation_id !== actor.organisationId) throw new DomainError('request.not-found');
      const at = this.clock.now();
      const state = advanceScrutiny(row.state, 'intend');
      if (row.origin === 'own_initiative' && at >= row.due_at) {
        throw new DomainError('scrutiny.period-over', { endedAt: row.due_at.toISOString() });
      }
      assertAnswerBy(answerBy, { now: at, dueAt: row.due_at });
      await tx.query(`update scrutiny set state = $2, intention = $3, intended_at = $4, answer_by = $5 where id = $1`, [
        id,
        state,
        reasons,
        at,
        answerBy,
      ]);
      const dims = { scrutiny: id, answerBy: answerBy.toISOString() };
      // The reasons are the two authorities' until the decision; the issuer reads them with the scrutiny.
      const internal = { reasons };
      const notice = await noticeOf(tx, row.notice_id);
      await append(tx, entryOf(notice, { kind: 'scrutiny.intended', actor, at, dims, internal }));
      return this.viewOf(tx, actor, id);
    });
  }

  /** The issuer answers to the intention. */
  answer(actor: Actor, id: string, { answer }: AnswerIntentionDto): Promise<ScrutinyView> {
    return this.work.run(actor, async (tx) => {
      const { notice_id: noticeId } = await rowOf(tx, id);
      await takeTurn(tx, noticeId);
      const row = await rowOf(tx, id);
      const notice = await lockNotice(tx, noticeId);
      if (notice?.senderId !== actor.organisationId) throw new DomainError('request.not-found');
      const at = this.clock.now();
      const state = advanceScrutiny(row.state, 'answer');
      await tx.query(`update scrutiny set state = $2, answer = $3, answered_at = $4 where id = $1`, [
        id,
        state,
        answer,
        at,
      ]);
      const dims = { scrutiny: id };
      await append(tx, entryOf(notice, { kind: 'scrutiny.answered', actor, at, dims, internal: { answer } }));
      return this.viewOf(tx, actor, id);
    });
  }

  private async viewOf(tx: Tx, actor: Actor, id: string): Promise<ScrutinyView> {
    const [view] = await scrutinyViews(tx, actor, id, this.clock.now());
    if (!view) throw new DomainError('request.not-found');
    return view;
  }
}

/** A notice that the actor may read. */
export async function noticeOf(tx: Tx, id: string): Promise<Notice> {
  const notice = await tx.findOneBy(Notice, { id });
  if (!notice) throw new DomainError('request.not-found');
  return notice;
}

async function rowOf(tx: Tx, id: string): Promise<ScrutinyRow> {
  const [row] = await tx.query<ScrutinyRow[]>(`select * from scrutiny where id = $1`, [id]);
  if (!row) throw new DomainError('request.not-found');
  return row;
}

/** Of the home authority, in its turn; locked, unless it was decided, when nobody may change it and it is only read. */
export async function lockScrutiny(tx: Tx, id: string): Promise<ScrutinyRow> {
  const { notice_id: noticeId } = await rowOf(tx, id);
  await takeTurn(tx, noticeId);
  const [row] = await tx.query<ScrutinyRow[]>(`select * from scrutiny where id = $1 for update`, [id]);
  return row ?? rowOf(tx, id);
}

/**
 * What happens to the scrutinies of one order happens one after the other; taken before any row is locked. The lock of the notice
 * cannot serve: the database gives it to the home authority with its decision and not before, when issuer and platform may hold it
 * and wait for the scrutiny.
 */
async function takeTurn(tx: Tx, noticeId: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('scrutiny:' || $1, 0))`, [noticeId]);
}

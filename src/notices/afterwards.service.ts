import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { DomainError } from '../domain/errors';
import { isDown } from '../domain/item-answer';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { assertVersion } from '../infra/http/versions';
import { append } from '../ledger/append';
import { NoticeClock } from './clock.entity';
import { isPast } from './clocks';
import type { AnswerReinstatementDto, NonComplianceDto, PreservationDto } from './course.dto';
import { barToDestroying } from './destroying';
import { entryOf } from './notice-facts';
import type { NoticeView } from './notice.view';
import { Notice, type NoticeAnswer } from './notice.entity';
import { lastAnswers, viewOf } from './notices.queries';
import { notePreservation } from './preservation';
import { lockNotice } from './receiving';
import { Reinstatement } from './reinstatement.entity';

interface Item {
  readonly notice: Notice;
  readonly answer: NoticeAnswer | undefined;
  readonly preservation: { readonly state: PreservationDto['state']; readonly deleted_at: Date | null } | undefined;
}

/** What follows an answer: preservation, destruction, putting back, and what a person records about it. */
@Injectable()
export class Afterwards {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** The platform says how far preserving an item has come. */
  preserve(actor: Actor, id: string, itemId: string, { state }: PreservationDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      const { notice, answer, preservation } = await this.lockItem(tx, actor, id, itemId);
      if (!answer || !isDown(answer.outcome)) throw new DomainError('preservation.no-measure');
      if (preservation?.deleted_at) throw new DomainError('preservation.deleted');
      const at = this.clock.now();
      await notePreservation(tx, notice, [{ itemId, preservation: state }], at);
      await append(
        tx,
        entryOf(notice, { kind: 'preservation.changed', actor, at, itemId, dims: { preservation: state } }),
      );
      return viewOf(tx, actor, id);
    });
  }

  /** The platform destroys an item for good: only what is preserved, and nothing that has to stay possible to put back. */
  deleteForGood(actor: Actor, id: string, itemId: string): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      const { notice, preservation } = await this.lockItem(tx, actor, id, itemId);
      if (preservation?.deleted_at) throw new DomainError('preservation.deleted');
      const at = this.clock.now();
      const bar = await barToDestroying(tx, notice, itemId, at);
      if (bar !== null) throw new DomainError(bar, { itemId });
      await tx.query(
        `insert into notice_preservation as p (notice_id, item_id, state, changed_at, deleted_at) values ($1, $2, 'complete', $3, $3)
         on conflict (notice_id, item_id) do update set deleted_at = excluded.deleted_at`,
        [id, itemId, at],
      );
      await append(tx, entryOf(notice, { kind: 'item.deleted-for-good', actor, at, itemId }));
      return viewOf(tx, actor, id);
    });
  }

  /** What the platform did about being asked to put an item back. */
  answerReinstatement(actor: Actor, id: string, itemId: string, dto: AnswerReinstatementDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      await this.answerReinstatementIn(tx, actor, id, itemId, dto);
      return viewOf(tx, actor, id);
    });
  }

  async answerReinstatementIn(
    tx: Tx,
    actor: Actor,
    id: string,
    itemId: string,
    dto: AnswerReinstatementDto,
  ): Promise<void> {
    const { notice } = await this.lockItem(tx, actor, id, itemId);
    const where = { noticeId: id, itemId, outcome: IsNull() };
    const open = await tx.findOne(Reinstatement, { where, lock: { mode: 'pessimistic_write' } });
    if (!open) throw new DomainError('reinstatement.not-asked');
    const at = this.clock.now();
    const { outcome, doneAt = null, reason = null } = dto;
    if ((outcome === 'reinstated') !== (doneAt !== null)) throw new DomainError('reinstatement.time-required');
    if (doneAt && (doneAt > at || doneAt < open.askedAt)) throw new DomainError('reinstatement.instant');
    await tx.update(Reinstatement, { id: open.id }, { outcome, doneAt, reason, answeredAt: at });
    const dims = {
      ground: open.ground,
      outcome,
      askedAt: open.askedAt.toISOString(),
      doneAt: doneAt?.toISOString() ?? null,
    };
    const shared = reason === null ? {} : { shared: { reason } };
    await append(tx, entryOf(notice, { kind: 'reinstatement.answered', actor, at, itemId, dims, ...shared }));
  }

  /** The clock writes facts; that an order was not complied with is said by a person of the competent authority, with reasons. */
  recordNonCompliance(actor: Actor, id: string, dto: NonComplianceDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      // The home authority may read and not change it, so there is nothing for it to lock; the record itself is made once.
      const notice = (await lockNotice(tx, id)) ?? (await tx.findOneBy(Notice, { id }));
      const isCompetent = notice && [notice.senderId, notice.homeAuthorityId].includes(actor.organisationId);
      if (!notice || !isCompetent || !actor.personId) throw new DomainError('request.not-found');
      assertVersion(notice.version, dto.version);
      if (notice.kind !== 'removal_order') throw new DomainError('notice.not-an-order');
      const at = this.clock.now();
      const missed = await missedDeadline(tx, id, at);
      const isVoid = notice.state === 'withdrawn' || notice.state === 'annulled';
      if (!missed || isVoid) throw new DomainError('notice.not-overdue');
      const recorded = await tx.query<unknown[]>(
        `insert into non_compliance (notice_id, organisation_id, recorded_by, recorded_at, reasons) values ($1, $2, $3, $4, $5)
         on conflict do nothing returning notice_id`,
        [id, actor.organisationId, actor.personId, at, dto.reasons],
      );
      if (recorded.length === 0) throw new DomainError('notice.non-compliance-recorded');
      const dims = { dueAt: missed.dueAt.toISOString(), takenBackAt: missed.takenBackAt?.toISOString() ?? null };
      const shared = { reasons: dto.reasons };
      await append(tx, entryOf(notice, { kind: 'notice.non-compliance', actor, at, dims, shared }));
      return viewOf(tx, actor, id);
    });
  }

  private async lockItem(tx: Tx, actor: Actor, id: string, itemId: string): Promise<Item> {
    const notice = await lockNotice(tx, id);
    if (notice?.recipientId !== actor.organisationId) throw new DomainError('request.not-found');
    const known = await tx.query<unknown[]>(`select 1 from notice_item where notice_id = $1 and item_id = $2`, [
      id,
      itemId,
    ]);
    if (known.length === 0) throw new DomainError('request.not-found');
    const [preservation] = await tx.query<NonNullable<Item['preservation']>[]>(
      `select state, deleted_at from notice_preservation where notice_id = $1 and item_id = $2`,
      [id, itemId],
    );
    const answer = (await lastAnswers(tx, [id])).find((one) => one.itemId === itemId);
    return { notice, answer, preservation };
  }
}

interface Missed {
  readonly dueAt: Date;
  /** When a measure that had been in time was taken back without another: the deadline itself had been met. */
  readonly takenBackAt: Date | null;
}

/** The deadline that passed and stands: of the present run, of one before an obstacle that was told of too late, or of an item. */
async function missedDeadline(tx: Tx, noticeId: string, at: Date): Promise<Missed | null> {
  const clock = await tx.findOneBy(NoticeClock, { noticeId });
  if (!clock) return null;
  if (isPast(clock, at) && clock.correction === null) return { dueAt: clock.dueAt, takenBackAt: null };
  const [run] = await tx.query<{ due_at: Date }[]>(
    `select due_at from clock_run where clock_id = $1 and run_no < $2 and fact is not null and correction is null
     order by run_no desc limit 1`,
    [clock.id, clock.runNo],
  );
  if (run) return { dueAt: run.due_at, takenBackAt: null };
  const late = (await lastAnswers(tx, [noticeId])).filter(({ timing }) => timing === 'late');
  const [first] = late.map(({ answeredAt }) => answeredAt).sort((one, other) => one.getTime() - other.getTime());
  return first ? { dueAt: clock.dueAt, takenBackAt: first } : null;
}

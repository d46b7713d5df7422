import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { timingAfter } from '../domain/answer-timing';
import { DomainError } from '../domain/errors';
import { checkAnswer, impliedReceiptAt, type ItemAnswer } from '../domain/item-answer';
import { answeringEvent, steps } from '../domain/notice-lifecycle';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { assertVersion } from '../infra/http/versions';
import { appendAll } from '../ledger/append';
import type { NoticeClock } from './clock.entity';
import { correctFact, correctionBy, deadlineFactsOf, isPast, lockClock, stopNoticeClock } from './clocks';
import { entryOf, facts } from './notice-facts';
import type { NoticeView } from './notice.view';
import { NoticeAnswer, NoticeItem } from './notice.entity';
import type { AnswerNoticeDto, ItemAnswerDto, VersionDto } from './notices.dto';
import { lastAnswers, viewOf } from './notices.queries';
import { dropObstacle, proveClarification } from './obstacles';
import { notePreservation } from './preservation';
import { lockNotice } from './receiving';
import { liftNonCompliance } from './reckoning';
import { takeInHand, takeUp, type Locked } from './taking-up';

interface Answered {
  readonly items: readonly NoticeItem[];
  /** The last answer to each item once these are given; null for an item still open. */
  readonly after: readonly (NoticeAnswer | null)[];
  readonly given: readonly NoticeAnswer[];
}

/** What the platform does with a notice. */
@Injectable()
export class Answering {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** Somebody has it in hand. An acknowledgement of what no channel has proved yet is itself the receipt. */
  acknowledge(actor: Actor, id: string, dto: VersionDto): Promise<NoticeView> {
    return this.work.run(actor, (tx) => this.acknowledgeIn(tx, actor, id, dto));
  }

  /** The same, within a transaction of the actor's. */
  async acknowledgeIn(tx: Tx, actor: Actor, id: string, dto: VersionDto): Promise<NoticeView> {
    const locked = await this.lock(tx, actor, id, dto);
    // Where no channel proves it, that they have the clarification is theirs to say.
    const isOfClarification = await proveClarification(tx, id, { at: locked.at, actor });
    if (!(await takeInHand(tx, actor, locked)) && !isOfClarification) {
      await takeUp(tx, actor, locked, { event: 'acknowledge', receivedAt: locked.at });
    }
    return viewOf(tx, actor, id);
  }

  /** Answers any number of items, or corrects answers. All of them or none. */
  answer(actor: Actor, id: string, dto: AnswerNoticeDto): Promise<NoticeView> {
    return this.work.run(actor, (tx) => this.answerIn(tx, actor, id, dto));
  }

  /** The same, within a transaction of the actor's. */
  async answerIn(tx: Tx, actor: Actor, id: string, dto: AnswerNoticeDto): Promise<NoticeView> {
    const locked = await this.lock(tx, actor, id, dto);
    const { notice, at } = locked;
    const items = await tx.find(NoticeItem, { where: { noticeId: id }, order: { position: 'asc' } });
    const before = await lastAnswers(tx, [id]);
    const answers = dto.answers.map(answerOf);
    assertItems(items, dto.answers);
    assertSeen(before, dto.answers);
    // The state first: an answer to a withdrawn notice is refused as that, not for what it says.
    const outcomes = items.map(({ itemId }) => outcomeAfter(itemId, before, dto.answers));
    const event = answeringEvent(outcomes);
    steps(notice.state, event);
    const sentAt = notice.sentAt ?? at;
    const context = { kind: notice.kind, sentAt, receivedAt: notice.receivedAt, now: at };
    for (const answer of answers) checkAnswer(answer, context);
    const receivedAt = impliedReceiptAt(answers, at);
    const clock = await takeUp(tx, actor, locked, { event, receivedAt });
    const { addresseeRef = null, authorisedPerson = null } = dto;
    const given = dto.answers.map((one) => ({
      ...recordOf(one, { notice, clock, at, before }),
      addresseeRef,
      authorisedPerson,
    }));
    const after = items.map(({ itemId }) => lastOf(itemId, given) ?? lastOf(itemId, before) ?? null);
    await this.record(tx, actor, { notice, clock, at }, { items, after, given });
    return viewOf(tx, actor, id);
  }

  private async lock(tx: Tx, actor: Actor, id: string, dto: VersionDto): Promise<Locked> {
    const notice = await lockNotice(tx, id);
    if (notice?.recipientId !== actor.organisationId) throw new DomainError('request.not-found');
    assertVersion(notice.version, dto.version);
    const clock = await lockClock(tx, id);
    return { notice, clock, at: this.clock.now() };
  }

  /** Writes the answers; stops the clock when no item is open. The answers' entries come last: the receipt is for them. */
  private async record(
    tx: Tx,
    actor: Actor,
    { notice, clock, at }: Locked & { clock: NoticeClock },
    { items, after, given }: Answered,
  ): Promise<void> {
    await tx.insert(NoticeAnswer, [...given]);
    await notePreservation(tx, notice, given, at);
    const timings = after.flatMap((answer) => (answer ? [answer.timing] : []));
    if (timings.length === items.length) {
      await dropObstacle(tx, notice.id, at);
      await stopNoticeClock(tx, notice, clock, { at, reason: 'answered', actor });
      if (isPast(clock, at)) {
        await correctFact(tx, notice, clock, { at, actor, correction: correctionBy(timings) });
        await liftNonCompliance(tx, notice, { at, actor });
      }
    }
    await appendAll(
      tx,
      given.map((answer) => {
        const { itemId, outcome, reason, timing, note, preservation, territory } = answer;
        const uploadedAt = items.find((item) => item.itemId === itemId)?.uploadedAt?.toISOString() ?? null;
        const measureAt = answer.measureAt?.toISOString() ?? null;
        const times = { measureAt, answeredAt: at.toISOString(), uploadedAt };
        const dims = { ...facts('notice.answered', { outcome, reason, timing, ...times }), preservation, territory };
        const shared = note === null ? {} : { shared: { note } };
        return entryOf(notice, { kind: 'notice.answered', actor, at, itemId, dims, ...shared });
      }),
    );
  }
}

const answerOf = ({ outcome, measureAt, reason, territory }: ItemAnswerDto): ItemAnswer => ({
  outcome,
  measureAt: measureAt ?? null,
  reason: reason ?? null,
  territory: territory ?? null,
});

const lastOf = (itemId: string, answers: readonly NoticeAnswer[]): NoticeAnswer | undefined =>
  answers.find((answer) => answer.itemId === itemId);

const outcomeAfter = (
  itemId: string,
  before: readonly NoticeAnswer[],
  given: readonly ItemAnswerDto[],
): string | null => given.find((one) => one.itemId === itemId)?.outcome ?? lastOf(itemId, before)?.outcome ?? null;

function assertItems(items: readonly NoticeItem[], answers: readonly ItemAnswerDto[]): void {
  const named = answers.map((answer) => answer.itemId);
  const unknown = named.filter((id) => !items.some((item) => item.itemId === id));
  if (unknown.length > 0) throw new DomainError('notice.unknown-item', { itemIds: unknown });
  if (new Set(named).size < named.length) throw new DomainError('notice.item-repeated');
}

/** Two people who answer at once: the second is told what the first recorded, instead of undoing it unseen. */
function assertSeen(before: readonly NoticeAnswer[], answers: readonly ItemAnswerDto[]): void {
  const overtaken = answers.filter(
    ({ itemId, afterRevision }) =>
      afterRevision !== undefined && afterRevision !== (lastOf(itemId, before)?.revision ?? 0),
  );
  if (overtaken.length > 0) {
    throw new DomainError('notice.answered-meanwhile', { itemIds: overtaken.map(({ itemId }) => itemId) });
  }
}

function recordOf(
  one: ItemAnswerDto,
  { notice, clock, at, before }: Locked & { clock: NoticeClock; before: readonly NoticeAnswer[] },
): Omit<NoticeAnswer, 'addresseeRef' | 'authorisedPerson'> {
  const answer = answerOf(one);
  const last = lastOf(one.itemId, before) ?? null;
  return {
    id: uuidv7(),
    noticeId: notice.id,
    itemId: one.itemId,
    revision: (last?.revision ?? 0) + 1,
    ...answer,
    answeredAt: at,
    note: one.note ?? null,
    preservation: one.preservation ?? null,
    timing: timingAfter(last, { ...answer, answeredAt: at }, deadlineFactsOf(clock)),
  };
}

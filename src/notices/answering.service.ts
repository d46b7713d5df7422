import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { timingOf } from '../domain/clock';
import { DomainError } from '../domain/errors';
import { checkAnswer, impliedReceiptAt, type ItemAnswer } from '../domain/item-answer';
import { answeringEvent, steps } from '../domain/notice-lifecycle';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { assertVersion } from '../infra/http/versions';
import { append, appendAll } from '../ledger/append';
import type { NoticeClock } from './clock.entity';
import { correctFact, lockClock, stopNoticeClock } from './clocks';
import { entryOf, facts } from './notice-facts';
import type { NoticeView } from './notice.view';
import { Notice, NoticeAnswer, NoticeItem } from './notice.entity';
import type { AnswerNoticeDto, ItemAnswerDto, VersionDto } from './notices.dto';
import { lastAnswers, viewOf } from './notices.queries';
import { lockNotice, receive } from './receiving';

/** A notice and its clock, both locked, and the instant at which they were: what was late while it waited counts as late. */
interface Locked {
  readonly notice: Notice;
  readonly clock: NoticeClock | null;
  readonly at: Date;
}

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
    return this.work.run(actor, async (tx) => {
      const locked = await this.lock(tx, actor, id, dto);
      await this.take(tx, actor, locked, { event: 'acknowledge', receivedAt: locked.at });
      return viewOf(tx, actor, id);
    });
  }

  /** Answers any number of items, or corrects answers. All of them or none. */
  answer(actor: Actor, id: string, dto: AnswerNoticeDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      const locked = await this.lock(tx, actor, id, dto);
      const { notice, at } = locked;
      const items = await tx.find(NoticeItem, { where: { noticeId: id }, order: { position: 'asc' } });
      const before = await lastAnswers(tx, [id]);
      const answers = dto.answers.map(answerOf);
      assertItems(items, dto.answers);
      // The state first: an answer to a withdrawn notice is refused as that, not for what it says.
      const outcomes = items.map(({ itemId }) => outcomeAfter(itemId, before, dto.answers));
      const event = answeringEvent(outcomes);
      steps(notice.state, event);
      const sentAt = notice.sentAt ?? at;
      const context = { kind: notice.kind, sentAt, receivedAt: notice.receivedAt, now: at };
      for (const answer of answers) checkAnswer(answer, context);
      const receivedAt = impliedReceiptAt(answers, at);
      const clock = await this.take(tx, actor, locked, { event, receivedAt });
      const given = dto.answers.map((one) => recordOf(one, { notice, clock, at, before }));
      const after = items.map(({ itemId }) => lastOf(itemId, given) ?? lastOf(itemId, before) ?? null);
      await this.record(tx, actor, { notice, clock, at }, { items, after, given });
      return viewOf(tx, actor, id);
    });
  }

  private async lock(tx: Tx, actor: Actor, id: string, dto: VersionDto): Promise<Locked> {
    const notice = await lockNotice(tx, id);
    if (notice?.recipientId !== actor.organisationId) throw new DomainError('request.not-found');
    assertVersion(notice.version, dto.version);
    const clock = await lockClock(tx, id);
    return { notice, clock, at: this.clock.now() };
  }

  /** Takes every step up to `event`, each with its entry but for the answer itself, and returns the clock that now exists. */
  private async take(
    tx: Tx,
    actor: Actor,
    { notice, clock, at }: Locked,
    { event, receivedAt }: { event: 'acknowledge' | 'answer' | 'answer_part'; receivedAt: Date },
  ): Promise<NoticeClock> {
    let running = clock;
    for (const step of steps(notice.state, event)) {
      if (step.event === 'receive') running = await receive(tx, notice, { at: receivedAt, channel: 'answer', actor });
      else await this.step(tx, actor, { notice, clock: running, at }, step);
    }
    if (!running) throw new Error('a received notice has a clock');
    return running;
  }

  private async step(
    tx: Tx,
    actor: Actor,
    { notice, at }: Locked,
    step: { readonly event: string; readonly to: Notice['state'] },
  ): Promise<void> {
    const isAcknowledged = step.event === 'acknowledge';
    const change = {
      state: step.to,
      version: notice.version + 1,
      ...(isAcknowledged ? { acknowledgedAt: at } : {}),
      ...(step.event === 'answer' ? { answeredAt: notice.answeredAt ?? at } : {}),
    };
    await tx.update(Notice, { id: notice.id }, change);
    Object.assign(notice, change);
    if (!isAcknowledged) return;
    const dims = facts('notice.acknowledged', { acknowledgedAt: at.toISOString() });
    await append(tx, entryOf(notice, { kind: 'notice.acknowledged', actor, at, dims: { ...dims } }));
  }

  /** Writes the answers; stops the clock when no item is open. The answers' entries come last: the receipt is for them. */
  private async record(
    tx: Tx,
    actor: Actor,
    { notice, clock, at }: Locked & { clock: NoticeClock },
    { items, after, given }: Answered,
  ): Promise<void> {
    await tx.insert(NoticeAnswer, [...given]);
    const timings = after.flatMap((answer) => (answer ? [answer.timing] : []));
    if (timings.length === items.length) {
      await stopNoticeClock(tx, notice, clock, { at, reason: 'answered', actor });
      await correctFact(tx, notice, clock, { at, actor, timings });
    }
    await appendAll(
      tx,
      given.map((answer) => {
        const { itemId, outcome, reason, timing, note, preservation } = answer;
        const uploadedAt = items.find((item) => item.itemId === itemId)?.uploadedAt?.toISOString() ?? null;
        const measureAt = answer.measureAt?.toISOString() ?? null;
        const times = { measureAt, answeredAt: at.toISOString(), uploadedAt };
        const dims = { ...facts('notice.answered', { outcome, reason, timing, ...times }), preservation };
        const shared = note === null ? {} : { shared: { note } };
        return entryOf(notice, { kind: 'notice.answered', actor, at, itemId, dims, ...shared });
      }),
    );
  }
}

const answerOf = ({ outcome, measureAt, reason }: ItemAnswerDto): ItemAnswer => ({
  outcome,
  measureAt: measureAt ?? null,
  reason: reason ?? null,
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

function recordOf(
  one: ItemAnswerDto,
  { notice, clock, at, before }: Locked & { clock: NoticeClock; before: readonly NoticeAnswer[] },
): NoticeAnswer {
  const answer = answerOf(one);
  return {
    id: uuidv7(),
    noticeId: notice.id,
    itemId: one.itemId,
    revision: (lastOf(one.itemId, before)?.revision ?? 0) + 1,
    ...answer,
    answeredAt: at,
    note: one.note ?? null,
    preservation: one.preservation ?? null,
    timing: timingOf({ measureAt: answer.measureAt, answeredAt: at }, clock.dueAt),
  };
}

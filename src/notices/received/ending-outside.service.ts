import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { advance } from '../../domain/notice-lifecycle';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { lockClock, stopNoticeClock } from '../clocks';
import { entryOf, facts } from '../notice-facts';
import type { NoticeView } from '../notice.view';
import { Notice } from '../notice.entity';
import { viewOf } from '../notices.queries';
import { dropObstacle } from '../obstacles';
import { lockNotice } from '../receiving';
import { askReinstatement } from '../reinstating';
import { assertBetween } from './instants';
import type { EndedDto } from './received.dto';
import { receivedOf } from './received.queries';

/** An order from outside ends outside, too: the platform records what it was told. */
@Injectable()
export class EndingOutside {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /**
   * By a person, as when they found it genuine. The platform is asked to put back what it took down, and may keep it down under its
   * own terms (Art. 4(7)).
   * @throws DomainError `received-order.not-taken-up`, `request.invalid`, `notice.illegal-transition`
   */
  ended(actor: Actor, id: string, dto: EndedDto): Promise<NoticeView> {
    if (actor.personId === null || actor.via === 'api-key') {
      throw new DomainError('auth.not-permitted', { reason: 'a person has to do this, not a key' });
    }
    return this.work.run(actor, async (tx) => {
      const received = await receivedOf(tx, id);
      const notice = received.notice_id ? await lockNotice(tx, received.notice_id) : null;
      if (!notice) throw new DomainError('received-order.not-taken-up');
      const now = this.clock.now();
      assertBetween('/toldAt', dto.toldAt, received.received_at, now);
      const clock = await lockClock(tx, notice.id);
      await end(tx, notice, dto);
      await dropObstacle(tx, notice.id, now);
      const reason = dto.ground === 'withdrawn' ? 'withdrawn' : 'annulled';
      if (clock) await stopNoticeClock(tx, notice, clock, { at: later(dto.toldAt, clock.startedAt), reason, actor });
      await append(tx, entryOf(notice, { ...entryFor(dto), actor, at: now, shared: { reason: dto.reason } }));
      await askReinstatement(tx, notice, { ground: dto.ground, at: now, actor });
      return viewOf(tx, actor, notice.id);
    });
  }
}

/** A run that began after the letter did not end before it began. */
const later = (one: Date, other: Date): Date => (one > other ? one : other);

async function end(tx: Tx, notice: Notice, { ground, toldAt, reason }: EndedDto): Promise<void> {
  const version = notice.version + 1;
  const change =
    ground === 'withdrawn'
      ? { state: advance(notice.state, 'withdraw'), withdrawnAt: toldAt, withdrawalReason: reason, version }
      : { state: advance(notice.state, 'annul'), annulledAt: toldAt, annulmentGround: ground, version };
  await tx.update(Notice, { id: notice.id }, change);
  Object.assign(notice, change);
}

function entryFor({ ground, toldAt }: EndedDto) {
  const told = toldAt.toISOString();
  return ground === 'withdrawn'
    ? ({
        kind: 'notice.withdrawn',
        dims: { ...facts('notice.withdrawn', { withdrawnAt: told }), outside: true },
      } as const)
    : ({ kind: 'notice.annulled', dims: { annulledAt: told, ground, outside: true } } as const);
}

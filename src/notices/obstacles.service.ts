import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { haltsBeforeDeadline } from '../domain/clock';
import { DomainError } from '../domain/errors';
import { steps } from '../domain/notice-lifecycle';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { assertVersion } from '../infra/http/versions';
import { append } from '../ledger/append';
import { correctFact, lockClock, pauseNoticeClock } from './clocks';
import type { AskClarificationDto, ClarifyDto, PossibleAgainDto, ReportImpossibleDto } from './course.dto';
import { enqueue } from './delivery-job';
import { entryOf } from './notice-facts';
import type { NoticeView } from './notice.view';
import { Notice } from './notice.entity';
import { viewOf } from './notices.queries';
import { Obstacle } from './obstacle.entity';
import { endObstacle, openObstacle } from './obstacles';
import { lockNotice } from './receiving';
import { reckonAnew } from './reckoning';
import { takeUp } from './taking-up';

type Raised = Pick<Obstacle, 'kind' | 'ground' | 'explanation' | 'needed'> & { readonly since: Date | undefined };

/** What keeps a platform from acting, and how that ends (TCO Art. 3(7), 3(8), Annex III). */
@Injectable()
export class Obstacles {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** Force majeure, or an impossibility that is not the platform's doing. The hour begins again when it is over. */
  impossible(actor: Actor, id: string, dto: ReportImpossibleDto): Promise<NoticeView> {
    return this.work.run(actor, (tx) => this.impossibleIn(tx, actor, id, dto));
  }

  /** The same, within a transaction of the actor's; so are those below that end with `In`. */
  impossibleIn(tx: Tx, actor: Actor, id: string, dto: ReportImpossibleDto): Promise<NoticeView> {
    const { explanation, since } = dto;
    return this.raise(tx, actor, id, dto, {
      kind: 'impossible',
      ground: 'force_majeure',
      explanation,
      needed: null,
      since,
    });
  }

  /** Manifest errors, or too little to act on. The hour begins again when the clarification is received. */
  askClarification(actor: Actor, id: string, dto: AskClarificationDto): Promise<NoticeView> {
    return this.work.run(actor, (tx) => this.askClarificationIn(tx, actor, id, dto));
  }

  askClarificationIn(tx: Tx, actor: Actor, id: string, dto: AskClarificationDto): Promise<NoticeView> {
    const { ground, explanation, needed } = dto;
    return this.raise(tx, actor, id, dto, { kind: 'clarification', ground, explanation, needed, since: undefined });
  }

  /** The platform can act again. */
  possibleAgain(actor: Actor, id: string, dto: PossibleAgainDto): Promise<NoticeView> {
    return this.work.run(actor, (tx) => this.possibleAgainIn(tx, actor, id, dto));
  }

  async possibleAgainIn(tx: Tx, actor: Actor, id: string, dto: PossibleAgainDto): Promise<NoticeView> {
    const notice = await this.lockOf(tx, actor, id, 'recipientId', dto);
    const obstacle = await openObstacle(tx, id);
    if (!obstacle) throw new DomainError('notice.no-obstacle');
    const now = this.clock.now();
    const at = dto.ceasedAt ?? now;
    if (at > now || at < obstacle.since) throw instantFault(at, obstacle.since, now);
    await endObstacle(tx, notice, obstacle, { at, recordedAt: now, actor });
    return viewOf(tx, actor, id);
  }

  /** The sender answers what was asked; it is delivered like the notice, and the hour begins again at its receipt. */
  clarify(actor: Actor, id: string, dto: ClarifyDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      const notice = await this.lockOf(tx, actor, id, 'senderId', dto);
      const obstacle = await openObstacle(tx, id);
      if (obstacle?.kind !== 'clarification' || obstacle.clarifiedAt)
        throw new DomainError('notice.not-a-clarification');
      const at = this.clock.now();
      await tx.update(Obstacle, { id: obstacle.id }, { clarification: dto.clarification, clarifiedAt: at });
      const shared = { clarification: dto.clarification };
      await append(tx, entryOf(notice, { kind: 'notice.clarified', actor, at, shared }));
      await enqueue(tx, id, 'notice.clarified', obstacle.id);
      return viewOf(tx, actor, id);
    });
  }

  private async raise(
    tx: Tx,
    actor: Actor,
    id: string,
    dto: { readonly version?: number },
    { since: claimed, ...raised }: Raised,
  ): Promise<NoticeView> {
    const notice = await this.lockOf(tx, actor, id, 'recipientId', dto);
    const at = this.clock.now();
    // An answered notice asks nothing any more, and one that was withdrawn never will.
    steps(notice.state, 'answer_part');
    if (await openObstacle(tx, id)) throw new DomainError('notice.obstacle-open');
    const known = await lockClock(tx, id);
    const clock =
      known && notice.state === 'acknowledged'
        ? known
        : await takeUp(tx, actor, { notice, clock: known, at }, { event: 'acknowledge', receivedAt: at });
    const since = claimed ?? at;
    const earliest = clock.startedAt;
    if (since > at || since < earliest) throw instantFault(since, earliest, at);
    await tx.insert(Obstacle, { id: uuidv7(), noticeId: id, ...raised, since, raisedAt: at });
    const { kind, ground, explanation, needed } = raised;
    await append(
      tx,
      entryOf(notice, {
        kind: kind === 'impossible' ? 'notice.impossible' : 'notice.clarification-asked',
        actor,
        at,
        dims: { ground, since: since.toISOString() },
        shared: { explanation, ...(needed === null ? {} : { needed }) },
      }),
    );
    await pauseNoticeClock(tx, notice, clock, { at, since, reason: kind, actor });
    // A fact that nobody has written yet never will be: the clock stood still before it.
    if (clock.fact !== null && haltsBeforeDeadline(since, clock.dueAt)) {
      await correctFact(tx, notice, clock, { at, actor, correction: 'not_running' });
    }
    await reckonAnew(tx, notice, { at, actor });
    return viewOf(tx, actor, id);
  }

  private async lockOf(
    tx: Tx,
    actor: Actor,
    id: string,
    side: 'senderId' | 'recipientId',
    dto: { readonly version?: number },
  ): Promise<Notice> {
    const notice = await lockNotice(tx, id);
    if (notice?.[side] !== actor.organisationId) throw new DomainError('request.not-found');
    assertVersion(notice.version, dto.version);
    return notice;
  }
}

const instantFault = (claimed: Date, earliest: Date, latest: Date): DomainError =>
  new DomainError('notice.obstacle-instant', {
    claimed: claimed.toISOString(),
    earliest: earliest.toISOString(),
    latest: latest.toISOString(),
  });

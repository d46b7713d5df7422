import { Injectable } from '@nestjs/common';
import { DomainError } from '../domain/errors';
import { steps, type NoticeEvent } from '../domain/notice-lifecycle';
import type { PlatformSize } from '../domain/vocabulary';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { assertVersion } from '../infra/http/versions';
import { addJob } from '../infra/jobs/jobs';
import { append } from '../ledger/append';
import { lockClock, stopNoticeClock } from './clocks';
import { assertCompetent } from './competence';
import { DELIVER, deliveryKey, type DeliveredEvent } from './delivery-job';
import { entryOf, facts } from './notice-facts';
import type { NoticeView } from './notice.view';
import { Notice, NoticeItem } from './notice.entity';
import type { VersionDto, WithdrawNoticeDto } from './notices.dto';
import { viewOf } from './notices.queries';
import { lockNotice } from './receiving';

interface Parties {
  readonly status: 'active' | 'provisional' | 'suspended';
  readonly platform_size: PlatformSize | null;
  readonly sender_country: string | null;
}

/** What the sender does with a notice. */
@Injectable()
export class Sending {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** One transaction: the notice, its entry, the platform as a party, and the job that delivers it. */
  send(actor: Actor, id: string, dto: VersionDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      const notice = await this.lockOwn(tx, actor, id, 'send', dto);
      await assertCompetent(tx, actor, notice.kind);
      await assertItemsSendable(tx, id);
      const parties = await sendableParties(tx, notice);
      const at = this.clock.now();
      const change = {
        state: 'sent',
        sentAt: at,
        platformSize: parties.platform_size,
        senderCountry: parties.sender_country,
        version: notice.version + 1,
      } as const;
      await tx.update(Notice, { id }, change);
      Object.assign(notice, change);
      await tx.query(`update notice_origin set sent_by = $2 where notice_id = $1`, [id, actor.personId]);
      await tx.query(
        `insert into notice_party (organisation_id, created_at, notice_id, side) values ($1, $2, $3, 'platform')`,
        [notice.recipientId, at, id],
      );
      await this.appendSent(tx, actor, notice, at);
      await enqueue(tx, id, 'notice.sent');
      return viewOf(tx, actor, id);
    });
  }

  /** Takes a notice back as long as something is still asked of the platform, which is told why. */
  withdraw(actor: Actor, id: string, dto: WithdrawNoticeDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      const notice = await this.lockOwn(tx, actor, id, 'withdraw', dto);
      const clock = await lockClock(tx, id);
      const at = this.clock.now();
      const version = notice.version + 1;
      await tx.update(Notice, { id }, { state: 'withdrawn', withdrawnAt: at, withdrawalReason: dto.reason, version });
      if (clock) await stopNoticeClock(tx, notice, clock, { at, reason: 'withdrawn', actor });
      const dims = facts('notice.withdrawn', { withdrawnAt: at.toISOString() });
      const shared = { reason: dto.reason };
      await append(tx, entryOf(notice, { kind: 'notice.withdrawn', actor, at, dims: { ...dims }, shared }));
      if (notice.sentAt) await enqueue(tx, id, 'notice.withdrawn');
      return viewOf(tx, actor, id);
    });
  }

  /** The sender has taken note of every answer. */
  close(actor: Actor, id: string, dto: VersionDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      const notice = await this.lockOwn(tx, actor, id, 'close', dto);
      const at = this.clock.now();
      await tx.update(Notice, { id }, { state: 'closed', closedAt: at, version: notice.version + 1 });
      const dims = facts('notice.closed', { closedAt: at.toISOString() });
      await append(tx, entryOf(notice, { kind: 'notice.closed', actor, at, dims: { ...dims } }));
      return viewOf(tx, actor, id);
    });
  }

  /** One's own notice, locked, in a state that allows `event`. */
  private async lockOwn(tx: Tx, actor: Actor, id: string, event: NoticeEvent, dto: VersionDto): Promise<Notice> {
    const notice = await lockNotice(tx, id);
    if (notice?.senderId !== actor.organisationId) throw new DomainError('request.not-found');
    assertVersion(notice.version, dto.version);
    steps(notice.state, event);
    return notice;
  }

  private async appendSent(tx: Tx, actor: Actor, notice: Notice, at: Date): Promise<void> {
    const items = await tx.find(NoticeItem, { where: { noticeId: notice.id }, order: { position: 'asc' } });
    const dims = facts('notice.sent', { sentAt: at.toISOString(), items: items.length });
    const shared = {
      reference: notice.reference,
      grounds: notice.grounds,
      requestedAction: notice.requestedAction,
      items: items.map(({ itemId, kind, address }) => ({ itemId, kind, address })),
    };
    await append(tx, entryOf(notice, { kind: 'notice.sent', actor, at, dims: { ...dims }, shared }));
  }
}

const enqueue = (tx: Tx, noticeId: string, event: DeliveredEvent): Promise<void> =>
  addJob(tx, DELIVER, { noticeId, event }, { key: deliveryKey(noticeId, event) });

/** Whole sites have been ordered down by mistake: what is too broad waits for a second person, whenever the draft was made. */
async function assertItemsSendable(tx: Tx, noticeId: string): Promise<void> {
  const items = await tx.query<{ id: string; state: string; held_because: string | null }[]>(
    `select i.id, i.state, i.held_because from notice_item n join content_item i on i.id = n.item_id
     where n.notice_id = $1 and i.state <> 'open' order by n.position`,
    [noticeId],
  );
  const held = items.filter((item) => item.state === 'held');
  if (held.length > 0) {
    const details = held.map((item) => ({ itemId: item.id, heldBecause: item.held_because }));
    throw new DomainError('notice.item-held', { items: details });
  }
  if (items.length > 0) throw new DomainError('notice.item-closed', { itemIds: items.map((item) => item.id) });
}

async function sendableParties(tx: Tx, notice: Notice): Promise<Parties> {
  const [parties] = await tx.query<Parties[]>(
    `select p.status, p.platform_size, s.country as sender_country from organisation p, organisation s
     where p.id = $1 and s.id = $2`,
    [notice.recipientId, notice.senderId],
  );
  if (!parties) throw new DomainError('request.not-found');
  if (parties.status === 'provisional') {
    throw new DomainError('notice.contact-unconfirmed', { platformId: notice.recipientId });
  }
  if (parties.status === 'suspended') throw new DomainError('notice.platform-suspended');
  return parties;
}

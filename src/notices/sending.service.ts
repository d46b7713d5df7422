import { Inject, Injectable } from '@nestjs/common';
import { OrderDeconfliction } from '../cases/deconfliction/order-deconfliction.service';
import { assertTellable } from '../cases/pap';
import { DomainError } from '../domain/errors';
import { advance, steps, type NoticeEvent } from '../domain/notice-lifecycle';
import { isSpent } from '../domain/spent-order';
import type { PlatformSize } from '../domain/vocabulary';
import { ClockSource } from '../infra/clock-source';
import { CONFIG, type Config } from '../infra/config';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { assertVersion } from '../infra/http/versions';
import { append } from '../ledger/append';
import { lockClock, stopNoticeClock } from './clocks';
import { assertCompetent } from './competence';
import { enqueue } from './delivery-job';
import { depart } from './departing';
import { FallenContributions } from './fallen-contributions.service';
import { entryOf, facts } from './notice-facts';
import type { NoticeView } from './notice.view';
import { Notice, NoticeItem } from './notice.entity';
import type { SendNoticeDto, VersionDto, WithdrawNoticeDto } from './notices.dto';
import { lastAnswers, viewOf } from './notices.queries';
import { assertOrderCanGo } from './orders/order-gate';
import { dropObstacle } from './obstacles';
import { lockNotice } from './receiving';
import { askReinstatement } from './reinstating';

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
    private readonly deconfliction: OrderDeconfliction,
    private readonly fallen: FallenContributions,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /**
   * Lets a notice go. It leaves at once, or when the time for second thoughts is over: one transaction writes the notice, its
   * entry, the platform as a party and the job that delivers it.
   */
  async send(actor: Actor, id: string, dto: SendNoticeDto): Promise<NoticeView> {
    const asked = await this.work.read(actor, (tx) => orderedItems(tx, actor, id));
    if (asked.length > 0) await this.deconfliction.assertNoOtherOrder(actor, asked, id);
    return this.work.run(actor, async (tx) => {
      const notice = await this.lockOwn(tx, actor, id, 'send', dto);
      await assertCompetent(tx, actor, notice.kind);
      await assertItemsSendable(tx, id);
      const itemIds = (await tx.findBy(NoticeItem, { noticeId: id })).map(itemIdOf);
      await assertTellable(tx, itemIds);
      const parties = await sendableParties(tx, notice);
      const at = this.clock.now();
      if (notice.kind === 'removal_order') {
        await assertOrderCanGo(tx, notice, at);
        await this.deconfliction.recordOrderTokens(tx, actor, id, itemIds);
      }
      const undoMs = 1000 * (dto.undoSeconds ?? (actor.personId === null ? 0 : this.config.undoSeconds));
      const departsAt = new Date(at.getTime() + undoMs);
      const change = {
        state: advance(notice.state, 'send'),
        departsAt,
        platformSize: parties.platform_size,
        senderCountry: parties.sender_country,
        version: notice.version + 1,
      };
      await tx.update(Notice, { id }, change);
      Object.assign(notice, change);
      await tx.query(`update notice_origin set sent_by = $2 where notice_id = $1`, [id, actor.personId]);
      if (undoMs === 0) await depart(tx, notice, { at, actor });
      else {
        const dims = { departsAt: departsAt.toISOString() };
        await append(tx, entryOf(notice, { kind: 'notice.leaving', actor, at, dims }));
      }
      return viewOf(tx, actor, id);
    });
  }

  /** Calls back what was let go and has not left. It is a draft again. */
  undo(actor: Actor, id: string, dto: VersionDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      const notice = await this.lockOwn(tx, actor, id, 'undo', dto);
      const at = this.clock.now();
      // The instant decides, not whether a worker was there to carry it out.
      if (notice.departsAt && notice.departsAt <= at) throw new DomainError('notice.departed');
      const change = { state: advance(notice.state, 'undo'), departsAt: null, version: notice.version + 1 };
      await tx.update(Notice, { id }, change);
      if (notice.kind === 'removal_order') await this.deconfliction.releaseOrderTokens(tx, id);
      await append(tx, entryOf(notice, { kind: 'notice.recalled', actor, at }));
      return viewOf(tx, actor, id);
    });
  }

  /**
   * Takes a notice back, at any time. The platform is told why, over every channel that had receipt, and is asked to put back
   * what it took down. An order that had left takes along what was contributed to the hash database because of it.
   */
  async withdraw(actor: Actor, id: string, dto: WithdrawNoticeDto): Promise<NoticeView> {
    const touched: string[] = [];
    const view = await this.work.run(actor, async (tx) => {
      const notice = await this.lockOwn(tx, actor, id, 'withdraw', dto);
      const clock = await lockClock(tx, id);
      const at = this.clock.now();
      const change = {
        state: advance(notice.state, 'withdraw'),
        departsAt: null,
        withdrawnAt: at,
        withdrawalReason: dto.reason,
        version: notice.version + 1,
      };
      await tx.update(Notice, { id }, change);
      await dropObstacle(tx, id, at);
      if (notice.kind === 'removal_order') await this.deconfliction.releaseOrderTokens(tx, id);
      if (clock) await stopNoticeClock(tx, notice, clock, { at, reason: 'withdrawn', actor });
      const dims = facts('notice.withdrawn', { withdrawnAt: at.toISOString() });
      const shared = { reason: dto.reason };
      await append(tx, entryOf(notice, { kind: 'notice.withdrawn', actor, at, dims: { ...dims }, shared }));
      if (!notice.sentAt) return viewOf(tx, actor, id);
      await askReinstatement(tx, notice, { ground: 'withdrawn', at, actor });
      await enqueue(tx, id, 'notice.withdrawn');
      if (notice.kind === 'removal_order') touched.push(...(await this.fallen.retract(tx, actor, id, at)));
      return viewOf(tx, actor, id);
    });
    await this.fallen.told(touched);
    return view;
  }

  /** The sender has taken note of every answer. */
  close(actor: Actor, id: string, dto: VersionDto): Promise<NoticeView> {
    return this.work.run(actor, async (tx) => {
      const notice = await this.lockOwn(tx, actor, id, 'close', dto);
      const at = this.clock.now();
      await tx.update(Notice, { id }, { state: 'closed', closedAt: at, version: notice.version + 1 });
      if (notice.kind === 'removal_order') {
        const answers = await lastAnswers(tx, [id]);
        const [spent, others] = [answers.filter(isSpent), answers.filter((answer) => !isSpent(answer))];
        await this.deconfliction.releaseSpent(tx, id, spent.map(itemIdOf), others.map(itemIdOf));
      }
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
}

const itemIdOf = ({ itemId }: { readonly itemId: string }): string => itemId;

/** The items of one's own order, whatever its state: an undo at the same instant makes it a draft again. None for anything else. */
async function orderedItems(tx: Tx, actor: Actor, id: string): Promise<readonly string[]> {
  const rows = await tx.query<{ item_id: string }[]>(
    `select i.item_id from notice n join notice_item i on i.notice_id = n.id
     where n.id = $1 and n.sender_id = $2 and n.kind = 'removal_order' order by i.position`,
    [id, actor.organisationId],
  );
  return rows.map((row) => row.item_id);
}

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

import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import { DISPUTE_REASONS, type DeclineReason, type DisputeReason } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { Contributions } from '../../signals/store/contributions.service';
import { Opinions } from '../../signals/store/opinions.service';
import { Retraction } from '../../signals/store/retraction.service';
import { entryOf, facts } from '../notice-facts';
import { Notice, NoticeAnswer, NoticeItem } from '../notice.entity';
import { lastAnswers } from '../notices.queries';
import { askReinstatement } from '../reinstating';
import type { DecideComplaintDto } from './complaints.dto';
import type { ComplaintRow } from './complaints.service';

interface Decision {
  readonly actor: Actor;
  readonly at: Date;
  readonly dto: DecideComplaintDto;
}

/** What follows from a complaint that was right: the item back, a further answer, and the hash database told (Art. 10(2)). */
@Injectable()
export class Upholding {
  constructor(
    private readonly retraction: Retraction,
    private readonly opinions: Opinions,
    private readonly contributions: Contributions,
  ) {}

  /** `notice` is locked, and the complaint recorded as upheld. Returns the signals concerned, for `told` after the commit. */
  async uphold(tx: Tx, notice: Notice, row: ComplaintRow, decision: Decision): Promise<string[]> {
    const { actor, at, dto } = decision;
    const itemIds = [row.item_id];
    await askReinstatement(tx, notice, { ground: 'complaint', at, actor, itemIds });
    await answerAnew(tx, notice, row.item_id, decision);
    const rows = await tx.query<{ id: string; signal_id: string; organisation_id: string }[]>(
      `select c.id, c.signal_id, c.organisation_id from complained_contributions($1, $2) f (id) join signal_contribution c on c.id = f.id
       where c.state in ('standing', 'quarantined') order by c.signal_id, c.id`,
      [notice.id, row.item_id],
    );
    const own = rows.filter((each) => each.organisation_id === actor.organisationId);
    const contributionIds = own.map(({ id }) => id);
    const ended = await this.retraction.retract(tx, actor, { contributionIds }, 'withdrawn', at, dto.reasons);
    const others = new Set(rows.filter((each) => !own.includes(each)).map((each) => each.signal_id));
    for (const signalId of others) await this.dispute(tx, signalId, decision);
    return [...new Set([...ended.signalIds, ...others])];
  }

  async told(signalIds: readonly string[]): Promise<void> {
    if (signalIds.length > 0) await this.contributions.told(signalIds);
  }

  /** Where the platform may say no more of a hash (its quota, a decision before), the complaint is decided all the same. */
  private async dispute(tx: Tx, signalId: string, { actor, at, dto }: Decision): Promise<void> {
    await tx.query('savepoint dispute');
    try {
      await this.opinions.stateIn(tx, actor, signalId, { opinion: 'dispute', reason: disputeReason(dto.reason) }, at);
      await tx.query('release savepoint dispute');
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      await tx.query('rollback to savepoint dispute');
    }
  }
}

const disputeReason = (reason: DeclineReason | undefined): DisputeReason =>
  DISPUTE_REASONS.find((each) => each === reason) ?? 'other';

/** A referral that was followed is declined now; to what has ended there is no further answer. */
async function answerAnew(tx: Tx, notice: Notice, itemId: string, { actor, at, dto }: Decision): Promise<void> {
  const isOver = notice.kind === 'removal_order' || notice.state === 'withdrawn' || notice.state === 'annulled';
  const { reason } = dto;
  if (isOver !== (reason === undefined)) throw new DomainError('complaint.reason', { isNeeded: !isOver });
  const last = (await lastAnswers(tx, [notice.id])).find((answer) => answer.itemId === itemId);
  if (isOver || reason === undefined || !last) return;
  const { timing, addresseeRef } = last;
  await tx.insert(NoticeAnswer, {
    id: uuidv7(),
    noticeId: notice.id,
    itemId,
    revision: last.revision + 1,
    outcome: 'declined',
    measureAt: null,
    answeredAt: at,
    reason,
    note: null,
    preservation: null,
    territory: null,
    addresseeRef,
    authorisedPerson: null,
    timing,
  });
  await tx.update(Notice, { id: notice.id }, { version: notice.version + 1 });
  const item = await tx.findOneByOrFail(NoticeItem, { noticeId: notice.id, itemId });
  const uploadedAt = item.uploadedAt?.toISOString() ?? null;
  const times = { measureAt: null, answeredAt: at.toISOString(), uploadedAt };
  const dims = { ...facts('notice.answered', { outcome: 'declined', reason, timing, ...times }), complaint: true };
  await append(tx, entryOf(notice, { kind: 'notice.answered', actor, at, itemId, dims }));
}

import { Injectable } from '@nestjs/common';
import { lastAgreedAskedAt } from '../../accounts/approvals.service';
import { DomainError } from '../../domain/errors';
import type { CopyAddressee } from '../../domain/redress';
import { assertDecidable, type ScrutinyOutcome } from '../../domain/scrutiny';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { entryOf } from '../notice-facts';
import type { Notice } from '../notice.entity';
import { lockNotice } from '../receiving';
import { Annulling } from '../redress/annulling.service';
import { closePeriod } from '../redress/periods';
import { scrutinyViews, type ScrutinyRow } from './scrutinies';
import { lockScrutiny, noticeOf } from './scrutinising.service';
import type { DecideScrutinyDto, ScrutinyView } from './scrutiny.dto';

/** The decision of the home authority on an order, and everything that follows from it in the same transaction. */
@Injectable()
export class Deciding {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly annulling: Annulling,
  ) {}

  /** By a second person. An infringement ends the order (Art. 4(7)), and with it every other scrutiny of it. */
  async decide(actor: Actor, id: string, dto: DecideScrutinyDto): Promise<ScrutinyView> {
    const touched: string[] = [];
    const view = await this.work.run(actor, async (tx) => {
      const row = await lockScrutiny(tx, id);
      if (row.organisation_id !== actor.organisationId) throw new DomainError('request.not-found');
      const at = this.clock.now();
      await assertNotDecidedOtherwise(tx, row, dto.outcome);
      const hearing = { state: row.state, origin: row.origin, dueAt: row.due_at, answerBy: row.answer_by };
      assertDecidable(hearing, dto.outcome, at);
      const notice = await noticeOf(tx, row.notice_id);
      await record(tx, notice, row, { dto, at, actor });
      if (dto.outcome === 'infringement') touched.push(...(await this.end(tx, row, { dto, at, actor })));
      const [decided] = await scrutinyViews(tx, actor, id, at);
      if (!decided) throw new Error('a scrutiny that was decided is not there');
      return decided;
    });
    await this.annulling.told(touched);
    return view;
  }

  private async end(tx: Tx, row: ScrutinyRow, decision: Decision): Promise<readonly string[]> {
    const { dto, at, actor } = decision;
    // Only now: the database lets the home authority lock the order once its decision stands.
    const notice = await lockNotice(tx, row.notice_id);
    if (!notice) throw new Error('an order that was decided about is not there');
    const others = await tx.query<ScrutinyRow[]>(
      `select * from scrutiny where notice_id = $1 and id <> $2 and outcome is null order by id for update`,
      [row.notice_id, row.id],
    );
    for (const other of others) await follow(tx, notice, other, row, decision);
    // What its issuer withdrew, or a court annulled, meanwhile has no effect left to lose.
    if (notice.state === 'withdrawn' || notice.state === 'annulled') return [];
    const shared = { reasons: dto.reasons, scrutiny: row.id };
    return this.annulling.annul(tx, notice, { ground: 'scrutiny', at, actor, shared });
  }
}

/**
 * One authority does not say both of one order at once. An infringement that it found was found in every scrutiny of the order. That
 * there is none, found in another scrutiny after this decision was put to the second person, was not known to whoever put it: it is
 * put again. On another request, with other reasons, the authority may come to another result later.
 * @throws DomainError `scrutiny.decided-otherwise`
 */
async function assertNotDecidedOtherwise(tx: Tx, row: ScrutinyRow, outcome: ScrutinyOutcome): Promise<void> {
  const askedAt = await lastAgreedAskedAt(tx, { verb: 'scrutiny.decide', subjectId: row.id });
  const [other] = await tx.query<Pick<ScrutinyRow, 'id' | 'outcome' | 'decided_at'>[]>(
    `select id, outcome, decided_at from scrutiny where notice_id = $1 and outcome <> $2
       and (id = $3 or outcome = 'infringement' or decided_at >= $4::timestamptz) order by decided_at desc limit 1`,
    [row.notice_id, outcome, row.id, askedAt],
  );
  if (!other) return;
  const decidedAt = other.decided_at?.toISOString() ?? null;
  throw new DomainError('scrutiny.decided-otherwise', { scrutinyId: other.id, outcome: other.outcome, decidedAt });
}

interface Decision {
  readonly dto: DecideScrutinyDto;
  readonly at: Date;
  readonly actor: Actor;
}

/** The decision, its entry, and to whom it went: to the parties by their feed, to the content provider by its page. */
async function record(tx: Tx, notice: Notice, row: ScrutinyRow, { dto, at, actor }: Decision): Promise<void> {
  const { outcome, reasons, europolCopy } = dto;
  await tx.query(
    `update scrutiny set state = 'decided', outcome = $2, decision_reasons = $3, decided_at = $4, decided_by = $5 where id = $1`,
    [row.id, outcome, reasons, at, actor.personId],
  );
  await closePeriod(tx, { noticeId: notice.id, kind: 'scrutiny_decision', subjectId: row.id }, at);
  if (row.origin === 'own_initiative') await closePeriod(tx, { noticeId: notice.id, kind: 'scrutiny_own' }, at);
  const dims = { scrutiny: row.id, origin: row.origin, outcome, inTime: at < row.due_at };
  const about = row.item_id ? { itemId: row.item_id } : {};
  await append(tx, entryOf(notice, { kind: 'scrutiny.decided', actor, at, dims, shared: { reasons }, ...about }));
  const here: CopyAddressee[] = [
    'issuer',
    'platform',
    ...(row.origin === 'content_provider' ? (['requester'] as const) : []),
  ];
  await tx.query(
    `insert into scrutiny_copy (scrutiny_id, addressee, channel, note, sent_at)
     select $1::uuid, a, 'in-platform', null, $3::timestamptz from unnest($2::text[]) a union all select $1, 'europol', $4, $5, $3`,
    [row.id, here, at, europolCopy.channel, europolCopy.note],
  );
  const copied = { scrutiny: row.id, addressee: 'europol', channel: europolCopy.channel };
  const internal = { note: europolCopy.note };
  await append(tx, entryOf(notice, { kind: 'scrutiny.copied', actor, at, dims: copied, internal }));
}

/** Whoever else had asked about the same order has the same decision: there is no order left to decide about. */
async function follow(tx: Tx, notice: Notice, other: ScrutinyRow, row: ScrutinyRow, decision: Decision): Promise<void> {
  if (!other.intended_at) {
    // The issuer has been heard on this order: on the scrutiny that was decided.
    await tx.query(
      `update scrutiny o set intention = s.intention, intended_at = s.intended_at, answer_by = s.answer_by from scrutiny s
       where o.id = $1 and s.id = $2`,
      [other.id, row.id],
    );
  }
  await record(tx, notice, other, decision);
}

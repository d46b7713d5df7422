import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../domain/errors';
import { ClockSource } from '../infra/clock-source';
import { Work, type Actor, type Tx } from '../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../infra/http/paging';
import { append } from '../ledger/append';
import type { ApprovalView } from './accounts.dto';
import { Approval } from './accounts.entity';

interface Question {
  readonly rule: { readonly verb: string; readonly table: string };
  readonly subjectId: string;
  readonly reason: string;
}

export interface Asked {
  readonly approval: { readonly id: string; readonly verb: string; readonly state: 'awaiting-second-person' };
}

/** A question that is asked and decided again while this one looks twice is asked for by more people than an organisation has. */
const TURNS = 3;

const lockOpen = (tx: Tx, verb: string, subjectId: string): Promise<Approval | null> =>
  tx
    .createQueryBuilder(Approval, 'a')
    .setLock('pessimistic_write')
    .where('a.verb = :verb and a.subjectId = :subjectId and a.decision is null', { verb, subjectId })
    .getOne();

const toView = (row: Approval): ApprovalView => ({
  id: row.id,
  verb: row.verb,
  subjectId: row.subjectId,
  reason: row.reason,
  askedBy: row.askedBy,
  askedAt: row.askedAt.toISOString(),
  decision: row.decision,
  decidedAt: row.decidedAt?.toISOString() ?? null,
});

@Injectable()
export class Approvals {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /**
   * The first person asks: returns what to answer. The second person agrees: returns undefined, and the verb runs on in
   * this transaction. The one who asked cannot agree, and repeating the question changes nothing.
   */
  async ask(tx: Tx, actor: Actor, question: Question): Promise<Asked | undefined> {
    const { rule, subjectId } = question;
    const seen = await tx.query<unknown[]>(`select 1 from ${rule.table} where id = $1`, [subjectId]);
    if (seen.length === 0) throw new DomainError('request.not-found');
    for (let turn = 0; turn < TURNS; turn++) {
      const open = await lockOpen(tx, rule.verb, subjectId);
      if (open) {
        if (open.askedBy === actor.personId) throw new DomainError('approval.same-person', { approvalId: open.id });
        await this.decide(tx, actor, open, 'approved', question.reason);
        return undefined;
      }
      const asked = await this.open(tx, actor, question);
      if (asked) return asked;
    }
    throw new DomainError('request.unavailable');
  }

  list(actor: Actor, query: PageQuery): Promise<Page<ApprovalView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await tx
        .createQueryBuilder(Approval, 'a')
        .where('a.organisationId = :org and a.decision is null', { org: actor.organisationId })
        .andWhere(after ? '(a.askedAt, a.id) < (:at, :id)' : 'true', { ...after })
        .orderBy('a.askedAt', 'DESC')
        .addOrderBy('a.id', 'DESC')
        .limit(query.limit + 1)
        .getMany();
      return pageOf(rows, query.limit, (row) => ({ at: row.askedAt, id: row.id }), toView);
    });
  }

  /** Anybody but the one who asked may say no; the question is closed then. */
  async refuse(actor: Actor, id: string, reason: string): Promise<ApprovalView> {
    return this.work.run(actor, async (tx) => {
      const row = await tx.findOne(Approval, { where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!row) throw new DomainError('request.not-found');
      if (row.decision) throw new DomainError('approval.decided', { decision: row.decision });
      if (row.askedBy === actor.personId) throw new DomainError('approval.same-person', { approvalId: id });
      return toView(await this.decide(tx, actor, row, 'refused', reason));
    });
  }

  /** Null where somebody else has asked at this instant: the insert waits for them, and their question is the open one. */
  private async open(tx: Tx, actor: Actor, { rule, subjectId, reason }: Question): Promise<Asked | null> {
    const given = reason.trim();
    if (given.length < 3 || given.length > 2000 || !actor.personId) {
      throw new DomainError('approval.reason-required', {}, [
        { pointer: '/reason', detail: 'three to 2000 characters' },
      ]);
    }
    const at = this.clock.now();
    const id = uuidv7();
    const inserted = await tx.query<unknown[]>(
      `insert into approval (id, organisation_id, verb, subject_id, reason, asked_by, asked_at) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (organisation_id, verb, subject_id) where decision is null do nothing returning id`,
      [id, actor.organisationId, rule.verb, subjectId, given, actor.personId, at],
    );
    if (inserted.length === 0) return null;
    const audience = [actor.organisationId];
    await append(tx, {
      kind: 'approval.asked',
      actor,
      at,
      subjects: { approval: id },
      dims: { verb: rule.verb },
      internal: { reason: given },
      audience,
    });
    return { approval: { id, verb: rule.verb, state: 'awaiting-second-person' } };
  }

  private async decide(
    tx: Tx,
    actor: Actor,
    row: Approval,
    decision: 'approved' | 'refused',
    reason: string,
  ): Promise<Approval> {
    const at = this.clock.now();
    const decided = { decision, decidedBy: actor.personId, decidedAt: at };
    await tx.update(Approval, { id: row.id }, decided);
    await append(tx, {
      kind: decision === 'approved' ? 'approval.given' : 'approval.refused',
      actor,
      at,
      subjects: { approval: row.id },
      dims: { verb: row.verb },
      internal: { reason },
      audience: [actor.organisationId],
    });
    return { ...row, ...decided };
  }
}

/** When what a second person agreed to last had been asked, whatever members of the body it was bound to; null: nobody has agreed. */
export async function lastAgreedAskedAt(
  tx: Tx,
  { verb, subjectId }: Pick<Approval, 'verb' | 'subjectId'>,
): Promise<Date | null> {
  const [row] = await tx.query<{ askedAt: Date }[]>(
    `select asked_at as "askedAt" from approval where subject_id = $2 and split_part(verb, '?', 1) = $1 and decision = 'approved'
     order by decided_at desc, id desc limit 1`,
    [verb, subjectId],
  );
  return row?.askedAt ?? null;
}

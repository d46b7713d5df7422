import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { aloneReason } from '../../domain/redress';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { pageOf, parseCursor, type Page } from '../../infra/http/paging';
import { append } from '../../ledger/append';
import { instant } from '../course.queries';
import { entryOf } from '../notice-facts';
import { lockNotice } from '../receiving';
import { closePeriod } from './periods';
import type { ComplaintQuery, ComplaintView, DecideComplaintDto } from './complaints.dto';
import { Upholding } from './upholding.service';

export interface ComplaintRow {
  readonly id: string;
  readonly notice_id: string;
  readonly item_id: string;
  readonly revision: number;
  readonly complaint_text: string;
  readonly lodged_at: Date;
  readonly due_at: Date;
  readonly outcome: ComplaintView['outcome'];
  readonly reasons: string | null;
  readonly decided_at: Date | null;
  readonly decided_by: string | null;
  readonly alone: string | null;
}

/** Complaints of content providers, as the platform sees to them (Art. 10). */
@Injectable()
export class Complaints {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly upholding: Upholding,
  ) {}

  /** One's own, newest first. */
  list(actor: Actor, query: ComplaintQuery): Promise<Page<ComplaintView>> {
    const after = parseCursor(query.cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await tx.query<ComplaintRow[]>(
        `select * from complaint where organisation_id = $1 and ($2::text is null or ($2 = 'open') = (outcome is null))
           and ($3::timestamptz is null or (lodged_at, id) < ($3, $4::uuid)) order by lodged_at desc, id desc limit $5`,
        [actor.organisationId, query.state ?? null, after?.at ?? null, after?.id ?? null, query.limit + 1],
      );
      const now = this.clock.now();
      return pageOf(
        rows,
        query.limit,
        ({ lodged_at: at, id }) => ({ at, id }),
        (row) => toView(row, now),
      );
    });
  }

  get(actor: Actor, id: string): Promise<ComplaintView> {
    return this.work.read(actor, async (tx) => toView(await complaintOf(tx, id), this.clock.now()));
  }

  /** By a person who did not give the answer complained of. Upheld, the item goes back, and what was said of it with it. */
  async decide(actor: Actor, id: string, dto: DecideComplaintDto): Promise<ComplaintView> {
    const { personId } = actor;
    if (!personId) throw new DomainError('auth.not-permitted', { reason: 'a person has to do this, not a key' });
    const touched: string[] = [];
    const view = await this.work.run(actor, async (tx) => {
      const before = await complaintOf(tx, id);
      const notice = await lockNotice(tx, before.notice_id);
      if (!notice) throw new DomainError('request.not-found');
      // Again under the lock of the notice, which two who decide at once wait for.
      const row = await complaintOf(tx, id);
      if (row.outcome !== null) throw new DomainError('complaint.decided', { outcome: row.outcome });
      const at = this.clock.now();
      const alone = await benchOf(tx, actor, personId, row, dto.alone ?? null);
      await tx.query(
        `update complaint set outcome = $2, reasons = $3, decided_at = $4, decided_by = $5, alone = $6 where id = $1`,
        [id, dto.outcome, dto.reasons, at, personId, alone],
      );
      await closePeriod(tx, { noticeId: notice.id, kind: 'complaint', subjectId: id }, at);
      const dims = { complaint: id, outcome: dto.outcome, inTime: at < row.due_at, isAlone: alone !== null };
      const shared = { reasons: dto.reasons };
      await append(tx, entryOf(notice, { kind: 'complaint.decided', actor, at, itemId: row.item_id, dims, shared }));
      if (dto.outcome === 'upheld') touched.push(...(await this.upholding.uphold(tx, notice, row, { actor, at, dto })));
      else if (dto.reason) throw new DomainError('complaint.reason', { isNeeded: false });
      return toView(await complaintOf(tx, id), at);
    });
    await this.upholding.told(touched);
    return view;
  }
}

async function complaintOf(tx: Tx, id: string): Promise<ComplaintRow> {
  const [row] = await tx.query<ComplaintRow[]>(`select * from complaint where id = $1`, [id]);
  if (!row) throw new DomainError('request.not-found');
  return row;
}

/** Who answered stands in the ledger, as far as it was a person; who could decide, in the platform's own membership. */
async function benchOf(
  tx: Tx,
  { organisationId }: Actor,
  deciderId: string,
  row: ComplaintRow,
  alone: string | null,
): Promise<string | null> {
  const answered = await tx.query<{ id: string }[]>(
    `select distinct person_id as id from ledger_entry where item_id = $1 and notice_id = $2 and kind = 'notice.answered'
       and organisation_id = $3 and person_id is not null and at <= $4`,
    [row.item_id, row.notice_id, organisationId, row.lodged_at],
  );
  const people = await tx.query<{ id: string }[]>(
    `select person_id as id from membership where organisation_id = $1 and ended_at is null and roles && array['moderator', 'supervisor']`,
    [organisationId],
  );
  const ids = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);
  return aloneReason({ deciderId, answeredBy: ids(answered), people: ids(people), alone });
}

const toView = (row: ComplaintRow, now: Date): ComplaintView => ({
  id: row.id,
  noticeId: row.notice_id,
  itemId: row.item_id,
  text: row.complaint_text,
  lodgedAt: row.lodged_at.toISOString(),
  dueAt: row.due_at.toISOString(),
  isOverdue: (row.decided_at ?? now) >= row.due_at,
  outcome: row.outcome,
  reasons: row.reasons,
  decidedAt: instant(row.decided_at),
  decidedBy: row.decided_by,
  alone: row.alone,
});

import type { CopyAddressee, CopyChannel } from '../../domain/redress';
import type { ScrutinyOrigin, ScrutinyOutcome, ScrutinyState } from '../../domain/scrutiny';
import type { Actor, Tx } from '../../infra/database/work';
import { instant } from '../course.queries';
import type { ScrutinyView } from './scrutiny.dto';

export interface ScrutinyRow {
  readonly id: string;
  readonly notice_id: string;
  readonly organisation_id: string;
  readonly origin: ScrutinyOrigin;
  readonly item_id: string | null;
  readonly state: ScrutinyState;
  readonly reasons: string;
  readonly opened_at: Date;
  readonly due_at: Date;
  readonly intention: string | null;
  readonly intended_at: Date | null;
  readonly answer_by: Date | null;
  readonly answer: string | null;
  readonly answered_at: Date | null;
  readonly outcome: ScrutinyOutcome | null;
  readonly decision_reasons: string | null;
  readonly decided_at: Date | null;
}

interface ViewRow extends ScrutinyRow {
  readonly sender_id: string;
  readonly copies: readonly Copy[] | null;
}

interface Copy {
  readonly addressee: CopyAddressee;
  readonly channel: CopyChannel;
  readonly note: string | null;
  readonly sentAt: string;
}

const SELECT = `select s.*, n.sender_id, (select json_agg(json_build_object('addressee', c.addressee, 'channel', c.channel, 'note', c.note,
    'sentAt', c.sent_at) order by c.addressee) from scrutiny_copy c where c.scrutiny_id = s.id) as copies
  from scrutiny s join notice n on n.id = s.notice_id`;

/** As the actor may read them; `where` names `s` and takes one parameter. */
async function select(tx: Tx, actor: Actor, where: string, value: string, now: Date): Promise<ScrutinyView[]> {
  const rows = await tx.query<ViewRow[]>(`${SELECT} where ${where} order by s.opened_at, s.id`, [value]);
  return rows.map((row) => toView(row, actor, now));
}

export const scrutiniesOf = (tx: Tx, actor: Actor, noticeId: string, now: Date): Promise<ScrutinyView[]> =>
  select(tx, actor, 's.notice_id = $1', noticeId, now);

export const scrutinyViews = (tx: Tx, actor: Actor, id: string, now: Date): Promise<ScrutinyView[]> =>
  select(tx, actor, 's.id = $1', id, now);

function toView(row: ViewRow, { organisationId }: Actor, now: Date): ScrutinyView {
  // What two authorities say to each other before the decision is theirs.
  const isBetween = [row.organisation_id, row.sender_id].includes(organisationId);
  return {
    id: row.id,
    noticeId: row.notice_id,
    authorityId: row.organisation_id,
    origin: row.origin,
    itemId: row.item_id,
    state: row.state,
    reasons: row.reasons,
    openedAt: row.opened_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    isOverdue: (row.decided_at ?? now) >= row.due_at,
    intention: isBetween ? row.intention : null,
    intendedAt: instant(row.intended_at),
    answerBy: instant(row.answer_by),
    answer: isBetween ? row.answer : null,
    answeredAt: instant(row.answered_at),
    outcome: row.outcome,
    decisionReasons: row.decision_reasons,
    decidedAt: instant(row.decided_at),
    copies: (row.copies ?? []).map((copy) => ({ ...copy, sentAt: new Date(copy.sentAt).toISOString() })),
  };
}

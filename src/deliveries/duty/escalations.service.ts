import { Injectable } from '@nestjs/common';
import { minutesLeft } from '../../domain/clock';
import type { NoticeState } from '../../domain/notice-lifecycle';
import type { StaffedHours } from '../../domain/staffed-hours';
import type { ClockKind, NoticeKind } from '../../domain/vocabulary';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor } from '../../infra/database/work';
import { pageOf, parseCursor, type Page, type PageQuery } from '../../infra/http/paging';
import type { BoardRowView, BoardView, EscalationStepView, EscalationView, UnreachedView } from './duty.dto';

const MOST_ON_BOARD = 500;

interface EscalationRow extends Omit<EscalationView, 'startedAt' | 'nextAt' | 'endedAt'> {
  readonly startedAt: Date;
  readonly nextAt: Date | null;
  readonly endedAt: Date | null;
}

interface BoardRow {
  readonly noticeId: string;
  readonly reference: string;
  readonly kind: NoticeKind;
  readonly state: NoticeState;
  readonly side: BoardRowView['side'];
  readonly clockKind: ClockKind;
  readonly clockState: 'running' | 'paused';
  readonly startedAt: Date;
  readonly dueAt: Date;
  readonly targetMs: number;
  readonly staffed: StaffedHours | null;
  readonly isAcknowledged: boolean;
}

type UnreachedRow = Omit<UnreachedView, 'sentAt' | 'unreachedAt'> & {
  readonly sentAt: Date;
  readonly unreachedAt: Date;
};

/** What was done when nobody had acknowledged, and which clocks run. */
@Injectable()
export class Escalations {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** Of one's own people, newest first. */
  list(actor: Actor, { limit, cursor }: PageQuery): Promise<Page<EscalationView>> {
    const after = parseCursor(cursor);
    return this.work.read(actor, async (tx) => {
      const rows = await tx.query<EscalationRow[]>(
        `select e.id, e.side, e.notice_id as "noticeId", e.ping_id as "pingId", e.report_id as "reportId", e.received_order_id as "receivedOrderId", e.started_at as "startedAt",
           e.next_at as "nextAt", e.ended_at as "endedAt", e.end_reason as "endReason",
           coalesce((select json_agg(json_build_object('step', s.step, 'act', s.act, 'dueAt', s.due_at, 'writtenAt', s.written_at,
             'stale', s.stale, 'called', s.called, 'channel', s.channel) order by s.due_at, s.step)
             from escalation_step s where s.escalation_id = e.id), '[]') as steps
         from escalation e where ($1::timestamptz is null or (e.started_at, e.id) < ($1, $2::uuid))
         order by e.started_at desc, e.id desc limit $3`,
        [after?.at ?? null, after?.id ?? null, limit + 1],
      );
      return pageOf(rows, limit, ({ startedAt, id }) => ({ at: startedAt, id }), toView);
    });
  }

  /** Clocks of one's own side that are not over, the least time left first; those that are halted last. */
  board(actor: Actor): Promise<BoardView> {
    return this.work.read(actor, async (tx) => {
      const rows = await tx.query<BoardRow[]>(
        `select n.id as "noticeId", n.reference, n.kind, n.state, c.kind as "clockKind", c.state as "clockState",
           c.started_at as "startedAt", c.due_at as "dueAt", c.target_ms as "targetMs", c.staffed,
           n.human_ack_at is not null as "isAcknowledged",
           case $1::uuid when n.sender_id then 'sender' when n.recipient_id then 'recipient' else 'home' end as side
         from clock c join notice n on n.id = c.notice_id where c.state in ('running', 'paused')
         order by c.state = 'paused', c.due_at, n.id limit $2`,
        [actor.organisationId, MOST_ON_BOARD],
      );
      const unreached = await tx.query<UnreachedRow[]>(
        `select id as "noticeId", reference, kind, sent_at as "sentAt", unreached_at as "unreachedAt" from notice
         where sender_id = $1 and state = 'sent' and unreached_at is not null order by unreached_at, id limit $2`,
        [actor.organisationId, MOST_ON_BOARD],
      );
      const now = this.clock.now();
      return {
        now: now.toISOString(),
        items: rows.map((row) => onBoard(row, now)),
        unreached: unreached.map((row) => ({
          ...row,
          sentAt: row.sentAt.toISOString(),
          unreachedAt: row.unreachedAt.toISOString(),
        })),
      };
    });
  }
}

function onBoard(row: BoardRow, now: Date): BoardRowView {
  const { noticeId, reference, kind, state, side, clockKind, clockState, isAcknowledged } = row;
  const { startedAt, dueAt, targetMs, staffed } = row;
  const isRunning = clockState === 'running';
  return {
    noticeId,
    reference,
    kind,
    state,
    side,
    clockState,
    isAcknowledged,
    dueAt: isRunning ? dueAt.toISOString() : null,
    minutesLeft: isRunning ? minutesLeft({ kind: clockKind, startedAt, targetMs, staffed }, now) : null,
  };
}

const stepOf = (step: EscalationStepView): EscalationStepView => ({
  ...step,
  dueAt: new Date(step.dueAt).toISOString(),
  writtenAt: new Date(step.writtenAt).toISOString(),
});

const toView = (row: EscalationRow): EscalationView => ({
  ...row,
  startedAt: row.startedAt.toISOString(),
  nextAt: row.nextAt?.toISOString() ?? null,
  endedAt: row.endedAt?.toISOString() ?? null,
  steps: row.steps.map(stepOf),
});

import type { ClockRun } from '../../domain/clock';
import type { EscalationSide, EscalationStep } from '../../domain/escalation';
import type { StaffedHours } from '../../domain/staffed-hours';
import type { ClockKind, NoticeKind } from '../../domain/vocabulary';
import type { Tx } from '../../infra/database/work';

export interface EscalationRow {
  readonly id: string;
  readonly organisationId: string;
  readonly side: EscalationSide;
  readonly noticeId: string | null;
  readonly runNo: number | null;
  readonly pingId: string | null;
  readonly reportId: string | null;
  readonly receivedOrderId: string | null;
  readonly startedAt: Date;
  readonly nextAt: Date | null;
}

/** What an escalation is about, as it stands now. */
export interface Matter {
  /** Answered, withdrawn, signed, or otherwise nothing to call anybody for. */
  readonly isSettled: boolean;
  readonly isAcknowledged: boolean;
  readonly run: ClockRun | null;
  readonly dueAt: Date | null;
  readonly noticeKind: NoticeKind | null;
  /** Who must not be the one to act. */
  readonly except: string | null;
}

const NOTHING: Matter = {
  isSettled: true,
  isAcknowledged: false,
  run: null,
  dueAt: null,
  noticeKind: null,
  except: null,
};

/** The escalation, locked until this transaction ends, if its next step is due still. */
export async function lockDue(tx: Tx, id: string, now: Date): Promise<EscalationRow | null> {
  const [row] = await tx.query<EscalationRow[]>(
    `select id, organisation_id as "organisationId", side, notice_id as "noticeId", run_no as "runNo", ping_id as "pingId",
       report_id as "reportId", received_order_id as "receivedOrderId", started_at as "startedAt", next_at as "nextAt"
     from escalation where id = $1 and next_at <= $2 for update skip locked`,
    [id, now],
  );
  return row ?? null;
}

export async function stepsTaken(tx: Tx, id: string): Promise<EscalationStep[]> {
  const rows = await tx.query<{ step: EscalationStep }[]>(
    'select step from escalation_step where escalation_id = $1 order by due_at, step',
    [id],
  );
  return rows.map(({ step }) => step);
}

export function matterOf(tx: Tx, row: EscalationRow): Promise<Matter> {
  if (row.pingId) return ofPing(tx, row.pingId);
  if (row.receivedOrderId) return ofReceivedOrder(tx, row.receivedOrderId);
  if (row.reportId) return ofLifeThreat(tx, row.reportId, row.organisationId);
  if (row.side === 'unreached') return ofUnreached(tx, row.noticeId);
  return row.side === 'signer' ? ofDraft(tx, row.noticeId) : ofClock(tx, row);
}

async function ofUnreached(tx: Tx, noticeId: string | null): Promise<Matter> {
  const [row] = await tx.query<{ kind: NoticeKind; state: string }[]>('select kind, state from notice where id = $1', [
    noticeId,
  ]);
  return { ...NOTHING, isSettled: row?.state !== 'sent', noticeKind: row?.kind ?? null };
}

interface ClockRow {
  readonly noticeKind: NoticeKind;
  /** Of a person: a machine that has it wakes nobody. */
  readonly humanAckAt: Date | null;
  readonly kind: ClockKind;
  readonly state: string;
  readonly runNo: number;
  readonly startedAt: Date;
  readonly dueAt: Date;
  readonly targetMs: number;
  readonly staffed: StaffedHours | null;
}

/** A run that was halted, or ended, is over: the next one has an escalation of its own. */
async function ofClock(tx: Tx, { noticeId, runNo }: EscalationRow): Promise<Matter> {
  const [row] = await tx.query<ClockRow[]>(
    `select n.kind as "noticeKind", n.human_ack_at as "humanAckAt", c.kind, c.state, c.run_no as "runNo",
       c.started_at as "startedAt", c.due_at as "dueAt", c.target_ms as "targetMs", c.staffed
     from clock c join notice n on n.id = c.notice_id where c.notice_id = $1`,
    [noticeId],
  );
  if (!row) return NOTHING;
  const { kind, startedAt, targetMs, staffed } = row;
  return {
    isSettled: row.state !== 'running' || row.runNo !== runNo,
    isAcknowledged: row.humanAckAt !== null,
    run: { kind, startedAt, targetMs, staffed },
    dueAt: row.dueAt,
    noticeKind: row.noticeKind,
    except: null,
  };
}

async function ofDraft(tx: Tx, noticeId: string | null): Promise<Matter> {
  const [row] = await tx.query<{ isOpen: boolean; askedBy: string | null }[]>(
    `select (n.state = 'draft' and r.signed_at is null and a.id is not null) as "isOpen", a.asked_by as "askedBy"
     from notice n join removal_order r on r.notice_id = n.id
       left join approval a on a.verb = 'order.sign' and a.subject_id = n.id and a.decision is null where n.id = $1`,
    [noticeId],
  );
  return {
    ...NOTHING,
    isSettled: !row?.isOpen,
    noticeKind: 'removal_order',
    except: row?.askedBy ?? null,
  };
}

async function ofPing(tx: Tx, pingId: string): Promise<Matter> {
  const [row] = await tx.query<{ state: string }[]>('select state from contact_ping where id = $1', [pingId]);
  return { ...NOTHING, isSettled: row?.state !== 'unanswered' };
}

async function ofLifeThreat(tx: Tx, reportId: string, organisationId: string): Promise<Matter> {
  const [row] = await tx.query<{ acknowledgedAt: Date | null }[]>(
    `select acknowledged_at as "acknowledgedAt" from life_threat_recipient where report_id = $1 and organisation_id = $2`,
    [reportId, organisationId],
  );
  return { ...NOTHING, isSettled: !row, isAcknowledged: row?.acknowledgedAt != null };
}

/** From the moment it is taken up, its clock has an escalation of its own. */
async function ofReceivedOrder(tx: Tx, id: string): Promise<Matter> {
  const [row] = await tx.query<{ state: string }[]>('select state from received_order where id = $1', [id]);
  return { ...NOTHING, isSettled: row?.state !== 'quarantined' };
}

import { DomainError } from '../../domain/errors';
import type { DisputeReason, DisputeState, SignalType } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';
import type { DisputeView } from './opinion.dto';
import { toldLists } from './signal-view';

export interface DisputeRow {
  readonly id: string;
  readonly signal_id: string;
  readonly signal_type: SignalType;
  readonly organisation_id: string | null;
  readonly organisation_name: string | null;
  /** Whose subscription handed it on; null where none did. */
  readonly relayed_by: string | null;
  readonly relayed_by_name: string | null;
  /** Those that it is about, and those of them that the asker may know of. */
  readonly named: readonly string[];
  readonly list_ids: string[];
  readonly reason: DisputeReason;
  readonly note: string | null;
  readonly state: DisputeState;
  readonly opened_at: Date;
  readonly due_at: Date;
  readonly overdue_at: Date | null;
  readonly closed_at: Date | null;
  readonly outcome_note: string | null;
  /** Contributions that the asker's organisation answers for. */
  readonly answered: readonly string[];
  readonly answers_for_all: boolean;
  readonly judges_all: boolean;
}

export const SELECT_DISPUTE = `select d.id, d.signal_id, s.type as signal_type, d.organisation_id, o.name as organisation_name, d.relayed_by, h.name as relayed_by_name,
    d.list_ids as named, ${toldLists('d')} as list_ids, d.reason, d.note,
    d.state, d.opened_at, d.due_at, d.overdue_at, d.closed_at, d.outcome_note, r.contributions as answered, r.is_all as answers_for_all, r.is_judge as judges_all
  from signal_dispute d join signal s on s.id = d.signal_id left join organisation o on o.id = d.organisation_id
    left join organisation h on h.id = d.relayed_by,
    lateral signal_responsibility(d.id) r`;

/** @throws DomainError `request.not-found` for a dispute about a signal that is not the asker's to see */
export async function requireDispute(tx: Tx, id: string): Promise<DisputeRow> {
  const [row] = await tx.query<DisputeRow[]>(`${SELECT_DISPUTE} where d.id = $1`, [id]);
  if (!row) throw new DomainError('request.not-found');
  return row;
}

/** What one's own source disputes one may set aside, as one may take an opinion back, and not carry out. */
export const isOfOwnSource = (actor: Actor, row: Pick<DisputeRow, 'relayed_by'>): boolean =>
  row.relayed_by === actor.organisationId;

export function toDisputeView(actor: Actor, row: DisputeRow): DisputeView {
  const isDecidable = row.state === 'open' && row.organisation_id !== actor.organisationId;
  return {
    id: row.id,
    signalId: row.signal_id,
    organisationId: row.organisation_id,
    organisationName: row.organisation_name,
    relayedBy: row.relayed_by === null ? null : { id: row.relayed_by, name: row.relayed_by_name ?? '' },
    listIds: row.list_ids,
    reason: row.reason,
    note: row.note,
    state: row.state,
    openedAt: row.opened_at.toISOString(),
    dueAt: row.due_at.toISOString(),
    overdueAt: row.overdue_at?.toISOString() ?? null,
    closedAt: row.closed_at?.toISOString() ?? null,
    outcomeNote: row.outcome_note,
    mayUphold: isDecidable && !isOfOwnSource(actor, row) && row.answered.length > 0,
    mayReject: isDecidable && row.judges_all,
  };
}

import { DomainError } from '../../domain/errors';
import { signalState } from '../../domain/signal-lifecycle';
import type { SignalType } from '../../domain/vocabulary';
import type { Tx } from '../../infra/database/work';
import type { OpenDispute, SignalContributionView, SignalView } from './contribution.dto';

export interface SignalRow {
  readonly id: string;
  readonly type: SignalType;
  readonly value: string;
  readonly quality: number | null;
  readonly confirms: number;
  readonly disputes: number;
  readonly fed_confirmed: number;
  readonly fed_false: number;
  readonly fed_known: number;
  readonly created_at: Date;
  readonly changed_at: Date;
  readonly erased_at: Date | null;
  readonly forgotten_at: Date | null;
  readonly contributions: SignalContributionView[];
  readonly open_disputes: OpenDispute[];
}

const instant = (column: string): string => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** A signal with what the asker's policies let it see of it. */
export const SELECT_SIGNAL = `select s.id, s.type, s.value, s.quality, s.confirms, s.disputes, s.fed_confirmed, s.fed_false, s.fed_known,
    s.created_at, s.changed_at, s.erased_at, s.forgotten_at, coalesce(c.list, '[]') as contributions, coalesce(d.list, '[]') as open_disputes
  from signal s
  left join lateral (
    select jsonb_agg(jsonb_build_object('organisationId', c.organisation_id, 'organisationName', coalesce(o.name, ''), 'listId', c.list_id,
      'contributedAt', ${instant('c.contributed_at')}, 'vocabulary', c.vocabulary, 'labels', c.labels, 'severity', c.severity,
      'incident', c.incident, 'state', c.state, 'reviewed', c.reviewed, 'reviewedAt', ${instant('c.reviewed_at')},
      'expiresAt', ${instant('c.expires_at')}, 'provenance', c.provenance) order by c.contributed_at, c.id) as list
    from signal_contribution c left join organisation o on o.id = c.organisation_id
    where c.signal_id = s.id and c.withdrawn_at is null) c on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('id', d.id, 'organisationId', d.organisation_id, 'reason', d.reason, 'openedAt', ${instant('d.opened_at')},
      'dueAt', ${instant('d.due_at')}) order by d.opened_at, d.id) as list
    from signal_dispute d where d.signal_id = s.id and d.state = 'open') d on true`;

export async function findSignals(tx: Tx, ids: readonly string[]): Promise<SignalView[]> {
  const rows = await tx.query<SignalRow[]>(`${SELECT_SIGNAL} where s.id = any($1::uuid[])`, [ids]);
  return rows.map(toView);
}

/** @throws DomainError `request.not-found` when there is none that the asker sees, or ever saw, something of */
export async function requireSignal(tx: Tx, id: string): Promise<SignalView> {
  const [view] = await findSignals(tx, [id]);
  if (!view) throw new DomainError('request.not-found');
  return view;
}

/**
 * Verbs of people about one signal take turns, so that each sees what the one before has done. (The row itself is not the
 * app role's to lock.)
 */
export async function lockSignal(tx: Tx, id: string): Promise<void> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('signal:' || $1, 0))`, [id]);
}

/**
 * The state is that of what the asker sees: a hash that stands on other lists alone is a tombstone here, so that nobody
 * learns from it that it stands elsewhere.
 */
export function toView(row: SignalRow): SignalView {
  const standing = row.contributions.filter(({ state }) => state === 'standing');
  const reviewed = standing.some((contribution) => contribution.reviewed);
  return {
    id: row.id,
    type: row.type,
    value: row.forgotten_at ? null : row.value,
    state: signalState({
      standing: standing.length,
      reviewed,
      confirms: row.confirms,
      openDisputes: row.open_disputes.length,
    }),
    reviewed,
    quality: row.quality,
    contributions: row.contributions,
    opinions: { confirm: row.confirms, dispute: row.disputes },
    feedback: { confirmed: row.fed_confirmed, false: row.fed_false, alreadyKnown: row.fed_known },
    disputes: row.open_disputes,
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
    erasedAt: row.erased_at?.toISOString() ?? null,
  };
}

import { DomainError } from '../../domain/errors';
import { standingOf } from '../../domain/signal-lifecycle';
import type { SignalOpinion, SignalType } from '../../domain/vocabulary';
import type { Tx } from '../../infra/database/work';
import type { FeedbackCounts, OpenDispute, SignalContributionView, SignalView } from './contribution.dto';

export interface SignalRow {
  readonly id: string;
  readonly type: SignalType;
  readonly value: string;
  readonly quality: number | null;
  readonly created_at: Date;
  readonly changed_at: Date;
  readonly erased_at: Date | null;
  readonly forgotten_at: Date | null;
  readonly contributions: SignalContributionView[];
  readonly opinions: readonly { organisationId: string; opinion: SignalOpinion; listIds: string[] }[];
  /** `named`: all that it is about, which decides; `listIds`: those of them that the asker may know of. */
  readonly open_disputes: readonly (OpenDispute & { readonly named: string[] })[];
  readonly feedback: FeedbackCounts;
}

const instant = (column: string): string => `to_char(${column} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Of the lists that an opinion or a dispute is about those that the asker may know of. */
export const toldLists = (said: string): string => `array(select l from unnest(${said}.list_ids) l
  where ${said}.organisation_id = (select current_org()) or l = any((select readable_lists())::uuid[]) or (select current_org_kind()) = 'operator')`;

/**
 * A signal with what the asker's policies let it see of it. When it changed, and that it was erased, is said of that alone: what
 * happens to the hash on lists that the asker does not read leaves no trace here.
 */
export const SELECT_SIGNAL = `select s.id, s.type, s.value, s.quality, s.created_at, s.forgotten_at,
    case when c.is_erased then s.erased_at end as erased_at,
    greatest(s.created_at, c.changed_at, p.changed_at, d.changed_at, case when c.is_erased then greatest(s.erased_at, s.forgotten_at) end) as changed_at,
    coalesce(c.list, '[]') as contributions, coalesce(p.list, '[]') as opinions, coalesce(d.list, '[]') as open_disputes, f.feedback
  from signal s
  left join lateral (
    select jsonb_agg(jsonb_build_object('organisationId', c.organisation_id, 'organisationName', coalesce(o.name, ''), 'listId', c.list_id,
      'contributedAt', ${instant('c.contributed_at')}, 'vocabulary', c.vocabulary, 'labels', c.labels, 'severity', c.severity,
      'incident', c.incident, 'state', c.state, 'reviewed', c.reviewed, 'reviewedAt', ${instant('c.reviewed_at')},
      'expiresAt', ${instant('c.expires_at')}, 'provenance', c.provenance) order by c.contributed_at, c.id) filter (where c.withdrawn_at is null) as list,
      max(greatest(c.contributed_at, c.reviewed_at, c.withdrawn_at)) as changed_at, bool_or(c.state = 'erased') as is_erased
    from signal_contribution c left join organisation o on o.id = c.organisation_id
    where c.signal_id = s.id) c on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('organisationId', p.organisation_id, 'opinion', p.opinion, 'listIds', p.list_ids))
      filter (where p.superseded_at is null) as list, max(coalesce(p.superseded_at, p.stated_at)) as changed_at
    from signal_opinion p where p.signal_id = s.id) p on true
  left join lateral (
    select jsonb_agg(jsonb_build_object('id', d.id, 'organisationId', d.organisation_id, 'listIds', ${toldLists('d')}, 'named', d.list_ids,
      'reason', d.reason, 'openedAt', ${instant('d.opened_at')}, 'dueAt', ${instant('d.due_at')}) order by d.opened_at, d.id)
      filter (where d.state = 'open') as list, max(coalesce(d.closed_at, d.opened_at)) as changed_at
    from signal_dispute d where d.signal_id = s.id) d on true
  left join lateral (
    select jsonb_build_object('confirmed', coalesce(sum(f.confirmed), 0), 'false', coalesce(sum(f.false_matches), 0),
      'alreadyKnown', coalesce(sum(f.known), 0)) as feedback from signal_feedback_counts(array[s.id]) f) f on true`;

/** The lists on which the asker sees the hash; `of others`: without those on which it stands behind it alone. */
export async function seenLists(tx: Tx, signalId: string, which: 'all' | 'of others'): Promise<string[]> {
  const [row] = await tx.query<{ lists: string[] }[]>('select signal_seen_lists($1, $2) as lists', [
    signalId,
    which === 'of others',
  ]);
  return row?.lists ?? [];
}

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
  const { state, confirms, lists } = standingOf({
    contributions: standing,
    confirmations: row.opinions.filter(({ opinion }) => opinion === 'confirm'),
    disputes: row.open_disputes.map(({ named }) => ({ listIds: named })),
  });
  return {
    id: row.id,
    type: row.type,
    value: row.forgotten_at ? null : row.value,
    state,
    reviewed: standing.some(({ reviewed, listId }) => reviewed && lists.includes(listId)),
    quality: row.quality,
    contributions: row.contributions,
    opinions: { confirm: confirms, dispute: row.opinions.filter(({ opinion }) => opinion === 'dispute').length },
    feedback: row.feedback,
    disputes: row.open_disputes.map(({ id, organisationId, listIds, reason, openedAt, dueAt }) => ({
      id,
      organisationId,
      listIds,
      reason,
      openedAt,
      dueAt,
    })),
    createdAt: row.created_at.toISOString(),
    changedAt: row.changed_at.toISOString(),
    erasedAt: row.erased_at?.toISOString() ?? null,
  };
}

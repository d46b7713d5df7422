import type { ContributionState, QuarantineOutcome, QuarantineReason, SignalType } from '../../../domain/vocabulary';
import type { Tx } from '../../../infra/database/work';
import type { Cursor } from '../../../infra/http/paging';

export interface BatchRow {
  readonly id: string;
  readonly organisation_id: string | null;
  readonly organisation_name: string | null;
  readonly made_at: Date;
  readonly waiting: number;
  readonly reasons: Partial<Record<QuarantineReason, number>>;
}

export interface WaitingRow {
  readonly item_id: string;
  readonly made_at: Date;
  readonly contribution_id: string;
  readonly signal_id: string;
  readonly organisation_id: string;
  readonly list_id: string;
  readonly type: SignalType;
  readonly value: string;
  readonly reason: QuarantineReason;
  readonly hits: number;
  readonly state: ContributionState;
  readonly contributed_at: Date;
}

/** An item with the contribution that it is about, while that has not ended. */
const WAITING = `signal_quarantine_item i join signal_contribution c on c.id = i.contribution_id and c.withdrawn_at is null`;

/** Batches in which something waits, newest first. */
export function findBatches(
  tx: Tx,
  filter: { readonly organisationId?: string | undefined; readonly id?: string },
  after: Cursor | null,
  limit: number,
): Promise<BatchRow[]> {
  return tx.query(
    `select q.id, q.organisation_id, o.name as organisation_name, q.made_at, w.waiting::int as waiting, w.reasons
     from signal_quarantine q left join organisation o on o.id = q.organisation_id
     join lateral (select sum(n) as waiting, jsonb_object_agg(reason, n) as reasons from (
       select i.reason, count(*) as n from ${WAITING} where i.quarantine_id = q.id and i.outcome is null group by i.reason) as by_reason
     ) w on w.waiting > 0
     where ($1::uuid is null or q.organisation_id = $1) and ($2::uuid is null or q.id = $2)
       and ($3::timestamptz is null or (q.made_at, q.id) < ($3, $4::uuid))
     order by q.made_at desc, q.id desc limit $5`,
    [filter.organisationId ?? null, filter.id ?? null, after?.at ?? null, after?.id ?? null, limit],
  );
}

/** What waits in one batch. */
export function findWaiting(
  tx: Tx,
  quarantineId: string,
  options: {
    readonly contributionIds?: readonly string[] | undefined;
    readonly afterItem?: string;
    readonly limit: number;
  },
): Promise<WaitingRow[]> {
  return tx.query(
    `select i.id as item_id, q.made_at, c.id as contribution_id, c.signal_id, c.organisation_id, c.list_id, i.type, i.value, i.reason, i.hits, c.state, c.contributed_at
     from signal_quarantine q join ${WAITING} on true
     where q.id = $1 and i.quarantine_id = q.id and i.outcome is null
       and ($2::uuid[] is null or c.id = any($2)) and ($3::uuid is null or i.id < $3)
     order by i.id desc limit $4`,
    [quarantineId, options.contributionIds ?? null, options.afterItem ?? null, options.limit],
  );
}

/** These of one batch, and the same contributions where they wait for the same reason in another. */
export async function settleReleased(
  tx: Tx,
  quarantineId: string,
  contributionIds: readonly string[],
  note: string,
  at: Date,
): Promise<void> {
  await tx.query(
    `update signal_quarantine_item i set outcome = 'released', outcome_note = $3, decided_at = $4
     from signal_quarantine_item mine where mine.quarantine_id = $1 and mine.contribution_id = any($2::uuid[])
       and i.contribution_id = mine.contribution_id and i.reason = mine.reason and i.outcome is null`,
    [quarantineId, contributionIds, note, at],
  );
}

/** Of these contributions of a batch those about which something is left to decide in another. */
export async function undecidedElsewhere(
  tx: Tx,
  quarantineId: string,
  contributionIds: readonly string[],
): Promise<Set<string>> {
  const rows = await tx.query<{ contribution_id: string }[]>(
    'select distinct contribution_id from signal_quarantine_item where contribution_id = any($1::uuid[]) and outcome is null and quarantine_id <> $2',
    [contributionIds, quarantineId],
  );
  return new Set(rows.map((row) => row.contribution_id));
}

/** A contribution is rejected once, in whatever batches it waits. */
export async function settle(
  tx: Tx,
  contributionIds: readonly string[],
  outcome: QuarantineOutcome,
  note: string,
  at: Date,
): Promise<void> {
  await tx.query(
    `update signal_quarantine_item set outcome = $2, outcome_note = $3, decided_at = $4
     where contribution_id = any($1::uuid[]) and outcome is null`,
    [contributionIds, outcome, note, at],
  );
}

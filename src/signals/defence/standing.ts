import { limitsOf, quotaDay, startingLevel, type Trust, type TrustLimits } from '../../domain/signal-trust';
import type { TrustLevel } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';

export const HOUR_MS = 3_600_000;

export interface Standing {
  readonly limits: TrustLimits;
  readonly today: number;
  readonly lastHour: number;
}

/** How far the actor's organisation is trusted now. */
export async function trustIn(tx: Tx, actor: Actor): Promise<Trust> {
  const [trust] = await tx.query<{ level: TrustLevel; daily_quota: number | null; hourly_flood: number | null }[]>(
    'select level, daily_quota, hourly_flood from signal_trust where organisation_id = $1',
    [actor.organisationId],
  );
  return {
    level: trust?.level ?? startingLevel(actor.organisationKind),
    dailyQuota: trust?.daily_quota ?? null,
    hourlyFlood: trust?.hourly_flood ?? null,
  };
}

/**
 * Where the organisation stands. Contributions of any state count: withdrawing and contributing anew is no way round. They are
 * counted by the minute, so that the hour is between 59 and 60 minutes.
 */
export async function standingOf(tx: Tx, actor: Actor, at: Date): Promise<Standing> {
  const limits = limitsOf(await trustIn(tx, actor));
  const hourAgo = new Date(at.getTime() - HOUR_MS);
  const [usage] = await tx.query<{ today: number; last_hour: number }[]>(
    `select coalesce(sum(contributed) filter (where minute >= $2), 0)::int as today,
       coalesce(sum(contributed) filter (where minute > $3), 0)::int as last_hour
     from signal_usage where organisation_id = $1 and minute >= least($2::timestamptz, $3::timestamptz)`,
    [actor.organisationId, quotaDay(at), hourAgo],
  );
  return { limits, today: usage?.today ?? 0, lastHour: usage?.last_hour ?? 0 };
}

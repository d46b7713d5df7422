import type { OrganisationKind, TrustLevel } from './vocabulary';

/** How much one organisation may contribute before somebody looks. Counts are of hashes. */
export interface TrustLimits {
  /** A calendar day in UTC; what is beyond is refused. */
  readonly dailyQuota: number;
  /** Any sixty minutes; what is beyond waits in quarantine for the operator. */
  readonly hourlyFlood: number;
}

/** Where an organisation stands, with what the operator set for it alone. */
export interface Trust {
  readonly level: TrustLevel;
  readonly dailyQuota: number | null;
  readonly hourlyFlood: number | null;
}

/** What an organisation contributed already. */
export interface TrustUsage {
  readonly today: number;
  readonly lastHour: number;
}

/**
 * `new`: what an analyst enters by hand and a small list. `known`: a whole batch of ten thousand and one more in the hour.
 * `trusted`: a list of millions within days.
 */
export const TRUST_LIMITS: Readonly<Record<TrustLevel, TrustLimits>> = {
  new: { dailyQuota: 2_000, hourlyFlood: 500 },
  known: { dailyQuota: 100_000, hourlyFlood: 20_000 },
  trusted: { dailyQuota: 2_000_000, hourlyFlood: 500_000 },
};

/** What an organisation may say of the hashes of others. Beyond either it is refused: an opinion cannot wait in quarantine. */
export interface OpinionLimits {
  /** Disputes: each keeps a hash from blocking until a person has decided, so that they are the dearest. */
  readonly disputes: { readonly daily: number; readonly hourly: number };
  /** Confirmations, and matches found false. */
  readonly opinions: { readonly daily: number; readonly hourly: number };
}

export const OPINION_LIMITS: Readonly<Record<TrustLevel, OpinionLimits>> = {
  new: { disputes: { daily: 20, hourly: 10 }, opinions: { daily: 1_000, hourly: 500 } },
  known: { disputes: { daily: 200, hourly: 100 }, opinions: { daily: 20_000, hourly: 5_000 } },
  trusted: { disputes: { daily: 2_000, hourly: 1_000 }, opinions: { daily: 200_000, hourly: 50_000 } },
};

/** Those of the level, and never more than the operator left it of contributions: whoever is held has no say either. */
export function opinionLimitsOf({ level, dailyQuota, hourlyFlood }: Trust): OpinionLimits {
  const within = ({ daily, hourly }: OpinionLimits['disputes']): OpinionLimits['disputes'] => ({
    daily: Math.min(daily, dailyQuota ?? daily),
    hourly: Math.min(hourly, hourlyFlood ?? hourly),
  });
  const { disputes, opinions } = OPINION_LIMITS[level];
  return { disputes: within(disputes), opinions: within(opinions) };
}

/** Before the operator says otherwise. Authorities are named in law and trusted flaggers vetted; a platform is whoever asked. */
export const startingLevel = (kind: OrganisationKind): TrustLevel =>
  kind === 'authority' || kind === 'civil_society' ? 'known' : 'new';

export const limitsOf = ({ level, dailyQuota, hourlyFlood }: Trust): TrustLimits => ({
  dailyQuota: dailyQuota ?? TRUST_LIMITS[level].dailyQuota,
  hourlyFlood: hourlyFlood ?? TRUST_LIMITS[level].hourlyFlood,
});

/** What becomes of the next `count` hashes, in their order: so many stand, so many wait, the rest is refused. */
export function allot(
  limits: TrustLimits,
  usage: TrustUsage,
  count: number,
): { readonly stand: number; readonly wait: number; readonly refused: number } {
  const taken = Math.min(count, Math.max(0, limits.dailyQuota - usage.today));
  const stand = Math.min(taken, Math.max(0, limits.hourlyFlood - usage.lastHour));
  return { stand, wait: taken - stand, refused: count - taken };
}

const DAY_MS = 86_400_000;
/** Midnight in UTC: quotas are counted from it. */
export const quotaDay = (at: Date): Date => new Date(Math.floor(at.getTime() / DAY_MS) * DAY_MS);
export const quotaResetsAt = (at: Date): Date => new Date(quotaDay(at).getTime() + DAY_MS);

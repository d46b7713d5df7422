/**
 * Percentiles by nearest rank: the p-th percentile of n values is the value at rank ⌈p/100 × n⌉ in ascending order.
 * It is always a value that occurred, needs no interpolation and comes out the same for whoever recomputes it.
 */
export interface Distribution {
  readonly n: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
  /** The same in hours, rounded to four places: the unit of the DSA templates (Implementing Regulation (EU) 2024/2835). */
  readonly hours: Readonly<Record<'p50' | 'p90' | 'p95' | 'max', number | null>>;
}

const HOUR_MS = 3_600_000;
const toHours = (ms: number | null): number | null => (ms === null ? null : Math.round((ms / HOUR_MS) * 1e4) / 1e4);

/** @param sorted ascending */
export const nearestRank = (sorted: ArrayLike<number>, percent: number): number | null =>
  sorted.length === 0 ? null : (sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1] ?? null);

/** @param valuesMs durations in any order; left as they are */
export function distributionOf(valuesMs: readonly number[]): Distribution {
  const sorted = Float64Array.from(valuesMs).sort();
  const at = (percent: number): number | null => nearestRank(sorted, percent);
  const [p50Ms, p90Ms, p95Ms, maxMs] = [at(50), at(90), at(95), at(100)] as const;
  const hours = { p50: toHours(p50Ms), p90: toHours(p90Ms), p95: toHours(p95Ms), max: toHours(maxMs) };
  return { n: sorted.length, p50Ms, p90Ms, p95Ms, maxMs, hours };
}

/** A share between 0 and 1 to four places; null of nothing. */
export const shareOf = (part: number, whole: number): number | null =>
  whole === 0 ? null : Math.round((part / whole) * 1e4) / 1e4;

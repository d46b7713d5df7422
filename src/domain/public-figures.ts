import { METRICS_VERSION } from './metric-definitions';
import type { Summary } from './metrics';
import type { ItemRow } from './metric-tally';
import { SMALLEST_PUBLISHED, suppressCount, suppressTable, type Published, type PublishedTable } from './suppression';
import { perSignalType, PLATFORM_SIZES, type SignalType } from './vocabulary';

/** From how many values the extremes of a distribution are published: below, the longest time is one case. */
export const SMALLEST_FOR_EXTREMES = 100;

/** Outcomes as the public sees them: grouped, so that rare ones do not take the common ones into hiding with them. */
export const PUBLIC_OUTCOMES = {
  measure_taken: ['removed', 'disabled', 'hidden', 'restricted', 'account_actioned'],
  declined: ['declined'],
  nothing_there: ['already_gone', 'not_found'],
  withdrawn: ['withdrawn', 'annulled'],
  open: ['open'],
} as const satisfies Record<string, readonly ItemRow[]>;

/** What anyone may read about a closed month. Percentiles in ms. */
export interface PublicFigures {
  readonly metricsVersion: typeof METRICS_VERSION;
  readonly period: Summary['period'];
  readonly notices: {
    readonly sent: Published;
    readonly received: Published;
    readonly targetMissed: Published;
  };
  /** Items by PUBLIC_OUTCOMES (rows) and platform size (columns), with totals. */
  readonly items: PublishedTable;
  readonly responseTime: PublicTimes & { readonly shareWithinHour: number | null };
  readonly exposureTime: PublicTimes;
  readonly activity: {
    readonly matches: Published;
    readonly exhibitsPreserved: Published;
    readonly hashesContributed: Readonly<Record<SignalType, Published>>;
  };
}
export interface PublicTimes {
  readonly n: Published;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p95Ms: number | null;
  readonly maxMs: number | null;
}

const NO_TIMES: PublicTimes = { n: 'withheld', p50Ms: null, p90Ms: null, p95Ms: null, maxMs: null };

const timesOf = (times: Summary['responseTime' | 'exposureTime'], isOpen: boolean): PublicTimes => {
  if (!isOpen || times.n < SMALLEST_PUBLISHED) return NO_TIMES;
  const extremes = times.n >= SMALLEST_FOR_EXTREMES;
  return {
    n: times.n,
    p50Ms: times.p50Ms,
    p90Ms: times.p90Ms,
    p95Ms: extremes ? times.p95Ms : null,
    maxMs: extremes ? times.maxMs : null,
  };
};

/** A share tells both of its parts to whoever knows the whole, so both must be large enough. */
const shareWithin = ({ withinHour, n, shareWithinHour }: Summary['responseTime']): number | null =>
  Math.min(withinHour, n - withinHour) < SMALLEST_PUBLISHED ? null : shareWithinHour;

const itemsOf = ({ tables: { platformSize: table } }: Summary): PublishedTable => {
  const columns = [...PLATFORM_SIZES, 'unknown'].filter((size) => table[size] !== undefined);
  const counts = Object.values(PUBLIC_OUTCOMES).map((outcomes) =>
    columns.map((size) => outcomes.reduce((sum, outcome) => sum + (table[size]?.[outcome] ?? 0), 0)),
  );
  return suppressTable(Object.keys(PUBLIC_OUTCOMES), columns, counts);
};

/**
 * The figures of a closed month without small numbers.
 * One table of items is published and no second one over the same items: two tables that share totals can give away
 * together what each hides alone. For the same reason times, whose n is the total of measures, and the number of
 * notices, which is that of items where each has one, appear only where those totals do. Single outcomes, results of
 * notices, timings and reasons are for those with a login.
 */
export function publicFigures(summary: Summary): PublicFigures {
  const { notices, activity } = summary;
  const items = itemsOf(summary);
  const isCounted = typeof items.total === 'number';
  const isMeasured = typeof items.rowTotals[0] === 'number';
  const response = timesOf(summary.responseTime, isMeasured);
  const noticeCount = (count: number): Published => (isCounted ? suppressCount(count) : items.total);
  return {
    metricsVersion: METRICS_VERSION,
    period: summary.period,
    notices: {
      sent: noticeCount(notices.sent),
      received: noticeCount(notices.received),
      targetMissed: noticeCount(notices.targetMissed),
    },
    items,
    responseTime: {
      ...response,
      shareWithinHour: typeof response.n === 'number' ? shareWithin(summary.responseTime) : null,
    },
    exposureTime: timesOf(summary.exposureTime, isMeasured),
    activity: {
      matches: suppressCount(activity.matches),
      exhibitsPreserved: suppressCount(activity.exhibitsPreserved),
      hashesContributed: perSignalType((type) => suppressCount(activity.hashesContributed[type])),
    },
  };
}

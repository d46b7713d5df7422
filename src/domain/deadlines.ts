/**
 * Every deadline of the law that the service reckons with, as data. `checked: 'text'` was compared with a stored
 * copy of the legal text; `'memory'` was not and must be before anyone relies on it.
 * Instants are exact: an hour is 3,600,000 ms from the event. Rounding up to whole hours or days, as rules on
 * periods may allow, could only lengthen a deadline; what we state is the strictest reading.
 */
export interface Duration {
  readonly months?: number;
  readonly weeks?: number;
  readonly days?: number;
  /** Monday to Friday; public holidays are not known here and can only lengthen the period. */
  readonly workingDays?: number;
  readonly hours?: number;
}

interface Source {
  /** The event that starts the period, in words. */
  readonly startsAt: string | null;
  readonly source: string;
  readonly checked: 'text' | 'memory';
}
/** `exactly`: the period itself. `at_most`: done sooner is fine. `at_least`: sooner is forbidden. `upTo`: the longest where the text gives a range. */
export interface Period extends Source {
  readonly form: 'period';
  readonly bound: 'exactly' | 'at_most' | 'at_least';
  readonly duration: Duration;
  readonly upTo?: Duration;
  readonly extension?: Duration;
  readonly thenEvery?: Duration;
}
/** A day of every year, UTC; `before` excludes the day, `by` includes it. */
export interface Annual extends Source {
  readonly form: 'annual';
  readonly bound: 'before' | 'by';
  readonly month: number;
  readonly day: number;
}
export interface Occurrences extends Source {
  readonly form: 'occurrences';
  readonly atLeast: number;
  readonly within: Duration;
}
export interface Ceiling extends Source {
  readonly form: 'ceiling';
  readonly percent: number;
}
export type Deadline = Period | Annual | Occurrences | Ceiling;

const tco = (article: string, startsAt: string | null = null) =>
  ({ source: `Regulation (EU) 2021/784 ${article}`, checked: 'text', startsAt }) as const;
const ee = (article: string, startsAt: string | null = null) =>
  ({ source: `Regulation (EU) 2023/1543 ${article}`, checked: 'text', startsAt }) as const;
const led = (article: string, startsAt: string) =>
  ({ source: `Directive (EU) 2016/680 ${article}`, checked: 'text', startsAt }) as const;
const budapest = (article: string, startsAt: string, checked: 'text' | 'memory') =>
  ({ source: `CETS 185 ${article}`, checked, startsAt }) as const;
const protocol = (article: string) =>
  ({ source: `CETS 224 ${article}`, checked: 'memory', startsAt: 'receipt' }) as const;
const exactly = (duration: Duration) => ({ form: 'period', bound: 'exactly', duration }) as const;
const atMost = (duration: Duration) => ({ form: 'period', bound: 'at_most', duration }) as const;
const atLeast = (duration: Duration) => ({ form: 'period', bound: 'at_least', duration }) as const;

export const DEADLINES = {
  /** Restarts from zero when force majeure ends (3(7)) or clarification arrives (3(8)). */
  TCO_REMOVAL: { ...atMost({ hours: 1 }), ...tco('Art 3(3), (7), (8)', 'receipt at the contact point') },
  /** Waived only for a justified emergency, with the justification stated in the order. */
  TCO_FIRST_ORDER_NOTICE: { ...atLeast({ hours: 12 }), ...tco('Art 3(2)', 'information sent to the provider') },
  TCO_SCRUTINY_OWN: { ...atMost({ hours: 72 }), ...tco('Art 4(3)', 'home authority receives the copy') },
  TCO_SCRUTINY_REQUEST: {
    ...atMost({ hours: 48 }),
    ...tco('Art 4(4)', 'provider: receipt of the order; content provider: receipt of the Art 11(2) information'),
  },
  TCO_SCRUTINY_DECISION: { ...atMost({ hours: 72 }), ...tco('Art 4(4)', 'home authority receives the request') },
  /** Immediately. */
  TCO_REINSTATE: { ...atMost({ hours: 0 }), ...tco('Art 4(7)', 'receipt of the infringement decision') },
  TCO_PRESERVE: { ...exactly({ months: 6 }), ...tco('Art 6(2)', 'removal or disabling') },
  TCO_NONDISCLOSURE: { ...atMost({ weeks: 6 }), extension: { weeks: 6 }, ...tco('Art 11(3)', 'decision') },
  TCO_COMPLAINT_OUTCOME: { ...atMost({ weeks: 2 }), ...tco('Art 10(2)', 'receipt of the complaint') },
  /** One example of an objective factor; exposure still needs a decision and its notification. */
  TCO_EXPOSURE_WINDOW: { form: 'occurrences', atLeast: 2, within: { months: 12 }, ...tco('Art 5(4)') },
  TCO_SPECIFIC_REPORT: {
    ...atMost({ months: 3 }),
    thenEvery: { months: 12 },
    ...tco('Art 5(5)', 'receipt of the decision under 5(4) or (6)'),
  },
  TCO_REVIEW_DECISION: { ...atMost({ months: 3 }), ...tco('Art 5(7)', 'receipt of the request') },
  TCO_HSP_REPORT: { form: 'annual', bound: 'before', month: 3, day: 1, ...tco('Art 7(2)') },
  TCO_MS_MONITORING: { form: 'annual', bound: 'by', month: 3, day: 31, ...tco('Art 21(1)') },
  /** Of global turnover, for systematic or persistent breach of 3(3). */
  TCO_PENALTY_CAP: { form: 'ceiling', percent: 4, ...tco('Art 18(3)') },
  EPOC: { ...atMost({ days: 10 }), ...ee('Art 10(1) to (3)', 'receipt') },
  EPOC_EMERGENCY: { ...atMost({ hours: 8 }), ...ee('Art 10(4)', 'receipt') },
  EPOC_EMERGENCY_REFUSAL: { ...atMost({ hours: 96 }), ...ee('Art 10(4)', 'notification of the enforcing authority') },
  EPOC_CLARIFY: { ...atMost({ days: 5 }), ...ee('Art 10(6), 11(5)', 'receipt of the Annex III form') },
  EPOC_EXPOST_VALIDATION: { ...atMost({ hours: 48 }), ...ee('Art 4(5)', 'issue') },
  EPOC_PR: { ...exactly({ days: 60 }), extension: { days: 30 }, ...ee('Art 11(1) and (2)', 'receipt') },
  EE_ENFORCE: { ...atMost({ workingDays: 5 }), ...ee('Art 16(2)', 'receipt') },
  BUD_16: { ...atMost({ days: 90 }), ...budapest('Art 16(2)', 'order', 'memory') },
  BUD_29: { ...atLeast({ days: 60 }), ...budapest('Art 29(7)', 'execution', 'text') },
  SECOND_PROTOCOL_7: { ...atLeast({ days: 30 }), ...protocol('Art 7') },
  SECOND_PROTOCOL_8_SERVICE: { ...atMost({ days: 45 }), ...protocol('Art 8') },
  SECOND_PROTOCOL_8_SUBSCRIBER: { ...atMost({ days: 20 }), ...protocol('Art 8') },
  SECOND_PROTOCOL_8_TRAFFIC: { ...atMost({ days: 45 }), ...protocol('Art 8') },
  LED_BREACH: { ...atMost({ hours: 72 }), ...led('Art 30', 'awareness') },
  LED_PRIOR_CONSULT: { ...atMost({ weeks: 6 }), extension: { months: 1 }, ...led('Art 28(5)', 'request') },
  EE_EVIDENCE_LINK: {
    ...atLeast({ days: 10 }),
    upTo: { days: 45 },
    source: 'Implementing Regulation (EU) 2025/1550 Annex 3.3.3(b)',
    checked: 'text',
    startsAt: 'made available',
  },
} as const satisfies Record<string, Deadline>;
export type DeadlineKey = keyof typeof DEADLINES;
/** The keys whose row is a period that an instant can be reckoned from. */
export type PeriodKey = { [K in DeadlineKey]: (typeof DEADLINES)[K]['form'] extends 'period' ? K : never }[DeadlineKey];
export type AnnualKey = { [K in DeadlineKey]: (typeof DEADLINES)[K]['form'] extends 'annual' ? K : never }[DeadlineKey];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const addMonths = (at: Date, months: number): Date => {
  const moved = new Date(at);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  const last = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(at.getUTCDate(), last));
  return moved;
};

const addWorkingDays = (at: Date, count: number): Date => {
  let day = at;
  for (let left = count; left > 0;) {
    day = new Date(day.getTime() + DAY_MS);
    if (day.getUTCDay() !== 0 && day.getUTCDay() !== 6) left -= 1;
  }
  return day;
};

/** `at` plus a duration, in UTC; six months after 31 August is 28 or 29 February, never March. */
export function addDuration(at: Date, duration: Duration): Date {
  const { months = 0, weeks = 0, days = 0, workingDays = 0, hours = 0 } = duration;
  const calendar = months === 0 ? at : addMonths(at, months);
  const worked = addWorkingDays(calendar, workingDays);
  return new Date(worked.getTime() + (weeks * 7 + days) * DAY_MS + hours * HOUR_MS);
}

/** ISO 8601, as published; working days have no designator there and are given as days. */
export function toIso(duration: Duration): string {
  const { months = 0, weeks = 0, days = 0, workingDays = 0, hours = 0 } = duration;
  const allDays = weeks * 7 + days + workingDays;
  const date = `${months > 0 ? `${months}M` : ''}${allDays > 0 ? `${allDays}D` : ''}`;
  return date === '' || hours > 0 ? `P${date}T${hours}H` : `P${date}`;
}

/** When the period `key` that started at `startedAt` ends. */
export const endOf = (key: PeriodKey, startedAt: Date): Date => addDuration(startedAt, DEADLINES[key].duration);

/** The first instant after `now` at which the yearly duty `key` is overdue. */
export function overdueFrom(key: AnnualKey, now: Date): Date {
  const { month, day, bound } = DEADLINES[key];
  const inYear = (year: number): Date => new Date(Date.UTC(year, month - 1, day + (bound === 'by' ? 1 : 0)));
  const thisYear = inYear(now.getUTCFullYear());
  return thisYear.getTime() > now.getTime() ? thisYear : inYear(now.getUTCFullYear() + 1);
}

/** Months as figures are published by: `YYYY-MM`, in UTC. */
const SHAPE = /^\d{4}-(0[1-9]|1[0-2])$/;
const DAY_MS = 86_400_000;

/**
 * Days after its end before a month is closed. Answers to its last notices, late feedback and corrections come within
 * them; and a public page that never moves in between cannot tell that a post was just referred.
 */
export const CLOSING_DAYS = 7;

export const monthOf = (at: Date): string => at.toISOString().slice(0, 7);

/**
 * From its first instant up to, not including, the first of the next.
 * @throws RangeError unless `month` is written `YYYY-MM`
 */
export function periodOfMonth(month: string): { readonly from: Date; readonly to: Date } {
  if (!SHAPE.test(month)) throw new RangeError('A month is written YYYY-MM');
  const from = new Date(`${month}-01T00:00:00.000Z`);
  return { from, to: new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1, 1)) };
}

/** The instant from which the month may be published, and as of which its figures are computed whoever asks when. */
export const closesAt = (month: string): Date => new Date(periodOfMonth(month).to.getTime() + CLOSING_DAYS * DAY_MS);

export const isClosed = (month: string, now: Date): boolean => now.getTime() >= closesAt(month).getTime();

/** Every closed month from that of `since` on, oldest first. */
export function closedMonths(since: Date, now: Date): readonly string[] {
  const months: string[] = [];
  for (let month = monthOf(since); isClosed(month, now); month = monthOf(periodOfMonth(month).to)) months.push(month);
  return months;
}

/** How pressing a clock is: colour, number and words all follow this. */
export type Level = 'calm' | 'soon' | 'critical' | 'over';

const MINUTE_MS = 60_000;
/** The marks of the hour, as shares of any target: at 45 minutes people are told, at 55 they are told again. */
const SOON_SHARE = 15 / 60;
const CRITICAL_SHARE = 5 / 60;

interface Hour {
  readonly startedAt: string;
  readonly dueAt: string;
}

/** Milliseconds left at this time of the server's; negative once it is over. */
export const leftMs = ({ dueAt }: Pick<Hour, 'dueAt'>, nowMs: number): number => Date.parse(dueAt) - nowMs;

export function levelOf(hour: Hour, nowMs: number): Level {
  const left = leftMs(hour, nowMs);
  if (left <= 0) return 'over';
  const share = left / Math.max(1, Date.parse(hour.dueAt) - Date.parse(hour.startedAt));
  return share <= CRITICAL_SHARE ? 'critical' : share <= SOON_SHARE ? 'soon' : 'calm';
}

export type Amount = { readonly unit: 'minutesLeft' | 'secondsLeft' | 'minutesOver'; readonly count: number };

/** Whole minutes, rounded so that never more is promised than is left; seconds in the last two minutes. */
export function amountOf(left: number): Amount {
  if (left <= 0) return { unit: 'minutesOver', count: Math.floor(Math.max(0, -left) / MINUTE_MS) };
  if (left < 2 * MINUTE_MS) return { unit: 'secondsLeft', count: Math.floor(left / 1000) };
  return { unit: 'minutesLeft', count: Math.floor(left / MINUTE_MS) };
}

interface Timed {
  readonly sentAt: string | null;
  readonly createdAt: string;
  readonly clock: (Hour & { readonly state: string }) | null;
}

/** Running clocks by the server's deadline, least time first; then what has none yet, oldest first. */
export function byTimeLeft(a: Timed, b: Timed): number {
  const due = ({ clock }: Timed): number => (clock?.state === 'running' ? Date.parse(clock.dueAt) : Infinity);
  const since = ({ sentAt, createdAt }: Timed): number => Date.parse(sentAt ?? createdAt);
  const [x, y] = [due(a), due(b)];
  return x === y ? since(a) - since(b) : x < y ? -1 : 1;
}

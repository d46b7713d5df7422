/**
 * The hours in which somebody is at a contact point. A referral's target counts only these; the hour of an order never does.
 * Instants in, instants out: wall clock times are of the named zone, and its summer time is the zone's own.
 */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** `from` and `to` are `HH:MM` of one day, `to` later than `from`; `24:00` is the end of the day. */
export interface Shift {
  readonly day: Weekday;
  readonly from: string;
  readonly to: string;
}
export interface StaffedHours {
  /** IANA name, as `Europe/Paris`. */
  readonly timeZone: string;
  /** In any order; shifts that touch or overlap count once. */
  readonly shifts: readonly Shift[];
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const CLOCK_TIME = /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/;

/** Why these cannot be hours, or null. A week in which nobody is ever there would let no target run out. */
export function faultOf(hours: StaffedHours): 'time-zone' | 'shift' | 'empty' | null {
  if (!isTimeZone(hours.timeZone)) return 'time-zone';
  if (hours.shifts.length === 0) return 'empty';
  const isSound = ({ from, to }: Shift): boolean => CLOCK_TIME.test(from) && CLOCK_TIME.test(to) && from < to;
  return hours.shifts.every(isSound) ? null : 'shift';
}

function isTimeZone(name: string): boolean {
  try {
    formatOf(name);
    return true;
  } catch {
    return false;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a zone that is not one */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(timeZone, format);
  return format;
}

/** What the wall clocks of the zone show at `at`, written as if it were UTC, in milliseconds. */
function wallOf(at: number, timeZone: string): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): number => parts.get(name) ?? 0;
  const shown = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return shown + (((at % 1000) + 1000) % 1000);
}

/** The first instant at which the wall clocks of the zone show at least `wall`: for a time that summer time leaps over, the leap. */
function instantOf(wall: number, timeZone: string): number {
  const offsets = [wall - DAY_MS, wall + DAY_MS].map((near) => wallOf(near, timeZone) - near);
  const [early, late] = [wall - Math.max(...offsets), wall - Math.min(...offsets)];
  if (wallOf(early, timeZone) >= wall) return early;
  let [before, reached] = [early, late];
  while (reached - before > 1) {
    const middle = Math.floor((before + reached) / 2);
    if (wallOf(middle, timeZone) >= wall) reached = middle;
    else before = middle;
  }
  return reached;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

/** The staffed spans of one local day, in order and apart. `day` is its midnight, written as if it were UTC. */
function spansOf(day: number, { shifts, timeZone }: StaffedHours): Span[] {
  const weekday = WEEKDAYS[(new Date(day).getUTCDay() + 6) % 7];
  const spans = shifts
    .filter((shift) => shift.day === weekday)
    .map(({ from, to }) => ({
      from: instantOf(day + minutesOf(from) * MINUTE_MS, timeZone),
      to: instantOf(day + minutesOf(to) * MINUTE_MS, timeZone),
    }))
    .sort((a, b) => a.from - b.from);
  const apart: Span[] = [];
  for (const span of spans) {
    const last = apart.at(-1);
    if (last && span.from <= last.to) apart[apart.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else if (span.to > span.from) apart.push(span);
  }
  return apart;
}

/**
 * The instant at which `ms` of staffed time have passed since `start`. Without hours, time is staffed always.
 * @throws RangeError when the hours are none (see `faultOf`) or `ms` is negative
 */
export function afterStaffed(start: Date, ms: number, hours: StaffedHours | null): Date {
  if (!(ms >= 0)) throw new RangeError('Time runs forwards');
  if (hours === null) return new Date(start.getTime() + ms);
  if (faultOf(hours) !== null) throw new RangeError('These are not hours');
  let left = ms;
  const firstDay = Math.floor(wallOf(start.getTime(), hours.timeZone) / DAY_MS) * DAY_MS;
  for (let day = firstDay; ; day += DAY_MS) {
    for (const span of spansOf(day, hours)) {
      const from = Math.max(span.from, start.getTime());
      const length = span.to - from;
      if (length <= 0) continue;
      if (left <= length) return new Date(from + left);
      left -= length;
    }
  }
}

/** What the server's `Date` headers say of its clock, against this machine's: it lies between these offsets. */
export interface Offset {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** A `Date` header has whole seconds. */
const GRAIN_MS = 1000;

/**
 * One answer more: asked at `askedAt` and read at `readAt` by our clock, stamped `date` by the server's. Each narrows what
 * is known; one that contradicts (a clock was set) begins anew.
 */
export function narrowed(known: Offset | null, date: number, askedAt: number, readAt: number): Offset {
  const fresh = { leastMs: date - readAt, mostMs: date + GRAIN_MS - askedAt };
  if (!known) return fresh;
  const both = { leastMs: Math.max(known.leastMs, fresh.leastMs), mostMs: Math.min(known.mostMs, fresh.mostMs) };
  return both.leastMs <= both.mostMs ? both : fresh;
}

let offset: Offset | null = null;

/** Takes the `Date` of an answer into account. */
export function noteDate(header: string | null, askedAt: number, readAt: number): void {
  const date = header === null ? NaN : Date.parse(header);
  if (!Number.isNaN(date)) offset = narrowed(offset, date, askedAt, readAt);
}

/** The server's time in milliseconds, to about half a second and better with every answer. */
export const serverNow = (): number => Date.now() + (offset ? (offset.leastMs + offset.mostMs) / 2 : 0);

/** A time that the server's clock has surely reached: what is claimed to have been done now is never in its future. */
export const serverNowAtLeast = (): number => Date.now() + (offset?.leastMs ?? 0);

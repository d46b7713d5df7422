import type { ProblemCode } from '../../../domain/errors';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const LONGEST_MS = 6 * HOUR_MS;

/** What only a person can put right, here or there: asking often helps nobody, and a refused login may lock an account. */
const HOPELESS: readonly ProblemCode[] = [
  'exchange.source-refuses',
  'exchange.source-missing',
  'exchange.source-rewound',
  'exchange.list-too-open',
  'signal-list.closed',
  'signal-list.not-writable',
  'egress.refused-scheme',
  'egress.refused-address',
  'egress.redirect',
];

/**
 * How long to wait after the `failures`-th failure in a row: a minute, doubled each time, six hours at most; an hour at least
 * where a person has to act; and never less than the source asked for.
 */
export function pauseAfter(code: ProblemCode, failures: number, askedMs: number): number {
  const doubled = MINUTE_MS * 2 ** Math.min(Math.max(0, failures - 1), 20);
  const least = HOPELESS.includes(code) ? HOUR_MS : 0;
  return Math.max(askedMs, Math.min(LONGEST_MS, Math.max(least, doubled)));
}

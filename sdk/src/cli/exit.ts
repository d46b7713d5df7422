import { NetworkError, ProblemError, VerificationError } from '../errors';

/** What a script can rely on; listed by `clepsydra help exit-codes` and in the README. */
export const EXIT = {
  ok: 0,
  refused: 1,
  usage: 2,
  notSignedIn: 3,
  network: 4,
  notVerified: 5,
  missed: 6,
  declined: 7,
  withdrawn: 8,
  found: 9,
  partly: 10,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export const EXIT_MEANINGS: readonly (readonly [ExitCode, string])[] = [
  [EXIT.ok, 'done; for `watch`, every item was answered in time'],
  [EXIT.refused, 'the server refused; standard error says why and gives its code'],
  [EXIT.usage, 'the command was not understood; nothing was sent'],
  [EXIT.notSignedIn, 'not signed in, or the login has ended'],
  [EXIT.network, 'no answer from the server, after every retry'],
  [EXIT.notVerified, 'a receipt, proof or digest does not verify'],
  [EXIT.missed, '`watch`: the hour passed with an item unanswered'],
  [EXIT.declined, '`watch`: answered in time, but at least one item was declined'],
  [EXIT.withdrawn, '`watch`: the sender withdrew the notice, or the order was annulled'],
  [EXIT.found, '`scan`: at least one file is known'],
  [
    EXIT.partly,
    'done in part: files that could not be read or compared by their look (`hash`, `scan`), items, hashes or lines that were refused (`refer`, `report`, `contribute`, `sources take`), an order that waits for people (`receive`)',
  ],
  [EXIT.interrupted, 'stopped with Ctrl-C'],
];

/** The command was not understood, or lacks something: nothing was sent. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ctrl-C at a question. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

export class NotSignedInError extends Error {
  override readonly name = 'NotSignedInError';
}

const NOT_HEARD = new Set([502, 503, 504]);

export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof InterruptedError) return EXIT.interrupted;
  if (error instanceof NotSignedInError) return EXIT.notSignedIn;
  if (error instanceof VerificationError) return EXIT.notVerified;
  if (error instanceof NetworkError) return EXIT.network;
  if (error instanceof ProblemError && error.status === 401) return EXIT.notSignedIn;
  if (error instanceof ProblemError && NOT_HEARD.has(error.status)) return EXIT.network;
  return EXIT.refused;
}

/** The lines on standard error: what happened, what was wrong with which field, what to do. */
export function explain(error: unknown): string[] {
  if (error instanceof ProblemError) {
    const faults = error.errors.map(({ pointer, detail }) => `  ${pointer || '/'}: ${detail}`);
    const hint =
      error.code === 'auth.required' || error.code === 'auth.expired' ? ['Sign in with: clepsydra login'] : [];
    return [`${error.title} (${error.code}).`, ...detailsOf(error), ...faults, ...hint];
  }
  if (error instanceof VerificationError) return [`NOT VERIFIED: ${error.message}.`, ...doneAnyway(error)];
  return [error instanceof Error ? error.message : String(error)];
}

const doneAnyway = (error: VerificationError): string[] =>
  error.answer === undefined ? [] : ['The request itself was carried out: do not send it again.'];

const detailsOf = ({ details }: ProblemError): string[] =>
  Object.entries(details).flatMap(([name, value]) =>
    name !== 'requestId' && ['string', 'number', 'boolean'].includes(typeof value)
      ? [`  ${name}: ${String(value)}`]
      : [],
  );

/** The same as one JSON document. */
export function asJson(error: unknown): Record<string, unknown> {
  if (error instanceof ProblemError) {
    const { code, status, title, errors, details } = error;
    return { error: { code, status, title, ...(errors.length > 0 ? { errors } : {}), ...details } };
  }
  const code = error instanceof Error ? error.name : 'Error';
  return { error: { code, title: error instanceof Error ? error.message : String(error) } };
}

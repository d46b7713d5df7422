import { isRecord } from '../../src/domain/json';

/**
 * JSON from a server or a file of our own, as the type it should have. Nothing is checked here: what a decision rests
 * on (receipts, proofs, digests) is checked where it is decided.
 *
 * The two rules forbid a cast, and one that is dressed as a type parameter. This is that cast, in the one place and under
 * the one name where the package has it: the types are those of the server's own description, and no guard could say
 * more of them than the server does.
 */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function takenAs<T>(value: unknown): T {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return value as T;
}

/** The code of an error of Node's: ENOENT and the like. */
export const errnoOf = (error: unknown): string | null =>
  isRecord(error) && typeof error['code'] === 'string' ? error['code'] : null;

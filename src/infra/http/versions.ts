import { DomainError } from '../../domain/errors';

/** Optimistic versions: refuses a change made on a state that is no longer there. `expected` undefined: the caller did not say. */
export function assertVersion(current: number, expected: number | undefined): void {
  if (expected !== undefined && expected !== current)
    throw new DomainError('request.version-conflict', { version: current });
}

import { DomainError } from '../../src/domain/errors';

/** The code with which a rule refuses; null where it does not. */
export function codeOf(act: () => void): string | null {
  try {
    act();
    return null;
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

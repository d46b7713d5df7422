import { isRecord } from '../../src/domain/json';

/** The code of an error of Node's: ENOENT and the like. */
export const errnoOf = (error: unknown): string | null =>
  isRecord(error) && typeof error['code'] === 'string' ? error['code'] : null;

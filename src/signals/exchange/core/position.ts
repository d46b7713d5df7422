import { createHash } from 'node:crypto';
import { DomainError } from '../../../domain/errors';

/**
 * How far a subscriber has come. `snapshot`: everything that stood when the ledger ended with `seq`, up to the signal `key`.
 * `follow`: every change before the leaf `seq`, and of that leaf those up to the signal `key`.
 */
export interface Position {
  readonly phase: 'snapshot' | 'follow';
  readonly seq: number;
  readonly key: string;
}

export const FIRST_KEY = '00000000-0000-0000-0000-000000000000';
export const LAST_KEY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Everything through this leaf. */
export const through = (seq: number): Position => ({ phase: 'follow', seq, key: LAST_KEY });

/** A page of another subscriber, or of another choice of lists, is no place of this one. */
export const selectionOf = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 12);

export function formatPosition({ phase, seq, key }: Position, selection: string): string {
  return Buffer.from(`${phase === 'snapshot' ? 's' : 'f'}.${seq}.${key}.${selection}`).toString('base64url');
}

const SHAPE = /^([sf])\.(-1|\d{1,15})\.([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([0-9a-f]{12})$/;

/** @throws DomainError `request.invalid` with a pointer to `/${member}` */
export function parsePosition(text: string, selection: string, member: string): Position {
  const found = SHAPE.exec(Buffer.from(text, 'base64url').toString('latin1'));
  if (!found || found[4] !== selection) {
    const detail = 'not a cursor of this subscriber and selection: begin anew without one';
    throw new DomainError('request.invalid', {}, [{ pointer: `/${member}`, detail }]);
  }
  return { phase: found[1] === 's' ? 'snapshot' : 'follow', seq: Number(found[2]), key: found[3] ?? FIRST_KEY };
}

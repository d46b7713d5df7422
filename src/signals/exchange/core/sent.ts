import { DomainError } from '../../../domain/errors';
import { isRecord } from '../../../domain/json';

/**
 * What a client that is not ours sends, in a query or a body. It is read by hand: what we do not know in it is passed over, and
 * nobody is refused for it.
 */
export type Sent = Readonly<Record<string, unknown>>;

/** Without members where it is no object. */
export const sentIn = (body: unknown): Sent => (isRecord(body) ? body : {});

/** Empty for what is not there, and for what is there twice. */
export function textOf(sent: Sent, name: string): string {
  const value = sent[name];
  return typeof value === 'string' ? value : '';
}

export const badMember = (name: string, detail: string): DomainError =>
  new DomainError('request.invalid', {}, [{ pointer: `/${name}`, detail }]);

/** How many are wanted: no more than `most`, whoever asks for more. @throws DomainError `request.invalid` for what is no number from 1 on */
export function limitOf(query: Sent, usual: number, most: number): number {
  const text = textOf(query, 'limit');
  if (text === '') return usual;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit < 1) throw badMember('limit', `a whole number from 1 to ${most}`);
  return Math.min(limit, most);
}

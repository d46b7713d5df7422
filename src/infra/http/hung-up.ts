import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../domain/errors';

/** Does the work of a request with a signal that ends it when the caller hangs up: nobody would hear the answer. */
export async function untilHungUp<T>({ raw }: FastifyRequest, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const leaving = new AbortController();
  const leave = (): void => leaving.abort(new DomainError('file.interrupted'));
  raw.socket.once('close', leave);
  if (raw.socket.destroyed) leave();
  try {
    return await work(leaving.signal);
  } finally {
    // The connection may go on to carry other requests.
    raw.socket.removeListener('close', leave);
  }
}

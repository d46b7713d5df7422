import type { FastifyInstance, FastifyRequest } from 'fastify';
import { PassThrough, type Readable } from 'node:stream';
import { DomainError } from '../../domain/errors';

/** Media types of bodies that are lines of text. */
export const LINE_TYPES = [
  'text/csv',
  'text/plain',
  'application/x-ndjson',
  'application/jsonl',
  'application/x-jsonlines',
] as const;
export type LineType = (typeof LINE_TYPES)[number];

/** Leaves bodies of lines on the wire for the routes that read them themselves; others take no such body. */
export function takeLineBodies(fastify: FastifyInstance): void {
  // Fastify's own would collect the whole.
  fastify.removeContentTypeParser('text/plain');
  fastify.addContentTypeParser([...LINE_TYPES], (request, _payload, done) => {
    if (request.routeOptions.config.body?.lines) done(null);
    else done(new DomainError('request.unsupported-media-type'));
  });
}

/** Of a body of lines; null for any other. */
export function lineTypeOf({ headers }: FastifyRequest): LineType | null {
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  return LINE_TYPES.find((known) => known === type) ?? null;
}

/**
 * The body as it arrives. It is piped and not read by hand, because only of a stream that flows is it known that it is the
 * sender who keeps us waiting; a sender who breaks off ends it with `file.interrupted`.
 */
export function lineBody({ raw }: FastifyRequest): Readable {
  const body = new PassThrough();
  // Whoever reads it hears of it; nobody may have begun.
  body.on('error', () => undefined);
  const breakOff = (): void => {
    if (!raw.complete) body.destroy(new DomainError('file.interrupted'));
  };
  raw.once('error', (error) => body.destroy(error));
  raw.once('aborted', breakOff).once('close', breakOff);
  return raw.pipe(body);
}

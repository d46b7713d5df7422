import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../domain/errors';
import { runInContext, type IdempotencyClaim, type RequestContext } from '../context';

const KEY_SHAPE = /^[\x21-\x7e]{1,255}$/;

/** SHA-256 of what makes two requests the same: method, address and body. */
export function fingerprintOf(method: string, url: string, body: string): string {
  return createHash('sha256').update(method).update('\n').update(url).update('\n').update(body).digest('base64url');
}

function claimOf(request: FastifyRequest): IdempotencyClaim | undefined {
  const key = request.headers['idempotency-key'];
  if (key === undefined || request.method !== 'POST') return undefined;
  if (typeof key !== 'string' || !KEY_SHAPE.test(key)) throw new DomainError('idempotency.key-invalid');
  const fingerprint = fingerprintOf(request.method, request.url, JSON.stringify(request.body ?? null));
  return { key, fingerprint, claimed: false, replayed: false };
}

/**
 * Gives each request its context once the body has been read: callbacks of the body's stream would lose an earlier one.
 */
export function addContextHook(fastify: FastifyInstance): void {
  fastify.addHook('preHandler', (request, _reply, done) => {
    const idempotency = claimOf(request);
    const context: RequestContext = {
      requestId: request.id,
      entryIds: [],
      ...(idempotency ? { idempotency } : {}),
    };
    runInContext(context, done);
  });
}

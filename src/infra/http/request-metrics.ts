import type { FastifyInstance } from 'fastify';
import { requestSeconds } from '../telemetry';

/** Time to answer by route, never by address: an address holds ids. */
export function measureRequests(fastify: FastifyInstance): void {
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    requestSeconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
}

import type { RateLimitOptions } from '@fastify/rate-limit';
import { RouteFact } from './route-facts';

/** A limit of its own for one route, beside the general one. Counted per client address, whatever credential is offered. */
export const RateLimit = (options: Pick<RateLimitOptions, 'max' | 'timeWindow'>): MethodDecorator =>
  RouteFact({
    rateLimit: {
      ...options,
      keyGenerator: (request: { ip: string; routeOptions: { url?: string } }) =>
        `${request.routeOptions.url}:${request.ip}`,
    },
  });

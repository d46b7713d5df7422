import { FASTIFY_ROUTE_CONFIG_METADATA } from '@nestjs/platform-fastify/constants';
import type { FastifyContextConfig } from 'fastify';
import type { Permission } from '../../domain/permissions';

/** What a route states of itself, for what runs before Nest does: who may call it, and how much body it reads. */
export interface RouteFacts {
  readonly permission?: Permission;
  readonly signedIn?: true;
  readonly open?: true;
  readonly hot?: true;
  readonly body?: BodyLimit;
}

export interface BodyLimit {
  /** As sent. */
  readonly bytes?: number;
  /** Members, elements, objects and lists of a JSON document. */
  readonly values?: number;
  /** The route takes lines of text and reads them itself, while they arrive: see line-body.ts. */
  readonly lines?: true;
}

declare module 'fastify' {
  // Fastify's own name for it: `request.routeOptions.config`.
  interface FastifyContextConfig extends RouteFacts {}
}

/** Decorators of one route add up, in whatever order they stand. */
export const RouteFact =
  (facts: FastifyContextConfig): MethodDecorator =>
  (_class, _name, descriptor) => {
    const handler: unknown = descriptor.value;
    if (typeof handler !== 'function') throw new Error('RouteFact is for methods');
    const known = Reflect.getMetadata(FASTIFY_ROUTE_CONFIG_METADATA, handler) as FastifyContextConfig | undefined;
    Reflect.defineMetadata(FASTIFY_ROUTE_CONFIG_METADATA, { ...known, ...facts }, handler);
  };

/** For a route that needs more or less than the limits in body.ts. */
export const BodyOf = (body: BodyLimit): MethodDecorator => RouteFact({ body });

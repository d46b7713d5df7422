import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Permission } from '../../domain/permissions';
import type { Actor } from '../database/actor';
import { RouteFact } from './route-facts';

export const ALLOW = 'clepsydra:allow';
export const PUBLIC = 'clepsydra:public';

/** The permission that this route needs. A route with neither this nor `Public` keeps the process from starting. */
export const Allow = (permission: Permission): MethodDecorator =>
  applyDecorators(SetMetadata(ALLOW, permission), RouteFact({ permission }), ApiExtension('x-permission', permission));

/** Any login will do: the route concerns the person's own session. Says why. */
export const SIGNED_IN = 'clepsydra:signed-in';
export const SignedIn = (why: string): MethodDecorator =>
  applyDecorators(SetMetadata(SIGNED_IN, why), RouteFact({ signedIn: true }));

/** Open to everybody, with the reason in words. */
export const Public = (why: string): MethodDecorator =>
  applyDecorators(SetMetadata(PUBLIC, why), RouteFact({ open: true }), ApiExtension('x-public', why));

/**
 * Asked many thousand times a second, and answered also while the database is away: the credential may have been recognised
 * up to five seconds ago, or ten minutes then, as the class comment of `CredentialCache` says in full. Only for reading what
 * is not the credential's own. Says why.
 */
export const HOT_PATH = 'clepsydra:hot-path';
export const HotPath = (why: string): MethodDecorator =>
  applyDecorators(SetMetadata(HOT_PATH, why), RouteFact({ hot: true }));

export interface AuthenticatedRequest extends FastifyRequest {
  actor?: Actor;
  sessionId?: string;
  /** Milliseconds of `performance.now()`, when the door last recognised who is asking. */
  recognisedAt?: number;
}

/** The actor that the guard recognised. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!actor) throw new Error('CurrentActor on a route without Allow or SignedIn');
  return actor;
});

/** The actor where there is one: for pages that show more to those who are signed in. */
export const OptionalActor = createParamDecorator(
  (_: unknown, context: ExecutionContext): Actor | undefined =>
    context.switchToHttp().getRequest<AuthenticatedRequest>().actor,
);

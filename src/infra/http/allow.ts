import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { Permission } from '../../domain/permissions';
import type { Actor } from '../database/actor';

export const ALLOW = 'clepsydra:allow';
export const PUBLIC = 'clepsydra:public';

/** The permission that this route needs. A route with neither this nor `Public` keeps the process from starting. */
export const Allow = (permission: Permission): MethodDecorator =>
  applyDecorators(SetMetadata(ALLOW, permission), ApiExtension('x-permission', permission));

/** Any login will do: the route concerns the person's own session. Says why. */
export const SIGNED_IN = 'clepsydra:signed-in';
export const SignedIn = (why: string): MethodDecorator => SetMetadata(SIGNED_IN, why);

/** Open to everybody, with the reason in words. */
export const Public = (why: string): MethodDecorator =>
  applyDecorators(SetMetadata(PUBLIC, why), ApiExtension('x-public', why));

/**
 * Answered many thousand times a second: the credential may have been recognised up to five seconds ago, as the class
 * comment of `CredentialCache` says in full. Only for reading what is not the credential's own. Says why.
 */
export const HOT_PATH = 'clepsydra:hot-path';
export const HotPath = (why: string): MethodDecorator => SetMetadata(HOT_PATH, why);

export interface AuthenticatedRequest extends FastifyRequest {
  actor?: Actor;
  sessionId?: string;
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

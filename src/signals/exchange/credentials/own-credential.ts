import { applyDecorators, createParamDecorator, SetMetadata, UseGuards, type ExecutionContext } from '@nestjs/common';
import { Public } from '../../../infra/http/allow';
import { BODY_LIMIT_BYTES } from '../../../infra/http/body';
import { RateLimit } from '../../../infra/http/rate-limit';
import { RouteFact, type BodyLimit } from '../../../infra/http/route-facts';
import type { Bearer, ExchangeProtocol, ExchangeVerb } from './credential';
import { OWN_CREDENTIAL, type ExchangeRequest, type OwnCredentialNeed } from './credential-need';
import { ExchangeGuard } from './exchange.guard';

/** Requests a minute of one address on one route: the deployed clients log in anew before every page of a thousand. */
const PER_MINUTE = 1200;

/**
 * For a wire adapter: the route is closed to everybody but programs with a credential of this protocol and verb. To the
 * general guard it is open, because the field's clients show their credentials in forms of their own; the guard that this
 * brings along asks for them.
 */
export const OwnCredential = (protocol: ExchangeProtocol, verb: ExchangeVerb, body: BodyLimit = {}): MethodDecorator =>
  applyDecorators(
    Public(`asks for a credential of its own: ${protocol}, ${verb}`),
    SetMetadata(OWN_CREDENTIAL, { protocol, verb } satisfies OwnCredentialNeed),
    RouteFact({ ownCredential: { protocol, verb }, body: { bytes: BODY_LIMIT_BYTES, ...body } }),
    UseGuards(ExchangeGuard),
    RateLimit({ max: PER_MINUTE, timeWindow: '1 minute' }),
  );

/** The program that {@link OwnCredential} recognised. */
export function bearerIn(context: ExecutionContext): Bearer {
  const { bearer } = context.switchToHttp().getRequest<ExchangeRequest>();
  if (!bearer) throw new Error('a bearer is asked for on a route without OwnCredential');
  return bearer;
}

export const CurrentBearer = createParamDecorator((_: unknown, context: ExecutionContext): Bearer => bearerIn(context));

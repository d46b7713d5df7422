import type { FastifyRequest } from 'fastify';
import type { Bearer, ExchangeProtocol, ExchangeVerb } from './credential';

/** Metadata of a route that asks for a credential of its own. */
export const OWN_CREDENTIAL = 'clepsydra:own-credential';

export interface OwnCredentialNeed {
  readonly protocol: ExchangeProtocol;
  readonly verb: ExchangeVerb;
}

declare module 'fastify' {
  interface FastifyContextConfig {
    ownCredential?: OwnCredentialNeed;
  }
}

export interface ExchangeRequest extends FastifyRequest {
  bearer?: Bearer;
}

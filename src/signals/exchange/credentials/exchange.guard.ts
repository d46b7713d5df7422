import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../../domain/errors';
import type { Bearer, ExchangeProtocol } from './credential';
import { ExchangeLogin } from './exchange-login.service';
import { OWN_CREDENTIAL, type ExchangeRequest, type OwnCredentialNeed } from './credential-need';

/** The door of the wire adapters: each protocol shows its credential in its own way. */
@Injectable()
export class ExchangeGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly login: ExchangeLogin,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const need = this.reflector.get<OwnCredentialNeed | undefined>(OWN_CREDENTIAL, context.getHandler());
    if (!need) throw new Error('ExchangeGuard on a route without OwnCredential');
    const request = context.switchToHttp().getRequest<ExchangeRequest>();
    const bearer = await this.recognise(need, request);
    if (!bearer.verbs.includes(need.verb)) throw new DomainError('exchange.verb-refused', { verb: need.verb });
    request.bearer = bearer;
    return true;
  }

  private recognise({ protocol, verb }: OwnCredentialNeed, request: FastifyRequest): Promise<Bearer> {
    const ways: Readonly<Record<ExchangeProtocol, () => Promise<Bearer>>> = {
      feed: () => this.login.byToken(bearerOf(request)),
      stopncii: () =>
        this.login.byKeys(headerOf(request, 'ocp-apim-subscription-key'), headerOf(request, 'x-functions-key'), verb),
      tat: () => this.login.byTicket(bearerOf(request)),
      taxii: () => {
        const { username, password } = basicOf(request);
        return this.login.byPassword('taxii', username, password);
      },
    };
    return ways[protocol]();
  }
}

function headerOf(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value.trim() : '';
}

function bearerOf(request: FastifyRequest): string {
  const [scheme = '', token = ''] = headerOf(request, 'authorization').split(/ +/, 2);
  return scheme.toLowerCase() === 'bearer' ? token : '';
}

/** RFC 7617. */
function basicOf(request: FastifyRequest): { username: string; password: string } {
  const [scheme = '', encoded = ''] = headerOf(request, 'authorization').split(/ +/, 2);
  if (scheme.toLowerCase() !== 'basic') return { username: '', password: '' };
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0
    ? { username: text, password: '' }
    : { username: text.slice(0, colon), password: text.slice(colon + 1) };
}

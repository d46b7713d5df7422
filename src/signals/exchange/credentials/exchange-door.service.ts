import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../../../domain/errors';
import type { Bearer, ExchangeProtocol } from './credential';
import type { ExchangeRequest, OwnCredentialNeed } from './credential-need';
import { ExchangeLogin } from './exchange-login.service';

/** The door of the wire adapters: each protocol shows its credential in its own way. */
@Injectable()
export class ExchangeDoor implements OnModuleInit {
  constructor(
    private readonly login: ExchangeLogin,
    private readonly adapter: HttpAdapterHost,
  ) {}

  /** Whoever sends a body is let in before it is read. Bodies for TAXII are never parsed, and its refusals have a form of their own. */
  onModuleInit(): void {
    const fastify: FastifyInstance = this.adapter.httpAdapter.getInstance();
    fastify.addHook('preParsing', async (request) => {
      const { ownCredential } = request.routeOptions.config;
      if (request.method === 'POST' && ownCredential && ownCredential.protocol !== 'taxii') {
        await this.admit(request, ownCredential);
      }
    });
  }

  /** @throws DomainError of a credential that is none, `exchange.verb-refused` */
  async admit(request: ExchangeRequest, need: OwnCredentialNeed): Promise<void> {
    const bearer = request.bearer ?? (await this.recognise(need, request));
    if (!bearer.verbs.includes(need.verb)) throw new DomainError('exchange.verb-refused', { verb: need.verb });
    request.bearer = bearer;
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

import { CanActivate, ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../domain/errors';
import { NEEDS_COMPETENCE, type Permission } from '../domain/permissions';
import { ALLOW, HOT_PATH, PUBLIC, SIGNED_IN, type AuthenticatedRequest } from '../infra/http/allow';
import { Authentication } from './authentication.service';
import { CredentialCache } from './credential-cache';
import { kindOfToken } from './token';

export const SESSION_COOKIE = 'clepsydra_session';

/** The one door. A route that says nothing is closed, although the process would not have started with one. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authentication: Authentication,
    private readonly cache: CredentialCache,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const permission = this.reflector.get<Permission | undefined>(ALLOW, handler);
    const open = this.reflector.get<string | undefined>(PUBLIC, handler) !== undefined;
    const token = tokenOf(request);
    if (token) {
      const isHot = this.reflector.get<string | undefined>(HOT_PATH, handler) !== undefined;
      const door = isHot ? this.cache : this.authentication;
      const recognised = await door.recognise(token).catch((error: unknown) => {
        // A browser sends an old cookie along unasked; who shows a bearer token of ours wants to be recognised by it.
        const unasked = !request.headers.authorization || kindOfToken(token) === undefined;
        if (open && unasked && error instanceof DomainError) return undefined;
        throw error;
      });
      request.actor = recognised?.actor;
      request.sessionId = recognised?.sessionId;
    }
    if (open) return true;
    if (!request.actor) throw new DomainError('auth.required');
    if (permission === undefined) return this.reflector.get<string | undefined>(SIGNED_IN, handler) !== undefined;
    if (request.actor.permissions.has(permission)) return true;
    throw new DomainError(NEEDS_COMPETENCE[permission] ? 'auth.no-competence' : 'auth.not-permitted', { permission });
  }
}

/** The bearer token, or the session cookie where the request cannot have come from another site. */
function tokenOf(request: FastifyRequest): string | undefined {
  const header = request.headers.authorization;
  if (header?.startsWith('Bearer ')) return header.slice('Bearer '.length).trim();
  const cookie = request.cookies[SESSION_COOKIE];
  if (!cookie) return undefined;
  if (request.method !== 'GET' && request.method !== 'HEAD') assertSameSite(request);
  return cookie;
}

/** Fetch Metadata where the browser sends it (every current one does), the Origin header otherwise. */
function assertSameSite(request: FastifyRequest): void {
  const site = request.headers['sec-fetch-site'];
  if (site === 'same-origin') return;
  const { origin, host } = request.headers;
  if (site === undefined && origin && URL.canParse(origin) && new URL(origin).host === host) return;
  throw new DomainError('auth.cross-site');
}

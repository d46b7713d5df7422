import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { DomainError } from '../domain/errors';
import { NEEDS_COMPETENCE } from '../domain/permissions';
import type { AuthenticatedRequest } from '../infra/http/allow';
import type { RouteFacts } from '../infra/http/route-facts';
import { Authentication } from './authentication.service';
import { CredentialCache } from './credential-cache';
import { kindOfToken } from './token';

export const SESSION_COOKIE = 'clepsydra_session';

/** A body may take minutes to come. Who was recognised longer ago than this is recognised again once it is there. */
const STANDS_MS = 1_000;

/** Who is asking, and whether they may. */
@Injectable()
export class Door {
  constructor(
    private readonly authentication: Authentication,
    private readonly cache: CredentialCache,
  ) {}

  /**
   * Recognises the caller into `request.actor` and lets in whom the route is for.
   * @throws DomainError `auth.required`, `auth.expired`, `auth.cross-site`, `auth.not-permitted`, `auth.no-competence`
   */
  async admit(request: AuthenticatedRequest, { permission, signedIn, open, hot }: RouteFacts): Promise<void> {
    await this.recognise(request, open === true, hot === true);
    if (open) return;
    if (!request.actor) throw new DomainError('auth.required');
    if (permission === undefined ? signedIn : request.actor.permissions.has(permission)) return;
    const needs = permission !== undefined && NEEDS_COMPETENCE[permission];
    throw new DomainError(needs ? 'auth.no-competence' : 'auth.not-permitted', { permission });
  }

  private async recognise(request: AuthenticatedRequest, open: boolean, hot: boolean): Promise<void> {
    const now = performance.now();
    if (request.recognisedAt !== undefined && now - request.recognisedAt < STANDS_MS) return;
    const token = tokenOf(request);
    if (!token) return;
    const recognised = await (hot ? this.cache : this.authentication).recognise(token).catch((error: unknown) => {
      // A browser sends an old cookie along unasked; who shows a bearer token of ours wants to be recognised by it.
      const unasked = !request.headers.authorization || kindOfToken(token) === undefined;
      if (open && unasked && error instanceof DomainError) return undefined;
      throw error;
    });
    request.actor = recognised?.actor;
    request.sessionId = recognised?.sessionId;
    request.recognisedAt = now;
  }
}

/**
 * Keeps out whom the guard would, before a byte of the body is read: otherwise eight million bytes of anybody's would be
 * parsed to be answered 401. Nothing is read for an address that does not exist, either. After the rate limit, before the
 * body: that is `preParsing`.
 */
export function admitBeforeReading(fastify: FastifyInstance, door: Door): void {
  fastify.addHook('preParsing', async (request) => {
    // Without a body the guard is soon enough.
    if (request.method === 'GET' || request.method === 'HEAD') return;
    if (request.is404) throw new DomainError('request.not-found');
    const facts: RouteFacts = request.routeOptions.config;
    if (!facts.open) await door.admit(request, facts);
  });
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

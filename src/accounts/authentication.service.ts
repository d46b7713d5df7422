import { Injectable } from '@nestjs/common';
import { DomainError } from '../domain/errors';
import { isPermission, isRole, permissionsOf, withinScopes } from '../domain/permissions';
import type { Competence, OrganisationKind } from '../domain/vocabulary';
import { ClockSource } from '../infra/clock-source';
import type { Actor } from '../infra/database/actor';
import { Work } from '../infra/database/work';
import { hashToken, kindOfToken } from './token';

interface Standing {
  readonly organisation_id: string;
  readonly organisation_kind: OrganisationKind;
  readonly competences: Competence[];
  readonly expires_at: Date;
}

interface SessionStanding extends Standing {
  readonly session_id: string;
  readonly person_id: string;
  readonly display_name: string;
  readonly office: string | null;
  readonly roles: string[];
}

interface KeyStanding extends Standing {
  readonly api_key_id: string;
  readonly name: string;
  readonly permissions: string[];
}

export interface Recognised {
  readonly actor: Actor;
  readonly sessionId?: string;
  readonly expiresAt: Date;
}

/**
 * Recognises a bearer token. Nothing is cached: a revoked key or an ended membership ends at the next request. The few
 * routes marked `HotPath` ask the `CredentialCache` instead, which says how much later it ends there.
 */
@Injectable()
export class Authentication {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** Throws `auth.required` for what is no credential of ours, `auth.expired` for one that has ended. */
  async recognise(token: string): Promise<Recognised> {
    const kind = kindOfToken(token);
    if (kind === 'session') return this.session(token);
    if (kind === 'api-key') return this.apiKey(token);
    throw new DomainError('auth.required');
  }

  private async session(token: string): Promise<Recognised> {
    const row = await this.standing<SessionStanding>('auth_session', token);
    const permissions = permissionsOf(row.roles.filter(isRole), row.organisation_kind, row.competences);
    const actor: Actor = {
      organisationId: row.organisation_id,
      organisationKind: row.organisation_kind,
      personId: row.person_id,
      via: 'session',
      name: row.display_name,
      office: row.office,
      permissions,
    };
    return { actor, sessionId: row.session_id, expiresAt: row.expires_at };
  }

  private async apiKey(token: string): Promise<Recognised> {
    const row = await this.standing<KeyStanding>('auth_api_key', token);
    const offered = permissionsOf(['integration'], row.organisation_kind, row.competences);
    const actor: Actor = {
      organisationId: row.organisation_id,
      organisationKind: row.organisation_kind,
      personId: null,
      via: 'api-key',
      name: row.name,
      office: null,
      permissions: withinScopes(offered, row.permissions.filter(isPermission)),
    };
    return { actor, expiresAt: row.expires_at };
  }

  private async standing<Row extends Standing>(lookup: 'auth_session' | 'auth_api_key', token: string): Promise<Row> {
    const rows = await this.work.unscoped((tx) => tx.query<Row[]>(`select * from ${lookup}($1)`, [hashToken(token)]));
    const row = rows[0];
    if (!row || row.expires_at.getTime() <= this.clock.now().getTime()) throw new DomainError('auth.expired');
    return row;
  }
}

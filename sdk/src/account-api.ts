import type { Competence, OrganisationKind, PlatformSize } from '../../src/domain/vocabulary';
import type { Receipted } from './api';

export interface OrganisationSummary {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly kind: OrganisationKind;
}

export interface Organisation extends OrganisationSummary {
  readonly country?: string | null;
  readonly competences?: readonly Competence[];
  readonly platformSize?: PlatformSize | null;
  readonly status?: string;
  readonly hosts?: readonly string[];
}

export interface Session {
  readonly person: { readonly id: string; readonly displayName: string; readonly office?: string | null } | null;
  readonly organisation: OrganisationSummary;
  readonly organisations: readonly OrganisationSummary[];
  readonly permissions: readonly string[];
}

export interface OpenedSession extends Session, Receipted {
  readonly expiresAt: string;
  readonly token: string;
}

export interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly organisationId?: string;
}

export interface Webhook extends Receipted {
  readonly id: string;
  readonly url: string;
  readonly state?: string;
  /** Only in the answer that made or rotated it. */
  readonly secret?: string;
}

export interface ApiKey extends Receipted {
  readonly id: string;
  readonly name: string;
  readonly permissions?: readonly string[];
  readonly expiresAt?: string | null;
  /** Only in the answer that made it. */
  readonly key?: string;
}

import type { Role } from '../src/domain/permissions';
import type { Competence, OrganisationKind, PlatformSize } from '../src/domain/vocabulary';

/** Everybody here is invented, and so is every name: people are called after birds, organisations after places and tools. */
export interface CastOrganisation {
  readonly slug: string;
  readonly name: string;
  readonly kind: OrganisationKind;
  readonly country?: string;
  readonly competences?: readonly Competence[];
  readonly platformSize?: PlatformSize;
  readonly hosts?: readonly string[];
}

export interface Membership {
  readonly organisation: string;
  readonly office: string;
  readonly roles: readonly Role[];
}

export interface CastPerson {
  readonly email: string;
  readonly displayName: string;
  /** The first is where they have their login from. */
  readonly memberships: readonly [Membership, ...Membership[]];
}

export const OPERATOR = { slug: 'commons', name: 'Commons Registry' } as const;

/** The operator, which the first start makes, and those that it admits. */
export const ORGANISATIONS: readonly CastOrganisation[] = [
  { slug: 'vigie', name: 'Vigie Referral Unit', kind: 'authority', country: 'FR', competences: ['refer', 'order'] },
  { slug: 'tideway', name: 'Tideway Media Authority', kind: 'authority', country: 'IE', competences: ['refer', 'scrutinise', 'penalise'] },
  { slug: 'lantern', name: 'Lantern Referral Unit', kind: 'authority', country: 'EE', competences: ['refer'] },
  { slug: 'harbour', name: 'Harbour', kind: 'platform', country: 'IE', platformSize: 'large', hosts: ['harbour.example'] },
  { slug: 'meadow', name: 'Meadow', kind: 'platform', country: 'DE', platformSize: 'medium', hosts: ['meadow.example'] },
  { slug: 'kiln', name: 'Kiln', kind: 'platform', country: 'PT', platformSize: 'micro', hosts: ['kiln.example'] },
  { slug: 'northgate', name: 'Northgate Investigations', kind: 'investigative_body', country: 'EE' },
  { slug: 'assay', name: 'Assay Office', kind: 'oversight' },
  { slug: 'threadwatch', name: 'Threadwatch', kind: 'civil_society' },
]; // prettier-ignore

const person = (
  email: string,
  displayName: string,
  office: string,
  roles: readonly Role[],
  also: readonly Membership[] = [],
): CastPerson => {
  const organisation = email.replace(/^.*@|\.example$/g, '');
  return { email, displayName, memberships: [{ organisation, office, roles }, ...also] };
};

const SECONDED: Membership = { organisation: 'lantern', office: 'Seconded analyst', roles: ['analyst'] };

/** The first of each organisation administers it and brings in the others. */
export const PEOPLE = {
  operator: person('operator@commons.example', 'R. Osprey', 'Registrar', ['operator', 'admin']),
  vigieSupervisor: person('supervisor@vigie.example', 'V. Heron', 'Head of unit', ['supervisor', 'admin']),
  vigieAnalyst: person('analyst@vigie.example', 'L. Wren', 'Analyst', ['analyst']),
  tidewayOfficer: person('officer@tideway.example', 'D. Curlew', 'Head of scrutiny', ['supervisor', 'admin']),
  lanternSupervisor: person('supervisor@lantern.example', 'K. Plover', 'Head of unit', ['supervisor', 'admin']),
  lanternAnalyst: person('analyst@lantern.example', 'T. Dunlin', 'Analyst', ['analyst']),
  harbourAdmin: person('admin@harbour.example', 'S. Tern', 'Trust and safety systems', ['admin']),
  harbourModerator: person('moderator@harbour.example', 'M. Gannet', 'Moderator', ['moderator']),
  meadowModerator: person('moderator@meadow.example', 'J. Lark', 'Moderator', ['moderator', 'admin']),
  kilnFirst: person('first@kiln.example', 'P. Finch', 'Volunteer', ['moderator', 'admin']),
  kilnSecond: person('second@kiln.example', 'B. Siskin', 'Volunteer', ['moderator', 'curator']),
  investigator: person('investigator@northgate.example', 'E. Kestrel', 'Investigator', ['investigator', 'admin'], [SECONDED]),
  auditor: person('auditor@assay.example', 'N. Crake', 'Auditor', ['auditor', 'admin']),
  curator: person('curator@threadwatch.example', 'A. Pipit', 'Hash curator', ['curator', 'admin']),
} as const satisfies Record<string, CastPerson>; // prettier-ignore

export type PersonKey = keyof typeof PEOPLE;

export const everybody = (): readonly CastPerson[] => Object.values(PEOPLE);

export const nameOf = (slug: string): string =>
  [OPERATOR, ...ORGANISATIONS].find((organisation) => organisation.slug === slug)?.name ?? slug;

import { COMPETENCES, type Competence, type NoticeKind, type OrganisationKind } from './vocabulary';

/**
 * The one permission table. A route names one permission; a person or key has it when a role carries it,
 * the kind of organisation may have it at all, and the organisation is competent where competence is asked.
 * Row-level security still decides *which* rows; this decides which verbs.
 */
const EVERY = ['authority', 'platform', 'investigative_body', 'oversight', 'civil_society', 'operator'] as const;
const HOLDS_CONTENT = ['authority', 'platform', 'investigative_body'] as const;

/** Each permission and the kinds of organisation it is available to. */
export const AVAILABLE_TO = {
  'case.open': ['authority', 'investigative_body'],
  'case.read': ['authority', 'investigative_body'],
  'case.close': ['authority', 'investigative_body'],
  'item.release': ['authority'],
  'case.assess': ['authority'],
  'order.draft': ['authority'],
  'order.sign': ['authority'],
  'scrutiny.decide': ['authority'],
  'review.record': ['authority', 'platform'],
  'exhibit.read': HOLDS_CONTENT,
  'exhibit.view': HOLDS_CONTENT,
  'custody.read': ['authority', 'platform', 'investigative_body', 'oversight'],
  'signal.contribute': ['authority', 'platform', 'civil_society'],
  'signal.vouch': ['authority', 'platform', 'civil_society'],
  'signal.query': ['authority', 'platform', 'investigative_body', 'civil_society'],
  'signal.opine': ['authority', 'platform', 'civil_society'],
  'signal.withdraw': ['authority', 'platform', 'civil_society'],
  'signal.resolve': ['authority', 'platform', 'civil_society', 'operator'],
  'signal-list.read': ['authority', 'platform', 'investigative_body', 'civil_society', 'operator'],
  'signal-list.manage': ['authority', 'platform', 'civil_society', 'operator'],
  'signal.fetch': ['authority', 'platform', 'investigative_body', 'civil_society'],
  'exchange.manage': ['authority', 'platform', 'investigative_body', 'civil_society'],
  'match.decide': ['authority', 'platform'],
  'signal-policy.manage': ['authority', 'platform', 'investigative_body', 'civil_society'],
  'notice.draft': ['authority'],
  'notice.send': ['authority'],
  'notice.withdraw': ['authority'],
  'notice.close': ['authority'],
  'notice.read': ['authority', 'platform'],
  'notice.non-compliance': ['authority'],
  'notice.acknowledge': ['platform'],
  'notice.answer': ['platform'],
  'life-threat.report': ['platform'],
  'received-order.hand-in': ['platform'],
  'received-order.read': ['platform'],
  'received-order.decide': ['platform'],
  'life-threat.read': HOLDS_CONTENT,
  'life-threat.take': ['authority', 'investigative_body'],
  'platform.read': EVERY,
  'platform.confirm': ['authority', 'operator'],
  'provider.maintain': ['platform', 'operator'],
  'provider.propose': ['authority', 'operator'],
  'provider.confirm': ['authority', 'platform', 'operator'],
  'feed.read': EVERY,
  'ledger.read': EVERY,
  'figures.read': EVERY,
  'approval.decide': EVERY,
  'organisation.read': EVERY,
  'organisation.manage': EVERY,
  'person.read': EVERY,
  'person.manage': EVERY,
  'api-key.manage': EVERY,
  'contact.manage': EVERY,
  'webhook.manage': EVERY,
  'operator.organisations': ['operator'],
  'operator.ledger': ['operator'],
  'operator.service': ['operator'],
  'operator.signals': ['operator'],
} as const satisfies Record<string, readonly OrganisationKind[]>;

export type Permission = keyof typeof AVAILABLE_TO;
export function isPermission(value: string): value is Permission {
  return Object.hasOwn(AVAILABLE_TO, value);
}
export const PERMISSIONS: readonly Permission[] = Object.keys(AVAILABLE_TO).filter(isPermission);

/**
 * Any one of these competences is enough. Whether *this* notice is a referral or an order, and so which of
 * the two is needed, is asked again by `competenceFor` when it is drafted and sent (domain-law rule: a State
 * without the power to order can only refer).
 */
export const NEEDS_COMPETENCE: Readonly<Partial<Record<Permission, readonly Competence[]>>> = {
  'notice.draft': ['refer', 'order'],
  'notice.send': ['refer', 'order'],
  'order.draft': ['order'],
  'order.sign': ['order'],
  // Art. 12(1)(b).
  'scrutiny.decide': ['scrutinise'],
  // The issuer, or the authority of the home Member State that penalises (Art. 12(1), 18).
  'notice.non-compliance': ['order', 'penalise'],
};

const OWN_RECORD = ['feed.read', 'ledger.read', 'figures.read', 'organisation.read', 'platform.read'] as const;
const CASEWORK = [
  'case.open',
  'case.read',
  'exhibit.read',
  'exhibit.view',
  'custody.read',
  'signal.query',
  'signal-list.read',
] as const;

// A mistake may be withdrawn by whoever sees it: waiting for a supervisor costs the platform minutes of its hour.
const ANALYST = [
  ...OWN_RECORD,
  ...CASEWORK,
  'case.close',
  'case.assess',
  'order.draft',
  'order.sign',
  'scrutiny.decide',
  'review.record',
  'signal.contribute',
  'match.decide',
  'provider.propose',
  'notice.draft',
  'notice.send',
  'notice.withdraw',
  'notice.close',
  'notice.read',
  'life-threat.read',
  'life-threat.take',
] as const;

const MODERATOR = [
  ...OWN_RECORD,
  'life-threat.report',
  'life-threat.read',
  'received-order.hand-in',
  'received-order.read',
  'received-order.decide',
  'notice.read',
  'notice.acknowledge',
  'notice.answer',
  'review.record',
  'exhibit.read',
  'exhibit.view',
  'custody.read',
  'signal.contribute',
  'signal.query',
  'signal-list.read',
  'match.decide',
] as const;

const CURATOR = [
  ...OWN_RECORD,
  'signal.contribute',
  'signal.query',
  'signal.fetch',
  'signal.opine',
  'signal.withdraw',
  'signal.resolve',
  'signal-list.read',
  'signal-list.manage',
  'match.decide',
] as const;

const MACHINE = [
  ...OWN_RECORD,
  'case.open',
  'case.read',
  'exhibit.read',
  'custody.read',
  'signal.contribute',
  // Given to a key by name: that the items it contributes were looked at by a person. A person vouches by contributing.
  'signal.vouch',
  'signal.query',
  'signal.fetch',
  'signal-list.read',
  'notice.draft',
  'notice.send',
  'notice.withdraw',
  'notice.read',
  'notice.acknowledge',
  'notice.answer',
  'life-threat.report',
  'life-threat.read',
  // Whether an order is genuine is found out by people.
  'received-order.hand-in',
  'received-order.read',
] as const;

/**
 * Roles of a person or key within one organisation; a small body gives one person several. Nobody who only
 * administers or audits sees content, and a machine never looks at content, never is the second person.
 */
export const ROLE_PERMISSIONS = {
  analyst: ANALYST,
  supervisor: [
    ...ANALYST,
    ...MODERATOR,
    ...CURATOR,
    'item.release',
    'notice.non-compliance',
    'approval.decide',
    'platform.confirm',
    'provider.confirm',
    'signal-policy.manage',
  ],
  moderator: MODERATOR,
  investigator: [...OWN_RECORD, ...CASEWORK, 'case.close', 'life-threat.read', 'life-threat.take'],
  auditor: [...OWN_RECORD, 'custody.read'],
  curator: CURATOR,
  admin: [
    'figures.read',
    'feed.read',
    'ledger.read',
    'platform.read',
    'organisation.read',
    'organisation.manage',
    'person.read',
    'person.manage',
    'api-key.manage',
    'provider.maintain',
    'provider.confirm',
    'contact.manage',
    'webhook.manage',
    'exchange.manage',
    'signal-list.read',
    'signal-policy.manage',
  ],
  operator: [
    ...OWN_RECORD,
    'platform.confirm',
    'provider.maintain',
    'provider.propose',
    'provider.confirm',
    'approval.decide',
    'person.read',
    'signal.resolve',
    'signal-list.read',
    'signal-list.manage',
    'operator.organisations',
    'operator.ledger',
    'operator.service',
    'operator.signals',
  ],
  integration: MACHINE,
} as const satisfies Record<string, readonly Permission[]>;

export type Role = keyof typeof ROLE_PERMISSIONS;
export function isRole(value: string): value is Role {
  return Object.hasOwn(ROLE_PERMISSIONS, value);
}
export const ROLES: readonly Role[] = Object.keys(ROLE_PERMISSIONS).filter(isRole);

/** Roles that an organisation of this kind can give; anything else is refused when a person or key is made. */
export const ROLES_OF_KIND: Readonly<Record<OrganisationKind, readonly Role[]>> = {
  authority: ['analyst', 'supervisor', 'curator', 'auditor', 'admin', 'integration'],
  platform: ['moderator', 'supervisor', 'curator', 'auditor', 'admin', 'integration'],
  investigative_body: ['investigator', 'supervisor', 'auditor', 'admin', 'integration'],
  oversight: ['auditor', 'supervisor', 'admin', 'integration'],
  civil_society: ['curator', 'supervisor', 'auditor', 'admin', 'integration'],
  operator: ['operator', 'auditor', 'admin'],
  external: [],
};

/** Whether bodies of this kind can have the permission at all. */
export const isAvailable = (permission: Permission, kind: OrganisationKind): boolean =>
  (AVAILABLE_TO[permission] as readonly OrganisationKind[]).includes(kind);

const isCompetent = (permission: Permission, competences: readonly Competence[]): boolean => {
  const anyOf = NEEDS_COMPETENCE[permission];
  return anyOf === undefined || anyOf.some((competence) => competences.includes(competence));
};

/** Everything these roles permit in an organisation of this kind and these competences. */
export function permissionsOf(
  roles: readonly Role[],
  kind: OrganisationKind,
  competences: readonly Competence[],
): ReadonlySet<Permission> {
  const offered = roles.filter((role) => ROLES_OF_KIND[kind].includes(role));
  const carried = new Set<Permission>(offered.flatMap((role) => [...ROLE_PERMISSIONS[role]]));
  return new Set(PERMISSIONS.filter((p) => carried.has(p) && isAvailable(p, kind) && isCompetent(p, competences)));
}

/** Why `permission` is missing, so that the answer can be exact: the role, or the organisation's competence. */
export function refusalOf(
  permission: Permission,
  roles: readonly Role[],
  kind: OrganisationKind,
  competences: readonly Competence[],
): 'auth.not-permitted' | 'auth.no-competence' | null {
  if (permissionsOf(roles, kind, competences).has(permission)) return null;
  const ifCompetent = permissionsOf(roles, kind, COMPETENCES).has(permission);
  return ifCompetent ? 'auth.no-competence' : 'auth.not-permitted';
}

/** What an API key limited to `scopes` may do: never more than its roles. */
export const withinScopes = (
  granted: ReadonlySet<Permission>,
  scopes: readonly Permission[],
): ReadonlySet<Permission> => new Set(scopes.filter((scope) => granted.has(scope)));

/** The competence a notice of this kind needs: referring is open to any authority named for it, ordering is Art 12(1)(a). */
export const competenceFor = (kind: NoticeKind): Competence => (kind === 'referral' ? 'refer' : 'order');

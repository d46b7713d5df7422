import { describe, expect, it } from '@jest/globals';
import {
  AVAILABLE_TO,
  PERMISSIONS,
  ROLES,
  ROLES_OF_KIND,
  ROLE_PERMISSIONS,
  competenceFor,
  permissionsOf,
  refusalOf,
  withinScopes,
  type Permission,
} from './permissions';
import { COMPETENCES, ORGANISATION_KINDS } from './vocabulary';

/** The matrix, written out by hand: kind of organisation, role, everything it permits there when fully competent. */
const OWN = 'platform.read feed.read ledger.read figures.read organisation.read';
const ADMIN = `${OWN} organisation.manage person.read person.manage api-key.manage contact.manage webhook.manage`;
const POLICIES = `${ADMIN} signal-policy.manage exchange.manage signal-list.read`;
const UNIT = `${OWN} case.open case.read case.close case.assess order.draft order.sign scrutiny.decide review.record exhibit.read exhibit.view custody.read signal.contribute signal.query signal-list.read match.decide provider.propose notice.draft notice.send notice.withdraw notice.close notice.read life-threat.read life-threat.take`;
const HOST = `${OWN} exhibit.read exhibit.view custody.read signal.contribute signal.query signal-list.read match.decide notice.read notice.acknowledge notice.answer review.record life-threat.report life-threat.read received-order.hand-in received-order.read received-order.decide`;
const POLICE = `${OWN} case.open case.read case.close exhibit.read exhibit.view custody.read signal.query signal-list.read life-threat.read life-threat.take`;
const HASHES = `${OWN} signal.contribute signal.query signal.fetch signal.opine signal.withdraw signal.resolve signal-list.read signal-list.manage`;
const MATRIX: readonly (readonly [kind: (typeof ORGANISATION_KINDS)[number], role: (typeof ROLES)[number], string])[] =
  [
    ['authority', 'analyst', UNIT],
    [
      'authority',
      'supervisor',
      `${UNIT} item.release notice.non-compliance signal.fetch signal.opine signal.withdraw signal.resolve signal-list.manage signal-policy.manage platform.confirm provider.confirm approval.decide`,
    ],
    ['authority', 'curator', `${HASHES} match.decide`],
    ['authority', 'auditor', `${OWN} custody.read`],
    ['authority', 'admin', `${POLICIES} provider.confirm`],
    [
      'authority',
      'integration',
      `${OWN} case.open case.read exhibit.read custody.read signal.contribute signal.vouch signal.query signal.fetch signal-list.read notice.draft notice.send notice.withdraw notice.read life-threat.read`,
    ],
    ['platform', 'moderator', HOST],
    [
      'platform',
      'supervisor',
      `${HOST} signal.fetch signal.opine signal.withdraw signal.resolve signal-list.manage signal-policy.manage provider.confirm approval.decide`,
    ],
    ['platform', 'curator', `${HASHES} match.decide`],
    ['platform', 'auditor', `${OWN} custody.read`],
    ['platform', 'admin', `${POLICIES} provider.maintain provider.confirm`],
    [
      'platform',
      'integration',
      `${OWN} exhibit.read custody.read signal.contribute signal.vouch signal.query signal.fetch signal-list.read notice.read notice.acknowledge notice.answer life-threat.report life-threat.read received-order.hand-in received-order.read`,
    ],
    ['investigative_body', 'investigator', POLICE],
    ['investigative_body', 'supervisor', `${POLICE} signal.fetch signal-policy.manage approval.decide`],
    ['investigative_body', 'auditor', `${OWN} custody.read`],
    ['investigative_body', 'admin', POLICIES],
    [
      'investigative_body',
      'integration',
      `${OWN} case.open case.read exhibit.read custody.read signal.query signal.fetch signal-list.read life-threat.read`,
    ],
    ['oversight', 'auditor', `${OWN} custody.read`],
    ['oversight', 'supervisor', `${OWN} custody.read approval.decide`],
    ['oversight', 'admin', ADMIN],
    ['oversight', 'integration', `${OWN} custody.read`],
    ['civil_society', 'curator', HASHES],
    ['civil_society', 'supervisor', `${HASHES} signal-policy.manage approval.decide`],
    ['civil_society', 'auditor', OWN],
    ['civil_society', 'admin', POLICIES],
    [
      'civil_society',
      'integration',
      `${OWN} signal.contribute signal.vouch signal.query signal.fetch signal-list.read`,
    ],
    [
      'operator',
      'operator',
      `${OWN} platform.confirm provider.maintain provider.propose provider.confirm approval.decide person.read signal.resolve signal-list.read signal-list.manage operator.organisations operator.ledger operator.service operator.signals`,
    ],
    ['operator', 'auditor', OWN],
    ['operator', 'admin', `${ADMIN} signal-list.read provider.maintain provider.confirm`],
  ];
const words = (list: string): string[] => list.split(' ').sort();
const sorted = (set: ReadonlySet<Permission>): string[] => [...set].sort();

describe('the permission table', () => {
  it.each(MATRIX)('gives a %s %s exactly what the matrix says', (kind, role, expected) => {
    expect(sorted(permissionsOf([role], kind, COMPETENCES))).toEqual(words(expected));
  });

  it('has a line in the matrix for every role of every kind, and gives nothing for a role the kind does not offer', () => {
    for (const kind of ORGANISATION_KINDS) {
      for (const role of ROLES) {
        const stated = MATRIX.some(([k, r]) => k === kind && r === role);
        expect([kind, role, stated]).toEqual([kind, role, ROLES_OF_KIND[kind].includes(role)]);
        if (!stated) expect(permissionsOf([role], kind, COMPETENCES).size).toBe(0);
      }
    }
  });

  it('lets no permission go unused: each is had by some role of some kind it is available to', () => {
    for (const permission of PERMISSIONS) {
      for (const kind of AVAILABLE_TO[permission]) {
        expect([permission, kind, permissionsOf(ROLES, kind, COMPETENCES).has(permission)]).toEqual([
          permission,
          kind,
          true,
        ]);
      }
    }
  });

  it('lets an authority without the competence read and withdraw, but neither draft nor send', () => {
    const without = permissionsOf(['supervisor'], 'authority', ['scrutinise']);
    expect(without.has('notice.draft')).toBe(false);
    expect(without.has('notice.send')).toBe(false);
    expect(without.has('notice.read')).toBe(true);
    expect(without.has('notice.withdraw')).toBe(true);
    expect(refusalOf('notice.send', ['supervisor'], 'authority', ['scrutinise'])).toBe('auth.no-competence');
    expect(refusalOf('notice.send', ['auditor'], 'authority', ['refer'])).toBe('auth.not-permitted');
    expect(refusalOf('notice.send', ['analyst'], 'authority', ['refer'])).toBeNull();
    expect([competenceFor('referral'), competenceFor('removal_order')]).toEqual(['refer', 'order']);
  });

  it('never lets a platform send, an authority answer, or an administrator, auditor or operator see content', () => {
    expect(permissionsOf(ROLES, 'platform', COMPETENCES).has('notice.send')).toBe(false);
    expect(permissionsOf(ROLES, 'authority', COMPETENCES).has('notice.answer')).toBe(false);
    for (const role of ['admin', 'auditor', 'operator', 'integration'] as const) {
      expect(ROLE_PERMISSIONS[role]).not.toContain('exhibit.view');
      if (role !== 'operator') expect(ROLE_PERMISSIONS[role]).not.toContain('approval.decide');
    }
  });

  it('never gives a key more than its roles, whatever scopes it names', () => {
    const granted = permissionsOf(['integration'], 'platform', []);
    expect(sorted(withinScopes(granted, ['notice.answer', 'notice.send', 'person.manage']))).toEqual(['notice.answer']);
    expect(withinScopes(granted, []).size).toBe(0);
  });
});

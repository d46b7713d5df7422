import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { whoIsOnDuty, type DutyMember, type DutyOverride, type Roster } from './duty';
import { WEEKDAYS } from './staffed-hours';

const at = (text: string): Date => new Date(text);
const person = (personId: string, ...roles: string[]) => ({ personId, roles });
const member = (id: string, more: Partial<DutyMember> = {}): DutyMember => ({
  id,
  personId: id,
  role: null,
  failover: 0,
  shifts: [],
  ...more,
});
const roster = (members: readonly DutyMember[], overrides: readonly DutyOverride[] = []): Roster => ({
  timeZone: 'Europe/Paris',
  members,
  overrides,
});
const names = (list: readonly { readonly personId: string }[]): string[] => list.map(({ personId }) => personId);
const MONDAY = at('2026-11-23T10:00:00+01:00');
const OFFICE = [{ day: 'mon', from: '08:00', to: '18:00' }] as const;

describe('who is on duty', () => {
  it('is the shift of that hour, then the others by their failover', () => {
    const people = ['ana', 'ben', 'cleo'].map((id) => person(id));
    const all = roster([
      member('ana', { failover: 2 }),
      member('ben', { failover: 9, shifts: OFFICE }),
      member('cleo', { failover: 1 }),
    ]);
    expect(names(whoIsOnDuty(all, people, MONDAY))).toEqual(['ben', 'cleo', 'ana']);
    expect(names(whoIsOnDuty(all, people, at('2026-11-23T20:00:00+01:00')))).toEqual(['cleo', 'ana', 'ben']);
  });

  it('changes with the shift to the minute, on the wall clocks of the zone in summer and winter', () => {
    const all = roster([member('ana', { failover: 1 }), member('ben', { failover: 9, shifts: OFFICE })]);
    const first = (text: string): string | undefined =>
      whoIsOnDuty(all, [person('ana'), person('ben')], at(text))[0]?.personId;
    expect(first('2026-11-23T07:59:59.999+01:00')).toBe('ana');
    expect(first('2026-11-23T08:00:00+01:00')).toBe('ben');
    expect(first('2026-11-23T17:59:59.999+01:00')).toBe('ben');
    expect(first('2026-11-23T18:00:00+01:00')).toBe('ana');
    expect(first('2026-07-06T08:00:00+02:00')).toBe('ben');
  });

  it('is whoever took it over, and of several the last', () => {
    const on = (memberId: string, from: string): DutyOverride => ({
      memberId,
      kind: 'on',
      from: at(from),
      until: at('2026-11-23T12:00:00+01:00'),
    });
    const all = roster(
      [member('ana', { shifts: OFFICE }), member('ben'), member('cleo')],
      [on('ben', '2026-11-23T09:00:00+01:00'), on('cleo', '2026-11-23T09:30:00+01:00')],
    );
    const people = ['ana', 'ben', 'cleo'].map((id) => person(id));
    expect(names(whoIsOnDuty(all, people, MONDAY))).toEqual(['cleo', 'ben', 'ana']);
    expect(names(whoIsOnDuty(all, people, at('2026-11-23T12:00:00+01:00')))[0]).toBe('ana');
  });

  it('is everybody of a role where a role is enrolled, and supervisors and administrators after the roster', () => {
    const people = [person('ana', 'admin'), person('ben', 'moderator'), person('cleo', 'supervisor'), person('dan')];
    const all = roster([member('night', { personId: null, role: 'moderator' })]);
    expect(names(whoIsOnDuty(all, people, MONDAY))).toEqual(['ben', 'cleo', 'ana']);
    expect(names(whoIsOnDuty(roster([]), people, MONDAY))).toEqual(['cleo', 'ana']);
  });

  it('leaves out who belongs to the organisation no more, and calls who is away after everybody else', () => {
    const away: DutyOverride = {
      memberId: 'ana',
      kind: 'off',
      from: at('2026-11-23T00:00:00Z'),
      until: at('2026-11-24T00:00:00Z'),
    };
    const all = roster([member('ana', { shifts: OFFICE }), member('gone', { shifts: OFFICE })], [away]);
    expect(names(whoIsOnDuty(all, [person('ana'), person('cleo', 'supervisor')], MONDAY))).toEqual(['cleo', 'ana']);
  });

  it('goes by what is said of the person where that and their role differ', () => {
    const away = (memberId: string): DutyOverride => ({
      memberId,
      kind: 'off',
      from: at('2026-11-23T00:00:00Z'),
      until: at('2026-11-24T00:00:00Z'),
    });
    const members = [member('team', { personId: null, role: 'moderator' }), member('ana', { shifts: OFFICE })];
    const people = [person('ana', 'moderator'), person('ben', 'moderator'), person('cleo', 'supervisor')];
    expect(names(whoIsOnDuty(roster(members, [away('team')]), people, MONDAY))).toEqual(['ana', 'cleo', 'ben']);
    expect(names(whoIsOnDuty(roster(members, [away('ana')]), people, MONDAY))).toEqual(['ben', 'cleo', 'ana']);
    const lead = roster([member('lead', { personId: null, role: 'supervisor' })], [away('lead')]);
    const staff = [person('cleo', 'supervisor'), person('dan', 'admin')];
    expect(names(whoIsOnDuty(lead, staff, MONDAY))).toEqual(['dan', 'cleo']);
  });
});

describe('whatever the roster', () => {
  const ids = ['a', 'b', 'c', 'd', 'e'];
  const roles = ['supervisor', 'admin', 'moderator'];
  const time = fc.integer({ min: 0, max: 23 }).map((hour) => `${String(hour).padStart(2, '0')}:00`);
  const shift = fc
    .tuple(fc.constantFrom(...WEEKDAYS), time, time)
    .filter(([, from, to]) => from < to)
    .map(([day, from, to]) => ({ day, from, to }));
  const members = fc.uniqueArray(
    fc.record({
      id: fc.constantFrom(...ids),
      isRole: fc.boolean(),
      role: fc.constantFrom(...roles),
      failover: fc.nat(9),
      shifts: fc.array(shift, { maxLength: 4 }),
    }),
    { selector: ({ id }) => id },
  );
  const instant = fc.date({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z'), noInvalidDate: true });
  const override = fc
    .record({
      memberId: fc.constantFrom(...ids),
      kind: fc.constantFrom('on' as const, 'off' as const),
      a: instant,
      b: instant,
    })
    .map(({ a, b, ...rest }) => ({ ...rest, from: a < b ? a : b, until: a < b ? b : a }));
  const people = fc.uniqueArray(fc.record({ personId: fc.constantFrom(...ids), roles: fc.subarray(roles) }), {
    selector: ({ personId }) => personId,
  });
  const rosters = fc.record({
    timeZone: fc.constantFrom('Europe/Paris', 'America/New_York', 'Pacific/Apia', 'UTC'),
    members: members.map((list) =>
      list.map(({ isRole, id, role, ...rest }) => ({
        ...rest,
        id,
        personId: isRole ? null : id,
        role: isRole ? role : null,
      })),
    ),
    overrides: fc.array(override, { maxLength: 6 }),
  });

  it('somebody is on duty if anybody is enrolled or may stand in, and each is called once', () => {
    fc.assert(
      fc.property(rosters, people, instant, (all, staff, now) => {
        const called = names(whoIsOnDuty(all, staff, now));
        const reachable = staff.filter(
          ({ personId, roles: had }) =>
            had.includes('supervisor') ||
            had.includes('admin') ||
            all.members.some((one) =>
              one.personId === null ? had.includes(one.role ?? '') : one.personId === personId,
            ),
        );
        expect([...called].sort()).toEqual(names(reachable).sort());
      }),
    );
  });

  it('nobody who is away is called before anybody who is not', () => {
    fc.assert(
      fc.property(rosters, people, instant, (all, staff, now) => {
        const reasons = whoIsOnDuty(all, staff, now).map(({ reason }) => reason);
        const first = reasons.indexOf('away');
        expect(first < 0 || reasons.slice(first).every((reason) => reason === 'away')).toBe(true);
      }),
    );
  });
});

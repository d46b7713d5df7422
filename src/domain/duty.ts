import { afterStaffed, type Shift } from './staffed-hours';

/** `on` puts somebody first from `from` until `until`; `off` puts them last, for a holiday or an illness. */
export const OVERRIDE_KINDS = ['on', 'off'] as const;
export type OverrideKind = (typeof OVERRIDE_KINDS)[number];

/** Somebody on the roster: one person, or everybody who has a role. */
export interface DutyMember {
  readonly id: string;
  readonly personId: string | null;
  readonly role: string | null;
  /** The lowest is called first among those of one shift, and among those of none. */
  readonly failover: number;
  /** Of a week, on the wall clocks of the roster's zone. Without any they are called after those who have a shift. */
  readonly shifts: readonly Shift[];
}

export interface DutyOverride {
  readonly memberId: string;
  readonly kind: OverrideKind;
  readonly from: Date;
  readonly until: Date;
}

export interface Roster {
  /** IANA name. */
  readonly timeZone: string;
  readonly members: readonly DutyMember[];
  readonly overrides: readonly DutyOverride[];
}

/** A person who belongs to the organisation now, and what they may be called for. */
export interface DutyPerson {
  readonly personId: string;
  readonly roles: readonly string[];
}

/** `away`: they said that they are not there, and everybody else is called before them. */
export const DUTY_REASONS = ['override', 'shift', 'failover', 'supervisor', 'admin', 'away'] as const;
export type DutyReason = (typeof DUTY_REASONS)[number];

export interface OnDuty {
  readonly personId: string;
  /** Null for who is not on the roster and is called when nobody of it is left. */
  readonly memberId: string | null;
  readonly reason: DutyReason;
}

const RANK: Readonly<Record<DutyReason, number>> = {
  override: 0,
  shift: 1,
  failover: 2,
  supervisor: 3,
  admin: 4,
  away: 5,
};

const stands = ({ from, until }: DutyOverride, at: Date): boolean => from <= at && at < until;

const isOnShift = ({ shifts }: DutyMember, timeZone: string, at: Date): boolean =>
  shifts.length > 0 && afterStaffed(at, 0, { timeZone, shifts }).getTime() === at.getTime();

interface Placed {
  readonly member: DutyMember;
  readonly reason: DutyReason;
  /** Of the override that puts them first, in milliseconds. */
  readonly since: number;
}

/** Of two overrides of one member that stand, the one that began last counts. */
function placeOf(member: DutyMember, { overrides, timeZone }: Roster, at: Date): Placed {
  const [last] = overrides
    .filter((override) => override.memberId === member.id && stands(override, at))
    .sort((one, other) => other.from.getTime() - one.from.getTime());
  if (last) return { member, reason: last.kind === 'on' ? 'override' : 'away', since: last.from.getTime() };
  return { member, reason: isOnShift(member, timeZone, at) ? 'shift' : 'failover', since: 0 };
}

/** The last who was put first is first: a duty that is handed over twice is with the second. */
const byPlace = (one: Placed, other: Placed): number =>
  RANK[one.reason] - RANK[other.reason] ||
  other.since - one.since ||
  one.member.failover - other.member.failover ||
  (one.member.id < other.member.id ? -1 : 1);

/**
 * Who is to be called at an instant, in order: whoever took the duty over, then the shift, then everybody else of the roster by
 * their failover, then supervisors and administrators, at last those who said that they are away. Each person once. Nobody only
 * where nobody of the roster belongs to the organisation and it has neither a supervisor nor an administrator.
 */
export function whoIsOnDuty(roster: Roster, people: readonly DutyPerson[], at: Date): readonly OnDuty[] {
  const placed = roster.members.map((member) => placeOf(member, roster, at)).sort(byPlace);
  const holders = ({ personId, role }: DutyMember): readonly DutyPerson[] =>
    people.filter((one) => (personId === null ? role !== null && one.roles.includes(role) : one.personId === personId));
  const enrolled = placed.flatMap(({ member, reason }) =>
    holders(member).map(({ personId }) => ({ personId, memberId: member.id, reason })),
  );
  const others = (['supervisor', 'admin'] as const).flatMap((reason) =>
    people
      .filter(({ roles }) => roles.includes(reason))
      .map(({ personId }) => ({ personId, memberId: null, reason }) satisfies OnDuty),
  );
  // Away in person, and there by a role: away. There in person, and away with everybody of a role: there.
  const absent = new Set(
    placed.flatMap(({ member, reason }) => (reason === 'away' && member.personId !== null ? [member.personId] : [])),
  );
  const isAway = ({ reason }: OnDuty): boolean => reason === 'away';
  const away = enrolled.filter(isAway);
  const all: readonly OnDuty[] = [
    ...enrolled.filter((one) => !isAway(one) && !absent.has(one.personId)),
    ...others.filter(({ personId }) => !away.some((one) => one.personId === personId)),
    ...away,
  ];
  return all.filter(({ personId }, index) => all.findIndex((one) => one.personId === personId) === index);
}

import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../domain/errors';
import { areSettings } from '../../domain/escalation';
import { ROLES_OF_KIND } from '../../domain/permissions';
import { faultOf } from '../../domain/staffed-hours';
import type { LedgerKind } from '../../domain/ledger-kinds';
import { ClockSource } from '../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../infra/database/work';
import { append, type NewEntry } from '../../ledger/append';
import type {
  ChangeDutyMemberDto,
  DutyOverrideDto,
  DutySettingsDto,
  DutyView,
  EnrolDutyMemberDto,
  HandOverDto,
} from './duty.dto';
import { dutyOf, onDuty, type Duty } from './rosters';

const HAND_OVER_MS = 12 * 60 * 60_000;
const ALWAYS = [{ day: 'mon', from: '00:00', to: '24:00' }] as const;

/** Who is on duty in one's own organisation. Every change answers with the whole roster. */
@Injectable()
export class Rosters {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  read(actor: Actor, at: Date = this.clock.now()): Promise<DutyView> {
    return this.work.read(actor, (tx) => viewOf(tx, actor, at));
  }

  configure(actor: Actor, dto: DutySettingsDto): Promise<DutyView> {
    const isZone = faultOf({ timeZone: dto.timeZone, shifts: ALWAYS }) === null;
    if (!areSettings(dto) || !isZone) throw new DomainError('duty.settings-invalid');
    const { timeZone, secondMinutes, channelMinutes, supervisorMinutes, answerMinutes } = dto;
    const dims = { timeZone, secondMinutes, channelMinutes, supervisorMinutes, answerMinutes };
    return this.change(actor, async (tx, at) => {
      await tx.query(
        `insert into duty_settings (organisation_id, time_zone, second_minutes, channel_minutes, supervisor_minutes, answer_minutes, changed_at)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (organisation_id) do update set time_zone = excluded.time_zone, second_minutes = excluded.second_minutes,
           channel_minutes = excluded.channel_minutes, supervisor_minutes = excluded.supervisor_minutes,
           answer_minutes = excluded.answer_minutes, changed_at = excluded.changed_at`,
        [actor.organisationId, timeZone, secondMinutes, channelMinutes, supervisorMinutes, answerMinutes, at],
      );
      return { kind: 'duty.settings-changed', dims };
    });
  }

  /** Puts a person or a role on the roster. */
  enrol(actor: Actor, { personId, role, ...dto }: EnrolDutyMemberDto): Promise<DutyView> {
    return this.change(actor, async (tx, at) => {
      const duty = await dutyOf(tx, actor.organisationId, at);
      requireShifts(dto);
      if (!isKnown(actor, duty, { personId, role })) throw new DomainError('duty.member-unknown');
      const isThere = duty.members.some((one) => one.personId === (personId ?? null) && one.role === (role ?? null));
      if (isThere) throw new DomainError('duty.member-exists');
      const id = uuidv7();
      await tx.query(
        `insert into duty_member (id, organisation_id, person_id, role, page_language, languages, failover, shifts, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [id, actor.organisationId, personId ?? null, role ?? null, ...valuesOf(dto), at],
      );
      return { kind: 'duty.member-enrolled', subjects: { member: id }, dims: dimsOf(dto) };
    });
  }

  changeMember(actor: Actor, id: string, dto: ChangeDutyMemberDto): Promise<DutyView> {
    return this.change(actor, async (tx) => {
      requireShifts(dto);
      const [, changed] = await tx.query<[unknown[], number]>(
        `update duty_member set page_language = $2, languages = $3, failover = $4, shifts = $5 where id = $1 and removed_at is null`,
        [id, ...valuesOf(dto)],
      );
      if (changed === 0) throw new DomainError('request.not-found');
      return { kind: 'duty.member-changed', subjects: { member: id }, dims: dimsOf(dto) };
    });
  }

  removeMember(actor: Actor, id: string): Promise<DutyView> {
    return this.change(actor, async (tx, at) => {
      const [, changed] = await tx.query<[unknown[], number]>(
        `update duty_member set removed_at = $2 where id = $1 and removed_at is null`,
        [id, at],
      );
      if (changed === 0) throw new DomainError('request.not-found');
      return { kind: 'duty.member-removed', subjects: { member: id } };
    });
  }

  /** Puts somebody first or last for a time, whatever the weekly shifts say. */
  except(actor: Actor, { memberId, kind, from, until, note }: DutyOverrideDto): Promise<DutyView> {
    return this.change(actor, (tx, at) =>
      setOverride(tx, actor, { memberId, kind, from: from ?? at, until, note: note ?? null, at }),
    );
  }

  removeException(actor: Actor, id: string): Promise<DutyView> {
    return this.change(actor, async (tx, at) => {
      const [, changed] = await tx.query<[unknown[], number]>(
        `update duty_override set removed_at = $2 where id = $1 and removed_at is null`,
        [id, at],
      );
      if (changed === 0) throw new DomainError('request.not-found');
      return { kind: 'duty.override-removed', subjects: { override: id } };
    });
  }

  /** Whoever is on the roster hands the duty over to somebody else of it, with what they have to know. */
  handOver(actor: Actor, { toMemberId, note, until }: HandOverDto): Promise<DutyView> {
    return this.change(actor, async (tx, at) => {
      const chain = onDuty(await dutyOf(tx, actor.organisationId, at), at);
      const isEnrolled = chain.some(({ personId, memberId }) => memberId !== null && personId === actor.personId);
      if (!isEnrolled && !actor.permissions.has('contact.manage')) throw new DomainError('duty.not-enrolled');
      const end = until ?? new Date(at.getTime() + HAND_OVER_MS);
      const given = { memberId: toMemberId, kind: 'on', from: at, until: end, note, at } as const;
      const entry = await setOverride(tx, actor, { ...given, isHandOver: true });
      return { ...entry, kind: 'duty.handed-over' };
    });
  }

  private change(actor: Actor, verb: (tx: Tx, at: Date) => Promise<Change>): Promise<DutyView> {
    return this.work.run(actor, async (tx) => {
      const at = this.clock.now();
      const { kind, subjects = {}, ...rest } = await verb(tx, at);
      await append(tx, { kind, actor, at, subjects, ...rest, audience: [] });
      return viewOf(tx, actor, at);
    });
  }
}

interface Change extends Partial<Pick<NewEntry, 'subjects' | 'dims' | 'internal'>> {
  readonly kind: LedgerKind;
}

interface Override {
  readonly memberId: string;
  readonly kind: 'on' | 'off';
  readonly from: Date;
  readonly until: Date;
  readonly note: string | null;
  readonly at: Date;
  readonly isHandOver?: boolean;
}

async function setOverride(tx: Tx, actor: Actor, override: Override): Promise<Change> {
  const { memberId, kind, from, until, note, at, isHandOver = false } = override;
  if (until <= from || until <= at) throw new DomainError('duty.times-invalid');
  const { members } = await dutyOf(tx, actor.organisationId, at);
  if (!members.some((member) => member.id === memberId)) throw new DomainError('request.not-found');
  const id = uuidv7();
  await tx.query(
    `insert into duty_override (id, organisation_id, member_id, kind, from_at, until_at, note, handed_over_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [id, actor.organisationId, memberId, kind, from, until, note, isHandOver ? actor.personId : null, at],
  );
  return {
    kind: 'duty.override-set',
    subjects: { override: id, member: memberId },
    dims: { kind, from: from.toISOString(), until: until.toISOString() },
    ...(note === null ? {} : { internal: { note } }),
  };
}

function isKnown(
  { organisationKind }: Actor,
  { people }: Duty,
  { personId, role }: Pick<EnrolDutyMemberDto, 'personId' | 'role'>,
): boolean {
  if ((personId === undefined) === (role === undefined)) return false;
  if (role !== undefined) return ROLES_OF_KIND[organisationKind].includes(role);
  return people.some((one) => one.personId === personId);
}

function requireShifts({ shifts }: ChangeDutyMemberDto): void {
  if (shifts.length > 0 && faultOf({ timeZone: 'UTC', shifts }) !== null) throw new DomainError('duty.shifts-invalid');
}

const valuesOf = ({ pageLanguage, languages, failover, shifts }: ChangeDutyMemberDto): unknown[] => [
  pageLanguage,
  languages ?? [],
  failover,
  JSON.stringify(shifts.map(({ day, from, to }) => ({ day, from, to }))),
];

const dimsOf = ({ pageLanguage, languages, failover, shifts }: ChangeDutyMemberDto): NewEntry['dims'] => ({
  pageLanguage,
  languages: languages ?? [],
  failover,
  shifts: shifts.map(({ day, from, to }) => `${day} ${from}-${to}`),
});

async function viewOf(tx: Tx, { organisationId }: Actor, at: Date): Promise<DutyView> {
  const duty = await dutyOf(tx, organisationId, at);
  return {
    settings: { ...duty.settings },
    changedAt: duty.changedAt?.toISOString() ?? null,
    members: duty.members.map((member) => ({
      ...member,
      languages: [...member.languages],
      shifts: [...member.shifts],
    })),
    overrides: duty.overrides.map(({ from, until, ...rest }) => ({
      ...rest,
      from: from.toISOString(),
      until: until.toISOString(),
    })),
    now: onDuty(duty, at).map((one) => ({ ...one })),
  };
}

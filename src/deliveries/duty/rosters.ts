import { whoIsOnDuty, type DutyMember, type DutyOverride, type DutyPerson, type OnDuty } from '../../domain/duty';
import { DEFAULT_ESCALATION, type EscalationSettings } from '../../domain/escalation';
import type { Shift } from '../../domain/staffed-hours';
import type { Tx } from '../../infra/database/work';
import type { ContactLanguage } from '../deliveries.entity';

export interface DutySettings extends EscalationSettings {
  readonly timeZone: string;
  readonly answerMinutes: number;
}

/** What holds for an organisation that has said nothing. */
export const DEFAULT_SETTINGS: DutySettings = { ...DEFAULT_ESCALATION, timeZone: 'Europe/Brussels', answerMinutes: 60 };

export interface EnrolledMember extends DutyMember {
  readonly pageLanguage: ContactLanguage;
  readonly languages: readonly string[];
}

export interface StandingOverride extends DutyOverride {
  readonly id: string;
  readonly note: string | null;
  readonly handedOverBy: string | null;
}

/** Everything that is known of an organisation's duty at one instant. */
export interface Duty {
  readonly settings: DutySettings;
  readonly changedAt: Date | null;
  readonly members: readonly EnrolledMember[];
  readonly overrides: readonly StandingOverride[];
  readonly people: readonly DutyPerson[];
}

interface SettingsRow extends DutySettings {
  readonly changedAt: Date;
}

/** As the worker, or as the app role for one's own organisation. Overrides that are over are left out. */
export async function dutyOf(tx: Tx, organisationId: string, at: Date): Promise<Duty> {
  const [row] = await tx.query<SettingsRow[]>(
    `select time_zone as "timeZone", second_minutes as "secondMinutes", channel_minutes as "channelMinutes",
       supervisor_minutes as "supervisorMinutes", answer_minutes as "answerMinutes", changed_at as "changedAt"
     from duty_settings where organisation_id = $1`,
    [organisationId],
  );
  const { changedAt = null, ...settings } = row ?? DEFAULT_SETTINGS_ROW;
  return {
    settings,
    changedAt,
    members: await membersOf(tx, organisationId),
    overrides: await tx.query<StandingOverride[]>(
      `select o.id, o.member_id as "memberId", o.kind, o.from_at as "from", o.until_at as "until", o.note,
         o.handed_over_by as "handedOverBy"
       from duty_override o where o.organisation_id = $1 and o.removed_at is null and o.until_at > $2 order by o.from_at, o.id`,
      [organisationId, at],
    ),
    people: await tx.query<DutyPerson[]>(
      `select m.person_id as "personId", m.roles from membership m join person p on p.id = m.person_id
       where m.organisation_id = $1 and m.ended_at is null and p.disabled_at is null order by m.person_id`,
      [organisationId],
    ),
  };
}

const DEFAULT_SETTINGS_ROW: DutySettings & { readonly changedAt?: Date } = DEFAULT_SETTINGS;

const membersOf = (tx: Tx, organisationId: string): Promise<EnrolledMember[]> =>
  tx.query<(EnrolledMember & { readonly shifts: Shift[] })[]>(
    `select id, person_id as "personId", role, page_language as "pageLanguage", languages, failover, shifts
     from duty_member where organisation_id = $1 and removed_at is null order by failover, id`,
    [organisationId],
  );

/** Whom to call at `at`, in order. */
export const onDuty = ({ settings, members, overrides, people }: Duty, at: Date): readonly OnDuty[] =>
  whoIsOnDuty({ timeZone: settings.timeZone, members, overrides }, people, at);

import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { OVERRIDE_KINDS, type DutyReason, type OverrideKind } from '../../domain/duty';
import {
  ESCALATION_BOUNDS,
  type EscalationAct,
  type EscalationSide,
  type EscalationStep,
} from '../../domain/escalation';
import { ROLES, type Role } from '../../domain/permissions';
import { LANGUAGE_SHAPE, type Channel, type NoticeKind } from '../../domain/vocabulary';
import { IsInstant } from '../../infra/http/instant';
import { IsWellFormed } from '../../infra/http/text';
import { ShiftDto } from '../../notices/course.dto';
import type { NoticeState } from '../../domain/notice-lifecycle';
import { CONTACT_LANGUAGES, type ContactLanguage, type PingAnswer, type PingState } from '../deliveries.entity';

const { secondMinutes, channelMinutes, supervisorMinutes } = ESCALATION_BOUNDS;

export class DutySettingsDto {
  /** Of the shifts of the roster. IANA name. @example Europe/Paris */
  @IsString()
  @Length(1, 100)
  timeZone!: string;

  /** After receipt without a human acknowledgement, until a second person is called. */
  @IsInt()
  @Min(secondMinutes.min)
  @Max(secondMinutes.max)
  secondMinutes!: number;

  /** Until the notice goes over the next channel too; for an authority, until its duty officer is told. */
  @IsInt()
  @Min(channelMinutes.min)
  @Max(channelMinutes.max)
  channelMinutes!: number;

  /** Until a supervisor is called; for an authority, until its duty officer is told again. */
  @IsInt()
  @Min(supervisorMinutes.min)
  @Max(supervisorMinutes.max)
  supervisorMinutes!: number;

  /** Within which a test of a contact point is to be answered. */
  @IsInt()
  @Min(5)
  @Max(1440)
  answerMinutes!: number;
}

export class ChangeDutyMemberDto {
  /** In which pages are written. */
  @IsIn(CONTACT_LANGUAGES)
  pageLanguage!: ContactLanguage;

  /** Languages that they speak. BCP 47. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(24)
  @Matches(LANGUAGE_SHAPE, { each: true, message: 'each of $property must be a BCP 47 language tag, such as de' })
  languages?: string[];

  /** The lowest is called first among those of one shift, and among those who have none. */
  @IsInt()
  @Min(0)
  @Max(1000)
  failover!: number;

  /** Of a week; none for who is called after those that have one. */
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ShiftDto)
  shifts!: ShiftDto[];
}

export class EnrolDutyMemberDto extends ChangeDutyMemberDto {
  /** Either a person or a role. */
  @IsOptional()
  @IsUUID()
  personId?: string;

  /** Everybody who has it. */
  @IsOptional()
  @IsIn(ROLES)
  role?: Role;
}

export class DutyOverrideDto {
  @IsUUID()
  memberId!: string;

  /** `on`: called first. `off`: called last. */
  @IsIn(OVERRIDE_KINDS)
  kind!: OverrideKind;

  /** Default now. */
  @IsOptional()
  @IsInstant()
  from?: Date;

  @IsInstant()
  until!: Date;

  @IsOptional()
  @IsString()
  @IsWellFormed()
  @Length(1, 1000)
  note?: string;
}

export class HandOverDto {
  @IsUUID()
  toMemberId!: string;

  /** What whoever takes over has to know. Within the organisation. */
  @IsString()
  @IsWellFormed()
  @Length(1, 4000)
  note!: string;

  /** Default twelve hours from now. */
  @IsOptional()
  @IsInstant()
  until?: Date;
}

export class DutyMemberView {
  id!: string;
  personId!: string | null;
  role!: string | null;
  pageLanguage!: ContactLanguage;
  languages!: string[];
  failover!: number;
  shifts!: ShiftDto[];
}

export class DutyOverrideView {
  id!: string;
  memberId!: string;
  kind!: OverrideKind;
  from!: string;
  until!: string;
  note!: string | null;
  /** Who handed the duty over, where that is what it is. */
  handedOverBy!: string | null;
}

export class OnDutyView {
  personId!: string;
  memberId!: string | null;
  reason!: DutyReason;
}

export class DutyView {
  settings!: DutySettingsDto;
  /** Null while the defaults hold. */
  changedAt!: string | null;
  members!: DutyMemberView[];
  /** Those that stand or are to come. */
  overrides!: DutyOverrideView[];
  /** Who is called now, in order. */
  now!: OnDutyView[];
}

export class EscalationStepView {
  step!: EscalationStep;
  act!: EscalationAct;
  dueAt!: string;
  writtenAt!: string;
  /** A later step was reached too: nobody was called for this one. */
  stale!: boolean;
  /** How many pagers were called. */
  called!: number;
  /** Over which the notice went too. */
  channel!: Channel | null;
}

export class EscalationView {
  id!: string;
  side!: EscalationSide;
  noticeId!: string | null;
  pingId!: string | null;
  reportId!: string | null;
  receivedOrderId!: string | null;
  startedAt!: string;
  nextAt!: string | null;
  endedAt!: string | null;
  /** `settled`: answered, withdrawn or otherwise over. `exhausted`: every step was taken. */
  endReason!: 'acknowledged' | 'settled' | 'exhausted' | null;
  steps!: EscalationStepView[];
}

export class PingView {
  id!: string;
  contactId!: string;
  channel!: Channel;
  state!: PingState;
  askedAt!: string;
  answerBy!: string;
  /** When it went out. */
  toldAt!: string | null;
  /** Why it did not go out. */
  problem!: string | null;
  answeredAt!: string | null;
  answeredHow!: PingAnswer | null;
}

export class BoardRowView {
  noticeId!: string;
  reference!: string;
  kind!: NoticeKind;
  state!: NoticeState;
  side!: 'sender' | 'recipient' | 'home';
  clockState!: 'running' | 'paused';
  /** Null while it is halted. */
  dueAt!: string | null;
  /** Whole minutes, rounded down; below zero once the time has passed. Null while it is halted. */
  minutesLeft!: number | null;
  /** By a person. */
  isAcknowledged!: boolean;
}

/** A notice of one's own that has reached nobody. No clock runs. */
export class UnreachedView {
  noticeId!: string;
  reference!: string;
  kind!: NoticeKind;
  sentAt!: string;
  unreachedAt!: string;
}

export class BoardView {
  /** By the server's clock, of which `minutesLeft` is counted. */
  now!: string;
  items!: BoardRowView[];
  /** The oldest first. */
  unreached!: UnreachedView[];
}

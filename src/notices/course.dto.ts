import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Length,
  ValidateNested,
} from 'class-validator';
import { WEEKDAYS, type Weekday } from '../domain/staffed-hours';
import {
  PRESERVATION_STATES,
  REINSTATEMENT_OUTCOMES,
  type PreservationState,
  type ReinstatementOutcome,
} from '../domain/vocabulary';
import { IsInstant } from '../infra/http/instant';
import { IsWellFormed } from '../infra/http/text';
import { VersionDto } from './notices.dto';

const MAX_TEXT = 10_000;

export class ReportImpossibleDto extends VersionDto {
  /** Force majeure, or de facto impossibility that is not your doing, technical or operational reasons included (Annex III, B). */
  @IsString()
  @Length(1, MAX_TEXT)
  @IsWellFormed()
  explanation!: string;

  /** From when on it kept you from acting; default: now. */
  @IsOptional()
  @IsInstant()
  since?: Date;
}

export class PossibleAgainDto extends VersionDto {
  /** When the ground ceased, from which the full hour runs again; default: now. */
  @IsOptional()
  @IsInstant()
  ceasedAt?: Date;
}

export class AskClarificationDto extends VersionDto {
  @IsIn(['manifest_errors', 'insufficient_information'])
  ground!: 'manifest_errors' | 'insufficient_information';

  @IsString()
  @Length(1, MAX_TEXT)
  @IsWellFormed()
  explanation!: string;

  /** The errors, and the information or clarification that you need (Annex III, B(3)). */
  @IsString()
  @Length(1, MAX_TEXT)
  @IsWellFormed()
  needed!: string;
}

export class ClarifyDto extends VersionDto {
  /** The platform reads this. */
  @IsString()
  @Length(1, MAX_TEXT)
  @IsWellFormed()
  clarification!: string;
}

export class PreservationDto {
  @IsIn(PRESERVATION_STATES)
  state!: PreservationState;
}

export class AnswerReinstatementDto {
  @IsIn(REINSTATEMENT_OUTCOMES)
  outcome!: ReinstatementOutcome;

  /** For `reinstated`: when the item was back. */
  @IsOptional()
  @IsInstant()
  doneAt?: Date;

  /** Why not, for the other outcomes; the issuer reads this. */
  @IsOptional()
  @IsString()
  @Length(1, MAX_TEXT)
  @IsWellFormed()
  reason?: string;
}

export class NonComplianceDto extends VersionDto {
  /** Why the order counts as not complied with; the platform reads this. */
  @IsString()
  @Length(3, MAX_TEXT)
  @IsWellFormed()
  reasons!: string;
}

export class ShiftDto {
  @IsIn(WEEKDAYS)
  day!: Weekday;

  /** HH:MM. @example 08:00 */
  @IsString()
  @Length(5, 5)
  from!: string;

  /** HH:MM, later than `from`; 24:00 is the end of the day. @example 18:00 */
  @IsString()
  @Length(5, 5)
  to!: string;
}

export class ContactHoursDto {
  /** IANA name. @example Europe/Paris */
  @IsString()
  @Length(1, 100)
  timeZone!: string;

  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ShiftDto)
  shifts!: ShiftDto[];
}

export class ContactHoursView {
  /** Null: round the clock. */
  hours!: ContactHoursDto | null;
  changedAt!: string | null;
}

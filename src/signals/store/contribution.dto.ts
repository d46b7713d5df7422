import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { INCIDENT_MAX, INCIDENT_SHAPE } from '../../domain/labels';
import {
  SEVERITIES,
  SIGNAL_STATES,
  SIGNAL_TYPES,
  type ContributionState,
  type DisputeReason,
  type Severity,
  type SignalState,
  type SignalType,
} from '../../domain/vocabulary';
import { IsInstant } from '../../infra/http/instant';
import { LongList } from '../../infra/http/long-list';
import { PageQuery } from '../../infra/http/paging';
import { SignalLabels, VideoFrameDto } from '../signal.dto';

export const MOST_LINES = 10_000;

class Described {
  @IsOptional()
  @IsIn(SEVERITIES)
  severity?: Severity;

  /** Which activation of which framework it belongs to. @example "pci-2026-north-harbour" */
  @IsOptional()
  @MaxLength(INCIDENT_MAX)
  @Matches(INCIDENT_SHAPE, {
    message: '$property must be a framework, a year and a name, such as pci-2026-north-harbour',
  })
  incident?: string;
}

export class ContributionLine extends Described {
  @IsIn(SIGNAL_TYPES)
  type!: SignalType;

  /** Lower-case hexadecimal: 64 digits, 32 for MD5, 128 for SHA-512. */
  @IsString()
  @Length(32, 128)
  value!: string;

  /** PDQ quality 0 to 100; 49 and less is refused, and a PDQ without it is provisional whoever looked at it. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100)
  quality?: number;

  /** The exhibit the hash was taken from; seen by one's own organisation alone. */
  @IsOptional()
  @IsUUID()
  exhibitId?: string;

  /** When the contribution ends by itself. An unreviewed one ends after thirty days unless told otherwise. */
  @IsOptional()
  @IsInstant()
  expiresAt?: Date;

  /** Of a `vpdq`: the frames, whose digest the value is. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20_000)
  @LongList(VideoFrameDto)
  frames?: VideoFrameDto[];
}

export class ContributeSignalDto extends ContributionLine {
  @IsObject()
  @ValidateNested()
  @Type(() => SignalLabels)
  labels!: SignalLabels;

  /** The common list unless told otherwise. */
  @IsOptional()
  @IsUUID()
  listId?: string;

  /**
   * Whether a person looked at the item: so for a person unless told otherwise, for a key only with the permission
   * `signal.vouch`, and never of a PDQ without its quality. Else it is provisional.
   */
  @IsOptional()
  @IsBoolean()
  reviewed?: boolean;

  /** For one's own organisation. */
  @IsOptional()
  @IsString()
  @Length(1, 2000)
  note?: string;
}

/** The shape of a line of a batch, which is judged line by line: a fault in one refuses that one. */
export class BatchLine extends ContributionLine {
  @IsOptional()
  @ValidateNested()
  @Type(() => SignalLabels)
  labels?: SignalLabels;
}

export class ContributeBatchDto extends Described {
  @IsOptional()
  @IsUUID()
  listId?: string;

  /** Labels of every line, which a line may add to or override. */
  @IsOptional()
  @ValidateNested()
  @Type(() => SignalLabels)
  labels?: SignalLabels;

  /** Whether a person looked at every item. Not so unless the batch says it; a key needs the permission `signal.vouch`. */
  @IsOptional()
  @IsBoolean()
  reviewed?: boolean;

  @ApiProperty({ type: [BatchLine], maxItems: MOST_LINES })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_LINES)
  @LongList()
  signals!: unknown[];
}

export class RefusedLine {
  /** Position in the batch, from 0. */
  index!: number;
  code!: string;
  detail!: string;
  /** JSON Pointer within the line, where one member is at fault. */
  pointer!: string | null;
}

export class BatchAnswer {
  contributed!: number;
  /** Your organisation stood behind these already, or the batch says them twice. */
  already!: number;
  quarantined!: number;
  refused!: RefusedLine[];
}

export class WithdrawSignalDto {
  @IsString()
  @Length(3, 2000)
  reason!: string;

  /** From this list alone; otherwise from every list. */
  @IsOptional()
  @IsUUID()
  listId?: string;
}

export class SignalQuery extends PageQuery {
  @IsOptional()
  @IsUUID()
  list?: string;

  @IsOptional()
  @IsIn(SIGNAL_STATES)
  state?: SignalState;

  @IsOptional()
  @IsIn(SIGNAL_TYPES)
  type?: SignalType;

  /** Only those that your organisation has to review: its last look is 24 months ago. */
  @IsOptional()
  @IsIn(['true', 'false'])
  reviewDue?: string;
}

export class SignalContributionView {
  organisationId!: string;
  organisationName!: string;
  listId!: string;
  contributedAt!: string;
  /** Of this version of the vocabulary; `free` for words from before there was one. */
  vocabulary!: string;
  labels!: SignalLabels;
  severity!: Severity | null;
  incident!: string | null;
  state!: ContributionState;
  reviewed!: boolean;
  reviewedAt!: string | null;
  expiresAt!: string | null;
  provenance!: Record<string, unknown>;
}

export class OpenDispute {
  id!: string;
  /** Null where the lifecycle opened it. */
  organisationId!: string | null;
  /** The lists on which it puts the hash in doubt, as far as you may know of them. */
  listIds!: string[];
  reason!: DisputeReason;
  openedAt!: string;
  dueAt!: string;
}

export class OpinionCounts {
  confirm!: number;
  dispute!: number;
}

export class FeedbackCounts {
  confirmed!: number;
  false!: number;
  alreadyKnown!: number;
}

/** A hash as far as the asker may see it: what stands on lists that it reads. */
export class SignalView {
  id!: string;
  type!: SignalType;
  /** Null when the value of an erased hash was destroyed. */
  value!: string | null;
  state!: SignalState;
  /** A person looked at the item of a contribution to a list on which it has this state. */
  reviewed!: boolean;
  /** PDQ quality, where it was given. */
  quality!: number | null;
  /** Those that stand or wait in quarantine. */
  contributions!: SignalContributionView[];
  opinions!: OpinionCounts;
  feedback!: FeedbackCounts;
  disputes!: OpenDispute[];
  createdAt!: string;
  changedAt!: string;
  erasedAt!: string | null;
}

import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  Min,
} from 'class-validator';
import {
  NEGATIVE_KINDS,
  SIGNAL_TYPES,
  TRUST_LEVELS,
  type ContributionState,
  type NegativeKind,
  type OrganisationKind,
  type QuarantineReason,
  type SignalType,
  type TrustLevel,
} from '../../../domain/vocabulary';
import { IsInstant } from '../../../infra/http/instant';
import { LongList } from '../../../infra/http/long-list';
import { PageQuery } from '../../../infra/http/paging';
import { IsWellFormed } from '../../../infra/http/text';

/** One call takes so many lines; a larger list is uploaded as a file. */
const MOST_NEGATIVES = 10_000;
const MOST_DECIDED = 10_000;
const QUOTA_MAX = 100_000_000;

export class Because {
  /** For the record; contributors whose hashes are concerned read it. */
  @IsString()
  @IsWellFormed()
  @Length(3, 2000)
  reason!: string;
}

export class DecideQuarantineDto extends Because {
  /** Some of the batch; all that waits unless told. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_DECIDED)
  @IsUUID(undefined, { each: true })
  contributionIds?: string[];
}

export class QuarantineQuery extends PageQuery {
  @IsOptional()
  @IsUUID()
  organisationId?: string;
}

export class QuarantineReasons {
  flood?: number;
  corpus?: number;
  canary?: number;
  with_canary?: number;
  collision?: number;
  /** Taken out before by a decision of people: contributed again. */
  dispute_upheld?: number;
  rejected?: number;
  rolled_back?: number;
}

export class QuarantineView {
  id!: string;
  /** Whose contributions; null where several organisations are concerned. */
  organisation!: { id: string; name: string } | null;
  madeAt!: string;
  /** Hashes that nobody has decided on yet. */
  waiting!: number;
  /** How many wait for each reason. */
  reasons!: QuarantineReasons;
}

export class QuarantineItemView {
  id!: string;
  contributionId!: string;
  signalId!: string;
  organisationId!: string;
  listId!: string;
  type!: SignalType;
  value!: string;
  reason!: QuarantineReason;
  /** Negatives that it would match. */
  hits!: number;
  /** `standing`: listed for review and still matchable. */
  state!: ContributionState;
  contributedAt!: string;
}

export class QuarantineDecision {
  id!: string;
  /** Contributions that this call changed. */
  decided!: number;
  /** Contributions of the batch that still wait. */
  waiting!: number;
  /** Of those decided: what goes on waiting in another batch, for another reason or because it matches a negative by now. */
  elsewhere!: number;
}

export class SetTrustDto {
  @IsUUID()
  organisationId!: string;

  @IsIn(TRUST_LEVELS)
  level!: TrustLevel;

  /** Hashes a day instead of what the level gives. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(QUOTA_MAX)
  dailyQuota?: number;

  /** Hashes in sixty minutes, beyond which they wait, instead of what the level gives. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(QUOTA_MAX)
  hourlyFlood?: number;

  @IsString()
  @IsWellFormed()
  @Length(3, 2000)
  note!: string;
}

export class TrustView {
  organisation!: { id: string; name: string; kind: OrganisationKind };
  level!: TrustLevel;
  dailyQuota!: number;
  hourlyFlood!: number;
  /** Contributed today, in UTC. */
  usedToday!: number;
  /** Null while the organisation has the level that its kind begins with. */
  changedAt!: string | null;
  note!: string | null;
}

export class AddNegativesDto {
  @IsIn(NEGATIVE_KINDS)
  kind!: NegativeKind;

  /** Of lines that name none. */
  @IsOptional()
  @IsIn(SIGNAL_TYPES)
  type?: SignalType;

  /** Where the list comes from. */
  @IsOptional()
  @IsString()
  @IsWellFormed()
  @Length(1, 200)
  source?: string;

  /** What they are of, of lines that do not say so. */
  @IsOptional()
  @IsString()
  @IsWellFormed()
  @Length(1, 200)
  note?: string;

  /** Puts standing hashes that collide with them in quarantine; otherwise they are listed for review and go on matching. */
  @IsOptional()
  @IsBoolean()
  hold?: boolean;
}

export class AddNegativeLinesDto extends AddNegativesDto {
  /** At most 10,000; each line is judged by itself. */
  @ApiProperty({
    type: 'array',
    items: {
      type: 'object',
      required: ['value'],
      properties: { type: { enum: [...SIGNAL_TYPES] }, value: { type: 'string' }, note: { type: 'string' } },
    },
  })
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_NEGATIVES)
  @LongList()
  entries!: unknown[];
}

export class Collision {
  signalId!: string;
  type!: SignalType;
  value!: string;
  /** Of the new negatives, how many it matches, and the least distance. */
  hits!: number;
  distance!: number;
}

export class NegativesAnswer {
  added!: number;
  /** They were there already. */
  already!: number;
  /** Lines that are no hash, the first hundred. */
  refused!: { line: number; detail: string }[];
  refusedCount!: number;
  /** Standing signals that match one of these negatives; `first` shows a hundred. `quarantineId` is their batch for review. */
  collisions!: { signals: number; held: number; quarantineId: string | null; first: Collision[] };
}

export class NegativeQuery extends PageQuery {
  @IsOptional()
  @IsIn(NEGATIVE_KINDS)
  kind?: NegativeKind;

  @IsOptional()
  @IsIn(SIGNAL_TYPES)
  type?: SignalType;
}

export class NegativeView {
  id!: string;
  kind!: NegativeKind;
  type!: SignalType;
  value!: string;
  note!: string | null;
  source!: string | null;
  addedAt!: string;
}

export class RemoveNegativesDto extends Because {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_NEGATIVES)
  @IsUUID(undefined, { each: true })
  ids!: string[];
}

export class RollBackDto extends Because {
  /** What was contributed from this instant on; everything unless told. Both people have to name the same. */
  @IsOptional()
  @IsInstant()
  since?: Date;
}

export class RollBackAnswer {
  organisationId!: string;
  contributions!: number;
  /** Signals that nobody stands behind any more; others still stand behind the rest. */
  tombstones!: number;
  supportedByOthers!: number;
  /** What it said of hashes that counts no more: opinions, disputes (also the service's for its feedback) and feedback. */
  opinions!: number;
  disputes!: number;
  feedback!: number;
}

import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { NOTICE_STATES, type NoticeState } from '../domain/notice-lifecycle';
import {
  CATEGORIES,
  DECLINE_REASONS,
  ITEM_OUTCOMES,
  PRESERVATION_STATES,
  TERRITORIES,
  type Category,
  type DeclineReason,
  type ItemOutcome,
  type PreservationState,
  type Territory,
} from '../domain/vocabulary';
import { IsInstant } from '../infra/http/instant';
import { PageQuery } from '../infra/http/paging';
import { IsLanguage, IsWellFormed } from '../infra/http/text';
import { REQUESTED_ACTIONS, type RequestedAction } from './notice.entity';

/** Items of one notice. A larger batch is several notices, each with its own clock. */
const MAX_ITEMS = 1000;
const MAX_TEXT = 10_000;

export class VersionDto {
  /** The version that was read; refused when it has changed since. */
  @IsOptional()
  @IsInt()
  @Min(1)
  version?: number;
}

export class SendNoticeDto extends VersionDto {
  /** Seconds in which it can be called back. Default: the installation's for a person, none for a key. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(60)
  undoSeconds?: number;
}

export class DraftNoticeDto {
  @IsUUID()
  caseId!: string;

  /** Default: every open item of the case on that platform. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_ITEMS)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  itemIds?: string[];

  /** Default: the one platform on which the items are. */
  @IsOptional()
  @IsUUID()
  platformId?: string;

  /** A referral is for voluntary consideration (TCO recital 40). */
  @IsIn(['referral'])
  kind!: 'referral';

  /** Default: the case's. */
  @IsOptional()
  @IsIn(CATEGORIES)
  category?: Category;

  /** BCP 47. Default: the case's. */
  @IsOptional()
  @IsLanguage()
  language?: string;

  /** Why: the terms or the law that the content is held to breach. The platform reads this. */
  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT)
  @IsWellFormed()
  grounds?: string;

  @IsOptional()
  @IsIn(REQUESTED_ACTIONS)
  requestedAction?: RequestedAction;
}

export class WithdrawNoticeDto extends VersionDto {
  /** The platform reads this. */
  @IsString()
  @Length(1, MAX_TEXT)
  @IsWellFormed()
  reason!: string;
}

export class ItemAnswerDto {
  @IsUUID()
  itemId!: string;

  @IsIn(ITEM_OUTCOMES)
  outcome!: ItemOutcome;

  /** When the measure was taken, by the platform's own clock; never in the future. */
  @IsOptional()
  @IsInstant()
  measureAt?: Date;

  /** For `declined`. */
  @IsOptional()
  @IsIn(DECLINE_REASONS)
  reason?: DeclineReason;

  /** Where the measure takes effect; default: wherever the service is. An order asks for all Member States at least. */
  @IsOptional()
  @IsIn(TERRITORIES)
  territory?: Territory;

  @IsOptional()
  @IsString()
  @MaxLength(MAX_TEXT)
  @IsWellFormed()
  note?: string;

  /** How far preserving the content has come. Never delays the answer. */
  @IsOptional()
  @IsIn(PRESERVATION_STATES)
  preservation?: PreservationState;

  /** The revision of this item's answer that was seen, 0 for none; refused when somebody has answered since. */
  @IsOptional()
  @IsInt()
  @Min(0)
  afterRevision?: number;
}

export class AnswerNoticeDto extends VersionDto {
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MAX_ITEMS)
  @ValidateNested({ each: true })
  @Type(() => ItemAnswerDto)
  answers!: ItemAnswerDto[];

  /** Your own file reference (Annex II, A). */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @IsWellFormed()
  addresseeRef?: string;

  /** Who answers for the provider (Annex II, C): an office or a name. The sender reads this. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  @IsWellFormed()
  authorisedPerson?: string;
}

export class NoticeQuery extends PageQuery {
  /** `sent`: what one's own organisation wrote. `inbox`: what was sent to it. Default: both. */
  @IsOptional()
  @IsIn(['inbox', 'sent'])
  box?: 'inbox' | 'sent';

  @IsOptional()
  @IsIn(NOTICE_STATES)
  state?: NoticeState;
}

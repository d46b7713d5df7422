import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsEmail,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  IsUUID,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { AUTHORITY_TYPES } from '../../domain/forms/forms';
import { UNION_LANGUAGES, type UnionLanguage } from '../../domain/union';
import { IsInstant } from '../../infra/http/instant';
import { IsWellFormed } from '../../infra/http/text';

const MAX_TEXT = 10_000;
const MAX_LINE = 300;

/** Annex I, E: who certifies the order. Roles, never the name of a person, wherever national law allows it. */
export class IssuerDto {
  @IsIn(AUTHORITY_TYPES)
  type!: (typeof AUTHORITY_TYPES)[number];

  @IsString()
  @Length(1, MAX_LINE)
  @IsWellFormed()
  representative!: string;

  @IsString()
  @Length(1, MAX_LINE)
  @IsWellFormed()
  post!: string;

  @IsString()
  @Length(1, MAX_LINE)
  @IsWellFormed()
  fileNo!: string;

  @IsString()
  @Length(1, MAX_LINE)
  @IsWellFormed()
  address!: string;

  /** With country and area code. */
  @IsString()
  @Length(5, 50)
  @IsWellFormed()
  tel!: string;

  @IsOptional()
  @IsString()
  @Length(0, 50)
  @IsWellFormed()
  fax?: string;

  @IsEmail()
  email!: string;

  @IsOptional()
  @IsString()
  @Length(1, MAX_LINE)
  @IsWellFormed()
  stamp?: string;
}

export class RedressDeadlineDto {
  @IsInt()
  @Min(1)
  @Max(1000)
  n!: number;

  @IsIn(['days', 'months'])
  unit!: 'days' | 'months';

  /** What it runs from, in words. @example receipt of the order */
  @IsString()
  @Length(1, MAX_LINE)
  @IsWellFormed()
  from!: string;
}

/** Annex I, G: how the order can be challenged, in words that a provider understands. */
export class RedressDto {
  @IsString()
  @Length(1, MAX_LINE)
  @IsWellFormed()
  body!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => RedressDeadlineDto)
  deadline!: RedressDeadlineDto;

  @IsUrl({ protocols: ['https'], require_protocol: true })
  lawUrl!: string;
}

export class NonDisclosureDto {
  /** Six weeks from now at most (TCO Art. 11(3)). */
  @IsInstant()
  until!: Date;

  /** Kept by the authority; the order says only that it is so. */
  @IsString()
  @Length(3, MAX_TEXT)
  @IsWellFormed()
  reasons!: string;
}

export class DraftOrderDto {
  @IsUUID()
  caseId!: string;

  /** Default: every open item of the case on that platform; with `escalatedFrom`, every open one of that referral. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(1000)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  itemIds?: string[];

  @IsOptional()
  @IsUUID()
  platformId?: string;

  /** Of this case, with nothing left that stands in the way of an order. */
  @IsUUID()
  assessmentId!: string;

  /** Of the order: one that the contact point accepts (Art. 15(2)). */
  @IsIn(UNION_LANGUAGES)
  language!: UnionLanguage;

  /** Art. 3(4)(d). @example Regulation (EU) 2021/784, Art. 3(1); national act, section 4 */
  @IsString()
  @Length(3, 2000)
  @IsWellFormed()
  legalBasis!: string;

  /** What else identifies and locates the content (Annex I, B). */
  @IsOptional()
  @IsString()
  @Length(0, MAX_TEXT)
  @IsWellFormed()
  additionalInformation?: string;

  /** Rec. 17: removal later than the twelve hours' notice allows would cause serious harm. Waives only that notice. */
  @IsOptional()
  @IsBoolean()
  isEmergency?: boolean;

  /** For an emergency; the provider reads this. */
  @IsOptional()
  @IsString()
  @Length(20, MAX_TEXT)
  @IsWellFormed()
  emergencyReasons?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => NonDisclosureDto)
  nonDisclosure?: NonDisclosureDto;

  @IsObject()
  @ValidateNested()
  @Type(() => IssuerDto)
  issuer!: IssuerDto;

  @IsObject()
  @ValidateNested()
  @Type(() => RedressDto)
  redress!: RedressDto;

  /** How the copy reaches a home authority that is not on this installation (Art. 4(1)). */
  @IsOptional()
  @IsString()
  @Length(3, 1000)
  @IsWellFormed()
  homeCopyNote?: string;

  /** The referral of this case that this order carries on, to the same platform and about nothing else. */
  @IsOptional()
  @IsUUID()
  escalatedFrom?: string;
}

export class SignOrderDto {
  /** For the first of the two people: why it is asked for. */
  @IsOptional()
  @IsString()
  @Length(3, 2000)
  @IsWellFormed()
  reason?: string;
}

export class AdvanceInformationDto {
  @IsUUID()
  platformId!: string;

  /** Procedures and applicable deadlines (TCO Art. 3(2)), in the provider's language. */
  @IsString()
  @Length(50, MAX_TEXT)
  @IsWellFormed()
  text!: string;
}

export class AdvanceInformationView {
  id!: string;
  authorityId!: string;
  platformId!: string;
  sentAt!: string;
  text!: string;
  /** The provider could be reached by mail and by nothing else when it was sent: the twelve hours begin with a receipt. */
  byMailAlone!: boolean;
  /** The first receipt by mail that stands. */
  receivedAt!: string | null;
  /** From when on a first order can follow without an emergency; null: the twelve hours have not begun. */
  readyAt!: string | null;
}

export class FormQuery {
  /** Of the labels; the content is in the order's own. */
  @IsOptional()
  @IsIn(UNION_LANGUAGES)
  language?: UnionLanguage;
}

export class SignedFormView {
  /** As its JSON Schema under /schemas says. */
  form!: Record<string, unknown>;
  kid!: string;
  /** Detached JWS over the canonical JSON of `form`. */
  jws!: string;
}

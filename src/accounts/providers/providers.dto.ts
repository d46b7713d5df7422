import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUrl,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import {
  CONTACT_KINDS,
  PROVIDER_SERVICES,
  type ContactKind,
  type ContactSource,
  type ProposalState,
  type ProviderGap,
  type ProviderService,
} from '../../domain/providers';
import { LANGUAGE_SHAPE, type Channel } from '../../domain/vocabulary';
import { PageQuery } from '../../infra/http/paging';
import { IsCountry, IsWellFormed } from '../../infra/http/text';

export class ProviderQuery extends PageQuery {
  /** Only the provider that answers for this host. */
  @IsOptional()
  @IsString()
  @MaxLength(253)
  host?: string;

  /** Part of the name, or the short name. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  q?: string;

  @IsOptional()
  @IsIn(PROVIDER_SERVICES)
  serviceKind?: ProviderService;
}

export class ContactDto {
  @IsIn(CONTACT_KINDS)
  kind!: ContactKind;

  /** An address, a number with + and country, an https address of a form, or a postal address, by `kind`. */
  @IsString()
  @IsWellFormed()
  @Length(3, 2000)
  value!: string;
}

/** How the terms deal with terrorist content (TCO Art. 5(1), 7(1)). */
export class TermsClauseDto {
  @IsUrl({ protocols: ['https'], require_protocol: true })
  @MaxLength(2000)
  url!: string;

  @IsOptional()
  @IsString()
  @IsWellFormed()
  @Length(1, 100)
  version?: string;

  /** @example 2026-01-31 */
  @IsOptional()
  @Matches(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, { message: '$property must be a date, such as 2026-01-31' })
  date?: string;

  /** Whether they explain the automated tools that are used. */
  @IsOptional()
  @IsBoolean()
  explainsTools?: boolean;
}

/** What can be said about a provider; what is left out stays as it is. */
export class ProviderFactsDto {
  /** Of the main establishment or the legal representative. ISO 3166-1 alpha-2. */
  @IsOptional()
  @IsCountry()
  homeCountry?: string;

  /** Art. 17. */
  @IsOptional()
  @IsString()
  @IsWellFormed()
  @Length(2, 1000)
  legalRepresentative?: string;

  /** Languages in which the contact point takes orders (Art. 15(2)). BCP 47. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(40)
  @Matches(LANGUAGE_SHAPE, { each: true, message: 'each of $property must be a BCP 47 language tag, such as de' })
  languages?: string[];

  @IsOptional()
  @IsIn(PROVIDER_SERVICES)
  serviceKind?: ProviderService;

  /** Why the service is out of scope; needed for every kind but hosting. */
  @IsOptional()
  @IsString()
  @IsWellFormed()
  @Length(10, 4000)
  scopeReasons?: string;

  @IsOptional()
  @ValidateNested()
  @Type(() => TermsClauseDto)
  termsClause?: TermsClauseDto;

  /** Within which a referral should be answered. Five minutes to a week. */
  @ApiPropertyOptional({ type: 'integer' })
  @IsOptional()
  @IsInt()
  @Min(5)
  @Max(10_080)
  referralTargetMinutes?: number;

  /** Contacts to add. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => ContactDto)
  contacts?: ContactDto[];
}

export class ChangeProviderDto extends ProviderFactsDto {
  /** Contacts that are no longer in use. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsUUID(undefined, { each: true })
  removeContacts?: string[];

  @IsOptional()
  @IsInt()
  version?: number;
}

export class ProposeProviderDto {
  @IsObject()
  @ValidateNested()
  @Type(() => ProviderFactsDto)
  changes!: ProviderFactsDto;

  /** Where it is known from. */
  @IsString()
  @IsWellFormed()
  @Length(5, 2000)
  note!: string;
}

export class ConfirmProviderDto {
  /** Proposals to take over. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsUUID(undefined, { each: true })
  accept?: string[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(50)
  @IsUUID(undefined, { each: true })
  reject?: string[];

  /** How it was checked; kept in the ledger. */
  @IsString()
  @IsWellFormed()
  @Length(5, 2000)
  note!: string;

  @IsOptional()
  @IsInt()
  version?: number;
}

export class ContactView {
  id!: string;
  kind!: ContactKind;
  value!: string;
  source!: ContactSource;
  sourceAddress!: string | null;
  seenAt!: string;
  confirmedAt!: string;
}

export class TermsClauseView {
  url!: string;
  version!: string | null;
  date!: string | null;
  explainsTools!: boolean | null;
}

/** What a provider says of itself and no second party has confirmed: no order goes by it yet. */
export class OwnStatementView {
  /** To be accepted or rejected by a person of an authority or the operator. */
  proposalId!: string;
  /** `homeCountry`, `languages`, `serviceKind` and `scopeReasons`, as far as they differ from what is confirmed. */
  changes!: ProviderFactsDto;
  saidAt!: string;
}

/** What is recorded about a provider, and a person has confirmed. */
export class ProviderView {
  platformId!: string;
  name!: string;
  slug!: string;
  hosts!: string[];
  homeCountry!: string | null;
  legalRepresentative!: string | null;
  languages!: string[];
  serviceKind!: ProviderService;
  /** Whether a removal order can be addressed to it; otherwise a voluntary notice only (rec. 13, 14). */
  isInTcoScope!: boolean;
  scopeReasons!: string | null;
  contacts!: ContactView[];
  termsClause!: TermsClauseView | null;
  referralTargetMinutes!: number;
  /** What the provider says of itself that is not confirmed; null where there is nothing. */
  ownStatement!: OwnStatementView | null;
  /** Whether the platform speaks for itself here. */
  isClaimed!: boolean;
  /** When a person last confirmed the entry as a whole; null for one that nobody has. */
  confirmedAt!: string | null;
  /** Contact points here that did not answer their last test. */
  unansweredChannels!: Channel[];
  /** Duties of the Regulation for which nothing is recorded. */
  gaps!: ProviderGap[];
  version!: number;
}

/** An entry of the register as it is read. */
export class RegisterEntryView extends ProviderView {
  /** No person has confirmed it for ninety days. */
  isStale!: boolean;
}

export class ProposalView {
  id!: string;
  platformId!: string;
  source!: ContactSource;
  sourceAddress!: string | null;
  changes!: ProviderFactsDto;
  note!: string | null;
  seenAt!: string;
  /** After which its source says not to rely on it. */
  expiresAt!: string | null;
  state!: ProposalState;
  decidedAt!: string | null;
}

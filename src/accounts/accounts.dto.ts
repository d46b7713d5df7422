import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  IsArray,
  IsEmail,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import { PERMISSIONS, ROLES, type Permission, type Role } from '../domain/permissions';
import {
  COMPETENCES,
  PLATFORM_SIZES,
  TENANT_KINDS,
  type Competence,
  type OrganisationKind,
  type PlatformSize,
} from '../domain/vocabulary';
import { IsInstant } from '../infra/http/instant';
import { IsCountry } from '../infra/http/text';

/** Long rather than complicated: NIST SP 800-63B section 5.1.1.2. */
const PASSWORD_LEAST = 12;
const PASSWORD_MOST = 256;

export class SignInDto {
  /** @example analyst@unit-a.example */
  @IsEmail()
  @MaxLength(254)
  email!: string;

  @IsString()
  @MaxLength(PASSWORD_MOST)
  password!: string;

  /** Which organisation to act for, for a person who belongs to several. Default: the first. */
  @IsOptional()
  @IsUUID()
  organisationId?: string;
}

export class SwitchOrganisationDto {
  @IsUUID()
  organisationId!: string;
}

export class ChangePasswordDto {
  @IsString()
  @MaxLength(PASSWORD_MOST)
  current!: string;

  @IsString()
  @Length(PASSWORD_LEAST, PASSWORD_MOST)
  next!: string;
}

export class OrganisationSummary {
  id!: string;
  name!: string;
  slug!: string;
  kind!: OrganisationKind;
}

export class PersonSummary {
  id!: string;
  displayName!: string;
  office!: string | null;
}

/** Who is signed in and what they may do. */
export class SessionView {
  person!: PersonSummary | null;
  organisation!: OrganisationSummary;
  /** Every organisation this person may act for. */
  organisations!: OrganisationSummary[];
  permissions!: Permission[];
}

export class NewSessionView extends SessionView {
  /** Bearer token, shown once. */
  token!: string;
  expiresAt!: string;
}

export class CreateApiKeyDto {
  @IsString()
  @Length(1, 100)
  name!: string;

  /** What the key may do; never more than an integration of this organisation may. */
  @IsArray()
  @ArrayNotEmpty()
  @IsIn(PERMISSIONS, { each: true })
  permissions!: Permission[];

  /** Instant, at most two years ahead. */
  @IsInstant()
  expiresAt!: Date;
}

export class ApiKeyView {
  id!: string;
  name!: string;
  /** First characters of the key. */
  prefix!: string;
  permissions!: Permission[];
  createdAt!: string;
  expiresAt!: string;
  revokedAt!: string | null;
}

export class NewApiKeyView extends ApiKeyView {
  /** The key, shown once; null when this answer is a repeat. */
  key!: string | null;
}

export class EnrolPersonDto {
  @IsEmail()
  @MaxLength(254)
  email!: string;

  @IsString()
  @Length(1, 200)
  displayName!: string;

  /** The office held in this organisation, as it would stand on a form. */
  @IsOptional()
  @IsString()
  @Length(1, 200)
  office?: string;

  @IsArray()
  @ArrayNotEmpty()
  @IsIn(ROLES, { each: true })
  roles!: Role[];

  /** First password; not needed for a person who has one already. */
  @IsOptional()
  @IsString()
  @Length(PASSWORD_LEAST, PASSWORD_MOST)
  password?: string;
}

export class PersonView {
  id!: string;
  email!: string;
  displayName!: string;
  office!: string | null;
  roles!: Role[];
}

const HOST = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export class RegisterOrganisationDto {
  @IsIn(TENANT_KINDS)
  kind!: (typeof TENANT_KINDS)[number];

  @IsString()
  @Length(1, 200)
  name!: string;

  /** Short name in addresses and on the command line. @example harbour */
  @Matches(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/, {
    message: '$property must be 1 to 63 of a to z, 0 to 9, dot and hyphen, with a letter or digit at both ends',
  })
  slug!: string;

  /** ISO 3166-1 alpha-2. @example FR */
  @IsOptional()
  @IsCountry()
  country?: string;

  /** What an authority is competent for, TCO Art 12(1). */
  @IsOptional()
  @IsArray()
  @IsIn(COMPETENCES, { each: true })
  competences?: Competence[];

  @IsOptional()
  @IsIn(PLATFORM_SIZES)
  platformSize?: PlatformSize;

  /** Host names of a platform, lower case, IDN as punycode. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(200)
  @Matches(HOST, { each: true, message: 'each of $property must be a host name in lower case, IDN as punycode' })
  hosts?: string[];

  /** The first person, who brings in the others. */
  @IsObject()
  @ValidateNested()
  @Type(() => EnrolPersonDto)
  admin!: EnrolPersonDto;
}

export class OrganisationView extends OrganisationSummary {
  country!: string | null;
  competences!: Competence[];
  platformSize!: PlatformSize | null;
  status!: 'active' | 'provisional' | 'suspended';
  hosts!: string[];
  version!: number;
}

export class ConfirmPlatformDto {
  @IsString()
  @Length(1, 200)
  name!: string;

  @IsOptional()
  @IsIn(PLATFORM_SIZES)
  platformSize?: PlatformSize;

  @IsOptional()
  @IsCountry()
  country?: string;

  /** How and with whom the contact was confirmed; kept in the ledger. */
  @IsString()
  @Length(5, 2000)
  note!: string;

  @IsOptional()
  @IsInt()
  version?: number;
}

export class RefuseApprovalDto {
  @IsString()
  @Length(3, 2000)
  reason!: string;
}

export class ApprovalView {
  id!: string;
  verb!: string;
  subjectId!: string;
  reason!: string;
  askedBy!: string;
  askedAt!: string;
  decision!: 'approved' | 'refused' | null;
  decidedAt!: string | null;
}

import { IsEmail, IsIn, IsOptional, IsString, IsUUID, Length, Matches, MaxLength } from 'class-validator';
import type { ClaimState } from '../../../domain/providers';
import { PLATFORM_SIZES, type PlatformSize } from '../../../domain/vocabulary';
import { IsCountry, IsWellFormed } from '../../../infra/http/text';

const HOST = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const PROOFS = ['https', 'dns'] as const;
export type Proof = (typeof PROOFS)[number];

export class AskClaimDto {
  /** The platform's host, lower case, IDN as punycode. @example harbour.example */
  @Matches(HOST, { message: '$property must be a host name in lower case, IDN as punycode' })
  host!: string;

  /** Name of the platform. */
  @IsString()
  @IsWellFormed()
  @Length(2, 200)
  name!: string;

  /** Of the first person, who brings in the others. */
  @IsEmail()
  @MaxLength(254)
  adminEmail!: string;

  @IsString()
  @IsWellFormed()
  @Length(1, 200)
  adminName!: string;
}

export class ProveClaimDto {
  /** Given when the claim was made. */
  @IsString()
  @MaxLength(100)
  secret!: string;

  @IsIn(PROOFS)
  proof!: Proof;
}

export class AcceptClaimDto {
  @IsString()
  @MaxLength(100)
  secret!: string;

  /** For a person who has no login here yet; otherwise it stays as it was. NIST SP 800-63B: long rather than complicated. */
  @IsString()
  @Length(12, 256)
  password!: string;
}

export class ConfirmClaimDto {
  /** How it was checked that the claim is the provider's, beside the token; kept in the ledger. */
  @IsString()
  @IsWellFormed()
  @Length(5, 2000)
  note!: string;

  @IsOptional()
  @IsIn(PLATFORM_SIZES)
  platformSize?: PlatformSize;

  @IsOptional()
  @IsCountry()
  country?: string;

  /** A platform that is registered already and to which the host belongs from now on; by default the one that has the host. */
  @IsOptional()
  @IsUUID()
  platformId?: string;
}

export class RefuseClaimDto {
  @IsString()
  @IsWellFormed()
  @Length(3, 2000)
  reason!: string;
}

export class NewClaimView {
  id!: string;
  host!: string;
  /** To be put on the host: alone on a line of the file, or as the value of the TXT record. */
  token!: string;
  fileAddress!: string;
  dnsName!: string;
  /** Shown once; needed to go on. Not to be published. */
  secret!: string;
  expiresAt!: string;
}

export class ClaimProgressView {
  id!: string;
  state!: ClaimState;
  expiresAt!: string;
}

/** For the operator. */
export class ClaimView extends ClaimProgressView {
  host!: string;
  platformId!: string | null;
  name!: string;
  adminEmail!: string;
  adminName!: string;
  askedAt!: string;
  provenAt!: string | null;
  proof!: Proof | null;
  decidedAt!: string | null;
  reason!: string | null;
}

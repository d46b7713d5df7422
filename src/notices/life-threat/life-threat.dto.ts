import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Length, Matches } from 'class-validator';
import {
  LIFE_THREAT_BASES,
  type EuropolCopyChannel,
  type LifeThreatBasis,
  type LifeThreatReason,
} from '../../domain/life-threat';
import { COUNTRY_SHAPE } from '../../domain/vocabulary';
import { IsWellFormed } from '../../infra/http/text';

export class ReportLifeThreatDto {
  /** What it is about: an address, an account or a reference of one's own. Kept as it is given. */
  @IsString()
  @IsWellFormed()
  @Length(1, 4000)
  contentRef!: string;

  /** The facts that show that a life is in danger now. */
  @IsString()
  @IsWellFormed()
  @Length(10, 10_000)
  whyImminent!: string;

  /** ISO 3166-1 alpha-2. Left out where the Member State concerned is not known. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(27)
  @Matches(COUNTRY_SHAPE, { each: true, message: 'each of $property must be an ISO 3166-1 alpha-2 code, such as FR' })
  msConcerned?: string[];

  /** By what these States are concerned (rec. 27); needed with them. */
  @IsOptional()
  @IsIn(LIFE_THREAT_BASES)
  basis?: LifeThreatBasis;

  /** How Europol was sent a copy by another way, where it was. */
  @IsOptional()
  @IsString()
  @IsWellFormed()
  @Length(3, 1000)
  europolNote?: string;
}

export class CopyLifeThreatDto {
  /** How and when Europol was sent a copy. */
  @IsString()
  @IsWellFormed()
  @Length(3, 1000)
  note!: string;
}

export class LifeThreatRecipientView {
  organisationId!: string;
  name!: string;
  reason!: LifeThreatReason;
  toldAt!: string;
  /** When a person there took it in hand. */
  acknowledgedAt!: string | null;
}

/** Where a State is reached by telephone that has nobody here, or whose people are not called anew; from the public register. */
export class LifeThreatContactView {
  country!: string;
  name!: string;
  contactPoint!: string;
  telephone!: string;
}

export class EuropolCopyView {
  /** `outstanding`: nobody has stated yet that Europol has it. */
  channel!: EuropolCopyChannel;
  note!: string | null;
  at!: string | null;
}

export class LifeThreatView {
  id!: string;
  platformId!: string;
  platformName!: string;
  reportedAt!: string;
  contentRef!: string;
  whyImminent!: string;
  /** Empty where the State concerned is not known. */
  msConcerned!: string[];
  basis!: LifeThreatBasis | null;
  sentTo!: LifeThreatRecipientView[];
  europolCopy!: EuropolCopyView;
  /** States that have nobody here: telephone them. */
  unreached!: string[];
  reach!: LifeThreatContactView[];
  /** False beyond ten reports of a platform in an hour: it is taken and shown, and nobody is called for it anew. */
  isCalling!: boolean;
}

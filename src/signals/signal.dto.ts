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
import {
  CATEGORIES,
  IDEOLOGIES,
  SIGNAL_TYPES,
  type Category,
  type Ideology,
  type SignalState,
  type SignalType,
} from '../domain/vocabulary';
import { MAX_RADIUS } from '../perceptual/hamming-index';

/** What a hash is of. */
export class SignalLabels {
  @IsOptional()
  @IsIn(CATEGORIES)
  category?: Category;

  @IsOptional()
  @IsIn(IDEOLOGIES)
  ideology?: Ideology;

  /** Behaviour labels in lower case with dashes. @example ["graphic-violence"] */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @Matches(/^[a-z0-9][a-z0-9-]{0,63}$/, { each: true })
  behaviours?: string[];
}

export class ContributeSignalDto {
  @IsIn(SIGNAL_TYPES)
  type!: SignalType;

  /** Lower-case hexadecimal: 64 digits, 32 for MD5. */
  @IsString()
  @Length(32, 128)
  value!: string;

  /** PDQ quality 0 to 100, where known; 49 and less is refused. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100)
  quality?: number;

  @ValidateNested()
  @Type(() => SignalLabels)
  labels!: SignalLabels;

  /** The exhibit the hash was taken from; seen by one's own organisation alone. */
  @IsOptional()
  @IsUUID()
  exhibitId?: string;

  @IsOptional()
  @IsString()
  @Length(1, 2000)
  note?: string;
}

export class MatchQuery {
  @IsIn(SIGNAL_TYPES)
  type!: SignalType;

  @IsString()
  @Length(32, 128)
  value!: string;

  /** Bits that may differ, 0 to 64; PDQ 31 and blockhash 10 unless told. Exact types take 0. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(MAX_RADIUS)
  radius?: number;
}

export class WithdrawSignalDto {
  @IsString()
  @Length(3, 2000)
  reason!: string;
}

export class ContributionView {
  organisationId!: string;
  organisationName!: string;
  contributedAt!: string;
  labels!: SignalLabels;
}

export class SignalView {
  id!: string;
  type!: SignalType;
  value!: string;
  state!: SignalState;
  /** Contributions that stand. */
  contributions!: ContributionView[];
}

export class Match {
  signalId!: string;
  type!: SignalType;
  value!: string;
  /** Bits that differ; 0 for an exact hash. */
  distance!: number;
  state!: SignalState;
  contributions!: ContributionView[];
}

export class MatchAnswer {
  matches!: Match[];
  /** What the search could find: `perceptual` and exact, or exact hashes alone with the reason. */
  matchable!: string;
}

export class FileMatchAnswer extends MatchAnswer {
  fileName!: string | null;
  size!: number;
  sha256!: string;
  md5!: string;
  image!: { width: number; height: number; pdq: { hash: string; quality: number }; blockhash: string } | null;
  notHashed!: { code: string; title: string } | null;
}

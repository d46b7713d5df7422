import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, Length, Max, Min } from 'class-validator';
import {
  BEHAVIOURS,
  CONTENT_TYPES,
  ENTITY_CLASSES,
  type Behaviour,
  type ContentType,
  type EntityClass,
} from '../domain/labels';
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

/** What a hash is of, in the words of `GET /v1/signal-vocabulary`. */
export class SignalLabels {
  @IsOptional()
  @IsIn(CATEGORIES)
  category?: Category;

  @IsOptional()
  @IsIn(IDEOLOGIES)
  ideology?: Ideology;

  /** @example ["glorification"] */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(BEHAVIOURS.length)
  @IsIn(BEHAVIOURS, { each: true })
  behaviours?: Behaviour[];

  @IsOptional()
  @IsIn(CONTENT_TYPES)
  contentType?: ContentType;

  @IsOptional()
  @IsIn(ENTITY_CLASSES)
  entityClass?: EntityClass;
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

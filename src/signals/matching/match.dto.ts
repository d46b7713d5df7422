import { ApiProperty } from '@nestjs/swagger';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateBy,
  type ValidationArguments,
} from 'class-validator';
import {
  isSignalHash,
  SIGNAL_TYPES,
  type MatchAction,
  type Severity,
  type SignalState,
  type SignalType,
  type Tlp,
} from '../../domain/vocabulary';
import { MAX_RADIUS } from '../../perceptual/hamming-search';
import { SignalLabels } from '../signal.dto';
import { InDigits } from '../../infra/http/whole-number';
import { isPerceptual } from '../../perceptual/match-radius';
import { VARIANT_KINDS } from '../../perceptual/pdq-variants';
import { hashWords, radiusFault } from './question';

/** By what is said of the value for the type beside it; of a type that there is not, nothing is said. */
function OfItsType(fault: (type: SignalType, value: unknown) => string | undefined): PropertyDecorator {
  const faultOf = ({ object, value }: ValidationArguments): string | undefined => {
    const type = SIGNAL_TYPES.find((each) => each === (object as Partial<MatchQuery>).type);
    return type && fault(type, value);
  };
  return ValidateBy({
    name: 'ofItsType',
    validator: {
      validate: (_value, told) => told !== undefined && faultOf(told) === undefined,
      defaultMessage: (told) => (told && faultOf(told)) ?? '',
    },
  });
}

export class MatchQuery {
  @IsIn(SIGNAL_TYPES)
  type!: SignalType;

  /** Lower-case hexadecimal: 64 digits, 32 for MD5, 128 for SHA-512. A video is asked for by its digest. */
  @IsString()
  @OfItsType((type, value) => (typeof value === 'string' && isSignalHash(type, value) ? undefined : hashWords(type)))
  @ApiProperty({ minLength: 32, maxLength: 128 })
  value!: string;

  /** Bits that may differ, 0 to 64; PDQ 31 and blockhash 10 unless told. Exact types take 0. */
  @IsOptional()
  @InDigits()
  @IsInt()
  @Min(0)
  @Max(MAX_RADIUS)
  @OfItsType((type, radius) => (isPerceptual(type) ? undefined : radiusFault(type, radius)))
  radius?: number;
}

const VARIANT = `(?:${VARIANT_KINDS.join('|')})`;
const VARIANTS = new RegExp(`^(?:${VARIANT}(?:,${VARIANT})*)?$`);

export class FileMatchQuery {
  /** Forms of a picture to ask for as well: `dihedral` (turned, mirrored), `letterbox` (without its bars). */
  @IsOptional()
  @IsString()
  @Matches(VARIANTS, { message: `must be of ${VARIANT_KINDS.join(', ')}, separated by commas` })
  @ApiProperty({ example: 'dihedral,letterbox' })
  variants?: string;
}

/** What stands behind the hash, of what the asker may see. */
export class MatchContribution {
  organisationId!: string;
  organisationName!: string;
  listId!: string;
  contributedAt!: string;
  labels!: SignalLabels;
}

export class MatchList {
  id!: string;
  name!: string;
  tlp!: Tlp;
}

/** How many bodies confirm the hash, and how many dispute it. */
export class MatchOpinions {
  confirm!: number;
  dispute!: number;
}

/** What platforms found matches of this hash to be. */
export class MatchFeedback {
  confirmed!: number;
  false!: number;
  alreadyKnown!: number;
}

/** Shares of the frames of two videos that are near one of the other. */
export class VideoShares {
  queryPercent!: number;
  comparedPercent!: number;
}

export class Match {
  signalId!: string;
  type!: SignalType;
  value!: string;
  /** Bits that differ; 0 for an exact hash. Of a video: the mean over its frames that were found, rounded up. */
  distance!: number;
  /** Which form of the file was found, where it was not the file as it is: turned, mirrored, without its bars, a page. */
  variant?: string;
  /** The best that it has on a list that the asker reads. What follows up to the incident is said on the lists on which it has it. */
  state!: SignalState;
  /** A person looked at the item that the hash was taken from. */
  reviewed!: boolean;
  /** The oldest contribution decides where they differ. */
  labels!: SignalLabels;
  /** The gravest that was given. */
  severity!: Severity | null;
  incident!: string | null;
  /** All on which it stands, oldest contribution first. */
  lists!: MatchList[];
  contributions!: MatchContribution[];
  opinions!: MatchOpinions;
  feedback!: MatchFeedback;
  /** What the asker's own policy says to do. */
  action!: MatchAction;
  /** The rule that said so, or the limit that no rule can lift. */
  because!: string;
  /** Version of the asker's policy; null for the default that everybody has. */
  policyVersion!: number | null;
  vpdq?: VideoShares;
}

/** How current the answer is. */
export class Freshness {
  /** `database`: this node is still loading its copy. */
  source!: 'index' | 'database';
  /** Every entry of the ledger up to this one was taken into account. */
  through!: number;
  /** Milliseconds since this node last saw that nothing newer was there; 0 from the database. */
  behindMs!: number;
}

export class MatchAnswer {
  matches!: Match[];
  /** What the search could find: `perceptual` and exact, or exact hashes alone with the reason. */
  matchable!: string;
  freshness!: Freshness;
}

export class BatchMatch extends Match {
  /** Position of the question in the request, from 0. */
  query!: number;
}

export class BatchMatchAnswer {
  /** By question, then distance, then signal. Questions without a match have no line. */
  matches!: BatchMatch[];
  asked!: number;
  matchable!: string;
  freshness!: Freshness;
}

/** One question of a batch. */
export class BatchQuestion {
  type!: SignalType;
  value!: string;
  radius?: number;
}

/** Either `values` of one `type`, or `queries`. */
export class BatchMatchRequest {
  type?: SignalType;
  radius?: number;
  values?: string[];
  queries?: BatchQuestion[];
}

export class FileVideo {
  digest!: string | null;
  frames!: number;
  durationMs!: number;
}

export class FilePdf {
  textSha256!: string | null;
  pageCount!: number;
}

export class FileMatchAnswer extends MatchAnswer {
  fileName!: string | null;
  size!: number;
  sha256!: string;
  sha512!: string;
  md5!: string;
  image!: { width: number; height: number; pdq: { hash: string; quality: number }; blockhash: string } | null;
  video!: FileVideo | null;
  pdf!: FilePdf | null;
  notHashed!: { code: string; title: string } | null;
  /** Why these are the hashes of a part, as far as the file could be read: compared like others, never to be contributed. */
  incomplete!: { code: string; title: string } | null;
}

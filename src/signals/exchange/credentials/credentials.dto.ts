import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
} from 'class-validator';
import { IsInstant } from '../../../infra/http/instant';
import { IsWellFormed } from '../../../infra/http/text';
import { EXCHANGE_PROTOCOLS, EXCHANGE_VERBS, type ExchangeProtocol, type ExchangeVerb } from './credential';

export class CreateExchangeCredentialDto {
  @IsIn(EXCHANGE_PROTOCOLS)
  protocol!: ExchangeProtocol;

  /** What program it is for, for the organisation's own eyes. */
  @IsString()
  @IsWellFormed()
  @Length(1, 100)
  name!: string;

  /** Lists that the program gets, at most 50. Each has to be one that the organisation reads, and none marked TLP:RED. */
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(50)
  @ArrayUnique()
  @IsUUID('all', { each: true })
  lists!: string[];

  /** What it may do; fetching alone unless told. */
  @IsOptional()
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(EXCHANGE_VERBS, { each: true })
  verbs?: ExchangeVerb[];

  /** The list that submitted hashes go to; needed with the verb `submit`. */
  @IsOptional()
  @IsUUID('all')
  submitTo?: string;

  /** At most two years ahead. */
  @IsInstant()
  expiresAt!: Date;
}

export class ExchangeCredentialView {
  id!: string;
  protocol!: ExchangeProtocol;
  name!: string;
  lists!: string[];
  verbs!: ExchangeVerb[];
  submitTo!: string | null;
  /** For protocols with a login. */
  username!: string | null;
  createdAt!: string;
  expiresAt!: string;
  revokedAt!: string | null;
  /** To the minute. */
  lastUsedAt!: string | null;
}

export class NewExchangeCredentialView extends ExchangeCredentialView {
  /**
   * In this answer only, null in a repeat of it. `token` for the feed; `subscriptionKey` with `fetchKey`, `submitKey` and
   * `feedbackKey` for StopNCII; `password` for the others.
   */
  secrets!: Record<string, string> | null;
}

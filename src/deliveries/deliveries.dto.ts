import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  IsEmail,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { CHANNELS, type Channel } from '../domain/vocabulary';
import { IsInstant } from '../infra/http/instant';
import type { CircuitState } from './circuit';
import {
  CONTACT_LANGUAGES,
  type AttemptOutcome,
  type ContactLanguage,
  type DeliveryState,
  type PingState,
  type Proof,
} from './deliveries.entity';
import type { DeliveredEvent } from '../notices/delivery-job';

export class RegisterWebhookDto {
  /** An https address of the platform's own system. @example https://harbour.example/clepsydra */
  @IsString()
  @Length(8, 2000)
  url!: string;
}

export class WebhookView {
  id!: string;
  url!: string;
  createdAt!: string;
  rotatedAt!: string | null;
  /** Until then messages are signed with the secret before the last rotation as well. */
  previousSecretUntil!: string | null;
  disabledAt!: string | null;
  /** `open`: it failed so often that it is left alone until `openUntil`; `half_open`: the next message tries it again. */
  circuit!: CircuitState;
  /** One after another, without a success between them. */
  failures!: number;
  openUntil!: string | null;
}

export class NewWebhookView extends WebhookView {
  /** `whsec_…`, shown once; null when this answer is a repeat. */
  secret!: string | null;
}

export class WebhookTestView {
  delivered!: boolean;
  /** HTTP status of the answer; null when there was none. */
  status!: number | null;
  problem!: string | null;
}

export class DeclareContactPointDto {
  @IsIn(CHANNELS)
  channel!: Channel;

  /** The lowest is tried first. */
  @IsInt()
  @Min(0)
  @Max(100)
  position!: number;

  /** For the channel `webhook`. */
  @IsOptional()
  @IsUUID()
  webhookId?: string;

  /** For the channel `mail`; of a role, never of a person. @example tco@harbour.example */
  @IsOptional()
  @IsEmail()
  @MaxLength(254)
  @Matches(/^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[a-z0-9.-]{1,189}$/i, {
    message: '$property must be a plain address, without quotes, comments or letters outside of ASCII',
  })
  address?: string;

  /** For the channel `pager`. */
  @IsOptional()
  @IsUUID()
  pagerId?: string;

  /** Of the few words of a mail or a page. Default `en`. */
  @IsOptional()
  @IsIn(CONTACT_LANGUAGES)
  language?: ContactLanguage;
}

export class ReplayWebhookDto {
  /** Everything that went to this webhook from then on. */
  @ApiPropertyOptional({ type: 'string', format: 'date-time' })
  @IsOptional()
  @IsInstant()
  since?: Date;

  @IsOptional()
  @IsUUID()
  deliveryId?: string;
}

export class ReplayView {
  /** How many are sent again. */
  messages!: number;
  /** Where a further replay goes on; null when these were all. */
  next!: string | null;
}

export class ConfirmReceiptDto {
  /** The `digest` of the `notice.sent` entry, as the feed gave it: 64 hexadecimal digits. */
  @IsString()
  @Matches(/^[0-9a-f]{64}$/, { message: '$property must be 64 hexadecimal digits in lower case' })
  digest!: string;
}

export class FeedReceiptView {
  noticeId!: string;
  receiptAt!: string;
}

export class ContactPointView {
  id!: string;
  channel!: Channel;
  position!: number;
  webhookId!: string | null;
  address!: string | null;
  pagerId!: string | null;
  language!: ContactLanguage | null;
  confirmedAt!: string | null;
  /** When it was last asked whether it answers. */
  lastPingAt!: string | null;
  lastAnsweredAt!: string | null;
  /** Null when it was never asked. */
  pingState!: PingState | null;
  /** Nobody has confirmed it or answered on it for ninety days. */
  isStale!: boolean;
}

export class AttemptView {
  attempt!: number;
  startedAt!: string;
  endedAt!: string | null;
  /** Null while it is under way. */
  outcome!: AttemptOutcome | null;
  status!: number | null;
  problem!: string | null;
  /** The last line of a mail server, which is the proof where one of its is. */
  response!: string | null;
  /** The platform had asked for it again. */
  replay!: boolean;
}

/** The sender sees what was tried and what came of it, never where it leads. */
export class DeliveryView {
  id!: string;
  event!: DeliveredEvent;
  channel!: Channel;
  state!: DeliveryState;
  createdAt!: string;
  receiptAt!: string | null;
  /** What the receipt rests on. */
  proof!: Proof | null;
  /** When it came out that the receipt was none. */
  voidedAt!: string | null;
  failure!: string | null;
  attempts!: AttemptView[];
}

export class DeliveryToWebhookView extends DeliveryView {
  noticeId!: string;
}

import { IsIn, IsInt, IsOptional, IsString, IsUUID, Length, Max, Min } from 'class-validator';
import { CHANNELS, type Channel } from '../domain/vocabulary';
import type { AttemptOutcome, DeliveryState } from './deliveries.entity';
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
}

export class ContactPointView {
  id!: string;
  channel!: Channel;
  position!: number;
  webhookId!: string | null;
  confirmedAt!: string | null;
}

export class AttemptView {
  attempt!: number;
  startedAt!: string;
  endedAt!: string | null;
  /** Null while it is under way. */
  outcome!: AttemptOutcome | null;
  status!: number | null;
  problem!: string | null;
}

/** The sender sees what was tried and what came of it, never where it leads. */
export class DeliveryView {
  id!: string;
  event!: DeliveredEvent;
  channel!: Channel;
  state!: DeliveryState;
  createdAt!: string;
  receiptAt!: string | null;
  failure!: string | null;
  attempts!: AttemptView[];
}

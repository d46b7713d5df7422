import { Type } from 'class-transformer';
import { IsDefined, IsIn, IsOptional, IsString, Length, ValidateNested } from 'class-validator';
import { COPY_CHANNELS, type CopyAddressee, type CopyChannel } from '../../domain/redress';
import {
  SCRUTINY_OUTCOMES,
  type ScrutinyOrigin,
  type ScrutinyOutcome,
  type ScrutinyState,
} from '../../domain/scrutiny';
import { IsInstant } from '../../infra/http/instant';
import { IsWellFormed } from '../../infra/http/text';

const MAX_TEXT = 10_000;

/** Why the order should be, or is, looked at. */
export class OpenScrutinyDto {
  @IsString()
  @Length(10, MAX_TEXT)
  @IsWellFormed()
  reasons!: string;
}

export class IntendDto {
  /** Why the order seriously or manifestly infringes the Regulation or fundamental rights. The issuer reads this. */
  @IsString()
  @Length(20, MAX_TEXT)
  @IsWellFormed()
  reasons!: string;

  /** Until when the issuer can answer: before the decision is due. */
  @IsInstant()
  answerBy!: Date;
}

export class AnswerIntentionDto {
  @IsString()
  @Length(3, MAX_TEXT)
  @IsWellFormed()
  answer!: string;
}

/** Art. 4(6): how the decision is handed on to Europol. */
export class EuropolCopyDto {
  @IsIn(COPY_CHANNELS)
  channel!: CopyChannel;

  /** What it went by, and under which reference. @example SIENA, message 2026-17 */
  @IsString()
  @Length(3, 1000)
  @IsWellFormed()
  note!: string;
}

export class DecideScrutinyDto {
  @IsIn(SCRUTINY_OUTCOMES)
  outcome!: ScrutinyOutcome;

  /** Read by the issuer, the platform, and the content provider who had asked. */
  @IsString()
  @Length(20, MAX_TEXT)
  @IsWellFormed()
  reasons!: string;

  @IsDefined()
  @ValidateNested()
  @Type(() => EuropolCopyDto)
  europolCopy!: EuropolCopyDto;

  /** For the first of the two people: why it is asked for. */
  @IsOptional()
  @IsString()
  @Length(3, 2000)
  @IsWellFormed()
  reason?: string;
}

export class ScrutinyCopyView {
  addressee!: CopyAddressee;
  channel!: CopyChannel;
  note!: string | null;
  sentAt!: string;
}

export class ScrutinyView {
  id!: string;
  noticeId!: string;
  /** The home authority. */
  authorityId!: string;
  origin!: ScrutinyOrigin;
  /** Of the content provider who asked. */
  itemId!: string | null;
  state!: ScrutinyState;
  reasons!: string;
  /** When it was begun or asked for. */
  openedAt!: string;
  /** When the decision is due. */
  dueAt!: string;
  /** The time passed without a decision. A decision on request stays compulsory. */
  isOverdue!: boolean;
  /** For the issuer and the home authority alone, as is the answer. */
  intention!: string | null;
  intendedAt!: string | null;
  answerBy!: string | null;
  answer!: string | null;
  answeredAt!: string | null;
  outcome!: ScrutinyOutcome | null;
  decisionReasons!: string | null;
  decidedAt!: string | null;
  copies!: ScrutinyCopyView[];
}

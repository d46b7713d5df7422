import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsUUID } from 'class-validator';
import type { SignalType } from '../../../domain/vocabulary';
import { Because } from './defence.dto';

export class ReleaseHeldDto extends Because {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  contributionIds!: string[];
}

export class HeldBackView {
  contributionId!: string;
  signalId!: string;
  /** Who contributed it again. */
  organisationId!: string;
  type!: SignalType;
  value!: string;
  contributedAt!: string;
}

export class ReleasedHeld {
  released!: number;
}

import { Type } from 'class-transformer';
import {
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  ValidateNested,
} from 'class-validator';
import { SEVERITIES, SIGNAL_TYPES, type Severity, type SignalType } from '../domain/vocabulary';
import { SignalLabels } from '../signals/signal.dto';

export class ContributeExhibitDto {
  /** Where to; the common list unless told. */
  @IsOptional()
  @IsUUID()
  listId?: string;

  @IsObject()
  @ValidateNested()
  @Type(() => SignalLabels)
  labels!: SignalLabels;

  @IsOptional()
  @IsIn(SEVERITIES)
  severity?: Severity;

  /** Short name of the incident it belongs to. */
  @IsOptional()
  @IsString()
  @Length(1, 64)
  incident?: string;

  /** Which hashes of it; all that there are unless told. */
  @IsOptional()
  @IsArray()
  @ArrayUnique()
  @IsIn(SIGNAL_TYPES, { each: true })
  types?: SignalType[];

  /** False where nobody looked at the content yet: the hashes are provisional then and block nothing. */
  @IsOptional()
  @IsBoolean()
  reviewed?: boolean;

  /** The notice about this item on which the contribution rests: if it is annulled, the contribution ends with it. */
  @IsOptional()
  @IsUUID()
  noticeId?: string;

  @IsOptional()
  @IsString()
  @Length(1, 2000)
  note?: string;
}

export class ContributedSignalView {
  type!: SignalType;
  signalId?: string;
  outcome!: 'contributed' | 'already' | 'quarantined' | 'refused';
  code?: string;
  detail?: string;
}

export class HashMissingView {
  type!: SignalType;
  /** In words: the exhibit is of another kind, is being hashed, or why it could not be. */
  reason!: string;
}

export class ContributedView {
  exhibitId!: string;
  /** One for each hash of the exhibit that was offered. */
  signals!: ContributedSignalView[];
  /** Of the types asked for, those of which the exhibit has no hash to offer. */
  missing!: HashMissingView[];
}

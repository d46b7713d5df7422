import { IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import type { EntryBodyView } from '../../ledger/ledger.dto';

export class RetractDto {
  @IsOptional()
  @IsUUID()
  caseId?: string;

  @IsOptional()
  @IsUUID()
  exhibitId?: string;

  @IsOptional()
  @IsUUID()
  noticeId?: string;

  @IsIn(['order_annulled'])
  ground!: 'order_annulled';

  /** Which decision, for one's own organisation. */
  @IsString()
  @Length(3, 2000)
  note!: string;
}

export class RetractedView {
  contributions!: number;
  /** Signals that nobody stands behind any more. */
  tombstones!: string[];
  /** Signals that others stand behind: they are disputed until a person has decided. */
  disputed!: string[];
}

export class ReviewDto {
  @IsOptional()
  @IsString()
  @Length(1, 2000)
  note?: string;
}

export class EraseDto {
  @IsString()
  @Length(3, 2000)
  reason!: string;
}

export class SignalHistoryEntry {
  id!: string;
  /** Place in the tree; null for the moment before it has one. */
  seq!: number | null;
  kind!: string;
  at!: string;
  /** Null for the service itself. */
  organisationId!: string | null;
  dims!: Record<string, unknown>;
  shared!: EntryBodyView | null;
  /** Of one's own entries. */
  internal!: EntryBodyView | null;
}

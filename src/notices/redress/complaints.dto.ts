import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { COMPLAINT_OUTCOMES, type ComplaintOutcome } from '../../domain/redress';
import { DECLINE_REASONS, type DeclineReason } from '../../domain/vocabulary';
import { PageQuery } from '../../infra/http/paging';
import { IsWellFormed } from '../../infra/http/text';

const MAX_TEXT = 10_000;

export class ComplaintQuery extends PageQuery {
  /** Those not decided yet, or those decided; all unless told. */
  @IsOptional()
  @IsIn(['open', 'decided'])
  state?: 'open' | 'decided';
}

export class DecideComplaintDto {
  @IsIn(COMPLAINT_OUTCOMES)
  outcome!: ComplaintOutcome;

  /** The complainant reads this under its reference; the sender of the notice in the ledger. */
  @IsString()
  @Length(10, MAX_TEXT)
  @IsWellFormed()
  reasons!: string;

  /** Of the further answer that an upheld complaint about a referral becomes. */
  @IsOptional()
  @IsIn(DECLINE_REASONS)
  reason?: DeclineReason;

  /** Where the platform has nobody else: why the person who answered decides as well. */
  @IsOptional()
  @IsString()
  @Length(10, 2000)
  @IsWellFormed()
  alone?: string;
}

export class ComplaintView {
  id!: string;
  noticeId!: string;
  itemId!: string;
  text!: string;
  lodgedAt!: string;
  /** Two weeks (TCO Art. 10(2)). */
  dueAt!: string;
  isOverdue!: boolean;
  outcome!: ComplaintOutcome | null;
  reasons!: string | null;
  decidedAt!: string | null;
  decidedBy!: string | null;
  alone!: string | null;
}

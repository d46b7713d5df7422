import { IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import { REVIEW_LODGERS, type ReviewLodger, type ReviewOutcome } from '../../domain/redress';
import { IsInstant } from '../../infra/http/instant';
import { IsWellFormed } from '../../infra/http/text';

const MAX_TEXT = 10_000;
const MAX_LINE = 300;

/** Who annuls beside the home authority, which does by its decision. */
export const OWN_ANNULMENT_GROUNDS = ['court', 'issuer'] as const;

export class LodgeReviewDto {
  /** A platform records its own; the issuer either. */
  @IsIn(REVIEW_LODGERS)
  lodgedBy!: ReviewLodger;

  /** Of the Member State of the issuer. */
  @IsString()
  @Length(2, MAX_LINE)
  @IsWellFormed()
  court!: string;

  /** Under which the court has it. */
  @IsString()
  @Length(1, MAX_LINE)
  @IsWellFormed()
  reference!: string;

  @IsInstant()
  lodgedAt!: Date;
}

export class ConfirmReviewDto {
  @IsInstant()
  decidedAt!: Date;

  /** The court's reference of its decision, and what it says. */
  @IsString()
  @Length(3, MAX_TEXT)
  @IsWellFormed()
  decision!: string;
}

export class DiscontinueReviewDto {
  /** When it ended. */
  @IsInstant()
  decidedAt!: Date;

  /** How: taken back, settled, not admitted; and the court's reference for it. */
  @IsString()
  @Length(3, MAX_TEXT)
  @IsWellFormed()
  decision!: string;
}

export class AnnulDto {
  @IsIn(OWN_ANNULMENT_GROUNDS)
  ground!: (typeof OWN_ANNULMENT_GROUNDS)[number];

  /** Read by the platform and the home authority; for a court with the reference of its decision. */
  @IsString()
  @Length(10, MAX_TEXT)
  @IsWellFormed()
  reasons!: string;

  /** The review in which a court decided so; for the ground `court` alone. */
  @IsOptional()
  @IsUUID()
  reviewId?: string;

  /** For the first of the two people: why it is asked for. */
  @IsOptional()
  @IsString()
  @Length(3, 2000)
  @IsWellFormed()
  reason?: string;
}

export class ReviewView {
  id!: string;
  noticeId!: string;
  lodgedBy!: ReviewLodger;
  court!: string;
  reference!: string;
  lodgedAt!: string;
  recordedAt!: string;
  outcome!: ReviewOutcome;
  decidedAt!: string | null;
  decision!: string | null;
}

export class ExtendNonDisclosureDto {
  /** Six weeks after the first end at most (TCO Art. 11(3)). */
  @IsInstant()
  until!: Date;

  /** Kept by the authority. */
  @IsString()
  @Length(10, MAX_TEXT)
  @IsWellFormed()
  reasons!: string;
}

export class ExposureView {
  platformId!: string;
  /** From when on orders are counted: twelve months ago. */
  since!: string;
  /** That became final since and still stand. */
  finalOrders!: number;
  finalAt!: string[];
  /** As many as the law gives as an example of an objective factor (Art. 5(4)). No decision, which a person makes. */
  isFactor!: boolean;
}

import { Type } from 'class-transformer';
import { IsDate, IsOptional } from 'class-validator';
import type { MetricDefinition } from '../domain/metric-definitions';
import type { Summary } from '../domain/metrics';
import type { PublicFigures } from '../domain/public-figures';

export class SummaryQuery {
  /** First instant of the period; thirty days ago unless told. */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  from?: Date;

  /** End of the period, not included; now unless told. */
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  to?: Date;
}

/** One closed month as it was published. */
export class PublishedMonth {
  /** @example 2026-02 */
  month!: string;
  publishedAt!: string;
  /** Entries in the ledger when it was computed. */
  treeSize!: number;
  figures!: PublicFigures;
}

/** With a login: `own`, live, of the caller's organisation. Without: `public`, closed months only. */
export class SummaryAnswer {
  scope!: 'own' | 'public';
  /** Null in the public answer. */
  summary!: Summary | null;
  /** Empty in the answer to a login. */
  months!: PublishedMonth[];
  /** What each figure means. */
  definitions!: readonly MetricDefinition[];
}

import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import type { MetricDefinition } from '../domain/metric-definitions';
import type { Summary } from '../domain/metrics';
import type { PublicFigures } from '../domain/public-figures';
import { IsInstant } from '../infra/http/instant';

export class SummaryQuery {
  /** First instant of the period; thirty days ago unless told. */
  @IsOptional()
  @IsInstant()
  from?: Date;

  /** End of the period, not included; now unless told. */
  @IsOptional()
  @IsInstant()
  to?: Date;
}

/** One closed month as it was published. */
export class PublishedMonth {
  /** @example 2026-02 */
  month!: string;
  publishedAt!: string;
  /** Entries in the ledger when it was computed. */
  treeSize!: number;
  @ApiProperty({ type: 'object', additionalProperties: true })
  figures!: PublicFigures;
}

/** What one figure means: its place in a summary, and the words that stand beside it wherever it is shown. */
export class MetricView {
  /** @example responseTime */
  key!: string;
  title!: string;
  definition!: string;
  unit!: MetricDefinition['unit'];
}

/** With a login: `own`, live, of the caller's organisation. Without: `public`, closed months only. */
export class SummaryAnswer {
  scope!: 'own' | 'public';
  /** Of referrals. Null in the public answer. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  summary!: Summary | null;
  /** The same of removal orders. */
  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true })
  orders!: Summary | null;
  /** Empty in the answer to a login. */
  months!: PublishedMonth[];
  /** What each figure means. */
  definitions!: MetricView[];
}

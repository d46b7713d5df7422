import { ApiProperty, OmitType } from '@nestjs/swagger';
import { OpenCaseDto, PlatformView } from '../cases.dto';
import type { BulkFormat } from './records';

/** The case that a list opens: as the part `case` of a form, or as the query of a list sent as it is. */
export class OpenBulkDto extends OmitType(OpenCaseDto, ['items']) {}

export const BULK_OUTCOMES = ['added', 'joined', 'held', 'rejected'] as const;
export type BulkOutcome = (typeof BULK_OUTCOMES)[number];

export type BulkState = 'receiving' | 'completed';

/** Why what came after was not read: 10,000 items, or 64 MiB. */
export type BulkCut = 'items' | 'bytes';

export class BulkLineView {
  /** Where it begins in what was sent, from 1; the header of a CSV list is a line too. */
  @ApiProperty({ type: 'integer' })
  line!: number;
  outcome!: BulkOutcome;
  itemId!: string | null;
  address!: string | null;
  /** `provisional` here means that nobody had confirmed it when the line was taken. */
  platform!: PlatformView | null;
  /** Code of the problem that kept it out, and its place and reason. */
  code!: string | null;
  detail!: string | null;
}

export class BulkView {
  id!: string;
  caseId!: string;
  reference!: string;
  format!: BulkFormat;
  /** `receiving` until its end has come: send it again with the same Idempotency-Key and it goes on where it broke off. */
  state!: BulkState;
  /** Set when the list was longer than is taken at once: what came after was not read. */
  cutBecause!: BulkCut | null;
  @ApiProperty({ type: 'integer' })
  lines!: number;
  @ApiProperty({ type: 'integer' })
  added!: number;
  @ApiProperty({ type: 'integer' })
  joined!: number;
  @ApiProperty({ type: 'integer' })
  held!: number;
  @ApiProperty({ type: 'integer' })
  rejected!: number;
  begunAt!: string;
  completedAt!: string | null;
  /** Path of the result of every line. */
  results!: string;
  /** The first hundred lines that were not taken. */
  rejectedLines!: BulkLineView[];
}

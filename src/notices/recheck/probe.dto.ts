import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsUUID } from 'class-validator';
import type { ProbeCause, ProbeOutcome, ProbeReason } from '../../domain/probe';
import { PageQuery } from '../../infra/http/paging';

/** `withheld`: the case is marked PAP:AMBER or PAP:RED. `dropped` ones are not shown. */
export type ProbeState = 'due' | 'calling' | 'done' | 'dropped' | 'withheld';

export class ProbeQuery extends PageQuery {
  @IsOptional()
  @IsUUID()
  itemId?: string;
}

/** What one vantage point saw. */
export class VantageView {
  vantage!: string;
  at!: string;
  outcome!: ProbeOutcome;
  cause!: ProbeCause;
  @ApiProperty({ type: 'integer', nullable: true })
  status!: number | null;
  /** Where redirects led. */
  reached!: string | null;
  @ApiProperty({ type: 'integer', isArray: true })
  redirects!: number[];
  /** SHA-256 over the headers of the answer as RFC 8785 JSON. */
  headersSha256!: string | null;
  /** SHA-256 over the first `bodyBytes` bytes of the body. */
  bodySha256!: string | null;
  @ApiProperty({ type: 'integer' })
  bodyBytes!: number;
}

/** A look at the address of an item, taken or planned. */
export class ProbeView {
  id!: string;
  itemId!: string;
  reason!: ProbeReason;
  state!: ProbeState;
  dueAt!: string;
  probedAt!: string | null;
  /** With one vantage point never `geo_blocked`: `cause` then says what it met. */
  outcome!: ProbeOutcome | null;
  cause!: ProbeCause | null;
  views!: VantageView[];
  /** The record of the look, sealed in the case: of every deadline and every reappearance. */
  exhibitId!: string | null;
  /** The item that stands for what is there again. */
  reappearedItemId!: string | null;
}

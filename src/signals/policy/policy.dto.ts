import { ApiProperty } from '@nestjs/swagger';
import { IsDefined, IsIn, IsOptional, IsString, IsUUID, Length } from 'class-validator';
import type { PolicyRule } from '../../domain/signal-policy';
import {
  CATEGORIES,
  IDEOLOGIES,
  MATCH_ACTIONS,
  MATCH_VERDICTS,
  SEVERITIES,
  SIGNAL_STATES,
  SIGNAL_TYPES,
  type MatchAction,
  type MatchSource,
  type MatchVerdict,
  type PolicyState,
  type SignalState,
  type SignalType,
} from '../../domain/vocabulary';
import { IsInstant } from '../../infra/http/instant';
import { IsWellFormed } from '../../infra/http/text';

const strings = (enumeration?: readonly string[]): object => ({
  type: 'array',
  items: enumeration ? { type: 'string', enum: [...enumeration] } : { type: 'string' },
});

/** One rule, as `parseRules` reads it. */
const RULE_SCHEMA = {
  type: 'object',
  required: ['name', 'action'],
  additionalProperties: false,
  properties: {
    name: { type: 'string', maxLength: 100 },
    action: { type: 'string', enum: [...MATCH_ACTIONS] },
    lists: strings(),
    types: strings(SIGNAL_TYPES),
    states: strings(SIGNAL_STATES),
    categories: strings(CATEGORIES),
    ideologies: strings(IDEOLOGIES),
    behaviours: strings(),
    incidents: strings(),
    minSeverity: { type: 'string', enum: [...SEVERITIES] },
    maxDistance: { type: 'integer', minimum: 0, maximum: 64 },
    reviewed: { type: 'boolean' },
  },
};

export class DraftPolicyDto {
  @IsString()
  @IsWellFormed()
  @Length(1, 100)
  name!: string;

  /** 1 to 50 rules; the first that holds decides. Every condition of a rule has to hold; of a list, one member is enough. */
  @ApiProperty({ type: 'array', items: RULE_SCHEMA })
  @IsDefined()
  rules!: unknown;
}

export class PolicyView {
  /** Null: the default that everybody has until a policy is put in force. */
  id!: string | null;
  version!: number | null;
  name!: string;
  state!: PolicyState;
  @ApiProperty({ type: 'array', items: RULE_SCHEMA })
  rules!: readonly PolicyRule[];
  /** The rules in plain words, one sentence each, and what no rule can lift. */
  words!: string[];
  @ApiProperty({ type: 'array', items: { type: 'string' } })
  limits!: readonly string[];
  madeAt!: string | null;
  /** Its last dry run; without one it is not put in force. */
  triedAt!: string | null;
  enforcedAt!: string | null;
  replacedAt!: string | null;
}

export class DryRunDto {
  /** Yesterday, in UTC, unless told. */
  @IsOptional()
  @IsInstant()
  from?: Date;

  @IsOptional()
  @IsInstant()
  to?: Date;
}

export class ActionCounts {
  block!: number;
  review!: number;
  ignore!: number;
}

export class ChangedMatch {
  matchId!: string;
  signalId!: string;
  type!: SignalType;
  distance!: number;
  source!: MatchSource;
  /** How often it was found within the same quarter of a second. */
  times!: number;
  foundAt!: string;
  before!: MatchAction;
  after!: MatchAction;
  /** The rule that decides now, or the limit that no rule can lift. */
  because!: string;
}

export class DryRunAnswer {
  policyId!: string;
  from!: string;
  to!: string;
  /** Matches that were recorded in this time; each time counts. */
  matches!: number;
  /** Of signals that have been withdrawn since, or are no longer yours to see: nothing is known to decide by. */
  undecidable!: number;
  /** What was done with those that can be decided, as it was recorded. */
  before!: ActionCounts;
  /** What these rules would do with them, by what is known of the signals today. */
  after!: ActionCounts;
  changed!: number;
  /** The newest two hundred of those that would change. */
  changes!: ChangedMatch[];
  /** What a dry run cannot know. */
  notes!: string[];
}

export class FeedbackDto {
  @IsIn(MATCH_VERDICTS)
  verdict!: MatchVerdict;

  /** Those who stand behind the hash read it. */
  @IsOptional()
  @IsString()
  @IsWellFormed()
  @Length(1, 2000)
  note?: string;

  /** One of your recorded matches of this signal. */
  @IsOptional()
  @IsUUID()
  matchId?: string;
}

export class FeedbackCounts {
  confirmed!: number;
  false!: number;
  alreadyKnown!: number;
}

export class FeedbackAnswer {
  signalId!: string;
  verdict!: MatchVerdict;
  state!: SignalState;
  /** Of all organisations, each with its last word. */
  feedback!: FeedbackCounts;
  /** This verdict made the service dispute the signal: it blocks nowhere until a person has decided. */
  disputed!: boolean;
}

export class FeedbackView {
  verdict!: MatchVerdict;
  note!: string | null;
  givenAt!: string;
  /** Null for the one that counts. */
  supersededAt!: string | null;
}

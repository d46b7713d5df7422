import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  Length,
} from 'class-validator';
import {
  DISPUTE_REASONS,
  DISPUTE_STATES,
  SIGNAL_OPINIONS,
  type DisputeReason,
  type DisputeState,
  type SignalOpinion,
} from '../../domain/vocabulary';
import { PageQuery } from '../../infra/http/paging';
import { SignalView } from './contribution.dto';

/** That an order fell is said by its lifecycle and not by an opinion. */
const OPINION_REASONS = DISPUTE_REASONS.filter((reason) => reason !== 'order_annulled');

export class StateOpinionDto {
  @IsIn(SIGNAL_OPINIONS)
  opinion!: SignalOpinion;

  /** Needed for a dispute, and only there. */
  @IsOptional()
  @IsIn(OPINION_REASONS)
  reason?: DisputeReason;

  /** For everybody who reads one of the lists on which your organisation sees the hash. */
  @IsOptional()
  @IsString()
  @Length(1, 2000)
  note?: string;
}

export class OpinionView {
  id!: string;
  organisationId!: string;
  organisationName!: string;
  /** The lists that it is about, as far as you may know of them. */
  listIds!: string[];
  opinion!: SignalOpinion;
  reason!: DisputeReason | null;
  note!: string | null;
  statedAt!: string;
  /** When the organisation changed it or took it back; null while it stands. */
  supersededAt!: string | null;
}

export class OpinionsView {
  opinions!: OpinionView[];
}

export class DisputeQuery extends PageQuery {
  @IsOptional()
  @IsIn(DISPUTE_STATES)
  state?: DisputeState;

  @IsOptional()
  @IsUUID()
  signal?: string;
}

export class ResolveDisputeDto {
  @IsIn(['upheld', 'rejected'])
  outcome!: 'upheld' | 'rejected';

  /** Why, for everybody concerned. */
  @IsString()
  @Length(3, 2000)
  note!: string;
}

export class ResolveDisputesDto extends ResolveDisputeDto {
  /** These, or all that are open by one organisation. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  disputeIds?: string[];

  /** The organisation whose open disputes, and those that its sources handed on, are decided: the oldest 1,000 that yours may decide so. */
  @IsOptional()
  @IsUUID()
  openedBy?: string;
}

export class ResolvedDisputes {
  decided!: number;
  /** Those named that are not decided now, each with the code of its problem. */
  refused!: { disputeId: string; code: string }[];
  /** Of `openedBy`, whether there are more that yours may decide: call again. */
  more!: boolean;
}

export class DisputeRelay {
  id!: string;
  name!: string;
}

export class DisputeView {
  id!: string;
  signalId!: string;
  /** Null where the service opened it. */
  organisationId!: string | null;
  organisationName!: string | null;
  /** Whose subscription handed it on from elsewhere: what its note names are words of that source, and nobody here checked them. */
  relayedBy!: DisputeRelay | null;
  /** The lists on which it puts the hash in doubt, as far as you may know of them. */
  listIds!: string[];
  reason!: DisputeReason;
  note!: string | null;
  state!: DisputeState;
  openedAt!: string;
  dueAt!: string;
  /** When it was found that nobody had decided in time. */
  overdueAt!: string | null;
  closedAt!: string | null;
  outcomeNote!: string | null;
  /** Whether your organisation may uphold it now: it answers for something that stands, and neither it nor a source of its own raised it. */
  mayUphold!: boolean;
  /** Whether it may reject it now: it answers for everything that stands on the disputed lists, and did not raise it. */
  mayReject!: boolean;
}

export class DisputeWithSignal extends DisputeView {
  signal!: SignalView;
}

import type { Labels } from '../../src/domain/labels';
import type {
  ContributionState,
  DisputeReason,
  DisputeState,
  ListSharing,
  Severity,
  SignalOpinion,
  SignalState,
  SignalType,
  Tlp,
} from '../../src/domain/vocabulary';
import type { Receipted } from './api';

/** Of the words of `GET /v1/signal-vocabulary`. */
export type SignalLabels = Labels;

export interface ContributionSource {
  readonly organisationId: string;
  readonly organisationName: string;
  readonly listId: string;
  readonly contributedAt: string;
  readonly labels: SignalLabels;
}

/** One organisation that stands, or stood, behind a hash on one list. */
export interface Contribution extends ContributionSource {
  readonly severity: Severity | null;
  readonly incident: string | null;
  readonly state: ContributionState;
  /** A person looked at the item. */
  readonly reviewed: boolean;
  readonly expiresAt: string | null;
}

export interface OpinionCounts {
  readonly confirm: number;
  readonly dispute: number;
}

export interface FeedbackCounts {
  readonly confirmed: number;
  readonly false: number;
  readonly alreadyKnown: number;
}

/** A frame of a film. */
export interface Frame {
  readonly hash: string;
  readonly quality: number;
  readonly atMs?: number;
}

export interface NewHash {
  readonly type: SignalType;
  /** Lower-case hexadecimal. */
  readonly value: string;
  /** PDQ quality where it is known; 49 or less is refused. */
  readonly quality?: number;
  readonly exhibitId?: string;
  /** When the contribution ends by itself. */
  readonly expiresAt?: string;
  /** What a hash of type `vpdq` is the digest of. */
  readonly frames?: readonly Frame[];
  readonly severity?: Severity;
  /** `<framework>-<year>-<name>`. */
  readonly incident?: string;
}

export interface NewSignal extends NewHash {
  readonly labels: SignalLabels;
  /** The common list unless told. */
  readonly listId?: string;
  /** A person looked at the item; true for a person and false for a key unless told. */
  readonly reviewed?: boolean;
  readonly note?: string;
}

export interface NewBatch {
  readonly listId?: string;
  /** Of every line that has none of its own. */
  readonly labels?: SignalLabels;
  readonly severity?: Severity;
  readonly incident?: string;
  readonly reviewed?: boolean;
  /** 10,000 at most. */
  readonly signals: readonly (NewHash & { readonly labels?: SignalLabels })[];
}

/** A line at fault is refused and the others stand. */
export interface ContributedBatch extends Receipted {
  readonly contributed: number;
  readonly already: number;
  readonly quarantined: number;
  readonly refused: readonly {
    readonly index: number;
    readonly code: string;
    readonly detail: string;
    readonly pointer: string | null;
  }[];
}

export interface NewExhibitSignals {
  readonly listId?: string;
  readonly labels: SignalLabels;
  readonly severity?: Severity;
  readonly incident?: string;
  /** Which hashes of it; all that there are unless told. */
  readonly types?: readonly SignalType[];
  readonly reviewed?: boolean;
  readonly note?: string;
}

export interface ContributedExhibit extends Receipted {
  readonly exhibitId: string;
  readonly signals: readonly {
    readonly type: SignalType;
    readonly signalId?: string;
    readonly outcome: 'contributed' | 'already' | 'quarantined' | 'refused';
    readonly code?: string;
    readonly detail?: string;
  }[];
}

export interface Signal extends Receipted {
  readonly id: string;
  readonly type: SignalType;
  /** Null once it was erased and forgotten. */
  readonly value: string | null;
  readonly state: SignalState;
  readonly reviewed: boolean;
  readonly quality: number | null;
  readonly contributions: readonly Contribution[];
  readonly opinions: OpinionCounts;
  readonly feedback: FeedbackCounts;
  /** Those that are open. */
  readonly disputes: readonly {
    readonly id: string;
    readonly organisationId: string | null;
    readonly reason: DisputeReason;
    readonly openedAt: string;
    readonly dueAt: string;
  }[];
  readonly createdAt: string;
  readonly changedAt: string;
}

export interface Opinion {
  readonly id: string;
  readonly organisationName: string;
  readonly opinion: SignalOpinion;
  readonly reason: DisputeReason | null;
  readonly note: string | null;
  readonly statedAt: string;
  /** Null for the one that counts. */
  readonly supersededAt: string | null;
}

export interface Dispute extends Receipted {
  readonly id: string;
  readonly signalId: string;
  /** Null where the service disputes by itself, as when an order was annulled. */
  readonly organisationName: string | null;
  readonly reason: DisputeReason;
  readonly note: string | null;
  readonly state: DisputeState;
  readonly openedAt: string;
  /** By when a person has to decide. */
  readonly dueAt: string;
  readonly overdueAt: string | null;
  readonly closedAt: string | null;
  readonly outcomeNote: string | null;
  readonly mayUphold: boolean;
  readonly mayReject: boolean;
}

export interface DisputeWithSignal extends Dispute {
  readonly signal: Signal;
}

/** What became of one's contributions, and of the signals that they were of. */
export interface Retracted extends Receipted {
  readonly contributions: number;
  readonly tombstones: readonly string[];
  readonly disputed: readonly string[];
}

export interface SignalList extends Receipted {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly purpose: string;
  /** Null for the service's own. */
  readonly owner: { readonly id: string; readonly name: string } | null;
  readonly sharing: ListSharing;
  readonly tlp: Tlp;
  readonly autoAction: boolean;
  readonly closedAt: string | null;
  readonly version: number;
  readonly mayContribute: boolean;
  /** All of them for the owner, oneself for a member. */
  readonly members: readonly {
    readonly organisationId: string;
    readonly organisationName: string;
    readonly mayContribute: boolean;
    readonly joinedAt: string;
  }[];
}

export interface NewList {
  /** Short name among one's own lists: a to z, digits and hyphens. */
  readonly slug: string;
  readonly name: string;
  readonly purpose: string;
  readonly sharing: ListSharing;
  readonly tlp: Tlp;
  readonly autoAction?: boolean;
}

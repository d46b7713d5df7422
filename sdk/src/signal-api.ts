import type { PolicyRule } from '../../src/domain/signal-policy';
import type {
  ContributionState,
  DisputeReason,
  DisputeState,
  ListSharing,
  MatchAction,
  MatchSource,
  MatchVerdict,
  PolicyState,
  Severity,
  SignalOpinion,
  SignalState,
  SignalType,
  Tlp,
} from '../../src/domain/vocabulary';
import type { Image, Receipted, SignalLabels } from './api';

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

export interface Match {
  readonly signalId: string;
  readonly type: SignalType;
  readonly value: string;
  /** Bits that differ; 0 for an exact hash. */
  readonly distance: number;
  /** Which form of the file was found, where it was not the file as it is: turned, mirrored, without its bars, a page. */
  readonly variant?: string;
  readonly state: SignalState;
  readonly reviewed: boolean;
  /** Of all contributions that the asker may see. */
  readonly labels: SignalLabels;
  readonly severity: Severity | null;
  readonly incident: string | null;
  readonly lists: readonly { readonly id: string; readonly name: string; readonly tlp: Tlp }[];
  readonly contributions: readonly ContributionSource[];
  readonly opinions: OpinionCounts;
  readonly feedback: FeedbackCounts;
  /** What the asker's own policy says. A match proposes; a person decides. */
  readonly action: MatchAction;
  /** The rule that said so, or the limit that no rule can lift. */
  readonly because: string;
  /** Null for the default that everybody has. */
  readonly policyVersion: number | null;
  readonly vpdq?: { readonly queryPercent: number; readonly comparedPercent: number };
}

/** How current an answer is. */
export interface Freshness {
  /** `database`: the node is still loading its copy. */
  readonly source: 'index' | 'database';
  /** Every entry of the ledger up to this one was taken into account. */
  readonly through: number;
  readonly behindMs: number;
}

export interface Matches {
  readonly matches: readonly Match[];
  /** What the search could find: `perceptual` and exact, or exact hashes alone with the reason. */
  readonly matchable: string;
  readonly freshness: Freshness;
}

export interface FileMatches extends Matches, Receipted {
  readonly fileName: string | null;
  readonly size: number;
  readonly sha256: string;
  readonly sha512: string;
  readonly md5: string;
  readonly image: Image | null;
  readonly video: { readonly digest: string | null; readonly frames: number; readonly durationMs: number } | null;
  readonly pdf: { readonly textSha256: string | null; readonly pageCount: number } | null;
  readonly notHashed: { readonly code: string; readonly title: string } | null;
  /** Why these are the hashes of a part, as far as the file could be read; never to be contributed. */
  readonly incomplete?: { readonly code: string; readonly title: string } | null;
}

export interface HashQuestion {
  readonly type: SignalType;
  readonly value: string;
  readonly radius?: number;
}

export interface BatchMatches extends Matches {
  /** `query`: position of the question, from 0. Questions without a match have no line. */
  readonly matches: readonly (Match & { readonly query: number })[];
  readonly asked: number;
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

export interface Policy extends Receipted {
  /** Null: the default that everybody has. */
  readonly id: string | null;
  readonly version: number | null;
  readonly name: string;
  readonly state: PolicyState;
  readonly rules: readonly PolicyRule[];
  /** The rules in plain words, one sentence each. */
  readonly words: readonly string[];
  /** What no rule can lift. */
  readonly limits: readonly string[];
  readonly enforcedAt: string | null;
}

export interface ActionCounts {
  readonly block: number;
  readonly review: number;
  readonly ignore: number;
}

/** What rules would have done with recorded matches. */
export interface DryRun {
  readonly policyId: string;
  readonly from: string;
  readonly to: string;
  readonly matches: number;
  readonly undecidable: number;
  readonly before: ActionCounts;
  readonly after: ActionCounts;
  readonly changed: number;
  /** The newest two hundred of those that would change. */
  readonly changes: readonly {
    readonly matchId: string;
    readonly signalId: string;
    readonly type: SignalType;
    readonly distance: number;
    readonly source: MatchSource;
    readonly times: number;
    readonly foundAt: string;
    readonly before: MatchAction;
    readonly after: MatchAction;
    readonly because: string;
  }[];
  readonly notes: readonly string[];
}

export interface FeedbackGiven extends Receipted {
  readonly signalId: string;
  readonly verdict: MatchVerdict;
  readonly state: SignalState;
  readonly feedback: FeedbackCounts;
  /** This verdict made the service dispute the signal. */
  readonly disputed: boolean;
}

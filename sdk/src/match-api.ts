import type { PolicyRule } from '../../src/domain/signal-policy';
import type {
  MatchAction,
  MatchSource,
  MatchVerdict,
  PolicyState,
  Severity,
  SignalState,
  SignalType,
  Tlp,
} from '../../src/domain/vocabulary';
import type { Receipted } from './api';
import type { ContributionSource, FeedbackCounts, OpinionCounts, SignalLabels } from './signal-api';

export interface Image {
  readonly width: number;
  readonly height: number;
  /** Quality 0 to 100; at 49 or less the image is not compared perceptually. */
  readonly pdq: { readonly hash: string; readonly quality: number };
  readonly blockhash: string;
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

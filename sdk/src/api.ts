import type { Correction, DeadlineFact, Mark, Timing } from '../../src/domain/clock';
import type { Labels } from '../../src/domain/labels';
import type { MetricDefinition } from '../../src/domain/metric-definitions';
import type { Summary } from '../../src/domain/metrics';
import type { NoticeEvent, NoticeState } from '../../src/domain/notice-lifecycle';
import type { PublicFigures } from '../../src/domain/public-figures';
import type { Receipt } from '../../src/domain/receipt';
import type {
  Category,
  Channel,
  ClockKind,
  Competence,
  DeclineReason,
  Ideology,
  ItemKind,
  ItemOutcome,
  NoticeKind,
  ObstacleGround,
  ObstacleKind,
  OrganisationKind,
  PreservationState,
  PlatformSize,
  ReinstatementGround,
  ReinstatementOutcome,
  Territory,
  Tlp,
} from '../../src/domain/vocabulary';
import type { Match } from './signal-api';

/** What travels over the wire, in camel case; instants are ISO 8601 in UTC with milliseconds, ids are UUIDs. */
export type { Receipt };

/** What stands in for a receipt while the ledger has not come to the entry yet. */
export interface PendingReceipt {
  readonly state: 'pending';
  readonly entry: { readonly id: string };
}

/** Every answer to a request that changed something carries the receipt of its last ledger entry. */
export interface Receipted {
  readonly receipt?: Receipt | PendingReceipt | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Given as `cursor` for the next page; null on the last one. */
  readonly next: string | null;
}

export interface OrganisationSummary {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly kind: OrganisationKind;
}

export interface Organisation extends OrganisationSummary {
  readonly country?: string | null;
  readonly competences?: readonly Competence[];
  readonly platformSize?: PlatformSize | null;
  readonly status?: string;
  readonly hosts?: readonly string[];
}

export interface Session {
  readonly person: { readonly id: string; readonly displayName: string; readonly office?: string | null } | null;
  readonly organisation: OrganisationSummary;
  readonly organisations: readonly OrganisationSummary[];
  readonly permissions: readonly string[];
}

export interface OpenedSession extends Session, Receipted {
  readonly expiresAt: string;
  readonly token: string;
}

export interface PlatformRef {
  readonly id: string;
  readonly name: string;
  readonly slug?: string;
  readonly status?: string;
}

export interface NewItem {
  readonly url?: string;
  readonly account?: string;
  readonly channel?: string;
  /** Slug or id; needed for an account or a channel, found by host for a URL. */
  readonly platform?: string;
  readonly uploadedAt?: string;
  readonly note?: string;
}

export interface NewCase {
  readonly title?: string;
  readonly category: Category;
  readonly ideology: Ideology;
  readonly language?: string;
  readonly reasons?: string;
  readonly tlp?: Tlp;
  readonly items: readonly NewItem[];
}

/** Items and files that are added to a case that exists. */
export interface NewItems {
  readonly items: readonly NewItem[];
}

export interface CaseItem {
  readonly id: string;
  readonly kind: ItemKind;
  readonly address: string;
  readonly identity?: string | null;
  readonly platform: PlatformRef | null;
  readonly state: string;
  readonly heldBecause?: string | null;
  readonly joined?: boolean;
  readonly caseId?: string;
  readonly previousItemId?: string | null;
  /** What it is a copy of, as far as its exhibits tell; nearest first. */
  readonly reuploadOf: readonly Reupload[];
}

/** A signal that an exhibit of the item matches: somebody has seen this content before. */
export interface Reupload {
  readonly signalId: string;
  /** Bits that differ; 0 for the very same. */
  readonly distance: number;
  /** One's own item that the signal was taken from; null where another organisation contributed it. */
  readonly earlierItemId: string | null;
}

export interface Image {
  readonly width: number;
  readonly height: number;
  /** Quality 0 to 100; at 49 or less the image is not compared perceptually. */
  readonly pdq: { readonly hash: string; readonly quality: number };
  readonly blockhash: string;
}

/** What is known of a film or document beside the digests of its bytes. */
export interface Media {
  readonly kind: 'video' | 'pdf';
  /** Hashing comes after the upload: `pending` until then. */
  readonly state: 'pending' | 'hashed' | 'not_hashed';
  readonly durationMs: number | null;
  readonly pageCount: number | null;
  /** Digest over the usable frames: the value of a signal of type `vpdq`. */
  readonly vpdq: string | null;
  readonly textSha256: string | null;
  /** Why there is nothing, or not all. */
  readonly fault: string | null;
  /** PDQ of frames or pages in their order. */
  readonly hashes: readonly { readonly hash: string; readonly quality: number; readonly atMs: number | null }[];
}

export interface Exhibit {
  readonly id: string;
  readonly caseId?: string;
  readonly itemId: string | null;
  readonly exhibitNo: string;
  readonly fileName: string;
  /** By magic bytes. */
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
  readonly sha512: string;
  readonly md5: string;
  readonly image: Image | null;
  readonly notHashed: { readonly code: string; readonly title: string } | null;
  readonly media: Media | null;
  readonly matchable: string;
}

export interface SubmittedExhibit extends Exhibit {
  /** A match proposes; a person decides. */
  readonly matches: readonly Match[];
}

export interface Refused {
  readonly index?: number;
  readonly fileName?: string;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
}

interface CaseHead {
  readonly id: string;
  readonly reference: string;
  readonly state: string;
  readonly title: string | null;
  readonly category: Category;
  readonly ideology: Ideology;
  readonly language: string;
}

export interface CaseSummary extends CaseHead {
  readonly items: number;
  readonly exhibits: number;
}

export interface CaseFile extends CaseHead, Receipted {
  readonly items: readonly CaseItem[];
  readonly exhibits: readonly Exhibit[];
}

export interface OpenedCase extends Receipted {
  readonly id: string;
  readonly reference: string;
  readonly state: string;
  readonly items: readonly CaseItem[];
  readonly exhibits: readonly SubmittedExhibit[];
  readonly refused: readonly Refused[];
}

/** The answer to a verb that waits for a second person (202). */
export interface AwaitingApproval extends Receipted {
  readonly approval: { readonly id: string; readonly state: string };
}

/** Checked against SHA-256(salt ‖ RFC 8785 of the body) in the entry's bytes. */
export interface EntryBody {
  readonly body: unknown;
  /** Hex. */
  readonly salt: string;
}

export interface CustodyEntry {
  /** Its place in the ledger; null while it has none yet. */
  readonly seq: number | null;
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  readonly actorOrganisation: string | null;
  readonly digest: string;
  readonly bytes: string;
  /** Texts with their salts; null where there is none, where it was erased, or where it is not yours to read. */
  readonly shared: EntryBody | null;
  readonly internal: EntryBody | null;
  readonly receipt: Receipt | PendingReceipt;
}

export interface Custody {
  readonly exhibit: Exhibit;
  readonly entries: readonly CustodyEntry[];
}

/** Of the words of `GET /v1/signal-vocabulary`. */
export type SignalLabels = Labels;

export interface Webhook extends Receipted {
  readonly id: string;
  readonly url: string;
  readonly state?: string;
  /** Only in the answer that made or rotated it. */
  readonly secret?: string;
}

export interface ApiKey extends Receipted {
  readonly id: string;
  readonly name: string;
  readonly permissions?: readonly string[];
  readonly expiresAt?: string | null;
  /** Only in the answer that made it. */
  readonly key?: string;
}

export interface FeedEntry {
  /** Where the feed delivers it: the cursor. */
  readonly seq: number;
  /** Its place in the tree; earlier than `seq` when it was disclosed later. */
  readonly leaf: number;
  readonly id: string;
  readonly kind: string;
  readonly at: string;
  /** The actor's organisation; null for the service itself. */
  readonly organisationId: string | null;
  readonly subjects: Readonly<Record<string, string>>;
  readonly dims: Readonly<Record<string, unknown>>;
  readonly shared?: { readonly body: unknown; readonly salt: string };
  readonly internal?: { readonly body: unknown; readonly salt: string };
  readonly digest: string;
  readonly bytes: string;
}

export interface Figures {
  readonly scope: 'own' | 'public';
  /** Live, of one's own organisation; null without a login. */
  readonly summary: Summary | null;
  /** Closed months as they were published; empty with a login. */
  readonly months: readonly {
    readonly month: string;
    readonly publishedAt: string;
    readonly treeSize: number;
    readonly figures: PublicFigures;
  }[];
  readonly definitions: readonly MetricDefinition[];
}

export interface NewNotice {
  readonly caseId: string;
  /** Left out: all open items of the case on that platform. */
  readonly itemIds?: readonly string[];
  /** Left out: the one platform of the items. */
  readonly platformId?: string;
  readonly kind: 'referral';
  readonly category?: Category;
  readonly language?: string;
  readonly grounds?: string;
  readonly requestedAction?: 'review' | 'review_and_preserve';
}

export interface ItemAnswer {
  readonly itemId: string;
  readonly outcome: ItemOutcome;
  /** When the platform acted, by its own clock; needed for a measure, refused in the future. */
  readonly measureAt?: string;
  readonly reason?: DeclineReason;
  readonly note?: string;
  /** How far preserving the content has come; never delays the answer. */
  readonly preservation?: PreservationState;
  /** Where the measure takes effect; left out: wherever the service is. */
  readonly territory?: Territory;
}

/** Annex III: what keeps the platform from acting; the clock stands still meanwhile. */
export interface Obstacle {
  readonly kind: ObstacleKind;
  readonly ground: ObstacleGround;
  readonly explanation: string;
  readonly needed: string | null;
  readonly since: string;
  readonly raisedAt: string;
  readonly clarification: string | null;
  readonly clarifiedAt: string | null;
  readonly endedAt: string | null;
}

/** What an order states beside its notice. */
export interface Order {
  readonly legalBasis: string;
  readonly isEmergency: boolean;
  readonly emergencyReasons: string | null;
  readonly homeCountry: string | null;
  readonly isCrossBorder: boolean;
  readonly nonDisclosureUntil: string | null;
  readonly signedAt: string | null;
  readonly kid: string | null;
  /** Detached JWS over Annex I: see `verifyForm`. */
  readonly jws: string | null;
}

export interface NoticeItem {
  readonly itemId: string;
  readonly kind: ItemKind;
  readonly address: string;
  readonly uploadedAt: string | null;
  readonly answer: {
    readonly outcome: ItemOutcome;
    readonly measureAt: string | null;
    readonly answeredAt: string;
    readonly reason: DeclineReason | null;
    readonly note: string | null;
    readonly preservation: PreservationState | null;
    /** `late_feedback`: told after the hour about a measure within it. */
    readonly late: Timing;
    /** 1 for the first answer; a correction counts on. */
    readonly revision: number;
    readonly territory: Territory | null;
  } | null;
  readonly preservation: {
    readonly state: PreservationState;
    readonly changedAt: string;
    readonly deletedAt: string | null;
  } | null;
  readonly reinstatement: {
    readonly ground: ReinstatementGround;
    readonly askedAt: string;
    readonly outcome: ReinstatementOutcome | null;
    readonly reason: string | null;
  } | null;
}

export interface NoticeClock {
  readonly kind: ClockKind;
  readonly state: 'running' | 'paused' | 'stopped';
  /** 1 for the first; the full time again after each obstacle. */
  readonly run: number;
  readonly startedAt: string;
  readonly dueAt: string;
  readonly pausedAt: string | null;
  readonly stoppedAt: string | null;
  readonly nextMarkAt: string | null;
  /** What the clock wrote at the deadline, and never takes back; a correction stands beside it. */
  readonly fact: {
    readonly kind: DeadlineFact;
    readonly at: string;
    readonly correction: Correction | null;
    readonly correctedAt: string | null;
  } | null;
  readonly marks: readonly { readonly mark: Mark; readonly at: string; readonly stale: boolean }[];
}

export interface Delivery {
  readonly id: string;
  readonly event: string;
  readonly channel: Channel;
  readonly state: string;
  readonly attempts: number;
  readonly receiptAt: string | null;
}

export interface Notice extends Receipted {
  readonly id: string;
  readonly reference: string;
  readonly kind: NoticeKind;
  readonly state: NoticeState;
  readonly version: number;
  readonly sender: { readonly id: string; readonly name: string };
  readonly platform: { readonly id: string; readonly name: string };
  readonly category: Category;
  readonly language: string;
  readonly grounds: string | null;
  readonly requestedAction: 'review' | 'review_and_preserve';
  readonly items: readonly NoticeItem[];
  /** While it can be called back: when it leaves. */
  readonly departsAt: string | null;
  readonly sentAt: string | null;
  readonly receivedAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly answeredAt: string | null;
  readonly closedAt: string | null;
  readonly withdrawnAt: string | null;
  readonly withdrawalReason: string | null;
  readonly annulledAt: string | null;
  readonly obstacles: readonly Obstacle[];
  /** Null for a referral. */
  readonly order: Order | null;
  readonly clock: NoticeClock | null;
  /** What may be done with it next. */
  readonly possible: readonly NoticeEvent[];
  /** The sender's alone. */
  readonly caseId: string | null;
  readonly deliveries: readonly Delivery[] | null;
}

export type Box = 'inbox' | 'sent';

export interface FeedPage {
  readonly entries: readonly FeedEntry[];
  /** Everything up to here has been seen: the `after` of the next page. */
  readonly through: number;
}

export interface SignIn {
  readonly email: string;
  readonly password: string;
  readonly organisationId?: string;
}

import type { Timing } from '../../src/domain/clock';
import type { NoticeState } from '../../src/domain/notice-lifecycle';
import type { Receipt } from '../../src/domain/receipt';
import type {
  Category,
  ClockKind,
  Competence,
  DeclineReason,
  Ideology,
  ItemKind,
  ItemOutcome,
  NoticeKind,
  OrganisationKind,
  PlatformSize,
  SignalState,
  SignalType,
  Tlp,
} from '../../src/domain/vocabulary';

/** What travels over the wire, in camel case; instants are ISO 8601 in UTC with milliseconds, ids are UUIDs. */
export type { Receipt };

/** Every answer to a request that changed something carries the receipt of its last ledger entry. */
export interface Receipted {
  readonly receipt?: Receipt | null;
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
  readonly expiresAt: string | null;
  readonly person: { readonly id: string; readonly displayName: string; readonly office?: string | null } | null;
  readonly organisation: OrganisationSummary;
  readonly organisations: readonly OrganisationSummary[];
  readonly permissions: readonly string[];
}

export interface OpenedSession extends Session, Receipted {
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
}

export interface Match {
  readonly signalId: string;
  readonly type: SignalType;
  readonly value: string;
  /** Bits that differ, 0 to 31 for a perceptual hash, 0 for an exact one. */
  readonly distance: number;
  readonly labels: SignalLabels;
  readonly status?: SignalState;
  readonly contributions?: readonly { readonly organisationName: string; readonly at: string }[];
}

export interface Exhibit {
  readonly id: string;
  readonly itemId?: string | null;
  readonly exhibitNo?: string | number;
  readonly fileName?: string | null;
  readonly type?: string;
  readonly size?: number;
  readonly sha256?: string;
  readonly sha512?: string;
  readonly md5?: string;
  readonly image?: {
    readonly width: number;
    readonly height: number;
    readonly pdq?: { readonly hash: string; readonly quality: number } | null;
    readonly blockhash?: string | null;
  } | null;
  readonly notHashed?: { readonly code: string; readonly title: string } | null;
  readonly matches?: readonly Match[];
  readonly matchable?: string;
}

export interface Refused {
  readonly index?: number;
  readonly fileName?: string;
  readonly code: string;
  readonly title: string;
  readonly detail?: string;
}

export interface CaseFile {
  readonly id: string;
  readonly reference?: string;
  readonly state: string;
  readonly title?: string | null;
  readonly category?: Category;
  readonly ideology?: Ideology;
  readonly language?: string | null;
  readonly items?: readonly CaseItem[];
  readonly exhibits?: readonly Exhibit[];
}

export interface OpenedCase extends CaseFile, Receipted {
  readonly items: readonly CaseItem[];
  readonly exhibits: readonly Exhibit[];
  readonly refused: readonly Refused[];
}

/** The answer to a verb that waits for a second person (202). */
export interface AwaitingApproval extends Receipted {
  readonly approval: { readonly id: string; readonly state: string };
}

export interface CustodyEntry {
  readonly seq: number;
  readonly kind: string;
  readonly at: string;
  readonly actorOrganisation?: string | { readonly id: string; readonly name: string } | null;
  readonly digest?: string;
  readonly bytes?: string;
  readonly shared?: unknown;
  readonly internal?: unknown;
  readonly receipt: Receipt | null;
}

export interface Custody {
  readonly exhibit: Exhibit;
  readonly entries: readonly CustodyEntry[];
}

export interface SignalLabels {
  readonly behaviours?: readonly string[];
  readonly category?: Category;
  readonly ideology?: Ideology;
  readonly [label: string]: unknown;
}

export interface NewSignal {
  readonly type: SignalType;
  readonly value: string;
  readonly labels?: SignalLabels;
  readonly exhibitId?: string;
  readonly note?: string;
}

export interface Signal extends Receipted {
  readonly id: string;
  readonly type: SignalType;
  readonly value: string;
  readonly labels?: SignalLabels;
  readonly status?: SignalState;
}

export interface FileMatches extends Receipted {
  readonly hashes: readonly { readonly type: SignalType; readonly value: string }[];
  /** PDQ quality, 0 to 100; at 49 or less the image is not compared perceptually. */
  readonly quality?: number | null;
  readonly matches: readonly Match[];
}

export interface Matches {
  readonly matches: readonly Match[];
}

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
  readonly seq: number;
  readonly id?: string;
  readonly kind: string;
  readonly at: string;
  readonly subjects?: Readonly<Record<string, string>>;
  readonly dims?: Readonly<Record<string, unknown>>;
  readonly shared?: unknown;
  readonly internal?: unknown;
}

export type Summary = Readonly<Record<string, unknown>>;

export interface NewNotice {
  readonly caseId: string;
  /** Left out: all open items of the case on that platform. */
  readonly itemIds?: readonly string[];
  /** Left out: the one platform of the items. */
  readonly platformId?: string;
  readonly kind: NoticeKind;
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
}

export interface NoticeItem {
  readonly itemId: string;
  readonly kind: ItemKind;
  readonly address: string;
  readonly uploadedAt?: string | null;
  readonly answer: {
    readonly outcome: ItemOutcome;
    readonly measureAt: string | null;
    readonly answeredAt: string;
    readonly reason: DeclineReason | null;
    readonly late: Timing | null;
  } | null;
}

export interface NoticeClock {
  readonly kind: ClockKind;
  readonly state?: string;
  readonly startedAt: string;
  readonly dueAt: string;
  readonly nextMarkAt?: string | null;
  /** What the clock wrote at the deadline, and never takes back; a correction stands beside it. */
  readonly fact: { readonly kind: string; readonly at: string } | null;
  readonly marks?: readonly { readonly mark: number; readonly at: string }[];
}

export interface Notice extends Receipted {
  readonly id: string;
  readonly reference: string;
  readonly kind: NoticeKind;
  readonly state: NoticeState;
  readonly version: number;
  readonly sender: { readonly id: string; readonly name: string };
  readonly platform: { readonly id: string; readonly name: string };
  readonly category: Category | null;
  readonly language?: string | null;
  readonly grounds?: string | null;
  readonly items: readonly NoticeItem[];
  readonly sentAt: string | null;
  readonly receivedAt: string | null;
  readonly acknowledgedAt: string | null;
  readonly closedAt: string | null;
  readonly clock: NoticeClock | null;
}

export type Box = 'inbox' | 'sent';

export interface ServerCheckpoint {
  /** A C2SP signed note. */
  readonly checkpoint: string;
}

export interface FeedPage {
  readonly entries: readonly FeedEntry[];
  /** Everything up to here has been seen: the `after` of the next page. */
  readonly through: number;
}

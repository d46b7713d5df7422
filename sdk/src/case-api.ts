import type { Receipt } from '../../src/domain/receipt';
import type { Category, Ideology, ItemKind, Tlp } from '../../src/domain/vocabulary';
import type { PendingReceipt, Receipted } from './api';
import type { EntryBody } from './ledger-api';
import type { Image, Match } from './match-api';

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
  /** The first two hundred; `Cases.items` has those that follow. */
  readonly items: readonly CaseItem[];
  /** All of them. A server of before has them all in `items`, and does not say this. */
  readonly itemCount?: number;
  /** The cursor of the items that follow; null where there are none. */
  readonly nextItems?: string | null;
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

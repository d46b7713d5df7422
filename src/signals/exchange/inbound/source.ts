import type { JsonObject } from '../../../domain/canonical';
import type { Labels } from '../../../domain/labels';
import type { DisputeReason, Severity, SignalType, Tlp } from '../../../domain/vocabulary';
import type { FrameGiven } from '../../store/candidate';

/** Protocols in which hashes are taken from others. `csv`: a file, once. */
export const SOURCE_PROTOCOLS = ['clepsydra', 'taxii', 'tat', 'csv'] as const;
export type SourceProtocol = (typeof SOURCE_PROTOCOLS)[number];

/** Those that are asked again and again. */
export const FOLLOWED_PROTOCOLS = ['clepsydra', 'taxii', 'tat'] as const satisfies readonly SourceProtocol[];
export type FollowedProtocol = (typeof FOLLOWED_PROTOCOLS)[number];

/** `failing`: the last try failed, and it is tried again. `done`: a file that was taken. */
export const SOURCE_STATES = ['active', 'paused', 'failing', 'done', 'ended'] as const;
export type SourceState = (typeof SOURCE_STATES)[number];

/** Why one record was refused; what the shared database refuses has the code of its own problem. */
export type RecordFault =
  | 'record.unreadable'
  | 'record.type-unknown'
  | 'record.hash-invalid'
  | 'record.pattern-unsupported'
  | 'record.marking-stronger'
  | 'record.expired'
  | 'record.too-many';

export interface SourceHash {
  readonly type: SignalType;
  readonly value: string;
  /** PDQ quality, 0 to 100. */
  readonly quality?: number;
  /** Of a video, where the source gives them. */
  readonly frames?: readonly FrameGiven[];
}

/** What somebody at the source says against a record. */
export interface SourceStatement {
  /** A name, for people. */
  readonly by: string;
  readonly reason: DisputeReason;
}

/** A record that stands at the source; it replaces what was said under its id before. */
export interface StandingRecord {
  readonly kind: 'stands';
  /** The source's own id, the same in every version. */
  readonly remoteId: string;
  /** Hashes of one file. */
  readonly hashes: readonly SourceHash[];
  readonly labels: Labels;
  readonly severity?: Severity;
  readonly incident?: string;
  readonly expiresAt?: Date;
  readonly note?: string;
  /** A person there looked at the item; null where the source does not say. */
  readonly reviewed: boolean | null;
  /** Null where the source hands on opinions and draws no conclusion. */
  readonly disputed: boolean | null;
  /** All that is said against it, where the source says that with the record; otherwise it comes in statements. */
  readonly statements?: readonly SourceStatement[];
  /** How the source marks this record, where it marks each one. */
  readonly tlp?: Tlp;
  /** Ids, contributors and dates as the source has them. */
  readonly provenance: JsonObject;
}

/** A record that the source took back: withdrawn, deleted, revoked, erased. */
export interface GoneRecord {
  readonly kind: 'gone';
  readonly remoteId: string;
  /** What was said of it is to be forgotten, not only ended. */
  readonly erased: boolean;
}

/** An opinion against records that comes by itself. */
export interface StatementRecord extends SourceStatement {
  readonly kind: 'statement';
  readonly remoteId: string;
  readonly about: readonly string[];
  /** It was taken back. */
  readonly ends: boolean;
}

/** What could not be read; named so that the source's operator finds it. */
export interface RefusedRecord {
  readonly kind: 'refused';
  readonly record: string;
  readonly code: RecordFault;
  readonly detail: string;
}

export type SourceRecord = StandingRecord | GoneRecord | StatementRecord | RefusedRecord;

/** Where the next page begins, in the words of the protocol. */
export type Checkpoint = JsonObject;

export interface SourcePage {
  readonly records: readonly SourceRecord[];
  /** Good for going on after this page, also by a process that was started since. */
  readonly checkpoint: Checkpoint;
  readonly more: boolean;
}

/** The secrets of a source by what each is for. */
export interface SourceCredential {
  readonly token?: string;
  readonly username?: string;
  readonly password?: string;
}

/** What an adapter needs to know of a source. */
export interface SourceAccess {
  readonly address: string;
  readonly credential: SourceCredential;
}

/** One protocol. Adding one is described in docs/subscriptions.md. */
export interface SourceAdapter {
  readonly protocol: FollowedProtocol;
  /** Which of the secrets it needs; any one of the sets. */
  readonly needs: readonly (readonly (keyof SourceCredential)[])[];
  /**
   * Pages from a checkpoint on, null for the beginning, until there is no more now. Asks for the next page only when it is
   * wanted. Throws DomainErrors: `egress.*`, `exchange.source-*`.
   */
  pages(
    access: SourceAccess,
    checkpoint: Checkpoint | null,
    signal: AbortSignal,
  ): AsyncGenerator<SourcePage, void, undefined>;
}

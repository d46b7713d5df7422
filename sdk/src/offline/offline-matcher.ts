import { DEFAULT_RULES, strictest, type PolicyRule } from '../../../src/domain/signal-policy';
import type { MatchAction } from '../../../src/domain/vocabulary';
import type { VpdqFrame } from '../../../src/perceptual/vpdq';
import type { Clepsydra } from '../clepsydra';
import { fetchPage, isCursorRefused } from './feed-source';
import { KeptLineReader, readFeedLine, writeFeedLine } from './feed-line';
import type { FileHashes } from './file-hashes';
import { findFile, findFilm, findHash } from './find-known';
import type { HashQuery } from './hash-query';
import { LocalCopyError, type CopyOf } from './copy-state';
import { LocalCopy } from './local-copy';
import { matchOf, type OfflineMatch } from './offline-match';
import { SignalTable, type Found } from './signal-table';
import { NO_TERMS, fetchTerms, type Terms } from './terms';

export interface OfflineOptions {
  /** Holds the local copy; made when it is not there. One folder for one choice of lists. */
  readonly folder: string;
  /** Ids of lists; left out or empty, every list that the account may read. */
  readonly lists?: readonly string[];
  /** Decides instead of the organisation's policy on the server, which is kept with the copy. */
  readonly rules?: readonly PolicyRule[];
}

export interface SyncReport {
  /** Signals that are new, or of which something was said anew. */
  readonly changed: number;
  readonly withdrawn: number;
  /** Records of a type that is not compared here. */
  readonly otherTypes: number;
  /** Records that were not sound; the others were taken. */
  readonly malformed: number;
  /** Why everything was fetched anew; null when only what was new had to be. */
  readonly refetched: string | null;
  /** Signals that can be matched now. */
  readonly size: number;
}

/** A file with this many lines that no longer count, and more of them than of those that do, is written anew. */
const COMPACT_LINES = 10_000;

type Counts = { -readonly [Name in 'changed' | 'withdrawn' | 'otherTypes' | 'malformed']: number };

/**
 * Matches files against a local copy of the lists that an organisation may read. No question leaves the machine: the
 * server sees who keeps a copy of which list, and nothing of what is looked up. The answers are those of
 * `POST /v1/signals/match` at the moment of the last sync.
 */
export class OfflineMatcher {
  readonly #copy: LocalCopy;
  readonly #lists: readonly string[];
  #table = new SignalTable();
  /** Lines in the file of the copy, those included that no longer count. */
  #linesKept = 0;
  #damage: string | null = null;

  private constructor(private readonly options: OfflineOptions) {
    this.#copy = new LocalCopy(options.folder);
    this.#lists = [...new Set(options.lists)].sort();
  }

  /**
   * Opens the local copy. A damaged one does not match until `sync` has fetched it anew: half a list would say "unknown"
   * of what is known. See {@link OfflineMatcher.damage}.
   * @throws LocalCopyError when the folder holds a copy of other lists
   */
  static open(options: OfflineOptions): OfflineMatcher {
    const matcher = new OfflineMatcher(options);
    matcher.reload();
    return matcher;
  }

  /** Signals that can be matched. */
  get size(): number {
    return this.#table.size;
  }

  /** When the lists were last known to be up to date; null when they never were. */
  get syncedAt(): Date | null {
    const at = this.#copy.state?.syncedAt ?? null;
    return at === null ? null : new Date(at);
  }

  /** What is wrong with the local copy; null when nothing is. */
  get damage(): string | null {
    return this.#damage;
  }

  /** Reads the copy again, after another process has synced it. */
  reload(): void {
    for (let attempt = 1; ; attempt++) {
      try {
        this.#load();
        this.#damage = null;
        break;
      } catch (error) {
        if (!(error instanceof LocalCopyError)) throw error;
        // Another process may have replaced the file while it was read.
        if (attempt < 3) continue;
        this.#damage = error.message;
        this.#table = new SignalTable();
        break;
      }
    }
    const lists = this.#copy.state?.lists;
    if (lists && lists.join() !== this.#lists.join()) {
      throw new LocalCopyError(
        `${this.options.folder} holds a copy of other lists: give each choice of lists a folder of its own`,
      );
    }
  }

  /**
   * Takes what is new from the server's feed, page by page; each is kept before the next is asked for, so that a sync that
   * was interrupted goes on where it stopped. A damaged copy, or a cursor that the server no longer knows, is fetched anew.
   * @throws ProblemError, NetworkError; LocalCopyError when another process is syncing, or the copy is of another server
   */
  async sync(client: Clepsydra, how: { readonly signal?: AbortSignal } = {}): Promise<SyncReport> {
    const lock = this.#copy.lock();
    try {
      if (this.#damage === null && this.#isBehind()) this.reload();
      const of: CopyOf = { server: new URL(client.wire.baseUrl).origin, lists: this.#lists };
      const server = this.#copy.state?.server;
      if (server !== undefined && server !== of.server) {
        throw new LocalCopyError(`${this.options.folder} holds a copy of ${server}, not of ${of.server}`);
      }
      let refetched = this.#damage;
      if (refetched !== null) this.#forget();
      const terms = await fetchTerms(client.wire, how.signal);
      const counts: Counts = { changed: 0, withdrawn: 0, otherTypes: 0, malformed: 0 };
      for (let more = true; more;) {
        lock.renew();
        try {
          more = await this.#takePage(client, of, terms, counts, how.signal);
        } catch (error) {
          if (!isCursorRefused(error) || !this.#copy.state) throw error;
          refetched = 'the server no longer knows the cursor of the local copy';
          this.#forget();
        }
      }
      this.#compact();
      return { ...counts, refetched, size: this.size };
    } finally {
      lock.release();
    }
  }

  /**
   * Every signal within the radius of each hash: in the order of the hashes, nearest first, then by id. Of a file's
   * hashes, PDQ and blockhash are left out when its PDQ quality is 49 or less, which says too little to compare; a film is
   * compared by its frames (see {@link OfflineMatcher.matchFrames}).
   * @throws LocalCopyError before the first whole sync, and after damage; RangeError for a malformed hash
   */
  match(hashes: FileHashes | readonly HashQuery[]): OfflineMatch[] {
    return this.#told((table) =>
      isFile(hashes) ? findFile(table, hashes) : hashes.flatMap((query) => findHash(table, query)),
    );
  }

  /**
   * A film by the PDQ hashes of its frames, one a second, for whoever hashes films himself: every known film of which at least
   * 80 % of the frames asked for are within 31 bits of a frame, and the very same one where its frames are not known. Frames of
   * quality 49 and less do not count.
   * @throws as {@link OfflineMatcher.match}
   */
  matchFrames(frames: readonly VpdqFrame[]): OfflineMatch[] {
    return this.#told((table) => findFilm(table, frames));
  }

  #told(find: (table: SignalTable) => readonly Found[]): OfflineMatch[] {
    this.#assertWhole();
    const terms = this.#copy.state?.terms ?? NO_TERMS;
    const rules = this.options.rules ?? terms.rules ?? DEFAULT_RULES;
    return find(this.#table).map((found) => matchOf(found, terms, rules));
  }

  /** The strictest of what the policy says about each match; `ignore` when there is none. */
  static actionOf(matches: readonly OfflineMatch[]): MatchAction {
    return strictest(matches.map(({ action }) => action));
  }

  #assertWhole(): void {
    if (this.#damage !== null) throw new LocalCopyError(this.#damage);
    if (!this.#copy.state?.complete) {
      const how = this.#copy.state ? 'its first sync did not finish' : 'it is empty';
      throw new LocalCopyError(
        `the local copy in ${this.options.folder} cannot be matched against: ${how}; sync first`,
      );
    }
  }

  #isBehind(): boolean {
    try {
      return this.#copy.isBehind();
    } catch (error) {
      if (error instanceof LocalCopyError) return true;
      throw error;
    }
  }

  #load(): void {
    const table = new SignalTable();
    const reader = new KeptLineReader();
    let lines = 0;
    this.#copy.load((text) => {
      const line = reader.read(text);
      if (line.kind !== 'skipped') table.apply(line);
      lines++;
    });
    this.#table = table;
    this.#linesKept = lines;
  }

  #forget(): void {
    this.#copy.clear();
    this.#table = new SignalTable();
    this.#linesKept = 0;
    this.#damage = null;
  }

  /** True when there is more. */
  async #takePage(client: Clepsydra, of: CopyOf, terms: Terms, counts: Counts, signal?: AbortSignal): Promise<boolean> {
    const { state } = this.#copy;
    const page = await fetchPage(client.wire, state?.through ?? null, of.lists, signal);
    if (page.more && page.through === state?.through) throw new LocalCopyError('the feed does not move on');
    const lines = page.lines.map(readFeedLine);
    const kept = lines.filter((line) => line.kind !== 'skipped');
    this.#copy.append(of, kept.map(writeFeedLine), {
      through: page.through,
      complete: !page.more || (state?.complete ?? false),
      terms,
      syncedAt: page.more ? (state?.syncedAt ?? null) : client.wire.now().toISOString(),
    });
    for (const line of kept) this.#table.apply(line);
    this.#linesKept += kept.length;
    for (const line of lines) {
      if (line.kind === 'signal') counts.changed++;
      else if (line.kind === 'gone') counts.withdrawn++;
      else if (line.reason === 'type') counts.otherTypes++;
      else counts.malformed++;
    }
    return page.more;
  }

  #compact(): void {
    const dead = this.#linesKept - this.size;
    if (dead < COMPACT_LINES || dead < this.size) return;
    this.#copy.compact(linesOf(this.#table));
    this.#linesKept = this.size;
  }
}

function* linesOf(table: SignalTable): Generator<string> {
  for (const signal of table.entries()) yield writeFeedLine({ kind: 'signal', ...signal });
}

const isFile = (hashes: FileHashes | readonly HashQuery[]): hashes is FileHashes => 'sha256' in hashes;

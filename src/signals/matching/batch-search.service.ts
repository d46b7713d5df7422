import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { Work, type Actor } from '../../infra/database/work';
import { turn } from '../../infra/turn';
import { HASH256_BYTES } from '../../perceptual/hex';
import type { BatchQuestions, NearQuestions } from './batch-questions';
import { findInDatabase, newestEntry } from './database-answers';
import { Directory } from './directory.service';
import type { HashStore } from './hash-store';
import { maySee, SEES_WHAT_IT_IS_GIVEN, type Asker, type Hit } from './known-signal';
import type { Freshness } from './match.dto';
import { SignalIndex } from './signal-index.service';
import { SignalReaders } from './signal-readers.service';

/** Two near neighbours a question, an answer of some 16 MB. More are asked for in smaller batches. */
const MOST_MATCHES = 20_000;

/** Hits of one question. */
export interface Answered {
  readonly place: number;
  readonly hits: readonly Hit[];
}

export interface BatchFound {
  /** In the order of the questions, without those that have no hit. */
  readonly answered: readonly Answered[];
  readonly asker: Asker;
  readonly freshness: Freshness;
}

/** Searches for ten thousand questions, between turns of the event loop. */
@Injectable()
export class BatchSearch {
  constructor(
    private readonly work: Work,
    private readonly index: SignalIndex,
    private readonly readers: SignalReaders,
    private readonly directory: Directory,
  ) {}

  /** @throws DomainError `signals.too-many-matches`; the signal's reason */
  async find(actor: Actor, questions: BatchQuestions, signal: AbortSignal): Promise<BatchFound> {
    if (!this.directory.isReady) await this.directory.ready();
    return this.index.loaded ? this.inIndex(actor, questions, signal) : this.inDatabase(actor, questions, signal);
  }

  private async inIndex(actor: Actor, { near, equal }: BatchQuestions, signal: AbortSignal): Promise<BatchFound> {
    const { index } = this;
    const asker = this.directory.asker(actor);
    const freshness: Freshness = { source: 'index', through: index.through, behindMs: index.behindMs };
    const hits = new Hits(asker, signal);
    for (const group of near) await this.near(index.store, group, hits);
    for (const { type, values, places } of equal) {
      for (const [at, value] of values.entries()) {
        const row = index.store.exact(type, value);
        if (row !== undefined) hits.add(places[at] ?? 0, { signal: index.store.read(row, value), distance: 0 });
        if (at % 2000 === 1999) await hits.pause();
      }
    }
    return { answered: hits.inOrder(), asker, freshness };
  }

  private async near(store: HashStore, group: NearQuestions, hits: Hits): Promise<void> {
    const found = await this.readers.search(store.index(group.type), group);
    await hits.pause();
    let seen = 0;
    for (const { questions, rows, distances } of found) {
      for (const [at, row] of rows.entries()) {
        const question = questions[at] ?? 0;
        const distance = distances[at] ?? 0;
        // Found in slices and on other threads: meanwhile the row may have been given to another signal.
        if (!store.isAt(row, group.type, group.hashes.subarray(question * HASH256_BYTES), distance)) continue;
        hits.add(group.places[question] ?? 0, { signal: store.read(row), distance });
        if (++seen % 500 === 0) await hits.pause();
      }
    }
  }

  private inDatabase(actor: Actor, { near, equal }: BatchQuestions, signal: AbortSignal): Promise<BatchFound> {
    return this.work.read(actor, async (tx) => {
      const through = await newestEntry(tx);
      const hits = new Hits(SEES_WHAT_IT_IS_GIVEN, signal);
      for (const { type, radius, hashes, places } of near) {
        for (const [at, place] of places.entries()) {
          const value = Buffer.from(hashes.subarray(at * HASH256_BYTES, (at + 1) * HASH256_BYTES)).toString('hex');
          for (const hit of await findInDatabase(tx, { type, value, radius })) hits.add(place, hit);
          signal.throwIfAborted();
        }
      }
      for (const { type, values, places } of equal) {
        for (const [at, value] of values.entries()) {
          for (const hit of await findInDatabase(tx, { type, value, radius: 0 })) hits.add(places[at] ?? 0, hit);
          signal.throwIfAborted();
        }
      }
      const freshness: Freshness = { source: 'database', through, behindMs: 0 };
      return { answered: hits.inOrder(), asker: SEES_WHAT_IT_IS_GIVEN, freshness };
    });
  }
}

/** Only what the asker may see is counted: a limit that a hidden signal reached would tell that it is there. */
class Hits {
  readonly #byPlace = new Map<number, Hit[]>();
  #count = 0;

  constructor(
    private readonly asker: Asker,
    private readonly signal: AbortSignal,
  ) {}

  /** Lets others have a turn. @throws the signal's reason when nobody waits for the answer any more */
  async pause(): Promise<void> {
    await turn();
    this.signal.throwIfAborted();
  }

  add(place: number, hit: Hit): void {
    if (!hit.signal.contributions.some((each) => maySee(this.asker, each))) return;
    if (++this.#count > MOST_MATCHES) throw new DomainError('signals.too-many-matches', { most: MOST_MATCHES });
    const present = this.#byPlace.get(place);
    if (present) present.push(hit);
    else this.#byPlace.set(place, [hit]);
  }

  inOrder(): Answered[] {
    return [...this.#byPlace].map(([place, hits]) => ({ place, hits })).sort((a, b) => a.place - b.place);
  }
}

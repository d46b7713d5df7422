import { Injectable } from '@nestjs/common';
import { ClockSource } from '../../infra/clock-source';
import { DomainError } from '../../domain/errors';
import { Work, type Actor } from '../../infra/database/work';
import { HASH256_BYTES } from '../../perceptual/hex';
import { readBatch, type BatchQuestions, type NearQuestions } from './batch-questions';
import { findInDatabase, newestEntry } from './database-answers';
import { Directory } from './directory.service';
import type { HashStore } from './hash-store';
import { byDistance, toMatch, type Asker, type Hit, type Policy } from './known-signal';
import type { Freshness, Match } from './match.dto';
import { MatchLog } from './match-log.service';
import { QueryBudget } from './query-budget.service';
import { SignalIndex } from './signal-index.service';
import { SignalReaders } from './signal-readers.service';
import { turn } from './turn';

/** Ten near neighbours a question. More are asked for in smaller batches, so that an answer fits into memory. */
const MOST_MATCHES = 100_000;
/** Made into answers between two turns of the event loop: about a millisecond. */
const SLICE_QUESTIONS = 200;

/** Hits of one question. */
interface Answered {
  readonly place: number;
  readonly hits: readonly Hit[];
}

/** Ten thousand questions in one request, without holding up anybody else's for more than a few milliseconds. */
@Injectable()
export class BatchMatching {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly index: SignalIndex,
    private readonly readers: SignalReaders,
    private readonly directory: Directory,
    private readonly budget: QueryBudget,
    private readonly found: MatchLog,
  ) {}

  /** The answer as JSON: it is written piece by piece, since ten thousand matches would take 30 ms to write at once. */
  async match(actor: Actor, body: unknown): Promise<string> {
    const questions = readBatch(body);
    const at = this.clock.now();
    await this.budget.take(actor, questions.asked, at);
    if (!this.directory.isReady) await this.directory.ready();
    const { answered, freshness } = this.index.loaded
      ? await this.fromIndex(questions)
      : await this.fromDatabase(actor, questions);
    return this.write(actor, at, questions, answered, freshness);
  }

  private async fromIndex({ near, equal }: BatchQuestions): Promise<{ answered: Answered[]; freshness: Freshness }> {
    const { index } = this;
    const freshness: Freshness = { source: 'index', through: index.through, behindMs: index.behindMs };
    const hits = new Hits();
    for (const group of near) await this.search(index.store, group, hits);
    for (const { type, values, places } of equal) {
      for (const [at, value] of values.entries()) {
        const row = index.store.exact(type, value);
        if (row !== undefined) hits.add(places[at] ?? 0, { signal: index.store.read(row, value), distance: 0 });
        if (at % 2000 === 1999) await turn();
      }
    }
    return { answered: hits.inOrder(), freshness };
  }

  private async search(store: HashStore, group: NearQuestions, hits: Hits): Promise<void> {
    const found = await this.readers.search(store.index(group.type), group);
    let seen = 0;
    for (const { questions, rows, distances } of found) {
      for (const [at, row] of rows.entries()) {
        const question = questions[at] ?? 0;
        const distance = distances[at] ?? 0;
        // Found in slices and on other threads: meanwhile the row may have been given to another signal.
        if (!store.isAt(row, group.type, group.hashes.subarray(question * HASH256_BYTES), distance)) continue;
        hits.add(group.places[question] ?? 0, { signal: store.read(row), distance });
        if (++seen % 500 === 0) await turn();
      }
    }
  }

  private fromDatabase(
    actor: Actor,
    { near, equal }: BatchQuestions,
  ): Promise<{ answered: Answered[]; freshness: Freshness }> {
    return this.work.read(actor, async (tx) => {
      const through = await newestEntry(tx);
      const hits = new Hits();
      for (const { type, radius, hashes, places } of near) {
        for (const [at, place] of places.entries()) {
          const value = Buffer.from(hashes.subarray(at * HASH256_BYTES, (at + 1) * HASH256_BYTES)).toString('hex');
          for (const hit of await findInDatabase(tx, { type, value, radius })) hits.add(place, hit);
        }
      }
      for (const { type, values, places } of equal) {
        for (const [at, value] of values.entries()) {
          for (const hit of await findInDatabase(tx, { type, value, radius: 0 })) hits.add(places[at] ?? 0, hit);
        }
      }
      return { answered: hits.inOrder(), freshness: { source: 'database', through, behindMs: 0 } };
    });
  }

  private async write(
    actor: Actor,
    at: Date,
    questions: BatchQuestions,
    answered: readonly Answered[],
    freshness: Freshness,
  ): Promise<string> {
    const asker = freshness.source === 'index' ? this.directory.asker(actor) : EVERYTHING_GIVEN;
    const policy = this.directory.policyOf(actor.organisationId);
    const pieces: string[] = [];
    let matched = 0;
    for (const [n, { place, hits }] of answered.entries()) {
      const matches = this.matchesOf(hits, asker, policy);
      for (const match of matches) {
        pieces.push(JSON.stringify({ query: place, ...match }));
        this.found.note(actor, 'batch', match, at);
      }
      if (matches.length > 0) matched++;
      if (n % SLICE_QUESTIONS === SLICE_QUESTIONS - 1) await turn();
    }
    await this.budget.noteMatched(actor, matched, at);
    const matchable = questions.near.length > 0 ? 'perceptual' : 'exact only';
    const rest = JSON.stringify({ asked: questions.asked, matchable, freshness });
    return `{"matches":[${pieces.join(',')}],${rest.slice(1)}`;
  }

  private matchesOf(hits: readonly Hit[], asker: Asker, policy: Policy): Match[] {
    return hits.flatMap((hit) => toMatch(hit, asker, this.directory, policy) ?? []).sort(byDistance);
  }
}

const EVERYTHING_GIVEN: Asker = { organisationId: '', isOperator: true, readable: new Set() };

class Hits {
  readonly #byPlace = new Map<number, Hit[]>();
  #count = 0;

  add(place: number, hit: Hit): void {
    if (++this.#count > MOST_MATCHES) throw new DomainError('signals.too-many-matches', { most: MOST_MATCHES });
    const present = this.#byPlace.get(place);
    if (present) present.push(hit);
    else this.#byPlace.set(place, [hit]);
  }

  inOrder(): Answered[] {
    return [...this.#byPlace].map(([place, hits]) => ({ place, hits })).sort((a, b) => a.place - b.place);
  }
}

import { Injectable } from '@nestjs/common';
import type { Actor } from '../../infra/database/actor';
import { Turns } from '../../infra/media/turns';
import { OwnTurns } from '../../infra/own-turns';
import { turn } from '../../infra/turn';
import { readBatch, type BatchQuestions } from './batch-questions';
import { BatchSearch, type BatchFound } from './batch-search.service';
import { Directory } from './directory.service';
import { byDistance, toMatch, type Asker, type Hit, type Policy } from './known-signal';
import { MatchAccount } from './match-account.service';
import type { Match } from './match.dto';

/** Matches written between two turns of the event loop: some 75 kB, in a tenth of a millisecond. */
const SLICE = 100;
/** Batches at once on a node: each has its questions and up to 16 MB of answer in memory. */
const MOST = 8;
/** Of one organisation: two threads are busy with two of them. */
const MOST_OF_ONE = 4;
const MOST_ASKING = 36;

/** Ten thousand questions in one request, without holding up anybody else's for more than a few milliseconds. */
@Injectable()
export class BatchMatching {
  private readonly turns = new Turns(MOST);
  private readonly ofOne = new OwnTurns(MOST_OF_ONE, MOST_ASKING);

  constructor(
    private readonly search: BatchSearch,
    private readonly directory: Directory,
    private readonly account: MatchAccount,
  ) {}

  /**
   * The answer as JSON: it is written piece by piece, since ten thousand matches would take 30 ms to write at once.
   * @throws as `OwnTurns.run`; the signal's reason, also in the middle: nobody would hear the answer
   */
  match(actor: Actor, body: unknown, signal: AbortSignal): Promise<string> {
    const { organisationId } = actor;
    const work = (): Promise<string> => this.answer(actor, body, signal);
    return this.ofOne.run(organisationId, () => this.turns.run(work, signal, organisationId), signal);
  }

  private async answer(actor: Actor, body: unknown, signal: AbortSignal): Promise<string> {
    const questions = readBatch(body);
    const at = await this.account.take(actor, questions.asked);
    return this.write(actor, at, questions, await this.search.find(actor, questions, signal), signal);
  }

  private async write(
    actor: Actor,
    at: Date,
    questions: BatchQuestions,
    { answered, asker, freshness }: BatchFound,
    signal: AbortSignal,
  ): Promise<string> {
    const policy = this.directory.policyOf(actor.organisationId);
    const pieces: string[] = [];
    let matched = 0;
    for (const { place, hits } of answered) {
      const matches = this.matchesOf(hits, asker, policy);
      for (const match of matches) {
        pieces.push(JSON.stringify({ query: place, ...match }));
        if (pieces.length % SLICE === 0) await turn();
      }
      signal.throwIfAborted();
      this.account.note(actor, 'batch', matches, at);
      if (matches.length > 0) matched++;
    }
    await this.account.noteMatched(actor, matched, at);
    const matchable = questions.near.length > 0 ? 'perceptual' : 'exact only';
    const rest = JSON.stringify({ asked: questions.asked, matchable, freshness });
    return `{"matches":[${pieces.join(',')}],${rest.slice(1)}`;
  }

  private matchesOf(hits: readonly Hit[], asker: Asker, policy: Policy): Match[] {
    return hits.flatMap((hit) => toMatch(hit, asker, this.directory, policy) ?? []).sort(byDistance);
  }
}

import { Injectable } from '@nestjs/common';
import type { Actor } from '../../infra/database/actor';
import { turn } from '../../infra/turn';
import { readBatch, type BatchQuestions } from './batch-questions';
import { BatchSearch, type BatchFound } from './batch-search.service';
import { Directory } from './directory.service';
import { byDistance, toMatch, type Asker, type Hit, type Policy } from './known-signal';
import { MatchAccount } from './match-account.service';
import type { Match } from './match.dto';

/** Made into answers between two turns of the event loop: about a millisecond. */
const SLICE_QUESTIONS = 200;

/** Ten thousand questions in one request, without holding up anybody else's for more than a few milliseconds. */
@Injectable()
export class BatchMatching {
  constructor(
    private readonly search: BatchSearch,
    private readonly directory: Directory,
    private readonly account: MatchAccount,
  ) {}

  /** The answer as JSON: it is written piece by piece, since ten thousand matches would take 30 ms to write at once. */
  async match(actor: Actor, body: unknown): Promise<string> {
    const questions = readBatch(body);
    const at = await this.account.take(actor, questions.asked);
    return this.write(actor, at, questions, await this.search.find(actor, questions));
  }

  private async write(
    actor: Actor,
    at: Date,
    questions: BatchQuestions,
    { answered, asker, freshness }: BatchFound,
  ): Promise<string> {
    const policy = this.directory.policyOf(actor.organisationId);
    const pieces: string[] = [];
    let matched = 0;
    for (const [n, { place, hits }] of answered.entries()) {
      const matches = this.matchesOf(hits, asker, policy);
      for (const match of matches) pieces.push(JSON.stringify({ query: place, ...match }));
      this.account.note(actor, 'batch', matches, at);
      if (matches.length > 0) matched++;
      if (n % SLICE_QUESTIONS === SLICE_QUESTIONS - 1) await turn();
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

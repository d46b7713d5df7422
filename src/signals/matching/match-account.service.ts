import { Injectable } from '@nestjs/common';
import type { MatchSource } from '../../domain/vocabulary';
import { ClockSource } from '../../infra/clock-source';
import type { Actor, Tx } from '../../infra/database/work';
import type { Match } from './match.dto';
import { MatchLog } from './match-log.service';
import { QueryBudget } from './query-budget.service';

/** What is kept of a question: a count, and its matches for whoever asked. */
@Injectable()
export class MatchAccount {
  constructor(
    private readonly clock: ClockSource,
    private readonly budget: QueryBudget,
    private readonly log: MatchLog,
  ) {}

  /**
   * Takes so many hashes from the asker's budget, and tells when that was.
   * @throws DomainError `signals.budget-spent`
   */
  async take(actor: Actor, hashes: number): Promise<Date> {
    const at = this.clock.now();
    await this.budget.take(actor, hashes, at);
    return at;
  }

  note(actor: Actor, source: MatchSource, matches: readonly Match[], at: Date): void {
    for (const match of matches) this.log.note(actor, source, match, at);
  }

  /** Keeps matches of an exhibit, in the transaction that seals it. */
  keep(tx: Tx, actor: Actor, exhibitId: string, matches: readonly Match[], at: Date): Promise<void> {
    return this.log.keep(tx, actor, exhibitId, matches, at);
  }

  /** Questions of those taken that had a match. */
  noteMatched(actor: Actor, questions: number, at: Date): Promise<void> {
    return this.budget.noteMatched(actor, questions, at);
  }
}

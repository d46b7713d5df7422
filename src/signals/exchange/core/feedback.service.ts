import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import type { MatchVerdict, SignalType } from '../../../domain/vocabulary';
import { Work, type Tx } from '../../../infra/database/work';
import { Feedback } from '../../policy/feedback.service';
import type { Bearer } from '../credentials/credential';
import { ExchangeScopes } from './scopes.service';

/** What a program says a match with this hash was. Most protocols name the hash without its type. */
export interface SaidOfHash {
  readonly index: number;
  readonly value: string;
  readonly types: readonly SignalType[] | null;
  readonly verdict: MatchVerdict;
  readonly note?: string;
}

export interface RefusedFeedback {
  readonly index: number;
  readonly error: DomainError;
}

type GiveFeedback = Parameters<Feedback['give']>[2];

interface Found {
  readonly id: string;
  readonly type: SignalType;
  readonly value: string;
  readonly said: MatchVerdict | null;
}

/** Feedback over the protocols of others goes the same road as that of `POST /v1/signals/:id/feedback`. */
@Injectable()
export class ExchangeFeedback {
  constructor(
    private readonly work: Work,
    private readonly scopes: ExchangeScopes,
    private readonly feedback: Feedback,
  ) {}

  /**
   * Each by itself: those that name no hash on the program's lists, or may not be said now, come back with why, and the others
   * stand. What was said before is not said again. It is said of the program's lists alone, whatever else its organisation reads.
   */
  async give(bearer: Bearer, said: readonly SaidOfHash[]): Promise<RefusedFeedback[]> {
    const lists = await this.scopes.listsOf(bearer);
    const values = [...new Set(said.map(({ value }) => value))];
    const found = await this.work.read(bearer.actor, (tx) => findOnLists(tx, bearer, values, lists));
    const byValue = Map.groupBy(found, ({ value }) => value);
    const refused: RefusedFeedback[] = [];
    const latest = new Map(found.map(({ id, said: before }) => [id, before]));
    for (const { index, value, types, verdict, note } of said) {
      const signals = (byValue.get(value) ?? []).filter(({ type }) => types?.includes(type) ?? true);
      if (signals.length === 0) refused.push({ index, error: new DomainError('request.not-found') });
      for (const { id } of signals) {
        if (latest.get(id) === verdict) continue;
        const error = await this.say(bearer, id, { verdict, ...(note === undefined ? {} : { note }) }, lists);
        if (error) refused.push({ index, error });
        else latest.set(id, verdict);
      }
    }
    return [...new Map(refused.map((each) => [each.index, each])).values()];
  }

  private async say(
    bearer: Bearer,
    id: string,
    what: GiveFeedback,
    lists: readonly string[],
  ): Promise<DomainError | null> {
    try {
      await this.feedback.give(bearer.actor, id, what, lists);
      return null;
    } catch (error) {
      if (error instanceof DomainError && error.status < 500) return error;
      throw error;
    }
  }
}

function findOnLists(tx: Tx, bearer: Bearer, values: readonly string[], lists: readonly string[]): Promise<Found[]> {
  return tx.query<Found[]>(
    `select s.id, s.type, s.value, f.verdict as said from signal s
     cross join lateral (select array_agg(distinct c.list_id) as lists from signal_contribution c
       where c.signal_id = s.id and c.state = 'standing' and c.list_id = any ($2::uuid[])) n
     left join signal_feedback f on f.signal_id = s.id and f.organisation_id = $3 and f.superseded_at is null and f.list_ids @> n.lists
     where s.value = any ($1::text[]) and n.lists is not null`,
    [values, lists, bearer.actor.organisationId],
  );
}

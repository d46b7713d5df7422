import { Injectable } from '@nestjs/common';
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

  /** The indexes of those that name no hash on the program's lists. What was said before is not said again. */
  async give(bearer: Bearer, said: readonly SaidOfHash[]): Promise<number[]> {
    const lists = await this.scopes.listsOf(bearer);
    const values = [...new Set(said.map(({ value }) => value))];
    const found = await this.work.read(bearer.actor, (tx) => findOnLists(tx, bearer, values, lists));
    const byValue = Map.groupBy(found, ({ value }) => value);
    const unknown: number[] = [];
    const latest = new Map(found.map(({ id, said: before }) => [id, before]));
    for (const { index, value, types, verdict, note } of said) {
      const signals = (byValue.get(value) ?? []).filter(({ type }) => types?.includes(type) ?? true);
      if (signals.length === 0) unknown.push(index);
      for (const { id } of signals) {
        if (latest.get(id) === verdict) continue;
        await this.feedback.give(bearer.actor, id, { verdict, ...(note === undefined ? {} : { note }) });
        latest.set(id, verdict);
      }
    }
    return unknown;
  }
}

function findOnLists(tx: Tx, bearer: Bearer, values: readonly string[], lists: readonly string[]): Promise<Found[]> {
  return tx.query<Found[]>(
    `select s.id, s.type, s.value, f.verdict as said from signal s
     left join signal_feedback f on f.signal_id = s.id and f.organisation_id = $3 and f.superseded_at is null
     where s.value = any ($1::text[]) and exists (
       select 1 from signal_contribution c where c.signal_id = s.id and c.state = 'standing' and c.list_id = any ($2::uuid[]))`,
    [values, lists, bearer.actor.organisationId],
  );
}

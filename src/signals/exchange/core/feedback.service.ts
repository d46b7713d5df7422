import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { MatchVerdict, SignalType } from '../../../domain/vocabulary';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Actor, type Tx } from '../../../infra/database/work';
import { append } from '../../../ledger/append';
import { recordChange } from '../../changes';
import { SignalIndex } from '../../matching/signal-index.service';
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

interface Verdict {
  readonly signalId: string;
  readonly verdict: MatchVerdict;
  readonly note: string | null;
}

/** Feedback over the protocols of others: counted like that of `POST /v1/signals/:id/feedback`. */
@Injectable()
export class ExchangeFeedback {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly scopes: ExchangeScopes,
    private readonly index: SignalIndex,
  ) {}

  /** The indexes of those that name no hash on the program's lists. The last word on a hash counts. */
  async give(bearer: Bearer, said: readonly SaidOfHash[]): Promise<number[]> {
    const lists = await this.scopes.listsOf(bearer);
    const at = this.clock.now();
    const { unknown, changed } = await this.work.run(bearer.actor, async (tx) => {
      const found = await findOnLists(tx, said, lists);
      const latest = new Map<string, Verdict>();
      for (const { index, verdict, note = null } of said) {
        for (const signalId of found.get(index) ?? []) latest.set(signalId, { signalId, verdict, note });
      }
      const changed = [...latest.keys()].toSorted();
      await record(tx, bearer.actor, [...latest.values()], at);
      return { unknown: said.filter(({ index }) => !found.has(index)).map(({ index }) => index), changed };
    });
    await this.index.touch(changed);
    return unknown;
  }
}

async function findOnLists(
  tx: Tx,
  said: readonly SaidOfHash[],
  lists: readonly string[],
): Promise<Map<number, string[]>> {
  const rows: { id: string; type: SignalType; value: string }[] = await tx.query(
    `select s.id, s.type, s.value from signal s where s.value = any ($1::text[]) and exists (
       select 1 from signal_contribution c where c.signal_id = s.id and c.state = 'standing' and c.list_id = any ($2::uuid[]))`,
    [[...new Set(said.map(({ value }) => value))], lists],
  );
  const byValue = Map.groupBy(rows, ({ value }) => value);
  const found = new Map<number, string[]>();
  for (const { index, value, types } of said) {
    const ids = (byValue.get(value) ?? []).filter(({ type }) => types?.includes(type) ?? true).map(({ id }) => id);
    if (ids.length > 0) found.set(index, ids);
  }
  return found;
}

async function record(tx: Tx, actor: Actor, verdicts: readonly Verdict[], at: Date): Promise<void> {
  const standing: { signal_id: string; verdict: MatchVerdict }[] = await tx.query(
    'select signal_id, verdict from signal_feedback where superseded_at is null and organisation_id = $2 and signal_id = any ($1::uuid[])',
    [verdicts.map(({ signalId }) => signalId), actor.organisationId],
  );
  const before = new Map(standing.map(({ signal_id, verdict }) => [signal_id, verdict]));
  const fresh = verdicts.filter(({ signalId, verdict }) => before.get(signalId) !== verdict);
  if (fresh.length === 0) return;
  const ids = fresh.map(({ signalId }) => signalId);
  await tx.query(
    'update signal_feedback set superseded_at = $3 where superseded_at is null and organisation_id = $2 and signal_id = any ($1::uuid[])',
    [ids, actor.organisationId, at],
  );
  await tx.query(
    `insert into signal_feedback (id, signal_id, organisation_id, verdict, note, given_at)
     select i, s, $1, v, n, $2 from unnest($3::uuid[], $4::uuid[], $5::text[], $6::text[]) as f(i, s, v, n)`,
    [
      actor.organisationId,
      at,
      ids.map(() => uuidv7()),
      ids,
      fresh.map(({ verdict }) => verdict),
      fresh.map(({ note }) => note),
    ],
  );
  for (const [verdict, some] of Map.groupBy(fresh, (each) => each.verdict)) {
    const touched = some.map(({ signalId }) => signalId);
    const entry = await append(tx, {
      kind: 'signal.feedback-given',
      actor,
      at,
      subjects: touched.length === 1 ? { signal: touched[0] } : {},
      dims: { verdict, count: touched.length },
      audience: [actor.organisationId],
    });
    await recordChange(tx, entry.id, touched);
  }
}

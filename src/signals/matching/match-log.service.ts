import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { MatchSource } from '../../domain/vocabulary';
import type { Actor } from '../../infra/database/actor';
import { Work, type Tx } from '../../infra/database/work';
import { log } from '../../infra/log';
import { WriteBehind } from '../../infra/write-behind';
import type { Match } from './match.dto';

const FLUSH_MS = 250;
const ROWS_AT_ONCE = 5_000;
/** While the database is away; what comes beyond it is lost. */
const ROOM = 100_000;

interface Found {
  readonly id: string;
  readonly organisationId: string;
  readonly exhibitId: string | null;
  readonly match: Match;
  readonly source: MatchSource;
  readonly at: Date;
  times: number;
}

/**
 * Matches are kept for the asker alone: that is what a policy's dry run looks at. Those of look-ups are written four times a
 * second, the same one found again within that time as one row that says how often; at a kill the last quarter of a second
 * is lost, of which nobody was told that it was kept. Those of an exhibit are written with it.
 */
@Injectable()
export class MatchLog implements OnModuleDestroy {
  private waiting = new Map<string, Found>();
  private readonly writing = new WriteBehind({
    afterMs: FLUSH_MS,
    write: () => this.write(),
    failed: (error) => log.warn({ event: 'signal-matches.not-kept', reason: String(error) }),
  });

  constructor(private readonly work: Work) {}

  onModuleDestroy(): Promise<void> {
    return this.flush();
  }

  note(actor: Actor, source: MatchSource, match: Match, at: Date): void {
    const { organisationId } = actor;
    const name = `${organisationId}${match.signalId}${match.distance}${match.action}${source}`;
    const known = this.waiting.get(name);
    if (known) known.times++;
    else if (this.waiting.size < ROOM) {
      this.waiting.set(name, { id: uuidv7(), organisationId, exhibitId: null, match, source, at, times: 1 });
    }
    this.writing.later();
  }

  /** In the transaction that seals the exhibit. */
  async keep(tx: Tx, actor: Actor, exhibitId: string, matches: readonly Match[], at: Date): Promise<void> {
    const { organisationId } = actor;
    await insert(
      tx,
      matches.map((match) => ({ id: uuidv7(), organisationId, exhibitId, match, source: 'exhibit', at, times: 1 })),
    );
  }

  flush(): Promise<void> {
    return this.writing.flush();
  }

  private async write(): Promise<void> {
    const rows = [...this.waiting.values()];
    if (rows.length === 0) return;
    const before = this.waiting;
    this.waiting = new Map();
    try {
      for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
        await this.work.asWorker((tx) => insert(tx, rows.slice(at, at + ROWS_AT_ONCE)));
      }
    } catch (error) {
      // What was written before the failure is not written twice: a row keeps its id.
      for (const [name, found] of before) if (this.waiting.size < ROOM) this.waiting.set(`${name}.${found.id}`, found);
      throw error;
    }
  }
}

async function insert(tx: Tx, found: readonly Found[]): Promise<void> {
  if (found.length === 0) return;
  await tx.query(
    `insert into signal_match (id, organisation_id, signal_id, exhibit_id, type, distance, action, source, times, found_at)
       select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::int[], $7::text[], $8::text[],
         $9::int[], $10::timestamptz[])
     on conflict (id) do nothing`,
    [
      found.map(({ id }) => id),
      found.map(({ organisationId }) => organisationId),
      found.map(({ match }) => match.signalId),
      found.map(({ exhibitId }) => exhibitId),
      found.map(({ match }) => match.type),
      found.map(({ match }) => match.distance),
      found.map(({ match }) => match.action),
      found.map(({ source }) => source),
      found.map(({ times }) => times),
      found.map(({ at }) => at),
    ],
  );
}

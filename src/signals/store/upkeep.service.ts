import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { TOMBSTONE_MS } from '../../domain/signal-lifecycle';
import type { SignalType } from '../../domain/vocabulary';
import { ClockSource } from '../../infra/clock-source';
import { CONFIG, type Config } from '../../infra/config';
import { Work, type Tx } from '../../infra/database/work';
import { log } from '../../infra/log';
import { Periodic } from '../../infra/periodic';
import { Contributions } from './contributions.service';
import { appendChange, concerned, onLists, withAuthor } from './entries';
import { Retraction } from './retraction.service';
import { askForReviews } from './review-asking';

const EVERY_MS = 10_000;
/** Rows of one transaction. */
const BATCH = 1_000;

export interface Upkept {
  readonly expired: number;
  readonly overdue: number;
  readonly forgotten: number;
  readonly askedForReview: number;
}

/**
 * What time does to signals: unreviewed contributions end, disputes that nobody decided are told once, erased values go,
 * contributors are asked to look again.
 * Any number of workers may do it: each finds nothing left of what another has done.
 */
@Injectable()
export class SignalUpkeep implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly turns = new Periodic({
    everyMs: EVERY_MS,
    turn: () => this.run(this.clock.now()),
    failed: (error) => log.warn({ event: 'signal-upkeep.delayed', err: error }),
  });

  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    @Inject(CONFIG) private readonly config: Config,
    private readonly contributions: Contributions,
    private readonly retraction: Retraction,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.worker) this.turns.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.turns.stop();
  }

  /** Everything that is due at `now`. */
  async run(now: Date): Promise<Upkept> {
    return {
      expired: await this.all((tx) => this.expire(tx, now)),
      overdue: await this.all((tx) => markOverdue(tx, now)),
      forgotten: await this.all((tx) => forget(tx, now)),
      askedForReview: await this.all((tx) => askForReviews(tx, now, BATCH)),
    };
  }

  private async all(step: (tx: Tx) => Promise<{ done: number; signalIds: readonly string[] }>): Promise<number> {
    let total = 0;
    for (;;) {
      const { done, signalIds } = await this.work.asWorker(step);
      await this.contributions.told(signalIds);
      total += done;
      if (done < BATCH || this.turns.isStopped) return total;
    }
  }

  /** By organisation, because each learns of its own. */
  private async expire(tx: Tx, now: Date): Promise<{ done: number; signalIds: string[] }> {
    const due = await tx.query<{ id: string; organisation_id: string }[]>(
      'select id, organisation_id from signal_contribution where expires_at <= $1 and withdrawn_at is null order by expires_at limit $2',
      [now, BATCH],
    );
    const signalIds: string[] = [];
    let done = 0;
    for (const [, rows] of Map.groupBy(due, (row) => row.organisation_id)) {
      const which = { contributionIds: rows.map(({ id }) => id) };
      const ended = await this.retraction.retract(tx, 'service', which, 'expired', now);
      done += ended.contributions;
      signalIds.push(...ended.signalIds);
    }
    return { done, signalIds };
  }
}

interface Overdue {
  readonly id: string;
  readonly signal_id: string;
  readonly type: SignalType;
  readonly due_at: Date;
  readonly list_ids: string[];
  readonly organisation_id: string | null;
}

async function markOverdue(tx: Tx, now: Date): Promise<{ done: number; signalIds: string[] }> {
  const [rows] = await tx.query<[Overdue[], number]>(
    `update signal_dispute d set overdue_at = $1 from signal s
     where s.id = d.signal_id and d.id in (select id from signal_dispute where state = 'open' and due_at <= $1 and overdue_at is null
       order by due_at limit $2 for update skip locked)
     returning d.id, d.signal_id, d.due_at, d.list_ids, d.organisation_id, s.type`,
    [now, BATCH],
  );
  for (const row of rows) {
    await appendChange(tx, {
      kind: 'signal.dispute-overdue',
      actor: 'service',
      at: now,
      signals: [{ id: row.signal_id, type: row.type }],
      subjects: { dispute: row.id },
      dims: { dueAt: row.due_at.toISOString() },
      lists: row.list_ids,
      audience: withAuthor(await concerned(tx, onLists(row.signal_id, row.list_ids)), row.organisation_id),
    });
  }
  return { done: rows.length, signalIds: [] };
}

async function forget(tx: Tx, now: Date): Promise<{ done: number; signalIds: string[] }> {
  const before = new Date(now.getTime() - TOMBSTONE_MS);
  const signals = await tx.query<{ id: string; type: SignalType }[]>(
    'select s.id, s.type from signal_forget($1, $2, $3) as f (id) join signal s on s.id = f.id',
    [before, now, BATCH],
  );
  const ids = signals.map(({ id }) => id);
  if (ids.length === 0) return { done: 0, signalIds: [] };
  const contributors = await tx.query<{ organisation_id: string }[]>(
    'select distinct organisation_id from signal_contribution where signal_id = any($1::uuid[])',
    [ids],
  );
  const audience = contributors.map((row) => row.organisation_id);
  await appendChange(tx, { kind: 'signal.forgotten', actor: 'service', at: now, signals, lists: null, audience });
  return { done: ids.length, signalIds: ids };
}

import { Injectable } from '@nestjs/common';
import {
  ENTRY_OF_FACT,
  factAtDeadline,
  nextMark,
  reachedMarks,
  type DeadlineFact,
  type Mark,
  type ReachedMark,
} from '../domain/clock';
import { Work, type Tx } from '../infra/database/work';
import { Heartbeat, type Outage } from '../infra/jobs/heartbeat';
import { JobRunner } from '../infra/jobs/job-runner';
import { log } from '../infra/log';
import { append, appendAll, type NewEntry } from '../ledger/append';
import { NoticeClock } from './clock.entity';
import { runOf } from './clocks';
import { entryOf, facts } from './notice-facts';
import { Notice } from './notice.entity';

/** Clocks of one transaction. Others that tick at the same time pass over them. */
const BATCH = 500;

export interface Tick {
  readonly marks: number;
  readonly facts: number;
}

/** What a tick has found out about one clock. */
interface Advance {
  readonly clock: NoticeClock;
  readonly notice: Notice;
  readonly marks: readonly ReachedMark[];
  readonly lastMark: Mark | null;
  readonly nextMarkAt: Date | null;
  readonly fact: DeadlineFact | null;
}

/**
 * Writes the marks of running clocks, each once, whichever worker comes first. `now` is a parameter: nothing here reads a
 * clock. 100,000 open clocks cost nothing, because only those whose next mark is due are looked at, by a partial index.
 */
@Injectable()
export class Ticker {
  constructor(
    private readonly work: Work,
    private readonly heartbeat: Heartbeat,
    private readonly runner: JobRunner,
  ) {}

  /** Every mark that `now` has reached. */
  async tick(now: Date): Promise<Tick> {
    let [marks, written] = [0, 0];
    for (;;) {
      const batch = await this.tickBatch(now);
      marks += batch.marks;
      written += batch.facts;
      if (!batch.isBehind) return { marks, facts: written };
    }
  }

  /** One transaction's worth of them; `isBehind` when more may be due. */
  tickBatch(now: Date): Promise<Tick & { readonly isBehind: boolean }> {
    return this.work.asWorker((tx) => tickBatch(tx, now));
  }

  /** Says that this process works; an outage that it ends becomes an entry that everybody may read. */
  async beat(now: Date): Promise<Outage | null> {
    const outage = await this.work.asWorker(async (tx) => {
      const ended = await this.heartbeat.beat(tx, now, this.runner.poolId);
      if (ended) await appendOutage(tx, ended);
      return ended;
    });
    if (outage) {
      log.warn({ event: 'service.outage', fromAt: outage.from.toISOString(), toAt: outage.to.toISOString() });
    }
    return outage;
  }

  /** Gives the jobs of killed processes to those that live. */
  async freeDeadNodes(): Promise<void> {
    const freed = await this.work.asWorker((tx) => this.heartbeat.freeDeadNodes(tx));
    if (freed > 0) log.warn({ event: 'jobs.freed', nodes: freed });
  }
}

async function appendOutage(tx: Tx, { from, to }: Outage): Promise<void> {
  const organisations = await tx.query<{ id: string }[]>(`select id from organisation where status = 'active'`);
  if (organisations.length === 0) return;
  await append(tx, {
    kind: 'service.outage',
    actor: 'service',
    at: to,
    subjects: {},
    dims: { from: from.toISOString(), to: to.toISOString() },
    audience: organisations.map((organisation) => organisation.id),
  });
}

async function tickBatch(tx: Tx, now: Date): Promise<Tick & { readonly isBehind: boolean }> {
  const clocks = await tx
    .createQueryBuilder(NoticeClock, 'c')
    .setLock('pessimistic_write')
    .setOnLocked('skip_locked')
    .where('c.nextMarkAt <= :now', { now })
    .orderBy('c.nextMarkAt')
    .limit(BATCH)
    .getMany();
  if (clocks.length === 0) return { isBehind: false, marks: 0, facts: 0 };
  const ids = clocks.map((clock) => clock.noticeId);
  const notices = await tx.createQueryBuilder(Notice, 'n').where('n.id = any(:ids)', { ids }).getMany();
  const byId = new Map(notices.map((notice) => [notice.id, notice]));
  const advances = clocks.flatMap((clock) => {
    const notice = byId.get(clock.noticeId);
    return notice ? [advanceOf(clock, notice, now)] : [];
  });
  await writeMarks(tx, advances, now);
  await writeClocks(tx, advances);
  await appendAll(tx, advances.flatMap(entriesOf));
  return {
    isBehind: clocks.length === BATCH,
    marks: advances.reduce((sum, { marks }) => sum + marks.length, 0),
    facts: advances.filter(({ fact }) => fact !== null).length,
  };
}

/** A clock that was stopped or halted owes what it had reached by then, and nothing after. */
function advanceOf(clock: NoticeClock, notice: Notice, now: Date): Advance {
  const run = runOf(clock);
  const stood = clock.pausedAt ?? clock.stoppedAt;
  const until = stood && stood < now ? stood : now;
  const marks = reachedMarks(run, clock.lastMark, until);
  const lastMark = marks.at(-1)?.mark ?? clock.lastMark;
  const isDue = marks.some(({ at }) => at.getTime() === clock.dueAt.getTime());
  return {
    clock,
    notice,
    marks,
    lastMark,
    nextMarkAt: clock.state !== 'running' ? null : (nextMark(run, lastMark)?.at ?? null),
    fact: isDue ? factAtDeadline(run).fact : null,
  };
}

async function writeMarks(tx: Tx, advances: readonly Advance[], now: Date): Promise<void> {
  const rows = advances.flatMap(({ clock, marks }) => marks.map((mark) => ({ clock, ...mark })));
  await tx.query(
    `insert into clock_mark (clock_id, run_no, mark, at, stale, written_at)
     select u.*, $6::timestamptz from unnest($1::uuid[], $2::int[], $3::smallint[], $4::timestamptz[], $5::boolean[]) u`,
    [
      rows.map(({ clock }) => clock.id),
      rows.map(({ clock }) => clock.runNo),
      rows.map(({ mark }) => mark),
      rows.map(({ at }) => at),
      rows.map(({ stale }) => stale),
      now,
    ],
  );
}

async function writeClocks(tx: Tx, advances: readonly Advance[]): Promise<void> {
  await tx.query(
    `update clock c set last_mark = u.last_mark, next_mark_at = u.next_mark_at,
       fact = coalesce(c.fact, u.fact), fact_at = case when coalesce(c.fact, u.fact) is null then null else c.due_at end
     from unnest($1::uuid[], $2::smallint[], $3::timestamptz[], $4::text[]) u (id, last_mark, next_mark_at, fact)
     where c.id = u.id`,
    [
      advances.map(({ clock }) => clock.id),
      advances.map(({ lastMark }) => lastMark),
      advances.map(({ nextMarkAt }) => nextMarkAt),
      advances.map(({ fact }) => fact),
    ],
  );
}

/** Each entry is dated to its own mark, however late the tick. The last mark is the deadline, and is the fact. */
function entriesOf({ clock, notice, marks, fact }: Advance): NewEntry[] {
  return marks.map(({ mark, at, stale }) => {
    const common = { actor: 'service', at } as const;
    if (fact && at.getTime() === clock.dueAt.getTime()) {
      const dims = { ...facts('clock.target-missed', { dueAt: at.toISOString() }), clock: clock.kind };
      return entryOf(notice, { ...common, kind: ENTRY_OF_FACT[fact], dims });
    }
    return entryOf(notice, { ...common, kind: 'clock.mark', dims: { clock: clock.kind, mark, stale } });
  });
}

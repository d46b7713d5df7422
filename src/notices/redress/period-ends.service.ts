import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ENTRY_OF_PERIOD, type PeriodKind } from '../../domain/redress';
import { ClockSource } from '../../infra/clock-source';
import { CONFIG, type Config } from '../../infra/config';
import { Work, type Tx } from '../../infra/database/work';
import { log } from '../../infra/log';
import { Periodic } from '../../infra/periodic';
import { append } from '../../ledger/append';
import { entryOf } from '../notice-facts';
import { Notice } from '../notice.entity';
import { homeAuthorityOf } from './home-authority';

const EVERY_MS = 1_000;
/** Periods of one transaction. Others that look at the same time pass over them. */
const BATCH = 100;

interface Due {
  readonly id: string;
  readonly notice_id: string;
  readonly kind: PeriodKind;
  readonly subject_id: string | null;
  readonly ends_at: Date;
}

/** They end with the order; that a decision is overdue stays so. */
const OF_A_STANDING_ORDER: readonly PeriodKind[] = ['scrutiny_own', 'scrutiny_request', 'non_disclosure', 'redress'];

/** Writes the ends of periods as facts, each once and dated to the end itself, whichever worker comes first and however late. */
@Injectable()
export class PeriodEnds implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly turns = new Periodic({
    everyMs: EVERY_MS,
    turn: () => this.endDue(this.clock.now()),
    failed: (error, again) => {
      if (!again) log.warn({ event: 'periods.delayed', reason: error instanceof Error ? error.name : 'unknown' });
    },
  });

  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.worker) this.turns.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.turns.stop();
  }

  /** Everything that `now` has reached. Returns how many facts were written. */
  async endDue(now: Date): Promise<number> {
    let written = 0;
    for (;;) {
      const batch = await this.work.asWorker((tx) => endBatch(tx, now));
      written += batch.facts;
      if (batch.periods < BATCH) return written;
    }
  }
}

async function endBatch(tx: Tx, now: Date): Promise<{ readonly periods: number; readonly facts: number }> {
  const due = await tx.query<Due[]>(
    `select id, notice_id, kind, subject_id, ends_at from order_period
     where closed_at is null and ended_at is null and ends_at <= $1 order by ends_at, id limit ${BATCH} for update skip locked`,
    [now],
  );
  let facts = 0;
  for (const period of due) {
    const notice = await tx.findOneByOrFail(Notice, { id: period.notice_id });
    const isFact = await isStillAFact(tx, notice, period);
    await tx.query(`update order_period set ${isFact ? 'ended_at' : 'closed_at'} = $2 where id = $1`, [
      period.id,
      period.ends_at,
    ]);
    if (isFact) facts += 1;
    if (isFact) await say(tx, notice, period);
  }
  return { periods: due.length, facts };
}

/** A pending review keeps an order from becoming final; one that fell never does. */
async function isStillAFact(tx: Tx, notice: Notice, { kind }: Due): Promise<boolean> {
  const isVoid = notice.state === 'withdrawn' || notice.state === 'annulled';
  if (OF_A_STANDING_ORDER.includes(kind) && isVoid) return false;
  if (kind !== 'redress') return true;
  const pending = await tx.query<unknown[]>(
    `select 1 from review_proceeding where notice_id = $1 and outcome = 'pending' limit 1`,
    [notice.id],
  );
  return pending.length === 0;
}

async function say(tx: Tx, notice: Notice, { kind, subject_id, ends_at: at }: Due): Promise<void> {
  if (kind === 'redress') {
    const [, changed] = await tx.query<[unknown[], number]>(
      `update removal_order set final_at = $2 where notice_id = $1 and final_at is null`,
      [notice.id, at],
    );
    if (changed === 0) return;
  }
  const dims = { period: kind, endedAt: at.toISOString(), ...(subject_id ? { subject: subject_id } : {}) };
  const entry = entryOf(notice, { kind: ENTRY_OF_PERIOD[kind], actor: 'service', at, dims });
  const home = kind === 'redress' ? await homeAuthorityOf(tx, notice.recipientId) : null;
  await append(tx, { ...entry, audience: [...entry.audience, ...(home ? [home] : [])] });
}

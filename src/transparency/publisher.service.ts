import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { closedMonths, closesAt, periodOfMonth } from '../domain/closed-month';
import { publicFigures } from '../domain/public-figures';
import { ClockSource } from '../infra/clock-source';
import { CONFIG, type Config } from '../infra/config';
import { Work, type Tx } from '../infra/database/work';
import { log } from '../infra/log';
import { Periodic } from '../infra/periodic';
import { summariseLedger } from './transparency.service';

const EVERY_MS = 10 * 60 * 1000;

/** Publishes each month once it has closed. Any number of workers may try: the first one's row stands. */
@Injectable()
export class Publisher implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly turns = new Periodic({
    everyMs: EVERY_MS,
    turn: () => this.publish(),
    failed: (error) => log.error({ event: 'figures.not-published', err: error }),
  });

  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.worker) this.turns.start(0);
  }

  onModuleDestroy(): Promise<void> {
    return this.turns.stop();
  }

  /** Publishes what has closed and is not published; returns the months. */
  async publish(): Promise<string[]> {
    const now = this.clock.now();
    const missing = await this.work.asWorker((tx) => unpublished(tx, now));
    for (const month of missing) await this.work.asWorker((tx) => publishMonth(tx, month, now));
    return missing;
  }
}

async function unpublished(tx: Tx, now: Date): Promise<string[]> {
  const [first] = await tx.query<{ at: Date | null }[]>(
    `select min(at) as at from ledger_entry where kind like 'notice.%'`,
  );
  if (!first?.at) return [];
  const published = await tx.query<{ month: string }[]>('select month from published_month');
  const done = new Set(published.map(({ month }) => month));
  return closedMonths(first.at, now).filter((month) => !done.has(month));
}

async function publishMonth(tx: Tx, month: string, now: Date): Promise<void> {
  await tx.query('set transaction isolation level repeatable read');
  const [tree] = await tx.query<{ size: string }[]>('select coalesce(max(seq) + 1, 0) as size from ledger_leaf');
  const { referrals } = await summariseLedger(tx, periodOfMonth(month), closesAt(month));
  await tx.query(
    'insert into published_month (month, figures, tree_size, published_at) values ($1, $2, $3, $4) on conflict do nothing',
    [month, publicFigures(referrals), tree?.size ?? 0, now],
  );
  log.info({ event: 'figures.published', month });
}

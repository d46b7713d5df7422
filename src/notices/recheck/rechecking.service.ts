import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ClockSource } from '../../infra/clock-source';
import { CONFIG, type Config } from '../../infra/config';
import { Work, type Tx } from '../../infra/database/work';
import { addJob } from '../../infra/jobs/jobs';
import { log } from '../../infra/log';
import { Periodic } from '../../infra/periodic';
import { planProbes } from './planning';
import { STALE_AFTER_MS } from './schedule';

export const PROBE_TASK = 'probe';

const EVERY_MS = 500;
/** Of one transaction. */
const BATCH = 100;
/** Looks at a time in the whole installation: deliveries must not wait behind five hundred slow pages. */
const QUEUES = 6;

/** Plans looks behind the ledger and asks for those that are due, by the service's clock. Any number of workers may tick. */
@Injectable()
export class Rechecking implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly turns = new Periodic({
    everyMs: EVERY_MS,
    turn: () => this.once(this.clock.now()),
    failed: (error, again) => {
      if (!again) log.warn({ event: 'recheck.delayed', reason: error instanceof Error ? error.name : 'unknown' });
    },
  });

  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** Where no vantage point is named, nobody looks and nothing is planned. */
  onApplicationBootstrap(): void {
    if (this.config.worker && this.config.probeVantages.length > 0) this.turns.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.turns.stop();
  }

  /** Everything that `now` has reached. */
  async once(now: Date): Promise<void> {
    while (await this.work.asWorker((tx) => planProbes(tx, now)));
    while ((await this.work.asWorker((tx) => askForDue(tx, now))) === BATCH);
  }
}

async function askForDue(tx: Tx, now: Date): Promise<number> {
  await tx.query(`update probe set state = 'dropped' where state = 'due' and due_at < $1`, [
    new Date(now.getTime() - STALE_AFTER_MS),
  ]);
  const [due] = await tx.query<[{ id: string }[], number]>(
    `update probe set state = 'calling' where id in (
       select id from probe where state = 'due' and due_at <= $1 order by due_at limit ${BATCH} for update skip locked) returning id`,
    [now],
  );
  for (const [i, { id }] of due.entries())
    await addJob(tx, PROBE_TASK, { probeId: id }, { key: `probe:${id}`, queue: `probe:${i % QUEUES}` });
  return due.length;
}

import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ClockSource } from '../../../infra/clock-source';
import { CONFIG, type Config } from '../../../infra/config';
import { Work } from '../../../infra/database/work';
import { log } from '../../../infra/log';
import { Periodic } from '../../../infra/periodic';
import { addSync } from './job';

const EVERY_MS = 2_000;
/** Of one tick; a job each. */
const AT_ONCE = 50;

/**
 * Asks for the reading of every source whose time has come, by the service's clock. A tick and not a chain of jobs: where a job
 * is lost, the source is due again after its interval. Any number of workers may tick.
 */
@Injectable()
export class SourcesDue implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly turns = new Periodic({
    everyMs: EVERY_MS,
    turn: () => this.run(this.clock.now()),
    failed: (error) => log.warn({ event: 'exchange.tick-delayed', err: error }),
  });

  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.worker) this.turns.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.turns.stop();
  }

  /** How many were due at `now`. */
  async run(now: Date): Promise<number> {
    return this.work.asWorker(async (tx) => {
      const [due] = await tx.query<[{ id: string; organisation_id: string }[], number]>(
        `update exchange_source s set next_run_at = $1::timestamptz + s.interval_s * interval '1 second'
         where s.id in (select id from exchange_source where next_run_at <= $1 and state in ('active', 'failing')
           order by next_run_at limit ${AT_ONCE} for update skip locked) returning s.id, s.organisation_id`,
        [now],
      );
      for (const { id, organisation_id } of due) await addSync(tx, organisation_id, id);
      return due.length;
    });
  }
}

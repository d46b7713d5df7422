import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from './infra/config';
import { Work } from './infra/database/work';
import { log } from './infra/log';
import { Periodic } from './infra/periodic';
import { Sequencer } from './ledger/sequencer';

const HOURLY_MS = 60 * 60 * 1000;

/**
 * Starts what a worker runs in the background. The sequencer stops last, after the HTTP server has answered what it had
 * begun: those answers wait for their place in the ledger.
 */
@Injectable()
export class Background implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly forgetting = new Periodic({
    everyMs: HOURLY_MS,
    turn: () => this.forgetOldKeys(),
    failed: (error) => log.warn({ event: 'idempotency.not-forgotten', err: error }),
  });

  constructor(
    private readonly sequencer: Sequencer,
    private readonly work: Work,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.sequencer.check();
    if (!this.config.worker) return;
    await this.sequencer.start();
    this.forgetting.start();
  }

  /** Idempotency keys are kept for 24 hours, which the interface promises. */
  async forgetOldKeys(): Promise<void> {
    await this.work.asWorker((tx) =>
      tx.query(`delete from idempotency_key where created_at < now() - interval '24 hours'`),
    );
  }

  async onApplicationShutdown(): Promise<void> {
    await this.forgetting.stop();
    await this.sequencer.stop();
  }
}

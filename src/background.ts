import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from './infra/config';
import { Work } from './infra/database/work';
import { log } from './infra/log';
import { Sequencer } from './ledger/sequencer';

const HOURLY_MS = 60 * 60 * 1000;

/**
 * Starts what a worker runs in the background. The sequencer stops last, after the HTTP server has answered what it had
 * begun: those answers wait for their place in the ledger.
 */
@Injectable()
export class Background implements OnApplicationBootstrap, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly sequencer: Sequencer,
    private readonly work: Work,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.sequencer.check();
    if (!this.config.worker) return;
    await this.sequencer.start();
    this.timer = setInterval(() => void this.forgetOldKeys(), HOURLY_MS);
    this.timer.unref();
  }

  /** Idempotency keys are kept for 24 hours, which the interface promises. */
  async forgetOldKeys(): Promise<void> {
    try {
      await this.work.asWorker((tx) =>
        tx.query(`delete from idempotency_key where created_at < now() - interval '24 hours'`),
      );
    } catch (error) {
      log.warn({ event: 'idempotency.not-forgotten', err: error });
    }
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.sequencer.stop();
  }
}

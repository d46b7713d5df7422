import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CONFIG, type Config } from './infra/config';
import { Sequencer } from './ledger/sequencer';

/**
 * Starts what a worker runs in the background. The sequencer stops last, after the HTTP server has answered what it had
 * begun: those answers wait for their place in the ledger.
 */
@Injectable()
export class Background implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(
    private readonly sequencer: Sequencer,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.worker) await this.sequencer.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.sequencer.stop();
  }
}

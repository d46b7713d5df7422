import { Inject, Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { ClockSource } from '../infra/clock-source';
import { CONFIG, type Config } from '../infra/config';
import { log } from '../infra/log';
import { Ticker } from './ticker';

const TICK_MS = 200;
const BEAT_EVERY = 5;
const FREE_EVERY = 10;

/** Ticks for as long as this process works. A tick that fails (the database is away) is told once and tried again. */
@Injectable()
export class Ticking implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> = Promise.resolve();
  private isStopped = false;
  private hasFailed = false;
  private count = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: ClockSource,
    private readonly ticker: Ticker,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.worker) this.next(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.current;
  }

  private next(delayMs: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      this.current = this.once().finally(() => this.next(TICK_MS));
    }, delayMs);
  }

  private async once(): Promise<void> {
    try {
      // The beat first: what the outage overtook is then told after the outage.
      if (this.count % BEAT_EVERY === 0) await this.ticker.beat(this.clock.now());
      if (this.count % FREE_EVERY === 0) await this.ticker.freeDeadNodes();
      this.count += 1;
      await this.ticker.tick(this.clock.now());
      this.hasFailed = false;
    } catch (error) {
      if (!this.hasFailed) log.error({ event: 'ticker.failed', code: codeOf(error) });
      this.hasFailed = true;
    }
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : error instanceof Error ? error.name : undefined;

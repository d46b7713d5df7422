import { Inject, Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { ClockSource } from '../infra/clock-source';
import { CONFIG, type Config } from '../infra/config';
import { log } from '../infra/log';
import { Ticker } from './ticker';

const TICK_MS = 200;
const BEAT_MS = 1_000;
const FREE_MS = 2_000;

/** Ticks for as long as this process works. A tick that fails (the database is away) is told once and tried again. */
@Injectable()
export class Ticking implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> = Promise.resolve();
  private isStopped = false;
  private hasFailed = false;
  private lastBeat = -Infinity;
  private lastFree = -Infinity;

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
      this.current = this.once().then((isBehind) => this.next(isBehind ? 0 : TICK_MS));
    }, delayMs);
  }

  /** One batch at a time, so that a long catching up does not keep the heart from beating. Says whether more is due. */
  private async once(): Promise<boolean> {
    try {
      // The beat first: what the outage overtook is then told after the outage.
      const monotonic = performance.now();
      if (monotonic - this.lastBeat >= BEAT_MS) {
        await this.ticker.beat(this.clock.now());
        this.lastBeat = monotonic;
      }
      if (monotonic - this.lastFree >= FREE_MS) {
        await this.ticker.freeDeadNodes();
        this.lastFree = monotonic;
      }
      const { isBehind } = await this.ticker.tickBatch(this.clock.now());
      this.hasFailed = false;
      return isBehind;
    } catch (error) {
      if (!this.hasFailed) log.error({ event: 'ticker.failed', code: codeOf(error) });
      this.hasFailed = true;
      return false;
    }
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : error instanceof Error ? error.name : undefined;

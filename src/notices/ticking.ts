import { Inject, Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { ClockSource } from '../infra/clock-source';
import { CONFIG, type Config } from '../infra/config';
import { log } from '../infra/log';
import { Periodic } from '../infra/periodic';
import { Departing } from './departing';
import { Ticker } from './ticker';

const TICK_MS = 200;
const BEAT_MS = 1_000;
const FREE_MS = 2_000;

/** Ticks for as long as this process works. A tick that fails (the database is away) is told once and tried again. */
@Injectable()
export class Ticking implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly ticks = new Periodic({
    everyMs: () => (this.isBehind ? 0 : TICK_MS),
    turn: () => this.once(),
    failed: (error, again) => {
      if (!again) log.error({ event: 'ticker.failed', code: codeOf(error) });
    },
  });
  private isBehind = false;
  private lastBeat = -Infinity;
  private lastFree = -Infinity;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: ClockSource,
    private readonly ticker: Ticker,
    private readonly departing: Departing,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.worker) this.ticks.start(0);
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.ticks.stop();
  }

  /** One batch at a time, so that a long catching up does not keep the heart from beating. */
  private async once(): Promise<void> {
    this.isBehind = false;
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
    await this.departing.departDue(this.clock.now());
    const { isBehind } = await this.ticker.tickBatch(this.clock.now());
    this.isBehind = isBehind;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : error instanceof Error ? error.name : undefined;

import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ClockSource } from '../../infra/clock-source';
import { CONFIG, type Config } from '../../infra/config';
import { log } from '../../infra/log';
import { Periodic } from '../../infra/periodic';
import { Escalating } from './escalating.service';
import { Pings } from './pings.service';

const ESCALATE_EVERY_MS = 1_000;
const PING_EVERY_MS = 10 * 60_000;

/** Escalates and tests contact points for as long as this process works. The marks of clocks have a ticker of their own. */
@Injectable()
export class DutyTicking implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private isBehind = false;
  private readonly escalating = new Periodic({
    everyMs: () => (this.isBehind ? 0 : ESCALATE_EVERY_MS),
    turn: () => this.escalate(),
    failed: (error) => log.error({ event: 'escalation.not-looked', err: error }),
  });
  private readonly asking = new Periodic({
    everyMs: PING_EVERY_MS,
    turn: () => this.pings.askDue(this.clock.now()),
    failed: (error) => log.error({ event: 'contact-ping.not-asked', err: error }),
  });

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: ClockSource,
    private readonly steps: Escalating,
    private readonly pings: Pings,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.config.worker) return;
    this.escalating.start();
    this.asking.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.escalating.stop(), this.asking.stop()]);
  }

  private async escalate(): Promise<void> {
    const now = this.clock.now();
    await this.pings.endDue(now);
    ({ isBehind: this.isBehind } = await this.steps.escalateDue(now));
  }
}

import { Injectable } from '@nestjs/common';
import { ClockSource } from '../../../infra/clock-source';
import { Work } from '../../../infra/database/work';
import type { Subscriber } from '../credentials/credential';
import { exportableLists, openScope, recordScopeChange, scopeChange, servedLists } from './scope';

/** Keeps what each subscriber is served in step with what its organisation may read. */
@Injectable()
export class ExchangeScopes {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
  ) {}

  /** The lists that this subscriber is served from now on. A change since its last request is written down first. */
  async listsOf(subscriber: Subscriber): Promise<string[]> {
    const { now, served } = await this.work.read(subscriber.actor, async (tx) => ({
      now: await exportableLists(tx, subscriber.wanted),
      served: await servedLists(tx, subscriber.id),
    }));
    return served.size > 0 && scopeChange(served, now) === null ? now : this.follow(subscriber);
  }

  private follow(subscriber: Subscriber): Promise<string[]> {
    const at = this.clock.now();
    return this.work.aside(subscriber.actor, async (tx) => {
      // Two requests of one subscriber at once would both find the change.
      await tx.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`exchange:${subscriber.id}`]);
      const now = await exportableLists(tx, subscriber.wanted);
      const served = await servedLists(tx, subscriber.id);
      if (served.size === 0) {
        await openScope(tx, subscriber, now, at);
        return now;
      }
      const change = scopeChange(served, now);
      if (change) await recordScopeChange(tx, subscriber, change, at);
      return now;
    });
  }
}

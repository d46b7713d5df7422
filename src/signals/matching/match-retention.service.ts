import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { ClockSource } from '../../infra/clock-source';
import { CONFIG, type Config } from '../../infra/config';
import { Work } from '../../infra/database/work';
import { log } from '../../infra/log';
import { Periodic } from '../../infra/periodic';
import { NOBODY } from './query-budget.service';

const HOURLY_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOURLY_MS;
/** Matches of look-ups serve a policy's dry run and feedback. Those of exhibits stay with the exhibit. */
const KEEP_DAYS = 30;
const ROWS_AT_ONCE = 10_000;

/** Deletes matches of look-ups after 30 days, and after its day what a single person asked. Any worker; twice changes nothing. */
@Injectable()
export class MatchRetention implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly turns = new Periodic({
    everyMs: HOURLY_MS,
    turn: () => this.forget(),
    failed: (error) => log.warn({ event: 'signal-matches.not-forgotten', reason: String(error) }),
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

  async forget(): Promise<void> {
    const now = this.clock.now().getTime();
    while ((await this.forgetMatches(new Date(now - KEEP_DAYS * DAY_MS))) === ROWS_AT_ONCE);
    await this.foldPersons(new Date(now - DAY_MS).toISOString().slice(0, 10));
  }

  private async forgetMatches(before: Date): Promise<number> {
    const [, deleted] = await this.work.asWorker((tx) =>
      tx.query<[unknown[], number]>(
        `delete from signal_match where id in (select id from signal_match where source <> 'exhibit' and found_at < $1 limit $2)`,
        [before, ROWS_AT_ONCE],
      ),
    );
    return deleted;
  }

  /** A person's count becomes the organisation's. Not on the day after, when a node may still write what it counted. */
  private foldPersons(before: string): Promise<void> {
    return this.work.asWorker(async (tx) => {
      await tx.query(
        `with gone as (delete from signal_query_count where day < $1 and person_id <> $2 returning organisation_id, day, asked, matched)
         insert into signal_query_count as c (organisation_id, person_id, day, asked, matched)
           select organisation_id, $2, day, sum(asked), sum(matched) from gone group by organisation_id, day
         on conflict (organisation_id, person_id, day)
           do update set asked = c.asked + excluded.asked, matched = c.matched + excluded.matched`,
        [before, NOBODY],
      );
    });
  }
}

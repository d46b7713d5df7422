import { Injectable, OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Work } from '../infra/database/work';
import { log } from '../infra/log';
import { treeSize } from './feed.query';

const POLL_MS = 25;
const LONGEST_PAUSE_MS = 1000;

interface Watcher {
  readonly organisationId: string;
  readonly after: number;
  readonly wake: () => void;
}

/**
 * Tells waiting streams when there is something for their organisation. One poller for the process looks at the size of
 * the tree, and only when it has grown asks, in one statement for all, whose it is.
 */
@Injectable()
export class FeedWatch implements OnModuleDestroy {
  private readonly watchers = new Set<Watcher>();
  private readonly ending = new AbortController();
  private polling: Promise<void> | null = null;
  private seen = -1;
  /** Somebody came who has not been asked for at the size seen last. */
  private someoneNew = false;

  constructor(private readonly work: Work) {}

  /** Aborted when the process shuts down: streams end then. */
  get ended(): AbortSignal {
    return this.ending.signal;
  }

  onModuleDestroy(): void {
    this.ending.abort();
  }

  /** Resolves when the organisation has entries after this number, or when `until` is aborted. */
  async next(organisationId: string, after: number, until: AbortSignal): Promise<void> {
    if (until.aborted) return;
    await new Promise<void>((resolve) => {
      const watcher: Watcher = { organisationId, after, wake: done };
      const watchers = this.watchers;
      function done(): void {
        watchers.delete(watcher);
        until.removeEventListener('abort', done);
        resolve();
      }
      watchers.add(watcher);
      until.addEventListener('abort', done);
      this.someoneNew = true;
      this.polling ??= this.poll().finally(() => {
        this.polling = null;
      });
    });
  }

  private async poll(): Promise<void> {
    let pauseMs = POLL_MS;
    while (this.watchers.size > 0) {
      try {
        await this.look();
        pauseMs = POLL_MS;
      } catch (error) {
        this.someoneNew = true;
        if (pauseMs === POLL_MS) log.warn({ event: 'feed.watch-failed', reason: String(error) });
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
      await sleep(pauseMs);
    }
  }

  private async look(): Promise<void> {
    const waiting = [...this.watchers];
    const askAnyway = this.someoneNew;
    this.someoneNew = false;
    this.seen = await this.work.asWorker(async (tx) => {
      const size = await treeSize(tx);
      if (size === this.seen && !askAnyway) return size;
      const rows: { place: string }[] = await tx.query(
        `select w.place from unnest($1::uuid[], $2::bigint[]) with ordinality as w (organisation, after, place)
         where exists (select from ledger_audience a where a.organisation_id = w.organisation and a.seq > w.after)`,
        [waiting.map(({ organisationId }) => organisationId), waiting.map(({ after }) => after)],
      );
      for (const { place } of rows) waiting[Number(place) - 1]?.wake();
      return size;
    });
  }
}

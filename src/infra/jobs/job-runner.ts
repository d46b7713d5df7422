import { EventEmitter } from 'node:events';
import { Inject, Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Logger, run, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker';
import { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config';
import { WORKER_SOURCE } from '../database/work';
import { log } from '../log';
import { JobRegistry, type JobHandler, type JobPayload } from './jobs';

/** Jobs at once on one node. A delivery is nearly all waiting; the local queue polls once for all of them. */
const CONCURRENCY = 16;
/** A retry begins at most this late; a new job is announced and begins within milliseconds (4 ms p50 measured). */
const POLL_INTERVAL_MS = 200;
/** On a stop: how long a call under way may go on. Deliveries end within their own timeout of 10 s. */
const DRAIN_MS = 5_000;
/**
 * Without batches graphile-worker records the end of a job in a promise that nobody awaits: when the database is away, or the
 * pool closes, its rejection ends the process. With them a failure ends the runner, which begins again, and a stop waits.
 */
export const RECORD_IN_BATCHES = { completeJobBatchDelay: 0, failJobBatchDelay: 0 } as const;
const BEGIN_AGAIN_MS = 1_000;

/** graphile-worker's own messages. Those of info are one line a job: kept for debugging. */
const quiet = new Logger(() => (level, message) => {
  if (level === 'error') log.error({ event: 'jobs.message' }, message);
  else log.debug({ event: 'jobs.message' }, message);
});

/** Runs graphile-worker as the worker role where this process works. */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private runner: Runner | undefined;
  private pool: Pool | undefined;
  private id: string | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @InjectDataSource(WORKER_SOURCE) private readonly source: DataSource,
    private readonly registry: JobRegistry,
  ) {}

  /** By which name this node's jobs are locked; undefined while it runs none. */
  get poolId(): string | undefined {
    return this.id;
  }

  async onApplicationBootstrap(): Promise<void> {
    if (this.config.worker) await this.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  async start(): Promise<void> {
    if (this.registry.all().size === 0 || this.pool) return;
    const { options } = this.source;
    if (options.type !== 'postgres' || !options.url) throw new Error('the worker role needs a connection string');
    this.pool = openPool(options.url);
    await this.begin(this.pool);
  }

  private async begin(pool: Pool): Promise<void> {
    const taskList: TaskList = {};
    for (const [task, handler] of this.registry.all()) taskList[task] = taskOf(task, handler);
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:create', ({ workerPool }) => (this.id = workerPool.id));
    const runner = await run({
      pgPool: pool,
      taskList,
      parsedCronItems: [],
      noHandleSignals: true,
      logger: quiet,
      events,
      preset: {
        worker: {
          concurrentJobs: CONCURRENCY,
          pollInterval: POLL_INTERVAL_MS,
          localQueue: { size: CONCURRENCY },
          gracefulShutdownAbortTimeout: DRAIN_MS,
          ...RECORD_IN_BATCHES,
        },
      },
    });
    this.runner = runner;
    const beginAgain = (error?: unknown): void => this.beginAgain(runner, error);
    runner.promise.then(beginAgain, beginAgain);
  }

  /** graphile-worker gives up when the database is away for long. We do not: it is tried until it is back. */
  private beginAgain(ended: Runner | undefined, error: unknown): void {
    const { pool } = this;
    if (!pool || this.runner !== ended) return;
    log.error({ event: 'jobs.stopped', err: nameOf(error) });
    this.runner = undefined;
    this.id = undefined;
    setTimeout(() => {
      if (this.pool === pool) this.begin(pool).catch((again: unknown) => this.beginAgain(undefined, again));
    }, BEGIN_AGAIN_MS).unref();
  }

  /** Lets what is under way end, gives back what was fetched, closes the connections. */
  async stop(): Promise<void> {
    const { runner, pool } = this;
    this.runner = undefined;
    this.pool = undefined;
    this.id = undefined;
    try {
      await runner?.stop();
    } catch (error) {
      // What could not be given back is freed by the heartbeat of another node, or of this one when it comes back.
      log.error({ event: 'jobs.stopped-uncleanly', err: nameOf(error) });
    } finally {
      await pool?.end();
    }
  }
}

function openPool(connectionString: string): Pool {
  const pool = new Pool({
    connectionString,
    max: 6,
    application_name: 'clepsydra-jobs',
    connectionTimeoutMillis: 10_000,
  });
  const onError = (error: unknown): void => log.warn({ event: 'jobs.connection-lost', err: nameOf(error) });
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}

function taskOf(task: string, handler: JobHandler): TaskList[string] {
  return async (payload, { abortSignal }) => {
    try {
      await handler(idsIn(payload), abortSignal);
    } catch (error) {
      log.error({ event: 'job.failed', task, err: nameOf(error) });
      throw error;
    }
  };
}

/** The payload as `addJob` wrote it. */
function idsIn(payload: unknown): JobPayload {
  if (typeof payload !== 'object' || payload === null) return {};
  return Object.fromEntries(Object.entries(payload).map(([name, id]) => [name, String(id)]));
}

/** What failed, without the values: a message of the database may quote them. */
function nameOf(error: unknown): Record<string, unknown> {
  const { name, code, stack } = (error ?? {}) as { name?: string; code?: string; stack?: string };
  return { name, code, at: stack?.split('\n').slice(1, 4) };
}

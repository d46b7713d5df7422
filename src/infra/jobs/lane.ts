import { EventEmitter } from 'node:events';
import { Logger, run, type Runner, type TaskList, type WorkerEvents } from 'graphile-worker';
import type { Pool } from 'pg';
import { log } from '../log';
import type { JobHandler, JobPayload, Pace } from './jobs';

interface Size {
  /** Jobs at once on one node. */
  readonly atOnce: number;
  /** Jobs fetched at once. What is fetched and has no worker yet is out of reach of other nodes. */
  readonly fetched: number;
}

/**
 * A delivery is nearly all waiting, and the local queue polls once for all of them. What is patient waits for others, up to
 * minutes, and is fetched two at a time, so that no idle node stands by. Media have one lane for videos and two for documents
 * on a node: a fourth job is ready when one of them is free.
 */
const SIZES: Readonly<Record<Pace, Size>> = {
  urgent: { atOnce: 16, fetched: 16 },
  patient: { atOnce: 16, fetched: 2 },
  heavy: { atOnce: 4, fetched: 1 },
};

/** A retry begins at most this late; a new job is announced and begins within milliseconds (4 ms p50 measured). */
const POLL_INTERVAL_MS: Readonly<Record<Pace, number>> = { urgent: 200, patient: 500, heavy: 1_000 };
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

/** The workers of one pace on this node. */
export class Lane {
  private runner: Runner | undefined;
  private id: string | undefined;
  private isWanted = false;

  constructor(
    private readonly pace: Pace,
    private readonly tasks: ReadonlyMap<string, JobHandler>,
    private readonly pool: Pool,
  ) {}

  /** By which name its jobs are locked; undefined while it runs none. */
  get poolId(): string | undefined {
    return this.id;
  }

  async start(): Promise<void> {
    this.isWanted = true;
    if (this.tasks.size > 0) await this.begin();
  }

  private async begin(): Promise<void> {
    const taskList: TaskList = {};
    for (const [task, handler] of this.tasks) taskList[task] = taskOf(task, handler);
    const events: WorkerEvents = new EventEmitter();
    events.on('pool:create', ({ workerPool }) => (this.id = workerPool.id));
    const { atOnce, fetched } = SIZES[this.pace];
    const runner = await run({
      pgPool: this.pool,
      taskList,
      parsedCronItems: [],
      noHandleSignals: true,
      logger: quiet,
      events,
      preset: {
        worker: {
          concurrentJobs: atOnce,
          pollInterval: POLL_INTERVAL_MS[this.pace],
          localQueue: { size: fetched },
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
    if (!this.isWanted || this.runner !== ended) return;
    log.error({ event: 'jobs.stopped', pace: this.pace, err: nameOf(error) });
    this.runner = undefined;
    this.id = undefined;
    setTimeout(() => {
      if (this.isWanted) this.begin().catch((again: unknown) => this.beginAgain(undefined, again));
    }, BEGIN_AGAIN_MS).unref();
  }

  /** Lets what is under way end, gives back what was fetched. */
  async stop(): Promise<void> {
    const { runner } = this;
    this.isWanted = false;
    this.runner = undefined;
    this.id = undefined;
    try {
      await runner?.stop();
    } catch (error) {
      // What could not be given back is freed by the heartbeat of another node, or of this one when it comes back.
      log.error({ event: 'jobs.stopped-uncleanly', pace: this.pace, err: nameOf(error) });
    }
  }
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
export function nameOf(error: unknown): Record<string, unknown> {
  const { name, code, stack } = (error ?? {}) as { name?: string; code?: string; stack?: string };
  return { name, code, at: stack?.split('\n').slice(1, 4) };
}

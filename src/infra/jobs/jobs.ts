import { Injectable } from '@nestjs/common';
import type { Tx } from '../database/work';

export interface JobOptions {
  /** A job of the same key that has not begun is replaced; one under way goes on and the new one runs after it. */
  readonly key?: string;
  /** By the database's clock. */
  readonly runAt?: Date;
  /** Jobs of one queue run one after another. */
  readonly queue?: string;
  /** How often graphile-worker runs a job that throws. Default 25, with exponential delays. */
  readonly maxAttempts?: number;
}

/** Payloads carry ids only: what a job does is read from the database when it runs. */
export type JobPayload = Readonly<Record<string, string>>;

/** Adds a job that begins when this transaction has been committed, and vanishes with it when it is rolled back. */
export async function addJob(tx: Tx, task: string, payload: JobPayload, options: JobOptions = {}): Promise<void> {
  await tx.query(`select add_job($1, $2, $3, $4, $5, $6)`, [
    task,
    JSON.stringify(payload),
    options.key ?? null,
    options.runAt ?? null,
    options.queue ?? null,
    options.maxAttempts ?? null,
  ]);
}

/** Adds a job that begins `delayMs` from now by the database's clock, which is the one that graphile-worker compares with. */
export async function addJobIn(
  tx: Tx,
  delayMs: number,
  task: string,
  payload: JobPayload,
  { key, queue }: Pick<JobOptions, 'key' | 'queue'>,
): Promise<void> {
  await tx.query(`select add_job($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond', $5, null)`, [
    task,
    JSON.stringify(payload),
    key ?? null,
    delayMs,
    queue ?? null,
  ]);
}

export type JobHandler = (payload: JobPayload, signal: AbortSignal) => Promise<void>;

/** Which feature does which task. Features register while their module is built, before the runner starts. */
@Injectable()
export class JobRegistry {
  private readonly handlers = new Map<string, JobHandler>();

  register(task: string, handler: JobHandler): void {
    if (this.handlers.has(task)) throw new Error(`two features do the task ${task}`);
    this.handlers.set(task, handler);
  }

  all(): ReadonlyMap<string, JobHandler> {
    return this.handlers;
  }
}

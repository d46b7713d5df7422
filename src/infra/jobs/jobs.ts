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

/**
 * How long a task may take by its nature, which says whom it may wait for. Each pace has workers of its own on every node, so
 * that nothing waits for what is slower.
 * - `urgent`: a notice or the word of one leaves the house. Seconds, and bounded by a timeout of its own.
 * - `patient`: others are read: sources, pages, addresses. Minutes, and as slow as the other side likes.
 * - `heavy`: media are taken apart. It waits for a processor.
 */
export const PACES = ['urgent', 'patient', 'heavy'] as const;
export type Pace = (typeof PACES)[number];

/** Of what may take long, so much of one organisation at a time on all nodes together; the rest is for others. */
const SLOTS_OF_ONE = 2;

/**
 * The queue of one of an organisation's slots for a task: what is in one runs one after another.
 * @param id which job it is, a UUID; the same always takes the same slot
 */
export function slotOf(task: string, organisationId: string, id: string): string {
  const slot = Number.parseInt(id.slice(-4), 16) % SLOTS_OF_ONE;
  return `${task}:${organisationId}:${slot}`;
}

/** Which feature does which task, and at what pace. Features register while their module is built, before the runner starts. */
@Injectable()
export class JobRegistry {
  private readonly handlers = new Map<string, JobHandler>();
  private readonly paces = new Map<string, Pace>();

  /** @param options.pace patient unless told: nobody is in the way of a notice by having forgotten to say so */
  register(task: string, handler: JobHandler, { pace = 'patient' }: { readonly pace?: Pace } = {}): void {
    if (this.handlers.has(task)) throw new Error(`two features do the task ${task}`);
    this.handlers.set(task, handler);
    this.paces.set(task, pace);
  }

  all(): ReadonlyMap<string, JobHandler> {
    return this.handlers;
  }

  /** The tasks of one pace. */
  of(pace: Pace): ReadonlyMap<string, JobHandler> {
    return new Map([...this.handlers].filter(([task]) => this.paces.get(task) === pace));
  }

  /** Every task with its pace. */
  pacesOf(): ReadonlyMap<string, Pace> {
    return this.paces;
  }
}

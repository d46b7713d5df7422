import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../config';
import { WORKER_SOURCE } from '../database/work';
import { log } from '../log';
import { POOLS_APART } from './heartbeat';
import { JobRegistry, PACES } from './jobs';
import { Lane, nameOf } from './lane';

export { RECORD_IN_BATCHES } from './lane';

/** Fetching and recording alone, each a statement: no job has one while it runs. Each lane listens on one of its own. */
const CONNECTIONS = 5 + PACES.length;

/**
 * Runs graphile-worker as the worker role where this process works: for each pace workers of its own, so that a notice waits
 * neither for a source that answers in a minute nor for the frames of a film.
 */
@Injectable()
export class JobRunner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private lanes: readonly Lane[] = [];
  private pool: Pool | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @InjectDataSource(WORKER_SOURCE) private readonly source: DataSource,
    private readonly registry: JobRegistry,
  ) {}

  /** By which names this node's jobs are locked, as the heartbeat keeps them; undefined while it runs none. */
  get poolId(): string | undefined {
    const ids = this.lanes.flatMap(({ poolId }) => poolId ?? []);
    return ids.length > 0 ? ids.join(POOLS_APART) : undefined;
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
    const pool = openPool(options.url);
    this.pool = pool;
    this.lanes = PACES.map((pace) => new Lane(pace, this.registry.of(pace), pool));
    await Promise.all(this.lanes.map((lane) => lane.start()));
  }

  /** Lets what is under way end, gives back what was fetched, closes the connections. */
  async stop(): Promise<void> {
    const { lanes, pool } = this;
    this.lanes = [];
    this.pool = undefined;
    await Promise.all(lanes.map((lane) => lane.stop()));
    await pool?.end();
  }
}

function openPool(connectionString: string): Pool {
  const pool = new Pool({
    connectionString,
    max: CONNECTIONS,
    application_name: 'clepsydra-jobs',
    connectionTimeoutMillis: 10_000,
  });
  const onError = (error: unknown): void => log.warn({ event: 'jobs.connection-lost', err: nameOf(error) });
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError));
  return pool;
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import { randomPassword, readOrCreateSecret } from '../secrets';
import { findBinaries } from './binaries';
import { checkCluster, clusterExists, createCluster, SUPERUSER } from './cluster';
import { takeInstanceLock } from './instance-lock';
import { makeFolder } from './folder';
import { findRunning, hasEnded, spawnPostmaster, stopPostmaster, type Postmaster } from './postmaster';
import { chooseRunner, type RunMode } from './run-mode';
import { AlreadyRunningError, codeOf, StartError } from './start-error';

export interface EmbeddedOptions {
  readonly dataDirectory: string;
  readonly secretsDirectory: string;
  /** Default true. False for tests only: no fsync, so that a power cut loses the cluster. */
  readonly durable?: boolean;
  /**
   * For a command beside a running service: uses its server and leaves it running. Without one it starts the server, takes
   * the data folder like the service, and `stop` stops it.
   */
  readonly shared?: boolean;
  /** How to run as root on a new data folder; found out when absent. */
  readonly runAs?: RunMode;
}

export interface Embedded {
  /** Connection of the superuser to the maintenance database. */
  readonly superuser: ClientConfig;
  /** True when the server of an earlier process was still running. */
  readonly adopted: boolean;
  /** True when the cluster was made just now. */
  readonly fresh: boolean;
  /** Resolves if the server ends without `stop`. */
  readonly lost: Promise<void>;
  /** Stops the server (fast) and gives the data folder back. Safe to call twice. */
  stop(): Promise<void>;
}

const PASSWORD = 'postgres-superuser';
const WATCH_MS = 500;

function superuserOf(postmaster: Postmaster, options: EmbeddedOptions, fresh: boolean): ClientConfig {
  const password = passwordFor(options, fresh);
  return { ...postmaster.address, user: SUPERUSER, password, database: 'postgres' };
}

function passwordFor({ dataDirectory, secretsDirectory }: EmbeddedOptions, fresh: boolean): string {
  if (!fresh && !existsSync(join(secretsDirectory, PASSWORD))) {
    throw new StartError(`The secrets of the database in ${dataDirectory} are missing: put ${secretsDirectory} back.`);
  }
  return readOrCreateSecret(secretsDirectory, PASSWORD, () => Buffer.from(randomPassword())).toString('utf8');
}

async function checkPassword(superuser: ClientConfig, secretsDirectory: string): Promise<void> {
  const client = new Client(superuser);
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    if (codeOf(error) !== '28P01') throw error;
    throw new StartError(`The secrets in ${secretsDirectory} are not those of this database: put the right ones back.`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** A command beside the running service. A service that is just starting gets ten seconds to be ready. */
async function attach(options: EmbeddedOptions, directory: string): Promise<Embedded | undefined> {
  for (let waitedMs = 0; waitedMs < 10_000; waitedMs += 50) {
    const running = clusterExists(directory) ? await findRunning(directory) : undefined;
    if (running) {
      const superuser = superuserOf(running, options, false);
      await checkPassword(superuser, options.secretsDirectory);
      return {
        superuser,
        adopted: true,
        fresh: false,
        lost: new Promise(() => undefined),
        stop: async () => undefined,
      };
    }
    try {
      return await own(options, directory);
    } catch (error) {
      if (!(error instanceof AlreadyRunningError)) throw error;
    }
    await sleep(50);
  }
  return undefined;
}

/** Watches for the end nobody asked for. The timer does not keep the process alive. */
function watch(postmaster: Postmaster, directory: string, isStopping: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!isStopping() && !hasEnded(postmaster, directory)) return;
      clearInterval(timer);
      if (!isStopping()) resolve();
    }, WATCH_MS);
    timer.unref();
  });
}

async function own(options: EmbeddedOptions, directory: string): Promise<Embedded> {
  const { dataDirectory, durable = true } = options;
  const lock = takeInstanceLock(dataDirectory);
  let postmaster: Postmaster | undefined;
  try {
    const runner = chooseRunner(dataDirectory, findBinaries(), options.runAs);
    const fresh = !clusterExists(directory);
    if (fresh) await createCluster(directory, runner, passwordFor(options, true), durable);
    else checkCluster(directory, runner);
    const running = await findRunning(directory);
    postmaster = running ?? (await spawnPostmaster(dataDirectory, directory, runner, durable));
    const superuser = superuserOf(postmaster, options, fresh);
    await checkPassword(superuser, options.secretsDirectory);
    return handle(postmaster, directory, lock.release, { superuser, adopted: running !== undefined, fresh });
  } catch (error) {
    if (postmaster) await stopPostmaster(postmaster, directory);
    lock.release();
    throw error;
  }
}

type Facts = Pick<Embedded, 'superuser' | 'adopted' | 'fresh'>;

function handle(postmaster: Postmaster, directory: string, release: () => void, facts: Facts): Embedded {
  let stopping: Promise<void> | undefined;
  const lost = watch(postmaster, directory, () => stopping !== undefined);
  const stop = (): Promise<void> => (stopping ??= stopPostmaster(postmaster, directory).finally(release));
  return { ...facts, lost, stop };
}

/**
 * Starts PostgreSQL on the data folder, or adopts the server that an earlier process left there. Throws StartError, or a
 * system error that `explainStartError` puts into one line: unwritable folder, full disk, other version, second instance.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  makeFolder(options.dataDirectory);
  const directory = join(options.dataDirectory, 'postgres');
  if (!options.shared) return own(options, directory);
  const attached = await attach(options, directory);
  if (!attached) throw new StartError(`The service on ${options.dataDirectory} did not get ready: look at its log.`);
  return attached;
}

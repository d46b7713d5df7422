import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { openDemo, type Demo } from '../seeds/demo';
import { createApp } from './app';
import { dataSourceOptions } from './data-source';
import { ConfigurationError, readConfig, type Config } from './infra/config';
import { openDatabase, type Database } from './infra/database/connect';
import { migrate } from './infra/database/migrate';
import { explainStartError } from './infra/embedded/start-error';
import { log } from './infra/log';

/** EX_CONFIG of sysexits.h. */
const BAD_CONFIGURATION = 78;

function configuration(): Config {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const fault of error.faults) process.stderr.write(`${fault}\n`);
    return process.exit(BAD_CONFIGURATION);
  }
}

async function serve(config: Config, database: Database): Promise<NestFastifyApplication> {
  const app = await createApp({
    config,
    connections: {
      app: dataSourceOptions(database.appUrl, 16),
      worker: dataSourceOptions(database.workerUrl, 8),
      scopeKey: database.scopeKey,
    },
  });
  try {
    if (config.api) await app.listen(config.port, config.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

interface Running {
  readonly app: NestFastifyApplication;
  readonly database: Database;
  /** With the embedded database only. */
  readonly demo: Demo | null;
}

/** npm passes on the Ctrl-C that the terminal has sent to the whole group already: two within this time are one. */
const SAME_SIGNAL_MS = 1_000;

/** Drains once, a start under way included; a later signal ends the wait. */
function drainOnSignal(started: Promise<Running>): void {
  let drainingSince: number | undefined;
  const drain = async (code: number): Promise<void> => {
    if (drainingSince !== undefined) {
      if (performance.now() - drainingSince > SAME_SIGNAL_MS) process.exit(1);
      return;
    }
    drainingSince = performance.now();
    const { app, database, demo } = await started;
    await demo?.close();
    await app.close().catch((error: unknown) => log.error({ event: 'service.close-failed', err: error }));
    await database.stop().catch((error: unknown) => log.error({ event: 'database.stop-failed', err: error }));
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void drain(0));
  void started.then(async ({ database }) => {
    await database.lost;
    process.stderr.write('The embedded PostgreSQL has ended. Start again: what was acknowledged is kept.\n');
    return drain(1);
  });
}

async function start(config: Config): Promise<Running> {
  let database: Database | undefined;
  let demo: Demo | null = null;
  try {
    database = await openDatabase(config);
    await migrate(dataSourceOptions(database.ownerUrl, 1), database.ownerUrl, database.scopeKey);
    demo = config.database ? null : await openDemo(config, database);
    return { app: await serve(config, database), database, demo };
  } catch (error) {
    process.stderr.write(`${explainStartError(error)}\n`);
    log.debug({ event: 'service.start-failed', err: error });
    await demo?.close();
    await database?.stop();
    return process.exit(1);
  }
}

/** Starts the service with the configuration of the environment, `part` of it laid down by the entry point. */
export async function startService(part: Partial<Pick<Config, 'api' | 'worker'>> = {}): Promise<void> {
  const startedAt = performance.now();
  const config: Config = { ...configuration(), ...part };
  log.level = config.logLevel;
  const started = start(config);
  drainOnSignal(started);
  const { demo } = await started;
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  const what = config.api
    ? `Clepsydra is ready after ${seconds} s: ${config.publicUrl}`
    : `The worker runs after ${seconds} s.`;
  process.stdout.write(`${what}\n${demo?.welcome ?? ''}`);
  log.info({ event: 'service.ready', seconds: Number(seconds) });
}

import 'reflect-metadata';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
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
    process.exit(BAD_CONFIGURATION);
  }
}

async function serve(config: Config, database: Database): Promise<NestFastifyApplication> {
  await migrate(dataSourceOptions(database.ownerUrl, 1), database.ownerUrl, database.scopeKey);
  const app = await createApp({
    config,
    connections: {
      app: dataSourceOptions(database.appUrl, 16),
      worker: dataSourceOptions(database.workerUrl, 8),
      scopeKey: database.scopeKey,
    },
  });
  try {
    await app.listen(config.port, config.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}

/** Drains once, whatever the number of signals; a second signal ends the wait. */
function drainOnSignal(app: NestFastifyApplication, database: Database): void {
  let draining = false;
  const drain = async (code: number): Promise<void> => {
    if (draining) process.exit(1);
    draining = true;
    await app.close().catch((error: unknown) => log.error({ event: 'service.close-failed', err: error }));
    await database.stop().catch((error: unknown) => log.error({ event: 'database.stop-failed', err: error }));
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void drain(0));
  void database.lost.then(() => {
    process.stderr.write('The embedded PostgreSQL has ended. Start again: what was acknowledged is kept.\n');
    return drain(1);
  });
}

async function main(): Promise<void> {
  const startedAt = performance.now();
  const config = configuration();
  log.level = config.logLevel;
  let database: Database | undefined;
  try {
    database = await openDatabase(config);
    const app = await serve(config, database);
    drainOnSignal(app, database);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`Clepsydra is ready after ${seconds} s: ${config.publicUrl}\n`);
    log.info({ event: 'service.ready', seconds: Number(seconds) });
  } catch (error) {
    process.stderr.write(`${explainStartError(error)}\n`);
    log.debug({ event: 'service.start-failed', err: error });
    await database?.stop();
    process.exit(1);
  }
}

void main();

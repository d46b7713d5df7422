import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createApp } from '../../src/app';
import { dataSourceOptions } from '../../src/data-source';
import { readConfig } from '../../src/infra/config';
import { log } from '../../src/infra/log';
import type { World } from './app';

interface ProcessOptions {
  readonly dataDirectory: string;
  readonly secretsDirectory: string;
  readonly appUrl: string;
  readonly workerUrl: string;
  readonly scopeKeyHex: string;
}

/** A second process of the service on what a world has, from source, for a test to kill. Resolves when it listens. */
export async function startProcess({ config, database }: World): Promise<{ child: ChildProcess; url: string }> {
  const options: ProcessOptions = {
    dataDirectory: config.dataDirectory,
    secretsDirectory: config.secretsDirectory,
    appUrl: database.urls.app,
    workerUrl: database.urls.worker,
    scopeKeyHex: database.scopeKey.toString('hex'),
  };
  const args = ['--require', join(__dirname, 'swc-register.js'), __filename, JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout }))
    if (line.startsWith('http')) return { child, url: line };
  throw new Error('the process ended before it listened');
}

/** That process: the whole service. Tells its address on standard output. */
async function serve(options: ProcessOptions): Promise<void> {
  log.level = 'silent';
  const config = readConfig({ CLEPSYDRA_DATA: options.dataDirectory, CLEPSYDRA_SECRETS: options.secretsDirectory });
  const app = await createApp({
    config: { ...config, imageWorkers: 1 },
    connections: {
      app: dataSourceOptions(options.appUrl, 6),
      worker: dataSourceOptions(options.workerUrl, 3),
      scopeKey: Buffer.from(options.scopeKeyHex, 'hex'),
    },
  });
  await app.listen(0, '127.0.0.1');
  process.stdout.write(`${(await app.getUrl()).replace('[::1]', '127.0.0.1')}\n`);
}

if (require.main === module) {
  const options: ProcessOptions = JSON.parse(process.argv[2] ?? '{}');
  void serve(options);
}

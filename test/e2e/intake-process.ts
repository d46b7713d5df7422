import { createApp } from '../../src/app';
import { dataSourceOptions } from '../../src/data-source';
import { readConfig } from '../../src/infra/config';
import { log } from '../../src/infra/log';

/** What the story of the killed process gives its child, as JSON in argv[2]. */
export interface ProcessOptions {
  readonly dataDirectory: string;
  readonly secretsDirectory: string;
  readonly appUrl: string;
  readonly workerUrl: string;
  readonly scopeKeyHex: string;
}

/** The whole service as a process that a test can kill. Tells its address on standard output. */
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

import { removeFolder, startTestServer, sweepLeftovers, VARIABLE } from './test-server';

declare global {
  var stopTestServer: (() => Promise<void>) | undefined;
}

export default async function globalSetup(): Promise<void> {
  sweepLeftovers();
  const { server, folder, stop } = await startTestServer();
  process.env[VARIABLE] = JSON.stringify(server);
  const remove = (): void => removeFolder(folder);
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  globalThis.stopTestServer = async () => {
    process.off('exit', remove);
    await stop().finally(remove);
  };
}

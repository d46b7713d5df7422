import { moveIntoMemory, removeFolder, startTestServer, sweepLeftovers, VARIABLE } from './test-server';

declare global {
  var stopTestServer: (() => Promise<void>) | undefined;
}

export default async function globalSetup(): Promise<void> {
  sweepLeftovers();
  const memory = moveIntoMemory();
  const folders = memory ? [memory] : [];
  const remove = (): void => folders.forEach(removeFolder);
  process.once('exit', remove);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  const { server, folder, stop } = await startTestServer();
  folders.unshift(folder);
  process.env[VARIABLE] = JSON.stringify(server);
  globalThis.stopTestServer = async () => {
    process.off('exit', remove);
    await stop().finally(remove);
  };
}

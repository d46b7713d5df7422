import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { giveWay } from './confined';

/**
 * A Node process of our own for one piece of work: `<name>.js` beside this file when built; from source (under jest) it
 * is compiled on the way in. Its environment is empty, its standard input a pipe, its answers come over IPC.
 */
export function startWorker(name: string, args: readonly string[], execArgv: readonly string[] = []): ChildProcess {
  const built = join(__dirname, `${name}.js`);
  const register = join(__dirname, '..', '..', '..', 'test', 'support', 'swc-register.js');
  const isBuilt = existsSync(built);
  const child = fork(isBuilt ? built : join(__dirname, `${name}.ts`), [...args], {
    execArgv: [...execArgv, ...(isBuilt ? [] : ['--require', register])],
    env: {},
    stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
  });
  if (child.pid !== undefined) giveWay(child.pid);
  // It may end before it has read everything; how it ended is what counts.
  child.stdin?.on('error', () => undefined);
  return child;
}

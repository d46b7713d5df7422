import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { workerFile } from '../worker-file';
import { giveWay } from './confined';

/**
 * A Node process of our own for one piece of work, of which `<name>.ts` beside this file is the entry. Its environment is
 * empty, its standard input a pipe, its answers come over IPC.
 */
export function startWorker(name: string, args: readonly string[], execArgv: readonly string[] = []): ChildProcess {
  const entry = workerFile(__dirname, name);
  const child = fork(entry.file, [...args], {
    execArgv: [...execArgv, ...entry.execArgv],
    env: {},
    stdio: ['pipe', 'ignore', 'ignore', 'ipc'],
  });
  if (child.pid !== undefined) giveWay(child.pid);
  // It may end before it has read everything; how it ended is what counts.
  child.stdin?.on('error', () => undefined);
  return child;
}

import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { setPriority } from 'node:os';

export interface Confinement {
  /** Of all its threads together; the kernel kills it then. */
  readonly cpuSeconds: number;
  /** Address space, KiB: what it may ask for, which is more than it uses. */
  readonly memoryKib: number;
}

/**
 * The shell sets the limits that the system knows (each is tried first in a subshell: macOS has no limit of address
 * space) and is then replaced by the command. `f 0`: it can write to pipes and to no file; `c 0`: no core dump.
 */
const LIMIT_THEN_RUN =
  'for l in "t $1" "v $2" "f 0" "c 0"; do (ulimit -$l) 2>/dev/null && ulimit -$l; done; shift 2; exec "$@"';
const NICENESS = 10;

/**
 * Starts a program that will read hostile bytes: by its absolute path, arguments as they stand, nothing of our
 * environment (where the secrets are), limits set before it runs, behind our own work in priority.
 */
export function spawnConfined(
  command: string,
  args: readonly string[],
  stdio: StdioOptions,
  { cpuSeconds, memoryKib }: Confinement,
): ChildProcess {
  const limits = [String(cpuSeconds), String(memoryKib)];
  const child = spawn('/bin/sh', ['-c', LIMIT_THEN_RUN, 'sh', ...limits, command, ...args], {
    stdio,
    env: {},
    cwd: '/',
  });
  if (child.pid !== undefined) giveWay(child.pid);
  return child;
}

/** It may have ended already, and then there is nothing to do. */
function giveWay(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    return;
  }
}

/** How a child ended, after its last byte of output; never rejects. */
export function ended(child: ChildProcess): Promise<'not-started' | number | NodeJS.Signals> {
  return new Promise((resolve) => {
    child.once('error', () => resolve('not-started'));
    child.once('close', (code, signal) => resolve(signal ?? code ?? 'not-started'));
  });
}

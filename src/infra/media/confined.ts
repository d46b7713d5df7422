import { spawn } from 'node:child_process';
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { setPriority } from 'node:os';
import { DomainError } from '../../domain/errors';

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

/** Behind the clock, the ledger and whoever waits for a page. It may have ended already, and then there is nothing to do. */
export function giveWay(pid: number): void {
  try {
    setPriority(pid, NICENESS);
  } catch {
    return;
  }
}

export type Ending = 'not-started' | number | NodeJS.Signals;

/** How a child ended, after its last byte of output; never rejects. */
export function ended(child: ChildProcess): Promise<Ending> {
  return new Promise((resolve) => {
    // Also said of a signal that could not be sent, which ends nothing.
    child.on('error', () => child.pid === undefined && resolve('not-started'));
    child.once('close', (code, signal) => resolve(signal ?? code ?? 'not-started'));
  });
}

/** The shell's words for a command that it could not run. */
const NOT_RUN = [126, 127];

/** A child that never ran says nothing about the content. @throws DomainError request.unavailable */
export function mustHaveRun(ending: Ending): void {
  if (ending === 'not-started' || NOT_RUN.includes(Number(ending))) {
    throw new DomainError('request.unavailable', { reason: 'a process could not be started' });
  }
}

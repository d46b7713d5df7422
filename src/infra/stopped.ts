import { readFileSync } from 'node:fs';

/**
 * Whether a process has been stopped (SIGSTOP, a debugger, a frozen container): that it does not answer is then no fault
 * of what it was given. Known on Linux alone (proc(5): the state stands behind the name, which may hold brackets).
 */
export function isStopped(pid: number | undefined): boolean {
  try {
    return /^[Tt] /.test(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1) ?? '');
  } catch {
    return false;
  }
}

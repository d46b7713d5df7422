import { execFileSync } from 'node:child_process';

/** Whether a program is installed here. */
export const has = (command: string): boolean => {
  try {
    execFileSync('/bin/sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { AlreadyRunningError } from './start-error';

export interface InstanceLock {
  release: () => void;
}

const SQLITE_BUSY = 5;

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;

function holder(directory: string): string {
  try {
    return ` (process ${Number(readFileSync(join(directory, 'instance.pid'), 'utf8'))})`;
  } catch {
    return '';
  }
}

/**
 * Takes the data folder for this process. Node has no flock, so SQLite takes its fcntl lock on an empty file: the kernel
 * drops it with the process, `kill -9` included, and no pid has to be believed. Throws StartError when another holds it.
 */
export function takeInstanceLock(directory: string): InstanceLock {
  const file = join(directory, 'instance.lock');
  // Opened by hand first: an unwritable folder then names itself (SQLite would say "unable to open database file").
  closeSync(openSync(file, 'a', 0o600));
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    lock.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    lock.close();
    if (!isBusy(error)) throw error;
    throw new AlreadyRunningError(
      `Clepsydra is already running on ${directory}${holder(directory)}: stop it, or set CLEPSYDRA_DATA.`,
    );
  }
  writeFileSync(join(directory, 'instance.pid'), String(process.pid), { mode: 0o600 });
  return { release: () => lock.close() };
}

import fs from 'node:fs';
import { errnoOf } from '../errno';

/** A holder renews it with every page; one that has not for so long is gone, whatever its process number says. */
const STALE_MS = 10 * 60_000;
const heldHere = new Set<string>();

/** A file that says which process writes. One left by a process that is gone does not count. */
export class FolderLock {
  private constructor(private readonly file: string) {
    heldHere.add(file);
  }

  /** Null when another living process, or another part of this one, holds it. */
  static take(file: string): FolderLock | null {
    for (let attempt = 0; attempt < 2; attempt++) {
      try {
        fs.writeFileSync(file, String(process.pid), { flag: 'wx', mode: 0o600 });
        return new FolderLock(file);
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
      }
      if (isHeld(file)) return null;
      fs.rmSync(file, { force: true });
    }
    return null;
  }

  renew(): void {
    const now = new Date();
    fs.utimesSync(this.file, now, now);
  }

  release(): void {
    heldHere.delete(this.file);
    fs.rmSync(this.file, { force: true });
  }
}

function isHeld(file: string): boolean {
  if (heldHere.has(file)) return true;
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat || Date.now() - stat.mtimeMs > STALE_MS) return false;
  const pid = Number(fs.readFileSync(file, 'utf8'));
  // Cut short by a kill; or our own number, given to a predecessor before the container was started anew.
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}

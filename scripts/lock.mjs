import fs from 'node:fs';
import path from 'node:path';

// Plain Node >= 20.19, no dependencies: prepare.mjs uses this before anything is installed.

const STALE_AFTER_MS = 15_000;
const TOUCH_EVERY_MS = 2_000;
const POLL_MS = 200;

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A holder touches its lock; one not touched for 15 s belongs to a process that died (pids are reused in containers). */
function isStale(file) {
  try {
    const age = Date.now() - fs.statSync(file).mtimeMs;
    if (age > STALE_AFTER_MS) return true;
    process.kill(Number(fs.readFileSync(file, 'utf8')), 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}

function tryTake(file, mine) {
  try {
    // link(2) is atomic and the content is already there: nobody reads an empty lock.
    fs.linkSync(mine, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    return false;
  }
}

/** Runs `work` while holding `file`; a second process waits and then runs its own `work`. */
export async function withLock(file, work, onWait = () => {}) {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const mine = `${file}.${process.pid}`;
  fs.writeFileSync(mine, String(process.pid));
  let told = false;
  try {
    while (!tryTake(file, mine)) {
      if (isStale(file)) {
        fs.rmSync(file, { force: true });
        continue;
      }
      if (!told) onWait();
      told = true;
      await sleep(POLL_MS);
    }
  } finally {
    fs.rmSync(mine, { force: true });
  }
  const release = () => fs.rmSync(file, { force: true });
  const touch = setInterval(() => fs.utimesSync(file, new Date(), new Date()), TOUCH_EVERY_MS);
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    process.off('exit', release);
    release();
  }
}

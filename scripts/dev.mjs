// `npm run dev`: builds what changed and restarts the process when the server's code did.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const WATCHED = ['src', 'migrations', 'seeds', 'sdk/src', 'console/src', 'console/index.html'];
const SERVER = /^(src|migrations|seeds)\//;
const SETTLE_MS = 100;

let child = null;
let stopping = false;

function start() {
  const args = ['--enable-source-maps', 'dist/src/main.js'];
  // A group of its own: Ctrl-C reaches this file only, which passes it on once.
  child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
  const mine = child;
  mine.once('exit', (code) => {
    if (child !== mine) return;
    child = null;
    if (stopping) process.exit(code ?? 0);
    process.stderr.write(`The process ended (${code ?? 'by a signal'}); waiting for a change …\n`);
  });
}

async function stop() {
  const mine = child;
  if (!mine) return;
  child = null;
  const gone = new Promise((resolve) => mine.once('exit', resolve));
  mine.kill('SIGTERM');
  await gone;
}

async function rebuild(restart) {
  try {
    await build();
  } catch (error) {
    process.stderr.write(`The build failed.\n\n${error.message}\n`);
    return;
  }
  if (!restart || stopping) return;
  await stop();
  if (!stopping) start();
}

const changed = new Set();
let timer;
let running = Promise.resolve();

function noticed(file) {
  if (/\.spec\.tsx?$/.test(file)) return;
  changed.add(file);
  clearTimeout(timer);
  timer = setTimeout(() => {
    const restart = [...changed].some((name) => SERVER.test(name));
    changed.clear();
    running = running.then(() => rebuild(restart));
  }, SETTLE_MS);
}

for (const watched of WATCHED) {
  const target = path.join(root, watched);
  if (!fs.existsSync(target)) continue;
  fs.watch(target, { recursive: true }, (_event, name) => noticed(name ? `${watched}/${name}` : watched));
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    if (stopping) return;
    stopping = true;
    clearTimeout(timer);
    if (!child) process.exit(0);
    child.kill('SIGTERM');
  });
}

await rebuild(true);

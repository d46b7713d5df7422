import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from './dist.mjs';

const PREFIX = 'clepsydra-bench-';
const PATIENCE_MS = 60_000;
const READY = /^(Clepsydra is ready|The worker runs) after /m;
const children = new Set();

const isAlive = (pid) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

function killGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

/** Kills the database of a data folder at once, if it is one: what a bench held is worth nothing. */
function killDatabase(data) {
  const directory = path.join(data, 'postgres');
  try {
    const pid = Number(fs.readFileSync(path.join(directory, 'postmaster.pid'), 'utf8').split('\n')[0]);
    if (pid > 1 && fs.readlinkSync(`/proc/${pid}/cwd`) === fs.realpathSync(directory)) process.kill(pid, 'SIGQUIT');
  } catch {
    // There is none, or it has ended.
  }
}

function remove(folder) {
  for (const name of fs.readdirSync(folder)) killDatabase(path.join(folder, name));
  // A database that is just ending may still write a file into a folder that was empty a moment ago.
  for (let tries = 1; ; tries += 1) {
    try {
      return fs.rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      if (tries === 50) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
    }
  }
}

/** A run that was killed left its folder, and perhaps its database, behind; the folder's name tells whose it was. */
function sweepLeftovers() {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const owner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : 0;
    if (owner > 0 && !isAlive(owner)) remove(path.join(os.tmpdir(), name));
  }
}

/** A temporary folder that goes with this process, together with every process that was started in it. */
export function openWorkplace() {
  sweepLeftovers();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `${PREFIX}${process.pid}-`));
  process.once('exit', () => {
    for (const child of children) killGroup(child, 'SIGKILL');
    remove(folder);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(130));
  return folder;
}

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The environment of a service: ours without any setting of Clepsydra or PostgreSQL, and `own`. */
export function environment(own) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(CLEPSYDRA_|DATABASE_|PG|PORT$|NODE_ENV$)/.test(name));
  return { ...Object.fromEntries(kept), CLEPSYDRA_LOG_LEVEL: 'error', ...own };
}

/**
 * Starts a service and waits until it says that it is ready.
 * @returns readyMs since the spawn, kill (-9) and stop (drains and waits for the end)
 */
export async function startService(command, own) {
  const startedAt = performance.now();
  const [file, ...args] = command;
  const child = spawn(file, args, {
    cwd: root,
    env: environment(own),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  children.add(child);
  let output = '';
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`));
    child.once('close', (code, signal) => resolve(`ended (${code ?? signal}):\n${output.slice(-2000)}`));
  }).finally(() => children.delete(child));
  const ready = new Promise((resolve) => {
    const read = (chunk) => {
      output = (output + chunk).slice(-20_000);
      if (READY.test(output)) resolve(performance.now() - startedAt);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
  });
  const first = await Promise.race([ready, ended, sleep(PATIENCE_MS, 'was not ready in a minute', { ref: false })]);
  if (typeof first === 'string') throw new Error(`The service ${first}\n${output.slice(-2000)}`);
  const finish = async (signal) => {
    killGroup(child, signal);
    await ended;
  };
  // Log lines only: what it prints at a start names the demo's passwords.
  const words = () => output.split('\n').filter((line) => line.startsWith('{')).slice(-20).join('\n'); // prettier-ignore
  return { readyMs: first, pid: child.pid, words, stop: () => finish('SIGTERM'), kill: () => finish('SIGKILL') };
}

/** Runs a command to its end; its output is shown only when it failed. Resolves to the milliseconds it took. */
export async function time(file, args, options = {}) {
  const startedAt = performance.now();
  const child = spawn(file, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options });
  children.add(child);
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => children.delete(child));
  if (code !== 0) throw new Error(`${path.basename(file)} ended with ${code}:\n${output.slice(-2000)}`);
  return { ms: performance.now() - startedAt, output };
}

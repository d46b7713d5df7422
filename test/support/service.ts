import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { killServer } from './test-server';

const ROOT = join(__dirname, '..', '..');

/** The built service as a process of its own, as `npm start` runs it. */
export interface Service {
  readonly child: ChildProcess;
  readonly url: string;
  /** Resolves with what the process left when it has ended. */
  readonly ended: Promise<{ code: number | null; signal: string | null; stderr: string }>;
}

export interface Launch {
  readonly data: string;
  readonly port: number;
  /** Put before the command: `['unshare', '--mount', …]`. */
  readonly wrapper?: readonly string[];
  /** Removed from or added to what the service sees of our environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const launched = new Set<{ child: ChildProcess; data: string; ended: Service['ended'] }>();

/** Compiles what changed, so that a spec run on its own never tests yesterday's build. */
export function buildService(): void {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

function environment(launch: Launch): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return {
    PATH,
    HOME,
    CLEPSYDRA_DATA: launch.data,
    PORT: String(launch.port),
    CLEPSYDRA_LOG_LEVEL: 'silent',
    ...launch.env,
  };
}

/** Starts the service and does not wait for it. */
export function launchService(launch: Launch): Service {
  const command = [...(launch.wrapper ?? []), process.execPath, '--enable-source-maps', join(ROOT, 'dist/src/main.js')];
  const [file = '', ...args] = command;
  const child = spawn(file, args, { cwd: ROOT, env: environment(launch), stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const ended = new Promise<Awaited<Service['ended']>>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal, stderr });
    });
  });
  launched.add({ child, data: launch.data, ended });
  return { child, url: `http://127.0.0.1:${launch.port}`, ended };
}

/** Starts the service and waits until it says that it is ready. Throws with its own words when it ends before. */
export async function startService(launch: Launch): Promise<Service> {
  const service = launchService(launch);
  const ready = new Promise<true>((resolve) => {
    let output = '';
    service.child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (output.includes('is ready')) resolve(true);
    });
  });
  const first = await Promise.race([ready, service.ended]);
  if (first !== true) throw new Error(`the service ended: ${first.stderr}`);
  return service;
}

/**
 * kill -9 of every service that a test left running and of its database, and the wait for their end, so that nothing writes
 * into a folder while it is removed.
 */
export async function killServices(): Promise<void> {
  for (const { child } of launched) child.kill('SIGKILL');
  await Promise.all([...launched].map(({ ended }) => ended));
  for (const { data } of launched) await untilGone(killServer(data));
  launched.clear();
}

async function untilGone(pid: number | undefined): Promise<void> {
  if (!isAlive(pid)) return;
  await sleep(20);
  return untilGone(pid);
}

/** True for a live process, false for a zombie that its parent has not reaped. */
export function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    // It has just ended, or this system has no /proc.
    return process.platform !== 'linux';
  }
}

/** The running postmaster of a data folder. */
export function postmasterPid(data: string): number | undefined {
  try {
    return Number(readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  } catch {
    return undefined;
  }
}

/** Runs one statement as the superuser in the service's embedded database. */
export async function inDatabase(data: string, sql: string): Promise<Record<string, unknown>[]> {
  const password = readFileSync(join(data, 'secrets', 'postgres-superuser'), 'utf8');
  const client = new Client({ host: join(data, 'run'), user: 'postgres', password, database: 'clepsydra' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Holds a free port of the loopback; `close` gives it back. */
export async function holdPort(): Promise<{ port: number; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return { port: address.port, server };
}

export async function freePort(): Promise<number> {
  const { port, server } = await holdPort();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

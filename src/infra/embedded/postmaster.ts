import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { explainOutput, SERVER_ENVIRONMENT } from './cluster';
import { handOver, type Runner } from './run-mode';
import { codeOf, StartError } from './start-error';

export interface Address {
  /** A socket folder, or 127.0.0.1 where the folder's path is too long for a socket. */
  readonly host: string;
  readonly port: number;
}

export interface Postmaster {
  readonly pid: number;
  readonly address: Address;
  /** Absent for an adopted one: it is not our child. */
  readonly child?: ChildProcess;
}

/** sun_path holds 104 bytes on macOS, 108 on Linux, with a closing zero. */
const LONGEST_SOCKET_PATH = 103;
const SOCKET_PORT = 5432;
const POLL_MS = 10;
const STOP_MS = 30_000;
const LOG_BYTES = 10 * 2 ** 20;

interface PidFile {
  readonly pid: number;
  readonly directory: string;
  readonly port: number;
  readonly socketDirectory: string;
  readonly status: string;
}

/** postmaster.pid: pid, data folder, start, port, socket folder, address, shared memory, status (PostgreSQL's pidfile.h). */
function readPidFile(directory: string): PidFile | undefined {
  try {
    const lines = readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n');
    const [pid = '', data = '', , port = '', socketDirectory = '', , , status = ''] = lines.map((line) => line.trim());
    return { pid: Number(pid), directory: data, port: Number(port), socketDirectory, status };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** A live pid proves nothing (pids are reused): the process must be a postgres that stands in this very folder. */
function isOurs(pid: number, directory: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return false;
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.includes('postgres') && stdout.includes(directory);
  }
  try {
    // A reinstall may have replaced the binary under the running server; the kernel then marks its name.
    const executable = readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
    return basename(executable) === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(directory);
  } catch {
    return false;
  }
}

const addressOf = (file: PidFile): Address => ({ host: file.socketDirectory || '127.0.0.1', port: file.port });

/** The server that an earlier process left running on this folder (kill -9 of Node does), once it is ready. */
export async function findRunning(directory: string): Promise<Postmaster | undefined> {
  for (;;) {
    const file = readPidFile(directory);
    if (!file || !isOurs(file.pid, directory)) return undefined;
    if (file.status === 'ready') return { pid: file.pid, address: addressOf(file) };
    await sleep(POLL_MS);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('no port on 127.0.0.1');
  return address.port;
}

async function chooseAddress(dataDirectory: string, runner: Runner): Promise<Address> {
  const folder = join(dataDirectory, 'run');
  if (Buffer.byteLength(join(folder, `.s.PGSQL.${SOCKET_PORT}`)) > LONGEST_SOCKET_PATH) {
    return { host: '127.0.0.1', port: await freePort() };
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  chmodSync(folder, 0o700);
  handOver(runner, folder);
  return { host: folder, port: SOCKET_PORT };
}

function settings(address: Address, durable: boolean): string[] {
  const onSocket = address.host.startsWith('/');
  const pairs = {
    port: address.port,
    listen_addresses: onSocket ? '' : address.host,
    unix_socket_directories: onSocket ? address.host : '',
    unix_socket_permissions: '0700',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    logging_collector: 'off',
    // A failed statement would carry addresses and names into the log file: no ERROR lines, no statements, no details.
    log_min_messages: 'log',
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    jit: 'off',
    max_connections: durable ? 100 : 250,
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', autovacuum: 'off' }),
  };
  return Object.entries(pairs).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function openLog(path: string): { fd: number; from: number } {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_BYTES) renameSync(path, `${path}.1`);
  return { fd: openSync(path, 'a', 0o600), from: size > LOG_BYTES ? 0 : size };
}

const exited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** Ready is believed only of the pid just spawned: a file left by kill -9 says "ready" too. */
async function untilReady(child: ChildProcess, directory: string): Promise<boolean> {
  while (!exited(child)) {
    const file = readPidFile(directory);
    if (file?.pid === child.pid && file?.status === 'ready') return true;
    await sleep(POLL_MS);
  }
  return false;
}

async function attempt(
  dataDirectory: string,
  directory: string,
  runner: Runner,
  durable: boolean,
): Promise<Postmaster | string> {
  const address = await chooseAddress(dataDirectory, runner);
  const logFile = join(dataDirectory, 'postgres.log');
  const log = openLog(logFile);
  const { file, args, uid, gid } = runner.command(runner.binaries.postgres, [
    '-D',
    directory,
    ...settings(address, durable),
  ]);
  // Detached: Ctrl-C would otherwise reach PostgreSQL with us, and what is drained would have no database.
  const options = { detached: true, env: SERVER_ENVIRONMENT, uid, gid };
  const child = spawn(file, args, { ...options, stdio: ['ignore', log.fd, log.fd] });
  const spawned = new Promise<never>((_resolve, reject) => child.once('error', reject));
  closeSync(log.fd);
  const ready = await Promise.race([untilReady(child, directory), spawned]);
  if (!ready || child.pid === undefined) return readFileSync(logFile).subarray(log.from).toString('utf8');
  child.unref();
  return { pid: child.pid, address, child };
}

/** A killed postmaster's last backends hold the shared memory for a moment; a free port may be taken meanwhile. */
const PASSING = /pre-existing shared memory block|could not bind|lock file .* already exists/;

/** Starts the server on an existing cluster. Throws StartError with the reason. Recovery after a crash may take its time. */
export async function spawnPostmaster(
  dataDirectory: string,
  directory: string,
  runner: Runner,
  durable: boolean,
): Promise<Postmaster> {
  const left = readPidFile(directory);
  // PostgreSQL believes any live process with that pid; the shared memory check still guards against a real twin.
  if (left && isAlive(left.pid) && !isOurs(left.pid, directory)) rmSync(join(directory, 'postmaster.pid'));
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt(dataDirectory, directory, runner, durable);
    if (typeof outcome !== 'string') return outcome;
    if (tries === 40 || !PASSING.test(outcome)) throw new StartError(explainOutput(outcome, dataDirectory));
    await sleep(250);
  }
}

/** True when the server has ended (an adopted one may stay a zombie of a parent that does not reap). */
export function hasEnded(postmaster: Postmaster, directory: string): boolean {
  if (postmaster.child) return exited(postmaster.child);
  return !isOurs(postmaster.pid, directory);
}

/** Fast shutdown: open transactions are rolled back, a checkpoint is written. After 30 s: immediate shutdown. */
export async function stopPostmaster(postmaster: Postmaster, directory: string): Promise<void> {
  if (hasEnded(postmaster, directory)) return;
  postmaster.child?.ref();
  process.kill(postmaster.pid, 'SIGINT');
  const deadline = performance.now() + STOP_MS;
  let urged = false;
  while (!hasEnded(postmaster, directory)) {
    if (!urged && performance.now() > deadline) {
      process.kill(postmaster.pid, 'SIGQUIT');
      urged = true;
    }
    await sleep(POLL_MS);
  }
}

import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { handOver, type Runner } from './run-mode';
import { StartError } from './start-error';

export const SUPERUSER = 'postgres';
const MAJOR = '18';

/** PostgreSQL gets none of our environment: no PG* variable and no secret of ours. */
export const SERVER_ENVIRONMENT = { PATH: '/usr/bin:/bin', LANG: 'C', LC_ALL: 'C', TZ: 'UTC' };

export function explainOutput(output: string, dataDirectory: string): string {
  if (/No space left on device|Disk quota exceeded/.test(output)) {
    return `The disk is full: PostgreSQL has no room in ${dataDirectory}. Free some, or set CLEPSYDRA_DATA to another disk.`;
  }
  if (/Permission denied|Read-only file system|Operation not permitted/.test(output)) {
    return `PostgreSQL cannot write ${dataDirectory}: make it writable, or set CLEPSYDRA_DATA to another folder.`;
  }
  const line = /^.*(?:FATAL|PANIC|error): .*$/m.exec(output)?.[0] ?? output.trim().split('\n').at(-1) ?? 'no message';
  return `PostgreSQL did not start: ${line}`;
}

function run(
  runner: Runner,
  binary: string,
  args: readonly string[],
): Promise<{ code: number | null; output: string }> {
  const { file, args: all, uid, gid } = runner.command(binary, args);
  return new Promise((resolve, reject) => {
    const child = spawn(file, all, { stdio: ['ignore', 'pipe', 'pipe'], env: SERVER_ENVIRONMENT, uid, gid });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output += chunk.toString('utf8');
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Refuses a cluster of another major version or owner before PostgreSQL says so in its own words. */
export function checkCluster(directory: string, runner: Runner): void {
  const version = readFileSync(join(directory, 'PG_VERSION'), 'utf8').trim();
  if (version !== MAJOR) {
    throw new StartError(
      `The database in ${directory} is of PostgreSQL ${version}, this version of Clepsydra brings ${MAJOR}.`,
    );
  }
  const owner = statSync(directory).uid;
  if (owner !== runner.uid) {
    throw new StartError(
      `The database in ${directory} belongs to user ${owner}: start as that user, or set CLEPSYDRA_DATA.`,
    );
  }
}

/** Makes a cluster whole or not at all: initdb works beside and the result is renamed, so that a kill leaves none half made. */
export async function createCluster(
  directory: string,
  runner: Runner,
  password: string,
  durable: boolean,
): Promise<void> {
  const half = `${directory}.new`;
  const passwordFile = `${directory}.pw`;
  rmSync(half, { recursive: true, force: true });
  mkdirSync(half, { mode: 0o700 });
  handOver(runner, half);
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600, flag: 'wx' });
  handOver(runner, passwordFile);
  try {
    const { code, output } = await run(runner, runner.binaries.initdb, [
      `--pgdata=${half}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(durable ? [] : ['--no-sync']),
    ]);
    if (code !== 0) {
      rmSync(half, { recursive: true, force: true });
      throw new StartError(explainOutput(output, directory));
    }
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(half, directory);
  if (durable) syncFolder(dirname(directory));
}

/** A rename is on the disk when the folder that holds the name is. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  fsyncSync(fd);
  closeSync(fd);
}

export const clusterExists = (directory: string): boolean => existsSync(join(directory, 'PG_VERSION'));

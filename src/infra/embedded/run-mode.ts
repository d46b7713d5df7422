import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join, parse } from 'node:path';
import { binariesIn, type Binaries } from './binaries';
import { StartError } from './start-error';

/**
 * PostgreSQL refuses to run as root. `direct`: we are an ordinary user. `namespace`: as root, in a user namespace that
 * shows us as nobody, which needs no account and works under closed folders. `account`: as root where namespaces are
 * forbidden, as the account nobody on a copy of the binaries.
 */
export const RUN_MODES = ['direct', 'namespace', 'account'] as const;
export type RunMode = (typeof RUN_MODES)[number];

export const NOBODY = 65534;

export interface Runner {
  readonly mode: RunMode;
  readonly binaries: Binaries;
  /** The file owner that PostgreSQL's files have, as seen from here. */
  readonly uid: number;
  readonly command: (
    binary: string,
    args: readonly string[],
  ) => { file: string; args: string[]; uid?: number; gid?: number };
}

const MAP = ['--user', `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, '--'];

export function namespacesWork(binaries: Binaries): boolean {
  return spawnSync('unshare', [...MAP, binaries.postgres, '--version'], { stdio: 'ignore' }).status === 0;
}

const recordOf = (dataDirectory: string): string => join(dataDirectory, 'postgres.mode');

function recordedMode(dataDirectory: string): RunMode | undefined {
  if (!existsSync(recordOf(dataDirectory))) return undefined;
  const text = readFileSync(recordOf(dataDirectory), 'utf8').trim();
  return RUN_MODES.find((mode) => mode === text);
}

function hasName(): boolean {
  try {
    return userInfo().username !== '';
  } catch {
    return false;
  }
}

function freshMode(binaries: Binaries): RunMode {
  const root = process.getuid?.() === 0;
  // initdb wants a name for its user; a container may run under a bare number, which the namespace turns into nobody.
  if (!root && hasName()) return 'direct';
  if (namespacesWork(binaries)) return 'namespace';
  if (root && process.platform === 'linux') return 'account';
  throw new StartError(
    'PostgreSQL cannot run as this user: start as an ordinary user with a name, or set DATABASE_URL.',
  );
}

/** The mode of a data folder never changes: files written under one owner cannot be read under the other. */
function chooseMode(dataDirectory: string, binaries: Binaries, forced: RunMode | undefined): RunMode {
  const root = process.getuid?.() === 0;
  const recorded = recordedMode(dataDirectory);
  const mode = recorded ?? forced ?? freshMode(binaries);
  if ((mode === 'direct' && root) || (mode === 'account' && !root)) {
    const maker = root ? 'an ordinary user' : 'root';
    throw new StartError(
      `The database in ${dataDirectory} was made by ${maker}: start as that user, or set CLEPSYDRA_DATA.`,
    );
  }
  if (recorded === 'namespace' && !namespacesWork(binaries)) {
    throw new StartError(
      `The database in ${dataDirectory} needs user namespaces, which are forbidden here: allow them.`,
    );
  }
  if (!recorded) writeFileSync(recordOf(dataDirectory), `${mode}\n`, { mode: 0o600 });
  return mode;
}

/** nobody must be able to walk to the data: every folder above it needs the x bit for others. */
function openPath(dataDirectory: string): void {
  chmodSync(dataDirectory, 0o711);
  for (let folder = dataDirectory; folder !== parse(folder).root; folder = dirname(folder)) {
    if (statSync(folder).mode & 0o001) continue;
    throw new StartError(
      `As root, PostgreSQL runs as nobody, who cannot reach ${folder}: set CLEPSYDRA_DATA to an open folder.`,
    );
  }
}

function copyBinaries(binaries: Binaries, dataDirectory: string): Binaries {
  const version = spawnSync(binaries.postgres, ['--version'], { encoding: 'utf8' }).stdout.replace(/[^0-9.]/g, '');
  const target = join(dataDirectory, `postgres-${version}`);
  if (!existsSync(target)) {
    const half = `${target}.new`;
    rmSync(half, { recursive: true, force: true });
    cpSync(binaries.native, half, { recursive: true, verbatimSymlinks: true });
    renameSync(half, target);
  }
  return binariesIn(target);
}

/** Decides once for a data folder how PostgreSQL runs on it, and remembers. `forced` counts for a new folder only. */
export function chooseRunner(dataDirectory: string, binaries: Binaries, forced?: RunMode): Runner {
  const mode = chooseMode(dataDirectory, binaries, forced);
  const uid = process.getuid?.() ?? 0;
  if (mode === 'direct') {
    return { mode, binaries, uid, command: (file, args) => ({ file, args: [...args] }) };
  }
  if (mode === 'namespace') {
    return { mode, binaries, uid, command: (file, args) => ({ file: 'unshare', args: [...MAP, file, ...args] }) };
  }
  openPath(dataDirectory);
  const copy = copyBinaries(binaries, dataDirectory);
  return {
    mode,
    binaries: copy,
    uid: NOBODY,
    command: (file, args) => ({ file, args: [...args], uid: NOBODY, gid: NOBODY }),
  };
}

/** Gives a file or an empty folder to the account that PostgreSQL runs as. */
export function handOver(runner: Runner, path: string): void {
  if (runner.mode === 'account') chownSync(path, NOBODY, NOBODY);
}

import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statfsSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, escapeIdentifier, type ClientConfig } from 'pg';
import { dataSourceOptions } from '../../src/data-source';
import { migrate } from '../../src/infra/database/migrate';
import { ensureDatabase, ensureRoles, makeScopeKey, OWNER, type RolePasswords } from '../../src/infra/database/roles';
import { connectionUrl } from '../../src/infra/embedded/connection-url';
import { startEmbedded } from '../../src/infra/embedded/start-embedded';

/** What global-setup tells the test processes, through the environment. */
export interface TestServer {
  readonly superuser: ClientConfig;
  readonly passwords: Required<RolePasswords>;
  readonly scopeKeyHex: string;
}

export const TEMPLATE = 'clepsydra_template';
export const VARIABLE = 'TEST_SERVER';
const PREFIX = 'clepsydra-test-';

/** Linux keeps it in memory. */
const MEMORY = '/dev/shm';
const ROOM_BYTES = 4 * 2 ** 30;

/**
 * A database is a thousand small files, and every suite makes one: 40 ms in memory, 660 ms on an ext4 disk. Where memory has
 * the room, all that a run writes lies in one folder there, which is its TMPDIR. Otherwise undefined, and nothing changes.
 */
export function moveIntoMemory(): string | undefined {
  if (process.platform !== 'linux' || !existsSync(MEMORY)) return undefined;
  const { bavail, bsize } = statfsSync(MEMORY);
  if (Math.min(bavail * bsize, process.availableMemory()) < ROOM_BYTES) return undefined;
  const folder = mkdtempSync(join(MEMORY, `${PREFIX}${process.pid}-`));
  // What runs under another account finds its own folder in it, as in any folder for all.
  chmodSync(folder, 0o711);
  process.env.TMPDIR = folder;
  return folder;
}

/** Kills the server of a test folder at once, since what it held is worth nothing. Returns its pid if it ran. */
export function killServer(folder: string): number | undefined {
  const directory = join(folder, 'postgres');
  try {
    const pid = Number(readFileSync(join(directory, 'postmaster.pid'), 'utf8').split('\n')[0]);
    if (pid <= 1 || readlinkSync(`/proc/${pid}/cwd`) !== realpathSync(directory)) return undefined;
    process.kill(pid, 'SIGQUIT');
    return pid;
  } catch {
    // It has ended already.
    return undefined;
  }
}

function foldersIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch {
    // Another run has swept it.
    return [];
  }
}

/** Removes a folder, and ends the servers in it and in the folders of it. Safe to call twice. */
export function removeFolder(folder: string): void {
  for (const each of [folder, ...foldersIn(folder)]) killServer(each);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** A run that was killed left its server and folder behind; the folder's name tells whose it was. */
export function sweepLeftovers(): void {
  for (const root of [tmpdir(), MEMORY].filter((each) => existsSync(each))) {
    for (const name of readdirSync(root)) {
      const owner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : 0;
      if (owner > 0 && !isAlive(owner)) removeFolder(join(root, name));
    }
  }
}

async function makeTemplate(server: TestServer): Promise<void> {
  const admin = new Client(server.superuser);
  await admin.connect();
  try {
    await ensureRoles(admin, server.passwords);
    await ensureDatabase(admin, TEMPLATE);
    const login = { user: OWNER, password: server.passwords.owner, database: TEMPLATE };
    const url = connectionUrl({ ...server.superuser, ...login });
    await migrate(dataSourceOptions(url, 1), url, Buffer.from(server.scopeKeyHex, 'hex'));
    await admin.query(`alter database ${escapeIdentifier(TEMPLATE)} with is_template true allow_connections false`);
  } finally {
    await admin.end();
  }
}

/** One server for the whole run, without fsync, with the migrated template. */
export async function startTestServer(): Promise<{ server: TestServer; folder: string; stop: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  try {
    const secretsDirectory = join(folder, 'secrets');
    const embedded = await startEmbedded({ dataDirectory: folder, secretsDirectory, durable: false });
    const password = (): string => randomBytes(12).toString('hex');
    const passwords = { owner: password(), app: password(), worker: password() };
    const server = { superuser: embedded.superuser, passwords, scopeKeyHex: makeScopeKey().toString('hex') };
    await makeTemplate(server);
    return { server, folder, stop: () => embedded.stop() };
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  buildService,
  freePort,
  holdPort,
  inDatabase,
  isAlive,
  killServices,
  launchService,
  postmasterPid,
  startService,
} from '../support/service';

const folders: string[] = [];

/** A data folder on which the demo story has been told once; `copyOfData` spares every test the telling. */
let told: string;

function copyOfData(): string {
  const data = join(newFolder(), 'data');
  if (spawnSync('cp', ['-a', told, data]).status !== 0) throw new Error('the data folder could not be copied');
  return data;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'clepsydra-start-'));
  folders.push(folder);
  return folder;
}

const oneLine = (text: string): string => {
  const lines = text.trim().split('\n');
  expect(lines).toHaveLength(1);
  return lines[0] ?? '';
};

const health = async (url: string): Promise<number> => (await fetch(`${url}/health`)).status;

/** A small disk of one's own, where this machine lets us mount one. */
const MOUNT = ['--user', '--map-root-user', '--mount'];
const canMount = spawnSync('unshare', [...MOUNT, 'mount', '-t', 'tmpfs', 'none', tmpdir()]).status === 0;

jest.setTimeout(90_000);

/** What was seen of a first start on an empty folder, which tells the story of the demo. */
let first: {
  readonly health: number;
  readonly wasAlive: boolean;
  readonly secretMode: number;
  readonly code: number | null;
  readonly postmaster: number | undefined;
};

beforeAll(async () => {
  buildService();
  told = join(mkdtempSync(join(tmpdir(), 'clepsydra-start-')), 'data');
  const service = await startService({ data: told, port: await freePort() });
  const postmaster = postmasterPid(told);
  const seen = { health: await health(service.url), wasAlive: isAlive(postmaster), postmaster };
  const secretMode = statSync(join(told, 'secrets', 'postgres-superuser')).mode & 0o777;
  // A terminal and npm both send it: two at once are one.
  service.child.kill('SIGINT');
  service.child.kill('SIGINT');
  first = { ...seen, secretMode, code: (await service.ended).code };
});

afterAll(() => rmSync(dirname(told), { recursive: true, force: true }));

afterEach(async () => {
  await killServices();
  for (const folder of folders.splice(0))
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
});

describe('the start', () => {
  it('serves on an empty folder, keeps its secrets to itself, and drains and stops the database when asked to end', () => {
    expect(first).toMatchObject({ health: 200, wasAlive: true, secretMode: 0o600, code: 0 });
    expect(isAlive(first.postmaster)).toBe(false);
  });

  it('ends when PostgreSQL is killed with -9, and the next start finds what was committed', async () => {
    const data = copyOfData();
    const port = await freePort();
    const first = await startService({ data, port });
    await inDatabase(data, 'create table witness as select 41 as told; insert into witness values (42)');
    process.kill(postmasterPid(data) ?? 0, 'SIGKILL');
    const end = await first.ended;
    expect(end.code).not.toBe(0);
    expect(oneLine(end.stderr)).toMatch(/PostgreSQL has ended/);
    const second = await startService({ data, port });
    expect(await inDatabase(data, 'select told from witness order by told')).toEqual([{ told: 41 }, { told: 42 }]);
    expect(await health(second.url)).toBe(200);
  });

  it('adopts the running PostgreSQL after kill -9 of Node, and stops it in the end', async () => {
    const data = copyOfData();
    const port = await freePort();
    const first = await startService({ data, port });
    await inDatabase(data, 'create table witness as select 43 as told');
    const postmaster = postmasterPid(data);
    first.child.kill('SIGKILL');
    await first.ended;
    expect(isAlive(postmaster)).toBe(true);
    const second = await startService({ data, port });
    expect(postmasterPid(data)).toBe(postmaster);
    expect(await inDatabase(data, 'select told from witness')).toEqual([{ told: 43 }]);
    second.child.kill('SIGTERM');
    expect(await second.ended).toMatchObject({ code: 0 });
    expect(isAlive(postmaster)).toBe(false);
  });

  it('does not take a live process for its database because an old file names its pid', async () => {
    const data = copyOfData();
    const port = await freePort();
    const first = await startService({ data, port });
    const file = join(data, 'postgres', 'postmaster.pid');
    const text = readFileSync(file, 'utf8');
    first.child.kill('SIGKILL');
    await first.ended;
    const postmaster = postmasterPid(data) ?? 0;
    process.kill(postmaster, 'SIGKILL');
    while (isAlive(postmaster)) await new Promise((resolve) => setTimeout(resolve, 10));
    writeFileSync(file, text.replace(/^\d+/, String(process.pid)));
    const second = await startService({ data, port });
    expect(postmasterPid(data)).not.toBe(process.pid);
    expect(await health(second.url)).toBe(200);
  });

  it('refuses a second instance on the same folder with one line and leaves the first alone', async () => {
    const data = copyOfData();
    const first = await startService({ data, port: await freePort() });
    const second = await launchService({ data, port: await freePort() }).ended;
    expect(second.code).not.toBe(0);
    expect(oneLine(second.stderr)).toMatch(/already running/);
    expect(oneLine(second.stderr)).toContain(`process ${first.child.pid}`);
    expect(await health(first.url)).toBe(200);
  });

  it('refuses a taken port with one line and leaves no database behind', async () => {
    const data = copyOfData();
    const { port, server } = await holdPort();
    try {
      const end = await launchService({ data, port }).ended;
      expect(end.code).not.toBe(0);
      expect(oneLine(end.stderr)).toMatch(new RegExp(`Port ${port} is taken`));
      expect(postmasterPid(data)).toBeUndefined();
    } finally {
      server.close();
    }
  });

  it('refuses a folder that it cannot write, or that is none, with one line', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    for (const data of [file, join(file, 'data'), '/proc/clepsydra']) {
      const end = await launchService({ data, port: await freePort() }).ended;
      expect(end.code).not.toBe(0);
      expect(oneLine(end.stderr)).toMatch(/(is not a folder|Cannot write)/);
    }
  });

  (canMount ? it : it.skip)('refuses a full disk with one line', async () => {
    const data = newFolder();
    const script = 'mount -t tmpfs -o size=20m none "$0" && exec "$@"';
    const wrapper = ['unshare', ...MOUNT, 'sh', '-c', script, data];
    const end = await launchService({ data, port: await freePort(), wrapper }).ended;
    expect(end.code).not.toBe(0);
    expect(oneLine(end.stderr)).toMatch(/The disk is full/);
  });

  (canMount ? it : it.skip)('says before the demo story that the disk has no room for it, with one line', async () => {
    const data = newFolder();
    const script = 'mount -t tmpfs -o size=320m none "$0" && exec "$@"';
    const wrapper = ['unshare', ...MOUNT, 'sh', '-c', script, data];
    const end = await launchService({ data, port: await freePort(), wrapper }).ended;
    expect(end.code).toBe(1);
    expect(oneLine(end.stderr)).toMatch(/The disk is full: free \d+ MiB more/);
  });

  it('names every fault of the configuration and ends with 78', async () => {
    const env = { CLEPSYDRA_WORKER: 'perhaps', DATABASE_URL: 'mysql://db.example/x', CLEPSYDRA_TYPO: '1' };
    const end = await launchService({ data: newFolder(), port: 70_000, env }).ended;
    expect(end.code).toBe(78);
    expect(end.stderr.trim().split('\n')).toHaveLength(4);
  });
});

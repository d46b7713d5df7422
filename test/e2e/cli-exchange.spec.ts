import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli, type Run } from '../../sdk/src/cli/testing-run';
import { startWorld, type Person, type World } from '../support/app';
import { hashOf, sequenced } from '../support/exchange';
import { readSince, standOf } from '../support/exchange-inbound';

const YEAR_MS = 365 * 86_400_000;

interface Source {
  readonly id: string;
  readonly state: string;
  readonly taken: number;
}

describe('hashes are exchanged with the command line alone', () => {
  const people = new Map<string, Person>();
  const known = hashOf('of the north list');
  let world: World;
  let url: string;
  let home: string;
  let token = '';

  function run(who: string, args: readonly string[], stdin = ''): Promise<Run> {
    const env = { CLEPSYDRA_HOME: home, CLEPSYDRA_URL: url, CLEPSYDRA_TOKEN: people.get(who)?.token };
    return runCli(args, { env, cwd: home, stdin: Buffer.from(stdin) });
  }

  async function says(who: string, args: readonly string[], stdin?: string): Promise<string> {
    const ran = await run(who, args, stdin);
    expect([ran.code, ran.code === 0 ? '' : ran.err + ran.out]).toEqual([0, '']);
    return ran.out;
  }

  async function json<T>(who: string, args: readonly string[], stdin?: string): Promise<T> {
    const document: T = JSON.parse(await says(who, [...args, '--json'], stdin));
    return document;
  }

  const isKnown = async (): Promise<boolean> => {
    const { matches } = await json<{ matches: object[] }>('kiln', ['match', known, '--type', 'pdq']);
    return matches.length > 0;
  };

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'clepsydra-cli-exchange-'));
    world = await startWorld();
    url = await world.listen();
    const { unit } = await world.cast();
    const kiln = await world.organisation('platform', 'kiln', { name: 'Kiln', hosts: ['kiln.example'] });
    people.set('unit', await world.person(unit, ['admin', 'analyst', 'curator']));
    people.set('kiln', await world.person(kiln, ['admin', 'moderator', 'curator']));
    await says('unit', ['lists', 'create', 'north', '--name', 'North', '--purpose', 'Of the north harbour']);
    await says('unit', ['contribute', known, '--type', 'pdq', '--list', 'north', '--category', 'incitement']);
    await sequenced(world);
  });
  afterAll(async () => {
    await world?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('makes a credential, shows its secret once and lists it without', async () => {
    const until = new Date(world.clock.now().getTime() + YEAR_MS).toISOString();
    const create = ['credentials', 'create', 'scanner', '--protocol', 'feed', '--until', until];
    expect((await run('unit', create)).err).toContain('--list is missing');
    const made = await says('unit', [...create, '--list', 'north']);
    token = /^token +(clx_\S+)$/m.exec(made)?.[1] ?? '';
    expect(token).not.toBe('');
    expect(made).toContain('The secrets are shown this once.');
    const listed = await says('unit', ['credentials']);
    expect(listed).toMatch(/^scanner +feed +fetch +1 +until /m);
    expect(listed).not.toContain('clx_');
  });

  it('follows a source with its secret from standard input, and finds what it brought', async () => {
    const at = world.clock.now();
    const add = ['sources', 'add', url, '--protocol', 'clepsydra', '--name', 'North', '--list', 'common', '--tlp', 'amber']; // prettier-ignore
    expect((await run('kiln', [...add, '--username', 'kiln'])).err).toContain('--secret-stdin');
    expect((await run('kiln', [...add, '--secret-stdin'])).err).toContain('there is no secret');
    expect(await isKnown()).toBe(false);
    const added = await says('kiln', [...add, '--secret-stdin', '--every', '3600'], `${token}\n`);
    expect(added).not.toContain(token);
    const id = /^source +North {2}(\S+)$/m.exec(added)?.[1] ?? '';
    expect(await readSince(people.get('kiln')!, id, at)).toMatchObject({ lastError: null, taken: 1 });
    await sequenced(world);
    expect(await isKnown()).toBe(true);
    expect(await standOf(world, known)).toMatchObject({ standing: 2 });
    expect(await says('kiln', ['sources'])).toMatch(/^North +clepsydra +active +\S+ +1 +0 +/m);
    expect(await says('kiln', ['sources', 'show', 'north'])).toMatch(/^so far +1 taken, /m);
  });

  it('pauses, resumes and reads a source, and removes it with what it brought', async () => {
    expect(await json<Source>('kiln', ['sources', 'pause', 'North'])).toMatchObject({ state: 'paused' });
    const paused = await run('kiln', ['sources', 'run', 'North']);
    expect([paused.code, paused.err]).toEqual([1, expect.stringContaining('exchange.source-paused')]);
    expect(await json<Source>('kiln', ['sources', 'resume', 'North'])).toMatchObject({ state: 'active' });
    world.clock.advance(1_000);
    const at = world.clock.now();
    const { id } = await json<Source>('kiln', ['sources', 'run', 'North']);
    expect(await readSince(people.get('kiln')!, id, at)).toMatchObject({ lastError: null });

    expect((await run('kiln', ['sources', 'remove', 'North'])).err).toContain('give one of --keep and --retract');
    expect((await run('kiln', ['sources', 'remove', 'South', '--keep'])).err).toContain('there is no source "South"');
    expect(await json<Source>('kiln', ['sources', 'remove', 'North', '--retract'])).toMatchObject({ state: 'ended' });
    expect(await standOf(world, known)).toMatchObject({ standing: 1 });
  });

  it('takes a file, and names the lines that it refused', async () => {
    writeFileSync(join(home, 'hashes.csv'), `type,value\nsha256,${hashOf('a line')}\npdq,nonsense\n`);
    const take = ['sources', 'take', 'hashes.csv', '--name', 'By mail', '--list', 'common', '--tlp', 'amber'];
    const taken = await run('kiln', take);
    expect([taken.code, taken.err]).toEqual([10, '']);
    expect(taken.out).toContain('2 lines: 1 taken, 0 of them quarantined, 0 known already');
    expect(taken.out).toMatch(/^ {2}line 3 /m);
  });

  it('ends a credential at once', async () => {
    const { items } = await json<{ items: { id: string }[] }>('unit', ['credentials']);
    expect(await says('unit', ['credentials', 'revoke', items[0]?.id ?? ''])).toMatch(/^scanner .* revoked +/m);
    const asked = await fetch(`${url}/exchange/feed`, { headers: { authorization: `Bearer ${token}` } });
    expect(asked.status).toBe(401);
    expect((await run('unit', ['credentials', 'revoke'])).code).toBe(2);
  });
});

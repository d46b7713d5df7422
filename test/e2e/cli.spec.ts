import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { hashPassword } from '../../src/accounts/password';
import { SettableClock } from '../../src/infra/clock-source';
import { minutes, startWorld, type Person, type World } from '../support/app';
import { sceneJpeg } from '../support/images';

const CLI = resolve('sdk/bin/clepsydra.mjs');
const PASSWORD = 'a password that is long enough';

/** Runs on with the machine's clock, as the processes that speak to it do, and can be put forward. */
class RunningClock extends SettableClock {
  private offsetMs = 0;

  override now(): Date {
    return new Date(Date.now() + this.offsetMs);
  }

  override advance(durationMs: number): void {
    this.offsetMs += durationMs;
  }
}

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

describe('the command line, against a real server', () => {
  let world: World;
  let url: string;
  let home: string;
  const clock = new RunningClock();

  /** The real program in a process of its own; `profile` is whose login it uses. */
  function run(profile: string, args: readonly string[], more: { stdin?: string; env?: object } = {}): Promise<Run> {
    const env = { PATH: process.env.PATH, CLEPSYDRA_HOME: home, CLEPSYDRA_PROFILE: profile, ...more.env };
    const child = spawn(process.execPath, [CLI, ...args], { env });
    const read = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (read.out += String(chunk)));
    child.stderr.on('data', (chunk) => (read.err += String(chunk)));
    child.stdin.end(more.stdin ?? '');
    return new Promise((done) => child.once('close', (code) => done({ code: code ?? -1, ...read })));
  }

  /** With --json, and what it printed; fails the test unless the exit code is the expected one. */
  async function json<T>(profile: string, args: readonly string[], code = 0): Promise<T> {
    const ran = await run(profile, [...args, '--json']);
    expect([ran.code, ran.code === code ? '' : ran.err + ran.out]).toEqual([code, '']);
    const document: T = JSON.parse(ran.out);
    return document;
  }

  async function signIn(profile: string, person: Person): Promise<void> {
    await world.sql.query(`insert into credential (person_id, kind, secret_hash) values ($1, 'password', $2)`, [
      person.personId,
      await hashPassword(PASSWORD),
    ]);
    const email = `${person.personId}@${person.organisation.slug}.example`;
    const ran = await run(profile, ['login', '--url', url, '--email', email, '--password-stdin'], { stdin: PASSWORD });
    expect([ran.code, ran.code === 0 ? '' : ran.err]).toEqual([0, '']);
  }

  /** Superuser with triggers off: what an operator could do who owns the machine. */
  async function asVillain(statement: string, values: readonly unknown[]): Promise<void> {
    await world.sql.query('set session_replication_role = replica');
    await world.sql.query(statement, [...values]);
    await world.sql.query('set session_replication_role = default');
  }

  /** Sends a referral and returns its id. */
  async function refer(path: string, ...more: readonly string[]): Promise<string> {
    const made = await json<{ notices: { id: string }[] }>('unit', [
      'refer',
      `https://harbour.example/${path}`,
      '--category',
      'incitement',
      ...more,
    ]);
    return made.notices[0]?.id ?? '';
  }

  async function untilReceived(notice: string): Promise<void> {
    for (;;) {
      const { state } = await json<{ state: string }>('unit', ['show', notice]);
      if (state !== 'sent') return;
    }
  }

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'clepsydra-cli-'));
    world = await startWorld({ clock });
    url = await world.listen();
    const { analyst, supervisor, moderator } = await world.cast();
    await signIn('unit', analyst);
    await signIn('second', supervisor);
    await signIn('harbour', moderator);
  });
  afterAll(async () => {
    await world?.close();
    rmSync(home, { recursive: true, force: true });
  });

  it('keeps a login for its owner alone, prints no secret, and knows who is signed in', async () => {
    const file = join(home, 'profiles', 'unit.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { token }: { token: string } = JSON.parse(readFileSync(file, 'utf8'));
    const ran = await run('unit', ['whoami', '--json']);
    expect(JSON.parse(ran.out)).toMatchObject({ profile: 'unit', organisation: { slug: 'unit-a', kind: 'authority' } });
    expect(ran.out + ran.err).not.toContain(token);
    expect(readFileSync(file, 'utf8')).not.toContain(PASSWORD);
  });

  it('goes the whole way: referred with an image, in the inbox, acknowledged, removed, in custody, in the figures', async () => {
    const image = join(home, 'found.jpg');
    writeFileSync(image, await sceneJpeg(7));
    const before = await json<{ summary: { items: { outcomes: { removed: number } } } }>('unit', ['summary']);

    const referred = await run('unit', ['refer', 'hxxps://harbour[.]example/post/1', '--file', image, '--json']);
    expect(referred.err).toContain('filed as "other"');
    const made: {
      case: { exhibits: { id: string; sha256: string; image: object; matches: object[] }[]; refused: object[] };
      notices: { id: string; reference: string; state: string; platform: { name: string } }[];
    } = JSON.parse(referred.out);
    expect(made.notices).toMatchObject([{ state: 'sent', platform: { name: 'Harbour' } }]);
    expect(made.case).toMatchObject({ refused: [], exhibits: [{ image: { pdq: {} }, matches: [] }] });
    const [notice] = made.notices;
    const [exhibit] = made.case.exhibits;
    await untilReceived(notice?.id ?? '');

    const inbox = await run('harbour', ['inbox']);
    expect(inbox.out).toContain(notice?.reference);
    expect(inbox.out).toMatch(/(60|59) min left/);
    expect(inbox.out).toContain('https://harbour.example/post/1');

    const acknowledged = await json<{ state: string }>('harbour', ['acknowledge', notice?.reference ?? '']);
    expect(acknowledged.state).toBe('acknowledged');
    const removed = await json<{ state: string; items: { answer: object }[]; receipt: object }>('harbour', [
      'remove',
      notice?.reference.toLowerCase() ?? '',
    ]);
    expect(removed).toMatchObject({ state: 'answered', items: [{ answer: { outcome: 'removed', late: 'in_time' } }] });
    expect(removed.receipt).toMatchObject({ entry: { seq: expect.any(Number) } });

    const custody = await run('unit', ['custody', exhibit?.id ?? '']);
    expect([custody.code, custody.err]).toEqual([0, '']);
    expect(custody.out).toMatch(/✓ .*exhibit\.collected/);
    expect(custody.out).toMatch(/✓ .*exhibit\.sealed/);
    expect(custody.out).toContain('entries verify');

    const after = await json<typeof before>('unit', ['summary']);
    expect(after.summary.items.outcomes.removed).toBe(before.summary.items.outcomes.removed + 1);

    const saved = join(home, 'exhibit.jpg');
    await json('unit', ['view', exhibit?.id ?? '', '--justification', 'second assessment', '-o', saved]);
    expect(readFileSync(saved)).toEqual(readFileSync(image));
    expect(statSync(saved).mode & 0o777).toBe(0o600);
    const looked = await json<{ entries: { kind: string; verdict: string }[] }>('unit', ['custody', exhibit?.id ?? '']);
    expect(looked.entries.at(-1)).toMatchObject({ kind: 'exhibit.viewed', verdict: 'verified' });
  });

  it('says a known hash again, by file and by value', async () => {
    const image = join(home, 'known.jpg');
    writeFileSync(image, await sceneJpeg(11));
    type Given = { hashes: { value: string }[] };
    const given = await json<Given>('harbour', ['contribute', image, '--category', 'threat', '--types', 'pdq']);
    const value = given.hashes[0]?.value ?? '';
    const byFile = await json<{ matches: object[] }>('unit', ['match', image]);
    const byValue = await json<{ matches: object[] }>('unit', ['match', value, '--radius', '0']);
    for (const { matches } of [byFile, byValue]) expect(matches).toMatchObject([{ type: 'pdq', distance: 0 }]);
  });

  it('watches an hour to its end, and its exit code says how it ended', async () => {
    const [removed, declined, withdrawn] = [await refer('w/1'), await refer('w/2'), await refer('w/3')];
    const watches = [removed, declined, withdrawn].map((id) => run('unit', ['watch', id, '--json']));
    await untilReceived(removed);
    await json('harbour', ['remove', removed]);
    await json('harbour', ['decline', declined, '--reason', 'journalistic']);
    await json('unit', ['withdraw', withdrawn, '--reason', 'the wrong address']);
    const ends = await Promise.all(watches);
    expect(ends.map(({ code }) => code)).toEqual([0, 7, 8]);
    const events = (ends[0]?.out ?? '')
      .trim()
      .split('\n')
      .map((line): { event: string } => JSON.parse(line));
    expect(events.at(-1)).toMatchObject({ event: 'end', outcome: 'answered in time', exitCode: 0 });
    expect(events).toContainEqual(expect.objectContaining({ event: 'answer', outcome: 'removed' }));
  });

  it('ends a watch with 6 when the hour passes', async () => {
    const notice = await refer('w/4');
    await untilReceived(notice);
    const watch = run('unit', ['watch', notice, '--json']);
    clock.advance(minutes(61));
    const ended = await watch;
    expect(ended.code).toBe(6);
    expect(ended.out).toContain('target_missed');
  });

  it('holds a home page back and says what to do', async () => {
    const ran = await run('unit', ['refer', 'https://harbour.example/', '--category', 'other']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('held');
    expect(ran.err).toMatch(/clepsydra release [0-9a-f-]{36}/);
  });

  it('releases a home page when a second person gives the same command, and not before', async () => {
    type Filed = { case: { items: { id: string }[] } };
    const { case: filed } = await json<Filed>('unit', ['refer', 'https://harbour.example/search?q=all'], 1);
    const item = filed.items[0]!.id;
    const asked = await run('unit', ['release', item, '--reason', 'the whole search is the publication']);
    expect([asked.code, asked.out]).toEqual([0, expect.stringContaining('Asked')]);
    expect((await run('unit', ['release', item, '--reason', 'again'])).err).toContain('approval.same-person');
    expect((await run('second', ['approvals'])).out).toContain(item);
    const released = await run('second', ['release', item, '--reason', 'looked at it as well']);
    expect([released.code, released.out]).toEqual([0, expect.stringContaining('Released')]);
    expect((await run('second', ['approvals'])).out).toContain('Nothing waits');
  });

  it('sends to the platforms it can, says which one nobody has confirmed, and sends there once somebody has', async () => {
    const addresses = ['https://newcomer.example/t/1', 'https://harbour.example/p/beside'];
    const ran = await run('unit', ['refer', ...addresses, '--category', 'threat']);
    expect(ran.code).toBe(1);
    expect(ran.out).toContain('to Harbour');
    expect(ran.err).toContain('notice.contact-unconfirmed');
    const confirm = ['confirm', 'newcomer.example', '--name', 'Newcomer', '--note', 'spoke to its owner'];
    expect((await run('unit', confirm)).code).toBe(1);
    expect((await run('second', confirm)).out).toContain('active');
  });

  it('drafts without sending, and lists the feed in order', async () => {
    const notice = await refer('d/1', '--no-send');
    expect(await json<{ state: string }>('unit', ['show', notice])).toMatchObject({ state: 'draft' });
    const ran = await run('unit', ['feed', '--json']);
    const entries = ran.out
      .trim()
      .split('\n')
      .map((line): { seq: number; kind: string } => JSON.parse(line));
    expect(entries.map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq).toSorted((a, b) => a - b));
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: 'notice.drafted', subjects: expect.objectContaining({ notice }) }),
    );
  });

  it.each([
    ['refused by the server', ['send', '{answered}'], 1],
    ['not found', ['custody', '0190aaaa-0000-7000-8000-000000000001'], 1],
    ['wrong usage', ['remove'], 2],
    ['no such command', ['remvoe', 'x'], 2],
    ['no such item', ['show', 'R-0000-000000'], 2],
  ])('exits as documented: %s', async (_, args, code) => {
    const { items } = await json<{ items: { id: string }[] }>('unit', ['sent', '--state', 'answered']);
    const ran = await run('unit', [
      ...args.map((arg) => (arg === '{answered}' ? (items[0]?.id ?? '') : arg)),
      '--json',
    ]);
    expect(ran.code).toBe(code);
    expect(JSON.parse(ran.out)).toMatchObject({ error: { title: expect.any(String) }, exitCode: code });
  });

  it('exits with 3 without a login and with 4 without a server, and sends no token over plain http', async () => {
    expect((await run('nobody', ['inbox'])).code).toBe(3);
    expect((await run('unit', ['inbox'], { env: { CLEPSYDRA_TOKEN: 'x' } })).code).toBe(3);
    const closed = { CLEPSYDRA_URL: 'http://127.0.0.1:9', CLEPSYDRA_TOKEN: 'x' };
    expect((await run('unit', ['inbox'], { env: closed })).code).toBe(4);
    const plain = await run('unit', ['inbox'], { env: { ...closed, CLEPSYDRA_URL: 'http://clepsydra.example' } });
    expect([plain.code, plain.err]).toEqual([2, expect.stringContaining('not encrypted')]);
  });

  describe('with the receipts it has kept', () => {
    const folder = (): string => {
      const receipts = join(home, 'receipts');
      return join(receipts, readdirSync(receipts)[0] ?? '');
    };

    it('verifies them against the server and by themselves, each for its owner alone', async () => {
      const report = await json<{ receipts: number }>('unit', ['verify', '--receipts']);
      expect(report).toMatchObject({ against: 'server', fault: null });
      expect(report.receipts).toBeGreaterThan(8);
      expect(await json('unit', ['verify', '--receipts', folder(), '--offline'])).toMatchObject({ fault: null });
      for (const name of readdirSync(folder())) expect(statSync(join(folder(), name)).mode & 0o777).toBe(0o600);
    });

    it('names the first receipt that was changed in the folder', async () => {
      const copy = join(home, 'copy');
      mkdirSync(copy);
      for (const name of readdirSync(folder())) writeFileSync(join(copy, name), readFileSync(join(folder(), name)));
      const name =
        readdirSync(copy)
          .filter((each) => each.endsWith('.json'))
          .sort()[3] ?? '';
      const kept: { receipt: { entry: { digest: string } } } = JSON.parse(readFileSync(join(copy, name), 'utf8'));
      kept.receipt.entry.digest = 'ab'.repeat(32);
      writeFileSync(join(copy, name), JSON.stringify(kept));
      expect(await json('unit', ['verify', '--receipts', copy], 5)).toMatchObject({ fault: { file: name } });
    });

    it('names the entry whose row a superuser changed', async () => {
      const [first] = readdirSync(folder())
        .filter((each) => each.endsWith('.json'))
        .sort();
      const kept: { receipt: { entry: { id: string } } } = JSON.parse(
        readFileSync(join(folder(), first ?? ''), 'utf8'),
      );
      const { id } = kept.receipt.entry;
      // The table itself refuses a row whose bytes say something else than its columns; its owner can end that too.
      const checks = await world.sql.query<{ name: string }>(
        `select conname as name from pg_constraint where contype = 'c' and conrelid = 'ledger_entry'::regclass`,
      );
      for (const { name } of checks.rows) await world.sql.query(`alter table ledger_entry drop constraint ${name}`);
      const flip = 'update ledger_entry set bytes = set_byte(bytes, 45, get_byte(bytes, 45) # 1) where id = $1';
      await asVillain(flip, [id]);
      expect(await json('unit', ['verify', '--receipts'], 5)).toMatchObject({ fault: { entryId: id } });
      await asVillain(flip, [id]);
      expect(await json('unit', ['verify', '--receipts'])).toMatchObject({ fault: null });
    });

    it('fails when the key it signed with is another one, and says what that can mean', async () => {
      const file = join(folder(), 'key');
      const key = readFileSync(file, 'utf8');
      writeFileSync(file, 'somewhere.example+00000000+AAAA\n');
      expect((await run('unit', ['verify', '--receipts'])).code).toBe(5);
      writeFileSync(file, key);
    });
  });

  it('signs out, and is signed out', async () => {
    expect((await run('harbour', ['logout'])).code).toBe(0);
    expect((await run('harbour', ['inbox'])).code).toBe(3);
    expect(readdirSync(join(home, 'profiles'))).toEqual(['second.json', 'unit.json']);
  });
});

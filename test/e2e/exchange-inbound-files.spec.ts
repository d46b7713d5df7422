import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { COMMON_LIST } from '../../src/signals/changes';
import type { CsvReport, SourceView } from '../../src/signals/exchange/inbound/source.dto';
import { startWorld, type Answer, type Person, type World } from '../support/app';
import { hashOf } from '../support/exchange';
import { lineOf, OtherSide, sendFeed, standOf, subscribe } from '../support/exchange-inbound';
import { eventually } from '../support/referral';
import { startProcess } from '../support/service-process';

describe('a CSV file', () => {
  let world: World;
  let admin: Person;

  beforeAll(async () => {
    world = await startWorld();
    const { unit } = await world.cast();
    admin = await world.person(unit, ['admin', 'curator']);
  });
  afterAll(() => world.close());

  function upload(
    text: string | Buffer,
    about: object = {},
    headers: Record<string, string> = {},
  ): Promise<Answer<CsvReport>> {
    const form = new FormData();
    form.set(
      'about',
      JSON.stringify({ name: 'A list', listId: COMMON_LIST, tlp: 'amber', acceptReviews: true, ...about }),
    );
    form.set('file', new Blob([new Uint8Array(Buffer.from(text))]), 'hashes.csv');
    return admin.form<CsvReport>('/v1/exchange-sources/csv', form, headers);
  }

  it('is taken line by line, each judged by itself, and says which were refused and why', async () => {
    const [one, two] = [hashOf('csv one'), hashOf('csv two')];
    const { status, body } = await upload(
      [
        '\uFEFFtype,value,quality,category,ideology,severity,incident,note',
        `PDQ,${one.toUpperCase()},80,incitement,unknown,high,eccp-2026-harbour,"said ""so"", twice"`,
        'pdq,abc,,,,,,',
        '',
        `pdq,${hashOf('csv weak')},12,,,,,`,
        `photodna,${one},,,,,,`,
        `pdq,${hashOf('csv word')},,violence,,,,`,
        `pdq,${hashOf('csv short')},80`,
        `pdq,${hashOf('csv open')},80,,,,,"never closed`,
        `sha256,${two},,threat,jihadist,,,`,
        `sha256,${'x'.repeat(30_000)}`,
      ].join('\r\n'),
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({
      lines: 9,
      taken: 2,
      refused: 7,
      unchanged: 0,
      waiting: 0,
      source: { state: 'done', protocol: 'csv' },
    });
    expect(body.refusedLines.map(({ line, code }) => [line, code])).toEqual([
      [3, 'record.hash-invalid'],
      [5, 'signal.low-quality'],
      [6, 'record.type-unknown'],
      [7, 'record.unreadable'],
      [8, 'record.unreadable'],
      [9, 'record.unreadable'],
      [11, 'record.unreadable'],
    ]);
    expect(await standOf(world, one)).toMatchObject({ state: 'active' });
    const { rows } = await world.sql.query(
      `select c.labels, c.severity, c.incident, c.provenance from signal_contribution c join signal s on s.id = c.signal_id where s.value = $1`,
      [one],
    );
    expect(rows).toEqual([
      {
        labels: { category: 'incitement', ideology: 'unknown' },
        severity: 'high',
        incident: 'eccp-2026-harbour',
        provenance: { source: 'A list', protocol: 'csv', line: 2 },
      },
    ]);
  });

  it('is the same source when it is sent again under one idempotency key, and goes away with all that it brought', async () => {
    const values = Array.from({ length: 40 }, (_, n) => hashOf(`csv many ${n}`));
    const own = await admin.post('/v1/signals', { type: 'pdq', value: values[0], quality: 90, labels: {} });
    expect(own.status).toBe(201);
    const text = ['type,value', ...values.map((value) => `pdq,${value}`)].join('\n');
    const key = { 'idempotency-key': 'csv-upload-1' };
    const first = await upload(text, {}, key);
    expect(first.body).toMatchObject({ lines: 40, taken: 39, unchanged: 1 });
    const again = await upload(text, {}, key);
    expect(again.body).toMatchObject({
      lines: 40,
      taken: 0,
      unchanged: 40,
      source: { id: first.body.source.id, taken: 39 },
    });
    const run = await admin.post(`/v1/exchange-sources/${first.body.source.id}/run`);
    expect(run.body).toMatchObject({ code: 'exchange.source-not-followed' });
    const removed = await admin.post<SourceView>(`/v1/exchange-sources/${first.body.source.id}/remove`, {
      brought: 'retract',
    });
    expect(removed.body).toMatchObject({ state: 'ended', retracted: 39 });
    expect(await standOf(world, values[0]!)).toMatchObject({ state: 'active' });
    expect(await standOf(world, values[1]!)).toMatchObject({ state: 'withdrawn' });
  });

  it('is refused whole when its header is not ours, and a list that one may not add to is said before it is read', async () => {
    for (const text of ['', 'hash,kind\nx,y', 'type,value,value\n', 'type,quality\n', '\u0000\u0001\u0002']) {
      const answer = await upload(text);
      expect([text, answer.status, answer.body]).toMatchObject([text, 400, { errors: [{ pointer: '/file' }] }]);
    }
    expect(await upload('type,value\n', { tlp: 'red' })).toMatchObject({
      status: 422,
      body: { code: 'exchange.list-too-open' },
    });
    expect(await upload('type,value\n', { protocol: 'csv' })).toMatchObject({ status: 400 });
  });

  it('says that it was cut until it has come to its end', async () => {
    const key = { 'idempotency-key': 'csv-upload-cut' };
    expect((await upload('type,hash\nx,y', { name: 'Broken off' }, key)).status).toBe(400);
    const sources = async (): Promise<SourceView[]> =>
      (await admin.get<{ items: SourceView[] }>('/v1/exchange-sources')).body.items.filter(
        ({ name }) => name === 'Broken off',
      );
    expect(await sources()).toMatchObject([{ state: 'done', lastError: 'exchange.source-cut' }]);
    const whole = await upload(`type,value\nsha256,${hashOf('after the cut')}`, { name: 'Broken off' }, key);
    expect(whole.body).toMatchObject({ taken: 1, source: { lastError: null } });
    expect(await sources()).toMatchObject([{ state: 'done', lastError: null, taken: 1 }]);
  });

  it('may be larger than a portion', async () => {
    await world.sql.query(
      `insert into signal_trust (organisation_id, level, changed_at) values ($1, 'trusted', now())
       on conflict (organisation_id) do update set level = 'trusted'`,
      [admin.organisation.id],
    );
    const lines = Array.from({ length: 12_000 }, (_, n) =>
      n % 100 === 7 ? `pdq,bad ${n}` : `pdq,${hashOf(`big ${n}`)}`,
    );
    const { body } = await upload(`type,value\n${lines.join('\n')}`);
    expect(body).toMatchObject({ lines: 12_000, taken: 11_880, refused: 120, unchanged: 0 });
    expect(body.refusedLines).toHaveLength(120);
    expect(body.refusedLines[1]).toMatchObject({ line: 109 });
    // And goes away in portions, the first of them at once.
    const { id } = body.source;
    const removed = await admin.post<SourceView>(`/v1/exchange-sources/${id}/remove`, { brought: 'retract' });
    expect(removed.body).toMatchObject({ state: 'ended', retracted: 5_000, takesBack: true });
    const gone = await eventually(
      async () => (await admin.get<SourceView>(`/v1/exchange-sources/${id}`)).body,
      ({ takesBack }) => !takesBack,
    );
    expect(gone.retracted).toBe(11_880);
  });
});

describe('a process that is killed while it reads a source', () => {
  let world: World;
  let there: OtherSide;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    // Only the processes that are killed work.
    world = await startWorld({ config: { worker: false } });
    there = await new OtherSide().listen();
  });
  afterAll(async () => {
    for (const child of children) child.kill('SIGKILL');
    await there.close();
    await world.close();
  });

  async function start(): Promise<ChildProcess> {
    const { child } = await startProcess(world);
    children.push(child);
    return child;
  }

  it('has taken whole pages, and another process goes on behind the last of them', async () => {
    const [pages, size] = [12, 200];
    const { unit } = await world.cast();
    const admin = await world.person(unit, ['admin', 'curator']);
    there.reply = (request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x.example').searchParams.get('cursor') ?? 0);
      const lines = Array.from({ length: size }, (_, n) => lineOf(`p${page}-${n}`, hashOf(`killed ${page} ${n}`)));
      sendFeed(response, lines, `${page + 1}`, page + 1 < pages);
    };
    const { id } = await subscribe(admin, { protocol: 'clepsydra', address: there.url(), credential: { token: 't' } });
    const child = await start();
    const asked = (page: number): boolean =>
      there.asked.some((each) => each.includes(`cursor=${page}&`) || each.endsWith(`cursor=${page}`));
    while (!asked(5)) await sleep(5);
    child.kill('SIGKILL');
    // What it had asked for last is done or undone.
    await eventually(
      async () =>
        (
          await world.sql.query(`select 1 from pg_stat_activity
          where datname = current_database() and pid <> pg_backend_pid() and state in ('active', 'idle in transaction')`)
        ).rowCount,
      (busy) => busy === 0,
    );
    const look = async (): Promise<{ pages: number; rows: number; cursor: string }> => {
      const { rows } = await world.sql.query<{ pages: number; rows: number; cursor: string }>(
        `select pages::int, checkpoint ->> 'cursor' as cursor, (select count(*)::int from signal_contribution c where c.source_id = s.id) as rows
         from exchange_source s where id = $1`,
        [id],
      );
      return rows[0]!;
    };
    const killed = await look();
    expect(killed.pages).toBeGreaterThanOrEqual(5);
    expect(killed.pages).toBeLessThan(pages);
    expect(killed).toMatchObject({ rows: killed.pages * size, cursor: `${killed.pages}` });
    const before = there.asked.length;
    await start();
    for (let turn = 0; turn < 500 && (await look()).pages < pages; turn++) await sleep(100);
    expect(await look()).toEqual({ pages, rows: pages * size, cursor: `${pages}` });
    // Nothing was asked for twice but the page that was under way.
    expect(there.asked.slice(before)[0]).toContain(`cursor=${killed.pages}`);
  }, 90_000);
});

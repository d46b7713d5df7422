import { gzipSync } from 'node:zlib';
import { Client } from 'pg';
import { signScope } from '../../src/infra/database/scope';
import { COMMON_LIST } from '../../src/signals/changes';
import type { SourceView } from '../../src/signals/exchange/inbound/source.dto';
import { minutes, startWorld, type Person, type World } from '../support/app';
import { hashOf } from '../support/exchange-clients';
import {
  lineOf,
  OtherSide,
  read,
  readSince,
  sendFeed,
  standOf,
  subscribe,
  type Reply,
} from '../support/exchange-inbound';

const json = (response: Parameters<Reply>[1], body: unknown, headers: Record<string, string> = {}): void =>
  void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

describe('sources that lie, break and change their mind', () => {
  let world: World;
  let admin: Person;
  let there: OtherSide;

  beforeAll(async () => {
    world = await startWorld();
    const { unit } = await world.cast();
    admin = await world.person(unit, ['admin', 'analyst', 'curator']);
  });
  afterAll(() => world.close());
  beforeEach(async () => {
    there = await new OtherSide().listen();
  });
  afterEach(() => there.close());

  async function begin(reply: Reply, what: object = {}): Promise<SourceView> {
    there.reply = reply;
    world.clock.advance(1_000);
    const at = world.clock.now();
    const source = await subscribe(admin, {
      protocol: 'clepsydra',
      address: there.url(),
      credential: { token: 'clx_secret' },
      ...what,
    });
    return readSince(admin, source.id, at);
  }

  const pauseOf = (source: SourceView): number => Date.parse(source.nextRunAt!) - Date.parse(source.lastRunAt!);

  it('counts and names bad records, puts upper case right, and takes the rest', async () => {
    const good = hashOf('among bad ones');
    const source = await begin((_, response) =>
      sendFeed(
        response,
        [
          lineOf('upper', good.toUpperCase()),
          '{"signalId":"cut',
          lineOf('short', 'abc'),
          lineOf('alien', good, { type: 'photodna' }),
          lineOf('flat', '0'.repeat(64)),
          '[]',
          lineOf('odd', good, { state: 'schrodinger' }),
          lineOf('words', hashOf('with words'), { labels: { category: 'threat', ideology: 'new-word' }, severity: 9 }),
        ],
        'c1',
      ),
    );
    expect(source).toMatchObject({ state: 'active', taken: 2, refused: 6, lastError: null });
    expect(source.lastRefused.map(({ record, code }) => [record, code])).toEqual(
      expect.arrayContaining([
        ['line 2', 'record.unreadable'],
        ['short', 'record.hash-invalid'],
        ['alien', 'record.type-unknown'],
        ['flat', 'signal.low-quality'],
        ['line 6', 'record.unreadable'],
        ['odd', 'record.unreadable'],
      ]),
    );
    expect(await standOf(world, good)).toMatchObject({ state: 'active' });
  });

  it('ends the hash that a record named before when it names another one, unless another record still names it', async () => {
    const [first, second, shared] = [hashOf('renamed before'), hashOf('renamed now'), hashOf('renamed both')];
    const source = await begin((_, response) =>
      sendFeed(response, [lineOf('f1', first), lineOf('f2', shared), lineOf('f3', shared)], 'c1'),
    );
    expect(await standOf(world, first)).toMatchObject({ state: 'active', standing: 1 });
    there.reply = (_, response) => sendFeed(response, [lineOf('f1', second), lineOf('f2', second)], 'c2');
    await read(world, admin, source.id);
    expect(await standOf(world, first)).toMatchObject({ state: 'withdrawn', standing: 0 });
    expect(await standOf(world, second)).toMatchObject({ state: 'active', standing: 1 });
    expect(await standOf(world, shared)).toMatchObject({ state: 'active', standing: 1 });
    there.reply = (_, response) =>
      sendFeed(response, [{ signalId: 'f1', state: 'withdrawn' }, lineOf('f2', first)], 'c3');
    await read(world, admin, source.id);
    expect(await standOf(world, first)).toMatchObject({ state: 'active', standing: 1 });
    expect(await standOf(world, second)).toMatchObject({ state: 'withdrawn', standing: 0 });
  });

  it('keeps the last fifty refusals however many there are', async () => {
    const source = await begin((_, response) =>
      sendFeed(
        response,
        Array.from({ length: 300 }, (__, n) => lineOf(`bad ${n}`, 'x')),
        'c1',
      ),
    );
    expect(source).toMatchObject({ refused: 300, state: 'active' });
    expect(source.lastRefused.map(({ record }) => record)).toEqual(
      Array.from({ length: 50 }, (_, n) => `bad ${299 - n}`),
    );
  });

  it.each([
    ['401', 401, {}, 'exchange.source-refuses', 60],
    ['404', 404, {}, 'exchange.source-missing', 60],
    ['500', 500, {}, 'exchange.source-down', 1],
    ['429 that asks for two hours', 429, { 'retry-after': '7200' }, 'exchange.source-busy', 120],
    ['302 elsewhere', 302, { location: 'http://10.0.0.1/' }, 'egress.refused-address', 60],
  ])('is failing after a %s, and asks again only after a pause', async (_, status, headers, code, pause) => {
    const source = await begin((__, response) => void response.writeHead(status, headers).end('no'));
    expect(source).toMatchObject({ state: 'failing', lastError: code, failures: 1, taken: 0 });
    expect(pauseOf(source)).toBe(minutes(pause));
    there.reply = (__, response) => sendFeed(response, [lineOf('x', hashOf(`after ${status}`))], 'c1');
    expect(await read(world, admin, source.id)).toMatchObject({
      state: 'active',
      lastError: null,
      failures: 0,
      taken: 1,
    });
  });

  it('says once in the ledger that a source fails, and doubles the pause', async () => {
    const source = await begin((_, response) => void response.writeHead(500).end());
    const second = await read(world, admin, source.id);
    const third = await read(world, admin, source.id);
    expect([source, second, third].map(pauseOf)).toEqual([minutes(1), minutes(2), minutes(4)]);
    const { rows } = await world.sql.query(`select 1 from ledger_entry where kind = 'exchange.failed'
      and convert_from(bytes, 'UTF8') like $1`, [`%${source.id}%`]); // prettier-ignore
    expect(rows).toHaveLength(1);
  });

  it('takes an HTML page, an answer that is no text and a feed without an end for what they are, and nothing of them', async () => {
    const value = hashOf('never taken');
    const html = await begin(
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Please log in</h1>'),
    );
    expect(html).toMatchObject({ state: 'failing', lastError: 'exchange.source-unreadable' });
    const cut = await begin(
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/x-ndjson' })
          .end(`${JSON.stringify(lineOf('x', value))}\n`),
    );
    expect(cut).toMatchObject({ state: 'failing', lastError: 'exchange.source-cut', taken: 0 });
    const torn = await begin((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson', 'content-length': '100000' });
      response.write(`${JSON.stringify(lineOf('x', value))}\n`, () => response.destroy());
    });
    expect(torn).toMatchObject({ state: 'failing', lastError: 'egress.failed', taken: 0 });
    expect(await standOf(world, value)).toBeNull();
  });

  it('stops reading what is larger than a page, packed or not', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, 0x20));
    const packed = await begin(
      (_, response) =>
        void response.writeHead(200, { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' }).end(bomb),
    );
    expect(packed).toMatchObject({ state: 'failing', lastError: 'egress.too-large' });
    let sent = 0;
    const endless = await begin((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      const piece = Buffer.alloc(2 ** 20, 0x0a);
      const more = (): void => {
        // Two gibibytes, if it is let.
        while (sent < 2 ** 31 && !response.destroyed) {
          sent += piece.length;
          if (!response.write(piece)) return void response.once('drain', more);
        }
      };
      response.on('error', () => undefined);
      more();
    });
    expect(endless).toMatchObject({ state: 'failing', lastError: 'egress.too-large' });
    expect(sent).toBeLessThan(2 ** 28);
  });

  it('leaves a source that repeats a page for ever, with what it brought once', async () => {
    const value = hashOf('again and again');
    const source = await begin((_, response) => sendFeed(response, [lineOf('x', value)], 'same', true));
    expect(source).toMatchObject({ state: 'failing', lastError: 'exchange.source-repeats', taken: 1 });
    expect(there.asked.length).toBeLessThan(4);
    let n = 0;
    const circle = await begin((_, response) => sendFeed(response, [lineOf('y', value)], `c${n++ % 3}`, true));
    expect(circle).toMatchObject({ state: 'failing', lastError: 'exchange.source-repeats' });
    expect(there.asked.length).toBeLessThan(12);
  });

  it('reads so many pages at once of a source that never ends, and others have their turn', async () => {
    let n = 0;
    const source = await begin((_, response) => sendFeed(response, [], `c${n++}`, true));
    expect(source).toMatchObject({ state: 'active', pages: 200 });
    // Nothing changed: it waits for its interval like everybody.
    expect(pauseOf(source)).toBe(900_000);
  });

  it('goes on where it stood when a page cannot be taken whole: neither its hashes nor its place are kept', async () => {
    const [first, second] = [hashOf('whole page'), hashOf('half page')];
    await world.sql.query(`create function test_fails() returns trigger language plpgsql as $$ begin
      if new.remote_id = 'poison' then raise exception 'the process is gone' using errcode = '57P01'; end if; return new; end $$`);
    await world.sql.query(
      'create trigger test_fails before insert on exchange_record for each row execute function test_fails()',
    );
    there.reply = (request, response) =>
      request.url?.includes('cursor=c1')
        ? sendFeed(response, [lineOf('b', second), lineOf('poison', hashOf('poison'))], 'c2')
        : sendFeed(response, [lineOf('a', first)], 'c1', true);
    const source = await subscribe(admin, { protocol: 'clepsydra', address: there.url(), credential: { token: 't' } });
    for (let turn = 0; turn < 400 && !there.asked.some((each) => each.includes('cursor=c1')); turn++)
      await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await standOf(world, first)).toMatchObject({ state: 'active' });
    // The hash of the page that failed was not even made.
    expect(await standOf(world, second)).toBeNull();
    const { rows } = await world.sql.query('select checkpoint, pages from exchange_source where id = $1', [source.id]);
    expect(rows).toEqual([{ checkpoint: { cursor: 'c1' }, pages: '1' }]);
    await world.sql.query('drop trigger test_fails on exchange_record');
    const after = await read(world, admin, source.id);
    expect(after).toMatchObject({ state: 'active', taken: 3, pages: 2 });
    expect(there.asked.filter((each) => !each.includes('cursor='))).toHaveLength(1);
    expect(await standOf(world, second)).toMatchObject({ state: 'active' });
  });

  it('is failing, and not for ever tried at once, where something was not foreseen', async () => {
    await world.sql.query(`create function test_breaks() returns trigger language plpgsql as $$ begin
      if new.remote_id = 'unforeseen' then raise exception 'x' using errcode = '22P02'; end if; return new; end $$`);
    await world.sql.query(
      'create trigger test_breaks before insert on exchange_record for each row execute function test_breaks()',
    );
    const source = await begin((_, response) => sendFeed(response, [lineOf('unforeseen', hashOf('unforeseen'))], 'c1'));
    expect(source).toMatchObject({ state: 'failing', lastError: 'request.internal', taken: 0 });
    await world.sql.query('drop trigger test_breaks on exchange_record');
    expect(await read(world, admin, source.id)).toMatchObject({ state: 'active', taken: 1 });
  });

  describe('a Tech Against Terrorism list', () => {
    const entry = (hash: string, more: object = {}): object => ({
      hash_digest: hash,
      algorithm: 'PDQ',
      ideology: 'islamist',
      file_type: 'jpg',
      deleted: false,
      updated_on: 1704901040.22,
      created_on: '2025-03-03T23:05:22.587Z',
      id: 1,
      ...more,
    });
    const list =
      (pages: (query: URLSearchParams) => object): Reply =>
      (request, response, body) => {
        if (request.url?.startsWith('/token-auth/tcap/')) {
          const isRight = new URLSearchParams(body).get('password') === 'right';
          return isRight ? json(response, { user: {}, token: 'a.b.c' }) : void response.writeHead(401).end('{}');
        }
        json(response, pages(new URL(request.url ?? '', 'http://x.example').searchParams));
      };
    const what = { protocol: 'tat', credential: { username: 'u', password: 'right' } };

    it('that goes back is not followed any further, and its place is kept', async () => {
      const [value, later] = [hashOf('tat forward'), hashOf('tat back')];
      const source = await begin(
        list(() => ({ count: 1, next: null, previous: null, checkpoint: '200.5,2', results: [entry(value)] })),
        what,
      );
      expect(source).toMatchObject({ state: 'active', taken: 1 });
      there.reply = list(() => ({
        count: 1,
        next: null,
        previous: null,
        checkpoint: '100.5,1',
        results: [entry(later)],
      }));
      expect(await read(world, admin, source.id)).toMatchObject({
        state: 'failing',
        lastError: 'exchange.source-rewound',
      });
      expect(await standOf(world, later)).toBeNull();
      const { rows } = await world.sql.query('select checkpoint from exchange_source where id = $1', [source.id]);
      expect(rows).toEqual([{ checkpoint: { after: '200.5,2', next: null } }]);
    });

    it('is paged by a query or by a whole address, deletions are followed, and strange algorithms are named', async () => {
      const [one, two] = [hashOf('tat page one'), hashOf('tat page two')];
      const source = await begin(
        list((query) =>
          query.get('offset') === '1'
            ? {
                next: null,
                checkpoint: '300,3',
                results: [entry(two), entry(one, { deleted: true, algorithm: 'PDQ' })],
              }
            : {
                next: 'https://elsewhere.example/all?limit=1&offset=1',
                checkpoint: '0,-1',
                results: [entry(one), entry('ff', { algorithm: 'TMK', id: 7 })],
              },
        ),
        what,
      );
      expect(source).toMatchObject({ state: 'active', taken: 2, retracted: 1, refused: 1 });
      expect(source.lastRefused).toMatchObject([{ record: '7', code: 'record.type-unknown' }]);
      expect(await standOf(world, one)).toMatchObject({ state: 'withdrawn' });
      // A login before each page, and never at the address that the list names.
      expect(there.asked.filter((each) => each.startsWith('POST'))).toHaveLength(2);
    });

    it('that refuses the password is not asked again for an hour', async () => {
      const source = await begin(
        list(() => ({})),
        { ...what, credential: { username: 'u', password: 'wrong' } },
      );
      expect(source).toMatchObject({ state: 'failing', lastError: 'exchange.source-refuses' });
      expect(pauseOf(source)).toBe(minutes(60));
    });
  });

  describe('a TAXII collection', () => {
    const stix = (id: string, pattern: string, more: object = {}): object => ({
      type: 'indicator',
      spec_version: '2.1',
      id: `indicator--${id}`,
      created: '2026-01-01T00:00:00.000Z',
      modified: '2026-01-01T00:00:00.000Z',
      pattern,
      pattern_type: 'stix',
      valid_from: '2026-01-01T00:00:00.000Z',
      confidence: 80,
      ...more,
    });
    const send = (response: Parameters<Reply>[1], envelope: object, last: string): void =>
      json(response, envelope, {
        'content-type': 'application/taxii+json;version=2.1',
        'x-taxii-date-added-first': last,
        'x-taxii-date-added-last': last,
      });
    const what = { protocol: 'taxii', credential: {} };

    it('is taken where its patterns are hashes; opinions become a dispute; a stricter marking is not taken', async () => {
      const [one, two, red] = [hashOf('stix 1'), hashOf('stix 2'), hashOf('stix red')];
      const source = await begin((_, response) =>
        send(
          response,
          {
            objects: [
              { type: 'opinion', id: 'opinion--1', opinion: 'strongly-disagree', explanation: 'artistic', created_by_ref: 'identity--g', object_refs: ['indicator--1'] },
              { type: 'identity', id: 'identity--g', name: 'Gallery' },
              stix('1', `[file:hashes.'PDQ' = '${one}' OR file:hashes.'SHA-256' = '${two}']`),
              stix('2', "[url:value = 'https://harbour.example/']"),
              stix('3', `[file:hashes.MD5 = 'abc']`),
              stix('4', `[file:hashes.PDQ = '${red}']`, { object_marking_refs: ['marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1'] }),
              stix('5', `[file:hashes.PDQ = '${hashOf('stix old')}']`, { valid_until: '2026-01-02T00:00:00Z' }),
            ],
          },
          '2026-02-01T00:00:00.000001Z',
        ), what); // prettier-ignore
      expect(source).toMatchObject({ state: 'active', taken: 2, refused: 3 });
      expect(source.lastRefused.map(({ code }) => code).toSorted()).toEqual([
        'record.marking-stronger',
        'record.pattern-unsupported',
        'record.pattern-unsupported',
      ]);
      expect(await standOf(world, one)).toMatchObject({
        state: 'disputed',
        disputes: [{ reason: 'artistic', note: 'Handed on, unchecked: artistic (Gallery, at The other side)' }],
      });
      expect(await standOf(world, two)).toMatchObject({ state: 'disputed' });
      // The gallery changes its mind; the second hash is not in the next version any more.
      there.reply = (_, response) =>
        send(
          response,
          {
            objects: [
              stix('1', `[file:hashes.'PDQ' = '${one}']`),
              { type: 'opinion', id: 'opinion--1', opinion: 'agree', object_refs: ['indicator--1'] },
            ],
          },
          '2026-02-02T00:00:00.000Z',
        );
      await read(world, admin, source.id);
      expect(there.asked.at(-1)).toContain('added_after=2026-02-01T00%3A00%3A00.000001Z');
      // Nobody says its quality there, so it proposes and never blocks by itself.
      expect(await standOf(world, one)).toMatchObject({ state: 'provisional', disputes: [{ state: 'retracted' }] });
      expect(await standOf(world, two)).toMatchObject({ state: 'withdrawn' });
    });

    it('keeps a hash that another record still names, and takes one back that is marked more strictly than before', async () => {
      const [shared, marked] = [hashOf('named twice'), hashOf('marked later')];
      const naming = (id: string, value: string, more: object = {}): object =>
        stix(id, `[file:hashes.PDQ = '${value}']`, more);
      const source = await begin(
        (_, response) =>
          send(
            response,
            { objects: [naming('t1', shared), naming('t2', shared), naming('t3', marked)] },
            '2026-02-01T00:00:00Z',
          ),
        what,
      );
      expect(source).toMatchObject({ state: 'active', taken: 2, refused: 0 });
      const red = { object_marking_refs: ['marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed'] };
      there.reply = (_, response) =>
        send(
          response,
          { objects: [naming('t1', shared, { revoked: true }), naming('t3', marked, red)] },
          '2026-02-02T00:00:00Z',
        );
      expect(await read(world, admin, source.id)).toMatchObject({ retracted: 1, refused: 1 });
      expect(await standOf(world, shared)).toMatchObject({ state: 'provisional' });
      expect(await standOf(world, marked)).toMatchObject({ state: 'withdrawn' });
      there.reply = (_, response) =>
        send(response, { objects: [naming('t2', shared, { revoked: true })] }, '2026-02-03T00:00:00Z');
      await read(world, admin, source.id);
      expect(await standOf(world, shared)).toMatchObject({ state: 'withdrawn' });
    });

    it('that goes back is not followed any further; one that forgot its next is begun anew', async () => {
      const [one, two] = [hashOf('taxii next 1'), hashOf('taxii next 2')];
      let isForgotten = false;
      const source = await begin((request, response) => {
        if (!request.url?.includes('next=')) {
          return send(response, { more: !isForgotten, next: 'n1', objects: [stix('n1', `[file:hashes.PDQ = '${one}']`), ...(isForgotten ? [stix('n2', `[file:hashes.PDQ = '${two}']`)] : [])] }, '2026-02-01T00:00:00Z'); // prettier-ignore
        }
        isForgotten = true;
        response.writeHead(404).end('{}');
      }, what);
      expect(source).toMatchObject({ state: 'active', taken: 2 });
      there.reply = (_, response) =>
        send(response, { objects: [stix('n3', `[file:hashes.PDQ = '${hashOf('n3')}']`)] }, '2026-01-01T00:00:00Z');
      expect(await read(world, admin, source.id)).toMatchObject({
        state: 'failing',
        lastError: 'exchange.source-rewound',
      });
    });
  });

  it('takes what is beyond the quota of today on the days that follow, and withdrawals at once', async () => {
    const platform = await world.organisation('platform', 'small');
    const person = await world.person(platform, ['admin', 'curator']);
    await world.sql.query(
      `insert into signal_trust (organisation_id, level, daily_quota, hourly_flood, changed_at) values ($1, 'new', 5, 100, now())`,
      [platform.id],
    );
    there.reply = (_, response) =>
      sendFeed(
        response,
        Array.from({ length: 12 }, (__, n) => lineOf(`q${n}`, hashOf(`quota ${n}`))),
        'c1',
      );
    world.clock.advance(1_000);
    const at = world.clock.now();
    const { id } = await subscribe(person, { protocol: 'clepsydra', address: there.url(), credential: { token: 't' } });
    expect(await readSince(person, id, at)).toMatchObject({ state: 'active', taken: 5, refused: 0 });
    there.reply = (_, response) =>
      sendFeed(response, [{ signalId: 'q0', type: 'pdq', value: null, state: 'withdrawn', seq: 2, at: '' }, { signalId: 'q11', type: 'pdq', value: null, state: 'withdrawn', seq: 2, at: '' }], 'c2'); // prettier-ignore
    expect(await read(world, person, id)).toMatchObject({ state: 'active', taken: 5, retracted: 1 });
    there.reply = (_, response) => sendFeed(response, [], 'c2');
    world.clock.advance(minutes(24 * 60));
    expect(await read(world, person, id)).toMatchObject({ taken: 10 });
    world.clock.advance(minutes(24 * 60));
    expect(await read(world, person, id)).toMatchObject({ taken: 11 });
    expect(await standOf(world, hashOf('quota 11'))).toBeNull();
  });

  it('is read again when its time comes', async () => {
    const source = await begin((_, response) => sendFeed(response, [], 'c1'), { intervalSeconds: 60 });
    world.clock.advance(minutes(1));
    expect(await readSince(admin, source.id, world.clock.now())).toMatchObject({ state: 'active' });
  });

  it('lets SQL as the serving role see, dispute and restate nothing of another organisation’s source', async () => {
    const value = hashOf('forged');
    const source = await begin((_, response) => sendFeed(response, [lineOf('x', value)], 'c1'));
    const { rows } = await world.sql.query<{ id: string }>('select id from signal where value = $1', [value]);
    const stranger = await world.organisation('platform', 'villain');
    const app = new Client(world.database.app);
    await app.connect();
    const pid = (await app.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
    const asStranger = async (statement: string, values: unknown[]): Promise<unknown> => {
      await app.query('begin');
      const scope = signScope(world.database.scopeKey, stranger.id, null, pid);
      await app.query(`select set_config('app.scope', $1, true)`, [scope]);
      const outcome = await app.query(statement, values).then(
        (done) => done.rows,
        (error: { code?: string }) => error.code,
      );
      await app.query('rollback');
      return outcome;
    };
    const signals = [[rows[0]!.id]];
    try {
      expect(await asStranger('select * from exchange_source', [])).toEqual([]);
      expect(await asStranger('select * from exchange_record', [])).toEqual([]);
      expect(
        await asStranger('select exchange_relay($1, $2, array[gen_random_uuid()], now(), now())', [
          source.id,
          ...signals,
        ]),
      ).toBe('42501');
      expect(
        await asStranger(
          `select exchange_restate($1, $2, '{"{}"}', '{critical}', '{null}', '{"{}"}', '{true}', '{null}', now())`,
          [source.id, ...signals],
        ),
      ).toBe('42501');
      expect(
        await asStranger(
          `insert into exchange_record (source_id, remote_id, part, organisation_id) values ($1, 'x', 9, $2)`,
          [source.id, stranger.id],
        ),
      ).toBe('42501');
    } finally {
      await app.end();
    }
  });

  describe('when it is subscribed to', () => {
    const ask = (what: object): Promise<{ status: number; body: { code: string; errors?: { pointer: string }[] } }> =>
      admin.post('/v1/exchange-sources', {
        protocol: 'clepsydra',
        name: 'x',
        listId: COMMON_LIST,
        tlp: 'amber',
        acceptReviews: true,
        address: there.url(),
        credential: { token: 't' },
        ...what,
      });

    it('has to be at an address that may be called, with the credential of its protocol', async () => {
      expect(await ask({ address: 'http://169.254.169.254/' })).toMatchObject({
        status: 422,
        body: { code: 'egress.refused-address' },
      });
      expect(await ask({ address: 'https://u:p@x.example/' })).toMatchObject({
        status: 422,
        body: { code: 'egress.refused-scheme' },
      });
      expect(await ask({ credential: { username: 'u', password: 'p' } })).toMatchObject({
        status: 400,
        body: { errors: [{ pointer: '/credential' }] },
      });
      expect(await ask({ protocol: 'csv' })).toMatchObject({ status: 400 });
      expect(there.asked).toEqual([]);
    });

    it('goes to a list that its subscriber may add to, and that is marked as strictly', async () => {
      expect(await ask({ tlp: 'red' })).toMatchObject({ status: 422, body: { code: 'exchange.list-too-open' } });
      expect(await ask({ tlp: 'amber+strict' })).toMatchObject({ status: 422 });
      expect(await ask({ listId: '00000000-0000-7000-8000-00000000dead' })).toMatchObject({ status: 400 });
      const own = await admin.post<{ id: string }>('/v1/signal-lists', {
        slug: 'strict',
        name: 'Strict',
        purpose: 'for ourselves',
        sharing: 'group',
        tlp: 'red',
      });
      there.reply = (_, response) => sendFeed(response, [], 'c1');
      const made = await ask({ tlp: 'red', listId: own.body.id });
      expect(made.status).toBe(201);
      // Somebody is let in later: nothing more is taken then.
      const { id } = made.body as unknown as SourceView;
      const guest = await world.organisation('platform', 'guest');
      const added = await admin.post(`/v1/signal-lists/${own.body.id}/members`, {
        organisationId: guest.id,
        mayContribute: false,
      });
      expect(added.status).toBeLessThan(300);
      expect(await read(world, admin, id)).toMatchObject({ state: 'failing', lastError: 'exchange.list-too-open' });
    });

    it('is for administrators of bodies that contribute, and for their own eyes', async () => {
      const source = await begin((_, response) => sendFeed(response, [], 'c1'));
      const analyst = await world.person(admin.organisation, ['analyst']);
      expect((await analyst.get('/v1/exchange-sources')).status).toBe(403);
      const stranger = await world.person(await world.organisation('platform', 'stranger'), ['admin']);
      expect((await stranger.get(`/v1/exchange-sources/${source.id}`)).status).toBe(404);
      expect((await stranger.post(`/v1/exchange-sources/${source.id}/remove`, { brought: 'retract' })).status).toBe(
        404,
      );
      const looker = await world.person(await world.organisation('investigative_body', 'looker'), ['admin']);
      const asked = await looker.post('/v1/exchange-sources', {
        protocol: 'clepsydra',
        name: 'x',
        listId: COMMON_LIST,
        tlp: 'amber',
        acceptReviews: true,
        address: there.url(),
        credential: { token: 't' },
      });
      expect(asked.status).toBe(403);
    });
  });
});

import { gzipSync } from 'node:zlib';

import { minutes, type World } from '../support/app';
import { hashOf } from '../support/exchange';
import { lineOf, OtherSide, pauseOf, sendFeed, standOf, subscribe, Subscriber } from '../support/exchange-inbound';
import { eventually } from '../support/referral';

describe('sources that lie, break and change their mind', () => {
  let here: Subscriber;
  let world: World;
  let there: OtherSide;

  beforeAll(async () => {
    here = await Subscriber.start();
    ({ world } = here);
  });
  afterAll(() => here?.close());
  beforeEach(async () => {
    there = await here.opposite();
  });

  it('counts and names bad records, puts upper case right, and takes the rest', async () => {
    const good = hashOf('among bad ones');
    const source = await here.begin((_, response) =>
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
    const source = await here.begin((_, response) =>
      sendFeed(response, [lineOf('f1', first), lineOf('f2', shared), lineOf('f3', shared)], 'c1'),
    );
    expect(await standOf(world, first)).toMatchObject({ state: 'active', standing: 1 });
    there.reply = (_, response) => sendFeed(response, [lineOf('f1', second), lineOf('f2', second)], 'c2');
    await here.again(source);
    expect(await standOf(world, first)).toMatchObject({ state: 'withdrawn', standing: 0 });
    expect(await standOf(world, second)).toMatchObject({ state: 'active', standing: 1 });
    expect(await standOf(world, shared)).toMatchObject({ state: 'active', standing: 1 });
    there.reply = (_, response) =>
      sendFeed(response, [{ signalId: 'f1', state: 'withdrawn' }, lineOf('f2', first)], 'c3');
    await here.again(source);
    expect(await standOf(world, first)).toMatchObject({ state: 'active', standing: 1 });
    expect(await standOf(world, second)).toMatchObject({ state: 'withdrawn', standing: 0 });
  });

  it('keeps the last fifty refusals however many there are', async () => {
    const source = await here.begin((_, response) =>
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
    const source = await here.begin((__, response) => void response.writeHead(status, headers).end('no'));
    expect(source).toMatchObject({ state: 'failing', lastError: code, failures: 1, taken: 0 });
    expect(pauseOf(source)).toBe(minutes(pause));
    there.reply = (__, response) => sendFeed(response, [lineOf('x', hashOf(`after ${status}`))], 'c1');
    expect(await here.again(source)).toMatchObject({
      state: 'active',
      lastError: null,
      failures: 0,
      taken: 1,
    });
  });

  it('says once in the ledger that a source fails, and doubles the pause', async () => {
    const source = await here.begin((_, response) => void response.writeHead(500).end());
    const second = await here.again(source);
    const third = await here.again(source);
    expect([source, second, third].map(pauseOf)).toEqual([minutes(1), minutes(2), minutes(4)]);
    const { rows } = await world.sql.query(`select 1 from ledger_entry where kind = 'exchange.failed'
      and convert_from(bytes, 'UTF8') like $1`, [`%${source.id}%`]); // prettier-ignore
    expect(rows).toHaveLength(1);
  });

  it('takes an HTML page, an answer that is no text and a feed without an end for what they are, and nothing of them', async () => {
    const value = hashOf('never taken');
    const html = await here.begin(
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Please log in</h1>'),
    );
    expect(html).toMatchObject({ state: 'failing', lastError: 'exchange.source-unreadable' });
    const cut = await here.begin(
      (_, response) =>
        void response
          .writeHead(200, { 'content-type': 'application/x-ndjson' })
          .end(`${JSON.stringify(lineOf('x', value))}\n`),
    );
    expect(cut).toMatchObject({ state: 'failing', lastError: 'exchange.source-cut', taken: 0 });
    const torn = await here.begin((_, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson', 'content-length': '100000' });
      response.write(`${JSON.stringify(lineOf('x', value))}\n`, () => response.destroy());
    });
    expect(torn).toMatchObject({ state: 'failing', lastError: 'egress.failed', taken: 0 });
    expect(await standOf(world, value)).toBeNull();
  });

  it('stops reading what is larger than a page, packed or not', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 2 ** 20, 0x20));
    const packed = await here.begin(
      (_, response) =>
        void response.writeHead(200, { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' }).end(bomb),
    );
    expect(packed).toMatchObject({ state: 'failing', lastError: 'egress.too-large' });
    let sent = 0;
    const endless = await here.begin((_, response) => {
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
    const source = await here.begin((_, response) => sendFeed(response, [lineOf('x', value)], 'same', true));
    expect(source).toMatchObject({ state: 'failing', lastError: 'exchange.source-repeats', taken: 1 });
    expect(there.asked.length).toBeLessThan(4);
    let n = 0;
    const circle = await here.begin((_, response) => sendFeed(response, [lineOf('y', value)], `c${n++ % 3}`, true));
    expect(circle).toMatchObject({ state: 'failing', lastError: 'exchange.source-repeats' });
    expect(there.asked.length).toBeLessThan(12);
  });

  it('reads so many pages at once of a source that never ends, and others have their turn', async () => {
    let n = 0;
    const source = await here.begin((_, response) => sendFeed(response, [], `c${n++}`, true));
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
    const source = await subscribe(here.admin, {
      protocol: 'clepsydra',
      address: there.url(),
      credential: { token: 't' },
    });
    // Tried, broken off and given back.
    await eventually(
      async () =>
        (
          await world.sql.query(
            'select 1 from graphile_worker._private_jobs where last_error is not null and locked_at is null',
          )
        ).rowCount,
      (count) => count === 1,
    );
    expect(await standOf(world, first)).toMatchObject({ state: 'active' });
    // The hash of the page that failed was not even made.
    expect(await standOf(world, second)).toBeNull();
    const { rows } = await world.sql.query('select checkpoint, pages from exchange_source where id = $1', [source.id]);
    expect(rows).toEqual([{ checkpoint: { cursor: 'c1' }, pages: '1' }]);
    await world.sql.query('drop trigger test_fails on exchange_record');
    const after = await here.again(source);
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
    const source = await here.begin((_, response) =>
      sendFeed(response, [lineOf('unforeseen', hashOf('unforeseen'))], 'c1'),
    );
    expect(source).toMatchObject({ state: 'failing', lastError: 'request.internal', taken: 0 });
    await world.sql.query('drop trigger test_breaks on exchange_record');
    expect(await here.again(source)).toMatchObject({ state: 'active', taken: 1 });
  });
});

import { gunzipSync } from 'node:zlib';
import type { FeedLine } from '../../src/signals/exchange/feed/feed-lines';
import { COMMON_LIST } from '../../src/signals/changes';
import type { World } from '../support/app';
import { Exchange, hashOf, issue, type Issued } from '../support/exchange';
import { FeedClient } from '../support/exchange-clients';

describe('the signal feed', () => {
  let here: Exchange;
  let world: World;
  let credential: Issued;

  beforeAll(async () => {
    here = await Exchange.start();
    ({ world } = here);
    credential = await issue(here.admin, { protocol: 'feed', lists: [COMMON_LIST] });
  });
  afterAll(() => here?.close());

  it('begins with all that stands and goes on with each change, to the withdrawal', async () => {
    const client = new FeedClient(world, credential);
    const first = await here.contribute(hashOf('first'), { labels: { category: 'incitement' } });
    await client.poll();
    expect(client.signals.get(first)).toMatchObject({
      type: 'pdq',
      state: 'active',
      lists: [COMMON_LIST],
      labels: { category: 'incitement' },
    });
    const second = await here.contribute(hashOf('second'));
    expect(await client.poll()).toBe(1);
    expect([...client.signals.keys()]).toEqual([first, second]);
    await here.withdraw(first);
    expect(await client.poll()).toBe(1);
    expect([...client.signals.keys()]).toEqual([second]);
    expect(await client.poll()).toBe(0);
  });

  it('pages by any limit to the same end, also when each page is asked for by a client that starts anew', async () => {
    for (let n = 0; n < 7; n++) await here.contribute(hashOf(`page ${n}`));
    const whole = new FeedClient(world, credential);
    await whole.poll();
    for (const limit of [1, 2, 3, 100]) {
      const client = new FeedClient(world, credential, limit);
      await client.poll();
      expect([...client.signals.keys()].toSorted()).toEqual([...whole.signals.keys()].toSorted());
    }
  });

  it('finds the next line behind ten thousand changes on the lists of others, however small the page', async () => {
    const client = new FeedClient(world, credential);
    await client.poll();
    const body = { slug: 'others', name: 'Others', purpose: 'not served', sharing: 'group', tlp: 'amber' };
    const list = await here.curator.post<{ id: string }>('/v1/signal-lists', body);
    expect(list.status).toBe(201);
    const foreign = await here.contribute(hashOf('of others'), { listId: list.body.id });
    await world.sql.query(
      `with made as (insert into signal (id, type, value, state, created_at, changed_at)
         select gen_random_uuid(), 'sha256', encode(sha256(n::text::bytea), 'hex'), 'withdrawn', now(), now() from generate_series(1, 10000) n returning id)
       insert into signal_change (entry_id, signal_id) select c.entry_id, made.id from signal_change c, made where c.signal_id = $1`,
      [foreign],
    );
    const mine = await here.contribute(hashOf('behind the others'));
    const headers = { authorization: `Bearer ${credential.secrets.token}` };
    const { payload } = await world.app.inject({ url: `/exchange/feed?limit=1&cursor=${client.cursor}`, headers });
    const [line = ''] = payload.split('\n');
    expect(JSON.parse(line)).toMatchObject({ signalId: mine, state: 'active', quality: 90, tlp: 'amber' });
  });

  it('says nothing to a client that has everything, and never resends a snapshot', async () => {
    const client = new FeedClient(world, credential);
    await client.poll();
    const lines = await client.poll();
    expect(lines).toBe(0);
  });

  it('packs with gzip when that is accepted, and not when it is refused', async () => {
    const headers = { authorization: `Bearer ${credential.secrets.token}` };
    const packed = await world.app.inject({
      url: '/exchange/feed',
      headers: { ...headers, 'accept-encoding': 'br, gzip' },
    });
    expect(packed.headers['content-encoding']).toBe('gzip');
    const plain = await world.app.inject({
      url: '/exchange/feed',
      headers: { ...headers, 'accept-encoding': 'gzip;q=0' },
    });
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.payload);
    expect(plain.headers['content-type']).toContain('application/x-ndjson');
  });

  it('gives the organisation the same by its own login, and files for other tools', async () => {
    const answer = await world.app.inject({
      url: '/v1/signals/feed?limit=100000',
      headers: { authorization: `Bearer ${here.host.token}` },
    });
    const lines = answer.payload
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as FeedLine);
    expect(lines.at(-1)).toMatchObject({ more: false });
    const hashes = lines.slice(0, -1).map(({ value }) => String(value));
    const file = await world.app.inject({
      url: `/v1/signals/export?format=pdq&list=${COMMON_LIST}`,
      headers: { authorization: `Bearer ${here.host.token}` },
    });
    expect(file.payload.trim().split('\n').toSorted()).toEqual(hashes.toSorted());
    const csv = await world.app.inject({
      url: '/v1/signals/export?format=csv',
      headers: { authorization: `Bearer ${here.host.token}` },
    });
    expect(csv.payload.split('\r\n')[0]).toMatch(/^type,value,state/);
    expect(csv.payload.trim().split('\r\n')).toHaveLength(hashes.length + 1);
    expect(csv.headers['content-disposition']).toContain('signals.csv');
  });

  it('refuses a cursor of another selection, a list that one may not see and a limit of nothing', async () => {
    const bearer = { authorization: `Bearer ${credential.secrets.token}` };
    const first = await world.app.inject({ url: '/exchange/feed', headers: bearer });
    const through = (JSON.parse(first.payload.trim().split('\n').at(-1)!) as { through: string }).through;
    const own = await world.send('GET', `/v1/signals/feed?cursor=${through}`, undefined, {
      authorization: `Bearer ${here.host.token}`,
    });
    expect(own.status).toBe(400);
    expect(own.body).toMatchObject({ errors: [{ pointer: '/cursor' }] });
    const hidden = await world.send('GET', `/exchange/feed?lists=${here.platform.id}`, undefined, bearer);
    expect(hidden.status).toBe(404);
    expect(hidden.body).toMatchObject({ code: 'request.not-found', errors: [{ pointer: '/lists/0' }] });
    expect((await world.send('GET', '/exchange/feed?limit=0', undefined, bearer)).status).toBe(400);
    expect((await world.send('GET', '/exchange/feed?cursor=AAAA', undefined, bearer)).status).toBe(400);
  });
});

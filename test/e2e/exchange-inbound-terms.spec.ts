import { Client } from 'pg';
import { signScope } from '../../src/infra/database/scope';
import { COMMON_LIST } from '../../src/signals/changes';
import type { SourceView } from '../../src/signals/exchange/inbound/source.dto';
import { minutes, type Answer, type Person, type World } from '../support/app';
import { hashOf } from '../support/exchange';
import type { Problem } from '../support/signals';
import {
  lineOf,
  OtherSide,
  read,
  readSince,
  sendFeed,
  standOf,
  subscribe,
  Subscriber,
} from '../support/exchange-inbound';

describe('what a subscription is bound to', () => {
  let here: Subscriber;
  let world: World;
  let admin: Person;
  let there: OtherSide;

  beforeAll(async () => {
    here = await Subscriber.start();
    ({ world, admin } = here);
  });
  afterAll(() => here?.close());
  beforeEach(async () => {
    there = await here.opposite();
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
    const source = await here.begin((_, response) => sendFeed(response, [], 'c1'), { intervalSeconds: 60 });
    world.clock.advance(minutes(1));
    expect(await readSince(admin, source.id, world.clock.now())).toMatchObject({ state: 'active' });
  });

  it('lets SQL as the serving role see, dispute and restate nothing of another organisation’s source', async () => {
    const value = hashOf('forged');
    const source = await here.begin((_, response) => sendFeed(response, [lineOf('x', value)], 'c1'));
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
        await asStranger('select exchange_relay($1, $2, array[gen_random_uuid()], 1, now(), now())', [
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
    const ask = (what: object, by = admin): Promise<Answer<SourceView & Problem>> =>
      by.post('/v1/exchange-sources', {
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
      const { id } = made.body;
      const guest = await world.organisation('platform', 'guest');
      const added = await admin.post(`/v1/signal-lists/${own.body.id}/members`, {
        organisationId: guest.id,
        mayContribute: false,
      });
      expect(added.status).toBeLessThan(300);
      expect(await read(world, admin, id)).toMatchObject({ state: 'failing', lastError: 'exchange.list-too-open' });
    });

    it('is for administrators of bodies that contribute, and for their own eyes', async () => {
      const source = await here.begin((_, response) => sendFeed(response, [], 'c1'));
      const analyst = await world.person(admin.organisation, ['analyst']);
      expect((await analyst.get('/v1/exchange-sources')).status).toBe(403);
      const stranger = await world.person(await world.organisation('platform', 'stranger'), ['admin']);
      expect((await stranger.get(`/v1/exchange-sources/${source.id}`)).status).toBe(404);
      expect((await stranger.post(`/v1/exchange-sources/${source.id}/remove`, { brought: 'retract' })).status).toBe(
        404,
      );
      const looker = await world.person(await world.organisation('investigative_body', 'looker'), ['admin']);
      expect((await ask({}, looker)).status).toBe(403);
    });
  });
});

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Work, ASKED_SOURCE, WORKER_SOURCE } from '../../src/infra/database/work';
import { LedgerFollow } from '../../src/ledger/ledger-follow';
import { Directory } from '../../src/signals/matching/directory.service';
import type { BatchMatchAnswer, MatchAnswer } from '../../src/signals/matching/match.dto';
import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import { startMatching, anotherNode, lookUp, newKey, DAY_MS } from '../support/matching';
import { contribute, flip, until } from '../support/signals';
import type { Person, World } from '../support/app';
import { randomHash } from '../support/hashes';

describe('a node that answers from memory', () => {
  let world: World;
  let moderator: Person;
  let curator: Person;
  let second: NestFastifyApplication;

  beforeAll(async () => {
    ({ world, moderator, curator } = await startMatching());
    second = await anotherNode(world);
  });
  afterAll(async () => {
    await second.close();
    await world.close();
  });

  /** The same question to the second node, with this credential. */
  async function atSecond(token: string, value: string): Promise<{ status: number; body: MatchAnswer }> {
    const answer = await second.inject({
      url: `/v1/signals/match?type=pdq&value=${value}`,
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: answer.statusCode, body: answer.json() };
  }

  /** All pools refuse every connection while the work runs. */
  async function withoutDatabase(work: () => Promise<void>): Promise<void> {
    const pools = [getDataSourceToken(), getDataSourceToken(WORKER_SOURCE), getDataSourceToken(ASKED_SOURCE)].map(
      (token) => (world.app.get<DataSource>(token).driver as unknown as { master: { connect: unknown } }).master,
    );
    const kept = pools.map((pool) => pool.connect);
    for (const pool of pools) {
      pool.connect = (callback: (error: Error) => void) => callback(new Error('there is no database'));
    }
    try {
      await work();
    } finally {
      pools.forEach((pool, at) => (pool.connect = kept[at]));
    }
  }

  it('lets another node match what was added here, and no more once it was withdrawn', async () => {
    const value = randomHash();
    const { id } = await contribute(curator, { type: 'pdq', value });
    await until(async () => {
      const { body } = await atSecond(moderator.token, flip(value, 12));
      return body.matches.some((match) => match.signalId === id && match.distance === 12);
    });
    await curator.post(`/v1/signals/${id}/withdraw`, { reason: 'a mistake' });
    expect((await lookUp(moderator, 'pdq', value)).body.matches).toEqual([]);
    await until(async () => (await atSecond(moderator.token, value)).body.matches.length === 0);
  });

  it('makes no call to the database for a look-up, with or without a match', async () => {
    const known = randomHash();
    const { id } = await contribute(curator, { type: 'pdq', value: known, labels: { category: 'instruction' } });
    const { key } = await newKey(world, moderator);
    const ask = (url: string) => world.send<MatchAnswer>('GET', url, undefined, { authorization: `Bearer ${key}` });
    expect((await ask(`/v1/signals/match?type=pdq&value=${known}`)).status).toBe(200);
    await withoutDatabase(async () => {
      for (let n = 0; n < 20; n++) {
        const hit = await ask(`/v1/signals/match?type=pdq&value=${flip(known, n)}`);
        expect(hit.body.matches).toMatchObject([{ signalId: id, distance: n, labels: { category: 'instruction' } }]);
        const miss = await ask(`/v1/signals/match?type=sha256&value=${randomHash()}`);
        expect(miss).toMatchObject({ status: 200, body: { matches: [], freshness: { source: 'index' } } });
      }
      const many = await world.send<BatchMatchAnswer>('POST', '/v1/signals/match/batch', { type: 'pdq', values: [known] }, {
        authorization: `Bearer ${key}`,
      }); // prettier-ignore
      expect(many.body.matches).toHaveLength(1);
      // And says how far behind it may be, more and more: a look at the ledger that was under way may still have come back.
      await until(async () => {
        const { freshness } = (await ask(`/v1/signals/match?type=pdq&value=${known}`)).body;
        return freshness.behindMs >= 300;
      });
      // The day's budget of somebody who asked yesterday begins without a database.
      const today = world.clock.now();
      world.clock.set(new Date(today.getTime() + DAY_MS));
      expect((await ask(`/v1/signals/match?type=pdq&value=${known}`)).body.matches).toHaveLength(1);
      world.clock.set(today);
      // Anything else asks the database whether the credential still stands.
      expect((await ask('/v1/platforms')).status).toBeGreaterThanOrEqual(500);
    });
  });

  it('ends a revoked key at the next look-up here, and at once after the ledger tells on another node', async () => {
    const { id, key } = await newKey(world, moderator);
    const here = () => world.send('GET', `/v1/signals/match?type=pdq&value=${randomHash()}`, undefined, { authorization: `Bearer ${key}` }); // prettier-ignore
    expect((await here()).status).toBe(200);
    expect((await atSecond(key, randomHash())).status).toBe(200);
    await moderator.post(`/v1/api-keys/${id}/revoke`);
    expect((await here()).status).toBe(401);
    await until(async () => (await atSecond(key, randomHash())).status === 401);
  });

  it('refuses an expired key on a hot route although it was recognised a moment ago', async () => {
    const { key } = await newKey(world, moderator);
    const ask = () => world.send('GET', `/v1/signals/match?type=pdq&value=${randomHash()}`, undefined, { authorization: `Bearer ${key}` }); // prettier-ignore
    expect((await ask()).status).toBe(200);
    const before = world.clock.now();
    world.clock.set(new Date(before.getTime() + 31 * DAY_MS));
    expect((await ask()).status).toBe(401);
    world.clock.set(before);
  });

  it('misses nothing that changes while it loads', async () => {
    const { sql } = world;
    const bulk = await world.organisation('civil_society', `bulk-${uuidv7().slice(-6)}`);
    const keeper = await world.person(bulk, ['curator']);
    await sql.query('begin');
    await sql.query('set local session_replication_role = replica');
    await sql.query(
      `insert into signal (id, type, value, state, reviewed, created_at, changed_at)
       select uuidv7(), 'pdq', encode(sha256(('loaded' || n)::bytea), 'hex'), 'active', true, now(), now() from generate_series(1, 25000) n`,
    );
    await sql.query(
      `insert into signal_contribution (id, signal_id, organisation_id, list_id, labels, reviewed, state, contributed_at)
       select uuidv7(), s.id, $1, $2, '{}', true, 'standing', now() - interval '60 days' from signal s
       where not exists (select from signal_contribution c where c.signal_id = s.id)`,
      [bulk.id, '00000000-0000-7000-8000-000000000001'],
    );
    await sql.query('commit');
    const { rows } = await sql.query<{ id: string; value: string }>(
      `select id, value from signal where value in (select encode(sha256(('loaded' || n * 1000)::bytea), 'hex') from generate_series(1, 25) n)`,
    );
    const before = await Promise.all(
      Array.from({ length: 6 }, () => contribute(curator, { type: 'pdq', value: randomHash() })),
    );
    const index = new SignalIndex(world.app.get(Work), world.app.get(LedgerFollow), world.app.get(Directory));
    index.onApplicationBootstrap();
    const [left, gone] = [rows.slice(0, 12), rows.slice(12)];
    const made: SignalView[] = [];
    for (const [n, { id }] of gone.entries()) {
      expect((await keeper.post(`/v1/signals/${id}/withdraw`, { reason: 'a mistake' })).status).toBe(200);
      if (n % 2 === 0) made.push(await contribute(curator, { type: 'pdq', value: randomHash() }));
    }
    const standing = [...before, ...made, ...left];
    const knows = (value: string): boolean => index.near('pdq', value, 0).length === 1;
    await until(
      () => index.loaded && standing.every(({ value }) => knows(value!)) && !gone.some(({ value }) => knows(value)),
    );
    expect(index.store.sizeOf('pdq')).toBe(
      (
        await sql.query<{ n: number }>(
          `select count(*)::int as n from signal where type = 'pdq' and state <> 'withdrawn'`,
        )
      ).rows[0]!.n,
    );
    await index.onModuleDestroy();
  });
});

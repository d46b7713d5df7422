import { v7 as uuidv7 } from 'uuid';
import { COMMON_LIST } from '../../src/signals/changes';
import { minutes, type CastOrganisation, type Person, type World } from '../support/app';
import { Exchange, hashOf, issue, sequenced, type Issued } from '../support/exchange';
import { FeedClient, TaxiiClient } from '../support/exchange-clients';
import { StopnciiClient, TatClient } from '../support/exchange-field-clients';

describe('what a subscriber is served', () => {
  let here: Exchange;
  let world: World;
  let platform: CastOrganisation;
  let admin: Person;
  let stranger: Person;

  beforeAll(async () => {
    here = await Exchange.start();
    ({ world, platform, admin } = here);
    stranger = await world.person(await world.organisation('platform', 'elsewhere'), ['admin']);
  });
  afterAll(() => here?.close());
  beforeEach(() => world.clock.advance(minutes(1)));

  /** A list of the unit with the platform as a member. */
  async function group(tlp = 'amber'): Promise<string> {
    const id = uuidv7();
    await world.sql.query(
      `insert into signal_list (id, slug, name, purpose, owner_id, sharing, tlp, created_at) values ($1, $2, 'Group', 'for a few', $3, 'group', $4, now())`,
      [id, `group-${id.slice(-6)}`, here.curator.organisation.id, tlp],
    );
    await world.sql.query(
      'insert into signal_list_member (list_id, organisation_id, may_contribute, joined_at) values ($1, $2, false, now())',
      [id, platform.id],
    );
    return id;
  }

  const leave = (list: string): Promise<unknown> =>
    world.sql.query('update signal_list_member set left_at = $3 where list_id = $1 and organisation_id = $2', [
      list,
      platform.id,
      world.clock.now(),
    ]);

  it('is no list that one may not see, none marked red, and no verb of another protocol', async () => {
    const secret = await group();
    const red = await group('red');
    const ask = (person: Person, what: object) =>
      person.post<{ code: string; errors?: { pointer: string }[] }>('/v1/exchange-credentials', {
        name: 'x',
        expiresAt: '2027-01-01T00:00:00Z',
        ...what,
      });
    expect(await ask(stranger, { protocol: 'feed', lists: [COMMON_LIST, secret] })).toMatchObject({
      status: 404,
      body: { code: 'request.not-found', errors: [{ pointer: '/lists/1' }] },
    });
    expect(await ask(admin, { protocol: 'feed', lists: [red] })).toMatchObject({
      status: 422,
      body: { code: 'exchange.list-not-exportable', errors: [{ pointer: '/lists/0' }] },
    });
    expect(await ask(admin, { protocol: 'taxii', lists: [COMMON_LIST], verbs: ['submit'] })).toMatchObject({
      status: 422,
      body: { code: 'exchange.protocol-verb' },
    });
    expect(await ask(admin, { protocol: 'stopncii', lists: [COMMON_LIST], verbs: ['submit'] })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/submitTo' }] },
    });
    expect(
      await ask(admin, { protocol: 'stopncii', lists: [COMMON_LIST], verbs: ['submit'], submitTo: secret }),
    ).toMatchObject({ status: 404, body: { errors: [{ pointer: '/submitTo' }] } });
    expect((await ask(admin, { protocol: 'feed', lists: [] })).status).toBe(400);
    expect(
      (await ask(admin, { protocol: 'feed', lists: [COMMON_LIST], expiresAt: '2029-01-01T00:00:00Z' })).status,
    ).toBe(400);
    expect((await ask(here.host, { protocol: 'feed', lists: [COMMON_LIST] })).status).toBe(403);
  });

  it('is shown to administrators without its secrets, of their own organisation alone', async () => {
    const made = await issue(admin, { protocol: 'taxii', lists: [COMMON_LIST], name: 'a collector' });
    const { body } = await admin.get<{ items: { id: string; name: string }[] }>('/v1/exchange-credentials');
    expect(body.items.find(({ id }) => id === made.id)).toMatchObject({
      name: 'a collector',
      protocol: 'taxii',
      lastUsedAt: null,
    });
    for (const secret of Object.values(made.secrets)) expect(JSON.stringify(body)).not.toContain(secret);
    expect((await stranger.get<{ items: unknown[] }>('/v1/exchange-credentials')).body.items).toEqual([]);
    expect((await stranger.post(`/v1/exchange-credentials/${made.id}/revoke`)).status).toBe(404);
    await new TaxiiClient(world, made, COMMON_LIST).poll();
    const used = await admin.get<{ items: { id: string; lastUsedAt: string }[] }>('/v1/exchange-credentials');
    expect(used.body.items.find(({ id }) => id === made.id)!.lastUsedAt).toBe(world.clock.now().toISOString());
  });

  it('is what it may speak of: feedback over a credential reaches its lists, and leaves what was said of others', async () => {
    const [ours, other] = [await group(), await group()];
    const value = hashOf('fed back of one list');
    const id = await here.contribute(value, { listId: ours });
    await here.contribute(value, { listId: other });
    const spoken = async (): Promise<unknown> =>
      (
        await world.sql.query(
          `select verdict, list_ids as lists from signal_feedback where signal_id = $1 and superseded_at is null order by verdict`,
          [id],
        )
      ).rows;
    const stopncii = await issue(admin, { protocol: 'stopncii', lists: [ours], verbs: ['fetch', 'feedback'] });
    const tat = await issue(admin, { protocol: 'tat', lists: [ours], verbs: ['fetch', 'feedback'] });
    const say = (feedbackValue: string) =>
      new StopnciiClient(world, stopncii).post('SubmitFeedback', 'feedbackKey', {
        hashFeedbacks: [{ hashValue: value, feedbackValue, tags: [], signalType: 'ImagePDQ' }],
      });
    expect(await say('NotBlocked')).toMatchObject({ body: { accepted: 1 } });
    expect(await spoken()).toEqual([{ verdict: 'false', lists: [ours] }]);
    const byHand = { verdict: 'confirmed' };
    expect((await here.host.post(`/v1/signals/${id}/feedback`, byHand)).status).toBe(200);
    expect(await say('NotBlocked')).toMatchObject({ body: { accepted: 1 } });
    expect(await spoken()).toEqual([
      { verdict: 'confirmed', lists: [other] },
      { verdict: 'false', lists: [ours] },
    ]);
    const said = { hash_digest: value, category: 'MATCH' };
    expect(await new TatClient(world, tat).post('/exchange/tat/hash-list/v2/feedback', said)).toMatchObject({
      status: 201,
    });
    expect(await spoken()).toEqual([{ verdict: 'confirmed', lists: [ours, other] }]);
  });

  it('shows secrets once: a repeat with the same idempotency key is without them', async () => {
    const ask = { protocol: 'feed', lists: [COMMON_LIST], name: 'x', expiresAt: '2027-01-01T00:00:00Z' };
    const headers = { 'idempotency-key': 'credential-once' };
    const first = await admin.post<Issued>('/v1/exchange-credentials', ask, headers);
    const again = await admin.post<Issued>('/v1/exchange-credentials', ask, headers);
    expect(first.body.secrets.token).toMatch(/^clx_/);
    expect(again.body).toMatchObject({ id: first.body.id, secrets: null });
    const kept = await world.sql.query<{ all: string }>(
      `select string_agg(t::text, '') as all from (select * from exchange_secret) t`,
    );
    expect(kept.rows[0]!.all).not.toContain(first.body.secrets.token);
  });

  it('ends with the credential: revoked, expired, or made by somebody who has left', async () => {
    const leaver = await world.person(platform, ['admin']);
    const made = await Promise.all(
      [admin, admin, leaver].map((person) =>
        issue(person, {
          protocol: 'feed',
          lists: [COMMON_LIST],
          ...(person === leaver ? {} : { expiresAt: '2026-03-03T00:00:00Z' }),
        }),
      ),
    );
    const poll = (credential: Issued): Promise<number> => new FeedClient(world, credential).poll();
    for (const credential of made) await poll(credential);
    await admin.post(`/v1/exchange-credentials/${made[0]!.id}/revoke`);
    await expect(poll(made[0]!)).rejects.toThrow(/^401/);
    await world.sql.query('update membership set ended_at = now() where person_id = $1', [leaver.personId]);
    await expect(poll(made[2]!)).rejects.toThrow(/^401/);
    world.clock.advance(minutes(24 * 60));
    await expect(poll(made[1]!)).rejects.toThrow(/^401/);
  });

  it('never takes a token of another protocol, a session, or nothing', async () => {
    const feed = await issue(admin, { protocol: 'feed', lists: [COMMON_LIST] });
    const taxii = await issue(admin, { protocol: 'taxii', lists: [COMMON_LIST] });
    const basic = Buffer.from(`${taxii.username}:${taxii.secrets.password}`).toString('base64');
    for (const [url, authorization] of [
      ['/exchange/feed', `Bearer ${admin.token}`],
      ['/exchange/feed', `Bearer ${taxii.secrets.password}`],
      ['/exchange/feed', ''],
      ['/exchange/export?format=csv', 'Bearer clx_guess'],
      ['/exchange/stopncii/FetchHashes', `Bearer ${feed.secrets.token}`],
      ['/exchange/tat/api/hash-list/v2/all', `Bearer ${feed.secrets.token}`],
      ['/exchange/tat/api/hash-list/v2/all', `Basic ${basic}`],
      ['/taxii2/', `Bearer ${feed.secrets.token}`],
      ['/taxii2/', `Basic ${Buffer.from(`${taxii.username}:guess`).toString('base64')}`],
    ] as const) {
      const answer = await world.send('GET', url, undefined, { authorization, accept: '*/*' });
      expect([url, answer.status]).toEqual([url, 401]);
      expect(JSON.stringify(answer.body)).not.toContain('clx_');
    }
  });

  it('stops at once when the organisation leaves a list, and each protocol says what to drop', async () => {
    const list = await group();
    const lists = [COMMON_LIST, list];
    const kept = hashOf('scope both');
    const gone = hashOf('scope group only');
    await here.contribute(kept);
    await here.contribute(kept, { listId: list });
    const goneId = await here.contribute(gone, { listId: list });
    const feed = new FeedClient(world, await issue(admin, { protocol: 'feed', lists }));
    const stopncii = new StopnciiClient(world, await issue(admin, { protocol: 'stopncii', lists }));
    const tat = new TatClient(world, await issue(admin, { protocol: 'tat', lists }));
    const taxii = new TaxiiClient(world, await issue(admin, { protocol: 'taxii', lists }), list);
    await feed.poll();
    await stopncii.fetch();
    await tat.fetch();
    await taxii.poll();
    expect(feed.signals.has(goneId)).toBe(true);
    world.clock.advance(minutes(1));
    await leave(list);
    world.clock.advance(minutes(1));
    const later = hashOf('scope after leaving');
    await here.contribute(later, { listId: list });
    // The first request after it finds the change and writes it down; what follows from it comes with its place in the ledger.
    for (let turn = 0; turn < 2; turn++) {
      await feed.poll();
      await stopncii.fetch();
      await tat.fetch();
      await sequenced(world);
    }
    const values = [...feed.signals.values()].map(({ value }) => value);
    expect(values).toContain(kept);
    expect(values).not.toContain(gone);
    expect(tat.hashes.has(`pdq:${kept}`)).toBe(true);
    expect(tat.hashes.has(`pdq:${gone}`)).toBe(false);
    expect(stopncii.verdict(kept)).toBe('POSITIVE_CLASS');
    expect(stopncii.written(gone)).toBe('DISPUTED -1 -Clepsydra');
    await expect(taxii.poll()).rejects.toThrow();
    for (const told of [values, [...tat.hashes], [...stopncii.hashes.keys()]]) expect(told.join()).not.toContain(later);
    const entries = await world.sql.query(`select 1 from ledger_entry where kind = 'exchange.scope-changed'`);
    // Once for each of the four.
    expect(entries.rows).toHaveLength(4);
  });

  it('goes on with all of a list that the organisation joins again', async () => {
    const list = await group();
    const value = hashOf('scope rejoin');
    const id = await here.contribute(value, { listId: list });
    const feed = new FeedClient(world, await issue(admin, { protocol: 'feed', lists: [list] }));
    await feed.poll();
    await leave(list);
    for (let turn = 0; turn < 2; turn++) {
      await feed.poll();
      await sequenced(world);
    }
    expect(feed.signals.size).toBe(0);
    await world.sql.query('update signal_list_member set left_at = null where list_id = $1', [list]);
    for (let turn = 0; turn < 2; turn++) {
      await feed.poll();
      await sequenced(world);
    }
    expect([...feed.signals.keys()]).toEqual([id]);
  });

  it('says nothing of hashes that stand on other lists alone, and no state that only they give', async () => {
    const list = await group();
    const value = hashOf('scope two lists');
    const own = await group();
    await here.contribute(value, { listId: list, reviewed: true });
    const credential = await issue(admin, { protocol: 'feed', lists: [own] });
    const feed = new FeedClient(world, credential);
    await feed.poll();
    expect(feed.signals.size).toBe(0);
    const id = await here.contribute(value, { listId: own, reviewed: false });
    await feed.poll();
    expect(feed.signals.get(id)).toMatchObject({ state: 'provisional', reviewed: false, lists: [own] });
  });

  it('tells of quarantine as of a withdrawal to those who have the hash, and not to others', async () => {
    const value = hashOf('scope held');
    const id = await here.contribute(value);
    const credential = await issue(admin, { protocol: 'feed', lists: [COMMON_LIST] });
    const feed = new FeedClient(world, credential);
    await feed.poll();
    const entry = uuidv7();
    await world.sql.query(`update signal_contribution set state = 'quarantined' where signal_id = $1`, [id]);
    // What the defence writes with it: an entry, and which signals it is about.
    await here.curator.post('/v1/signals', { type: 'md5', value: hashOf('carrier').slice(0, 32), labels: {} });
    const carrier = await world.sql.query<{ id: string }>(
      `select id from ledger_entry where kind = 'signal.contributed' order by id desc limit 1`,
    );
    await world.sql.query('insert into signal_change (entry_id, signal_id) values ($1, $2)', [
      carrier.rows[0]?.id ?? entry,
      id,
    ]);
    await sequenced(world);
    await feed.poll();
    expect(feed.signals.has(id)).toBe(false);
    const fresh = new FeedClient(world, credential);
    await fresh.poll();
    expect(fresh.signals.has(id)).toBe(false);
  });
});

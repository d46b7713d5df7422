import { COMMON_LIST } from '../../src/signals/changes';
import { minutes, type Person, type World } from '../support/app';
import { Exchange, hashOf, issue, md5Of, type Issued } from '../support/exchange';
import { TatClient } from '../support/exchange-field-clients';

describe('clients of the Tech Against Terrorism hash list', () => {
  let here: Exchange;
  let world: World;
  let curator: Person;
  let admin: Person;
  let tat: Issued;

  beforeAll(async () => {
    here = await Exchange.start();
    ({ world, curator, admin } = here);
    tat = await issue(here.admin, { protocol: 'tat', lists: [COMMON_LIST], verbs: ['fetch', 'feedback'] });
  });
  afterAll(() => here?.close());
  beforeEach(() => world.clock.advance(minutes(1)));

  it('fetch with a login before every page, entries of exactly eight members, and deletions', async () => {
    for (let n = 0; n < 6; n++) await here.contribute(hashOf(`tat page ${n}`));
    const client = new TatClient(world, tat, 3);
    const value = hashOf('tat 1');
    const id = await here.contribute(value, { labels: { ideology: 'jihadist' } });
    await client.fetch();
    expect(client.hashes.has(`pdq:${value}`)).toBe(true);
    expect(client.logins).toBeGreaterThan(2);
    const before = client.hashes.size;
    await client.fetch();
    expect(client.hashes.size).toBe(before);
    world.clock.advance(minutes(1));
    await here.withdraw(id);
    await client.fetch();
    expect(client.hashes.has(`pdq:${value}`)).toBe(false);
    expect(client.hashes.size).toBe(before - 1);
  });

  it('send a literal None at first and get a checkpoint that never is empty and never goes down', async () => {
    const client = new TatClient(world, tat);
    await client.fetch();
    const first = client.checkpoint!;
    expect(first).toMatch(/^\d+\.\d{6},\d+$/);
    const page = await client.get<{ checkpoint: string; results: unknown[]; next: null; count: number }>(
      `/exchange/tat/api/hash-list/v2/all?None&order=asc&after=${first}`,
    );
    expect(page).toMatchObject({ results: [], next: null, previous: null, count: 0 });
    // The ledger goes on with what is no business of this list.
    expect(Number.parseFloat(page.checkpoint)).toBeGreaterThanOrEqual(Number.parseFloat(first));
  });

  it('lose nothing when they are killed between two pages', async () => {
    const whole = new TatClient(world, tat);
    await whole.fetch();
    const killed = new TatClient(world, tat, 2);
    await killed.fetch(1);
    const [first = ''] = killed.hashes;
    await here.withdraw(await here.idOf(first.replace(/^.*:/, '')));
    await killed.fetch(2);
    await killed.fetch();
    whole.hashes.delete(first);
    expect([...killed.hashes].toSorted()).toEqual([...whole.hashes].toSorted());
  });

  it('paste next behind a question mark', async () => {
    const client = new TatClient(world, tat);
    const page = await client.get<{ next: string }>('/exchange/tat/api/hash-list/v2/all?limit=1&order=asc&after=');
    expect(page.next).toMatch(/^limit=1&offset=[\w-]+$/);
  });

  it('ask for hashes to be verified, fifty at most, near ones by confidence', async () => {
    const client = new TatClient(world, tat);
    const value = hashOf('tat verify');
    await here.contribute(value, { labels: { ideology: 'right_wing' } });
    const near = (BigInt(`0x${value}`) ^ 0b1111n).toString(16).padStart(64, '0');
    const { status, body } = await client.post('/exchange/tat/hash-verification/api/v2', [
      { hash_value: value, hash_type: 'PDQ', confidence: 1 },
      { hash_value: near, hash_type: 'PDQ', confidence: 0.9 },
      { hash_value: near, hash_type: 'PDQ', confidence: 1 },
      { hash_value: md5Of('nobody'), hash_type: 'MD5' },
      { hash_value: 'x', hash_type: 'TMK' },
    ]);
    expect(status).toBe(200);
    expect(body).toMatchObject([
      { match: true, confidence: 1, ideology: 'far-right' },
      { match: true, confidence: 1 - 4 / 256 },
      { match: false, confidence: null },
      { match: false },
      { match: false, error: expect.any(String) },
    ]);
    const many = Array.from({ length: 51 }, () => ({ hash_value: value, hash_type: 'PDQ' }));
    expect((await client.post('/exchange/tat/hash-verification/api/v2', many)).status).toBe(400);
    const odd = await client.post('/exchange/tat/hash-verification/api/v2', [
      { hash_value: '\ud800', hash_type: 'PDQ' },
      { hash_value: hashOf('tat verify'), hash_type: '\u0000' },
      { hash_value: value, hash_type: 'PDQ' },
    ]);
    expect([odd.status, odd.body]).toMatchObject([200, [{ match: false }, { match: false }, { match: true }]]);
  });

  it('give feedback by the categories that they are told', async () => {
    const client = new TatClient(world, tat);
    const { results } = await client.get<{ results: { id: number; name: string }[] }>(
      '/exchange/tat/hash-list/v2/feedback/categories',
    );
    const category = results.find(({ name }) => name === 'FALSE_POSITIVE')!.id;
    const id = await here.contribute(hashOf('tat fed back'));
    const given = await client.post('/exchange/tat/hash-list/v2/feedback', {
      hash_digest: hashOf('tat fed back'),
      category,
    });
    expect(given).toMatchObject({ status: 201, body: { category: { name: 'FALSE_POSITIVE' } } });
    const { body } = await curator.get<{ feedback: { false: number } }>(`/v1/signals/${id}`);
    expect(body.feedback).toMatchObject({ false: 1 });
  });

  it('are refused with a wrong password, a forged token and a token of a revoked credential', async () => {
    const wrong = new TatClient(world, { ...tat, secrets: { password: 'guess' } });
    await expect(wrong.token()).rejects.toThrow(/^401/);
    const forged = await world.send('GET', '/exchange/tat/api/hash-list/v2/all', undefined, {
      authorization: 'Bearer a.b.c',
    });
    expect(forged.status).toBe(401);
    const short = await issue(admin, { protocol: 'tat', lists: [COMMON_LIST] });
    const token = await new TatClient(world, short).token();
    const authorization = `Bearer ${token}`;
    expect((await world.send('GET', '/exchange/tat/api/hash-list/v2/all', undefined, { authorization })).status).toBe(
      200,
    );
    expect((await admin.post(`/v1/exchange-credentials/${short.id}/revoke`)).status).toBe(200);
    expect((await world.send('GET', '/exchange/tat/api/hash-list/v2/all', undefined, { authorization })).status).toBe(
      401,
    );
  });
});

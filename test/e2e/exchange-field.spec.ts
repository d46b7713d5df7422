import { COMMON_LIST } from '../../src/signals/changes';
import { minutes, startWorld, type Person, type World } from '../support/app';
import { contribute, hashOf, issue, md5Of, sequenced, type Issued } from '../support/exchange';
import { StopnciiClient, TatClient } from '../support/exchange-field-clients';

describe('clients of the field', () => {
  let world: World;
  let curator: Person;
  let host: Person;
  let admin: Person;
  let stopncii: Issued;
  let tat: Issued;

  beforeAll(async () => {
    world = await startWorld();
    const { unit, platform } = await world.cast();
    curator = await world.person(unit, ['analyst', 'curator']);
    host = await world.person(platform, ['curator', 'moderator']);
    admin = await world.person(platform, ['admin']);
    const lists = [COMMON_LIST];
    stopncii = await issue(admin, {
      protocol: 'stopncii',
      lists,
      verbs: ['fetch', 'submit', 'feedback'],
      submitTo: COMMON_LIST,
    });
    tat = await issue(admin, { protocol: 'tat', lists, verbs: ['fetch', 'feedback'] });
  });
  afterAll(() => world.close());
  beforeEach(() => world.clock.advance(minutes(1)));

  const contributed = (value: string, more: object = {}): Promise<string> => contribute(world, curator, value, more);

  async function idOf(value: string): Promise<string> {
    const { rows } = await world.sql.query<{ id: string }>('select id from signal where value = $1', [value]);
    return rows[0]!.id;
  }

  async function withdraw(id: string): Promise<void> {
    const done = await curator.post(`/v1/signals/${id}/withdraw`, { reason: 'wrong file' });
    expect(done.status).toBeLessThan(300);
    await sequenced(world);
  }

  async function dispute(id: string): Promise<void> {
    const done = await host.post(`/v1/signals/${id}/opinion`, { opinion: 'dispute', reason: 'journalistic' });
    expect([done.status, done.body]).toEqual([expect.any(Number), expect.anything()]);
    expect(done.status).toBeLessThan(300);
    await sequenced(world);
  }

  describe('of the StopNCII shape', () => {
    it('fetch what stands with who says so, and then only what is new', async () => {
      const client = new StopnciiClient(world, stopncii);
      const value = hashOf('stop 1');
      await contributed(value, { labels: { category: 'incitement', ideology: 'unknown' } });
      await contributed(md5Of('video'), { type: 'md5' });
      await client.fetch();
      expect(client.hashes.get(`pdq:${value}`)).toEqual({
        opinions: { 'Unit A': 'POSITIVE_CLASS' },
        tags: ['incitement', 'unknown'],
      });
      expect(client.hashes.has(`video_md5:${md5Of('video')}`)).toBe(true);
      const { checkpoint } = client;
      await client.fetch();
      expect(client.checkpoint).toBe(checkpoint);
      world.clock.advance(minutes(1));
      await contributed(hashOf('stop 2'));
      await client.fetch();
      expect(client.verdict(hashOf('stop 2'))).toBe('POSITIVE_CLASS');
      expect(client.checkpoint).toBeGreaterThan(checkpoint!);
    });

    it('page by token to the same end, and lose nothing when they are killed between two pages', async () => {
      for (let n = 0; n < 9; n++) await contributed(hashOf(`stop page ${n}`));
      const whole = new StopnciiClient(world, stopncii);
      await whole.fetch();
      const paged = new StopnciiClient(world, stopncii, 2);
      await paged.fetch();
      expect(paged.pages).toBeGreaterThan(4);
      expect([...paged.hashes.keys()].toSorted()).toEqual([...whole.hashes.keys()].toSorted());
      const killed = new StopnciiClient(world, stopncii, 2);
      await killed.fetch(2);
      const [first = ''] = killed.hashes.keys();
      // What it has already is withdrawn before it comes back: beginning anew with what stands would never tell it.
      await withdraw(await idOf(first.replace(/^.*:/, '')));
      await killed.fetch();
      expect([...killed.hashes.keys()].toSorted()).toEqual([...whole.hashes.keys()].toSorted());
      expect(Object.values(killed.hashes.get(first)!.opinions)).toEqual(['NEGATIVE_CLASS']);
    });

    it('never drop a withdrawn hash, so it is turned into one that is not blocked', async () => {
      const client = new StopnciiClient(world, stopncii);
      const value = hashOf('stop withdrawn');
      const id = await contributed(value);
      await client.fetch();
      expect(client.verdict(value)).toBe('POSITIVE_CLASS');
      world.clock.advance(minutes(1));
      await withdraw(id);
      await client.fetch();
      expect(client.hashes.has(`pdq:${value}`)).toBe(true);
      expect(client.verdict(value)).toBe('NEGATIVE_CLASS');
      // A client that begins anew is told nothing of it.
      const fresh = new StopnciiClient(world, stopncii);
      await fresh.fetch();
      expect(fresh.hashes.has(`pdq:${value}`)).toBe(false);
    });

    it('hear of a dispute by the name of who disputes', async () => {
      const client = new StopnciiClient(world, stopncii);
      const value = hashOf('stop disputed');
      const id = await contributed(value);
      await client.fetch();
      world.clock.advance(minutes(1));
      await dispute(id);
      await client.fetch();
      expect(client.verdict(value)).toBe('DISPUTED');
      expect(client.hashes.get(`pdq:${value}`)?.opinions).toEqual({
        'Unit A': 'POSITIVE_CLASS',
        Harbour: 'NEGATIVE_CLASS',
      });
    });

    it('submit hashes in either spelling, which stand provisionally, each record judged by itself', async () => {
      const client = new StopnciiClient(world, stopncii);
      const record = (signalType: string, hashValue: string) => ({
        lastModtimestamp: 1,
        signalType,
        hashValue,
        CSPFeedbacks: [{ tags: ['t'], feedbackValue: 'Blocked' }],
      });
      const submitted = await client.post('SubmitHashes', 'submitKey', {
        count: 3,
        hashRecords: [
          record('StopNCIISignalType.ImagePDQ', hashOf('submitted 1')),
          record('ImagePDQ', hashOf('submitted 2').toUpperCase()),
          record('URL', 'https://harbour.example/'),
        ],
      });
      expect(submitted).toMatchObject({ status: 200, body: { count: 3, accepted: 2, refused: [{ index: 2 }] } });
      await sequenced(world);
      await client.fetch();
      expect(client.verdict(hashOf('submitted 1'))).toBe('INVESTIGATION_SEED');
      expect(client.hashes.get(`pdq:${hashOf('submitted 2')}`)?.opinions).toEqual({ Harbour: 'INVESTIGATION_SEED' });
      // What was said before is no fault.
      const again = await client.post('SubmitHashes', 'submitKey', {
        hashRecords: [record('ImagePDQ', hashOf('submitted 1'))],
      });
      expect(again).toMatchObject({ status: 200, body: { accepted: 1 } });
    });

    it('give feedback without a type, which counts for and against', async () => {
      const client = new StopnciiClient(world, stopncii);
      const id = await contributed(hashOf('fed back'));
      const given = await client.post('SubmitFeedback', 'feedbackKey', {
        count: 2,
        hashFeedbacks: [
          { tags: ['x'], feedbackValue: 'NotBlocked', hashValue: hashOf('fed back') },
          { tags: [], feedbackValue: 'Blocked', hashValue: hashOf('never seen') },
        ],
      });
      expect(given).toMatchObject({ status: 200, body: { accepted: 1, refused: [{ index: 1 }] } });
      const { body } = await curator.get<{ feedback: { false: number } }>(`/v1/signals/${id}`);
      expect(body.feedback).toMatchObject({ false: 1 });
    });

    it('have a record that no database can keep refused by itself, and the others taken', async () => {
      const client = new StopnciiClient(world, stopncii);
      const bad = ['\ud800', '\u0000', '\udfffx'];
      const record = (name: string, tag: string) => ({
        signalType: 'ImagePDQ',
        hashValue: hashOf(name),
        CSPFeedbacks: [{ tags: [tag], feedbackValue: 'Blocked' }],
      });
      const submitted = await client.post('SubmitHashes', 'submitKey', {
        hashRecords: [record('kept 1', 'fine'), ...bad.map((tag, n) => record(`bad ${n}`, tag)), record('kept 2', 'é')],
      });
      expect(submitted).toMatchObject({
        status: 200,
        body: { count: 5, accepted: 2, refused: [{ index: 1 }, { index: 2 }, { index: 3 }] },
      });
      await sequenced(world);
      const given = await client.post('SubmitFeedback', 'feedbackKey', {
        hashFeedbacks: [
          ...bad.map((tag) => ({ tags: [tag], feedbackValue: 'NotBlocked', hashValue: hashOf('kept 1') })),
          { tags: ['x\ud800'], feedbackValue: '\ud800', hashValue: '\u0000' },
          { tags: ['fine'], feedbackValue: 'NotBlocked', hashValue: hashOf('kept 2') },
        ],
      });
      expect(given).toMatchObject({
        status: 200,
        body: { accepted: 1, refused: [{ index: 0 }, { index: 1 }, { index: 2 }, { index: 3 }] },
      });
      // Of our own batch as well.
      const lines = [
        { type: 'pdq', value: hashOf('kept 3'), quality: 90 },
        ...bad.map((exhibitId) => ({ type: 'pdq', value: hashOf('bad 4'), exhibitId })),
      ];
      const batch = await curator.post('/v1/signals/batch', { signals: lines });
      expect(batch).toMatchObject({
        status: 200,
        body: { contributed: 1, refused: [{ index: 1 }, { index: 2 }, { index: 3 }] },
      });
    });

    it('need the key of each endpoint beside that of the subscription', async () => {
      const client = new StopnciiClient(world, stopncii);
      expect((await client.post('SubmitHashes', 'fetchKey', { hashRecords: [] })).status).toBe(401);
      expect((await client.post('SubmitFeedback', 'submitKey', { hashFeedbacks: [] })).status).toBe(401);
      const alone = await world.send('GET', '/exchange/stopncii/FetchHashes', undefined, {
        'x-functions-key': stopncii.secrets.fetchKey!,
      });
      expect(alone).toMatchObject({ status: 401, body: { code: 'exchange.credential-refused' } });
    });
  });

  describe('of the Tech Against Terrorism hash list', () => {
    it('fetch with a login before every page, entries of exactly eight members, and deletions', async () => {
      for (let n = 0; n < 6; n++) await contributed(hashOf(`tat page ${n}`));
      const client = new TatClient(world, tat, 3);
      const value = hashOf('tat 1');
      const id = await contributed(value, { labels: { ideology: 'jihadist' } });
      await client.fetch();
      expect(client.hashes.has(`pdq:${value}`)).toBe(true);
      expect(client.logins).toBeGreaterThan(2);
      const before = client.hashes.size;
      await client.fetch();
      expect(client.hashes.size).toBe(before);
      world.clock.advance(minutes(1));
      await withdraw(id);
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
      await withdraw(await idOf(first.replace(/^.*:/, '')));
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
      await contributed(value, { labels: { ideology: 'right_wing' } });
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
      const id = await contributed(hashOf('tat fed back'));
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
});

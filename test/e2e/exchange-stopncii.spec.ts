import { COMMON_LIST } from '../../src/signals/changes';
import { minutes, type Person, type World } from '../support/app';
import { Exchange, hashOf, issue, md5Of, sequenced, type Issued } from '../support/exchange';
import { StopnciiClient } from '../support/exchange-field-clients';

describe('clients of the StopNCII shape', () => {
  let here: Exchange;
  let world: World;
  let curator: Person;
  let stopncii: Issued;

  beforeAll(async () => {
    here = await Exchange.start();
    ({ world, curator } = here);
    stopncii = await issue(here.admin, {
      protocol: 'stopncii',
      lists: [COMMON_LIST],
      verbs: ['fetch', 'submit', 'feedback'],
      submitTo: COMMON_LIST,
    });
  });
  afterAll(() => here?.close());
  beforeEach(() => world.clock.advance(minutes(1)));

  it('fetch what stands with who says so, and then only what is new', async () => {
    const client = new StopnciiClient(world, stopncii);
    const value = hashOf('stop 1');
    await here.contribute(value, { labels: { category: 'incitement', ideology: 'unknown' } });
    await here.contribute(md5Of('video'), { type: 'md5' });
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
    await here.contribute(hashOf('stop 2'));
    await client.fetch();
    expect(client.verdict(hashOf('stop 2'))).toBe('POSITIVE_CLASS');
    expect(client.checkpoint).toBeGreaterThan(checkpoint!);
  });

  it('page by token to the same end, and lose nothing when they are killed between two pages', async () => {
    for (let n = 0; n < 9; n++) await here.contribute(hashOf(`stop page ${n}`));
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
    await here.withdraw(await here.idOf(first.replace(/^.*:/, '')));
    await killed.fetch();
    expect([...killed.hashes.keys()].toSorted()).toEqual([...whole.hashes.keys()].toSorted());
    expect(Object.values(killed.hashes.get(first)!.opinions)).toEqual(['NEGATIVE_CLASS']);
  });

  it('never drop a withdrawn hash, so it is turned into a disputed one that nobody stands behind', async () => {
    const client = new StopnciiClient(world, stopncii);
    const value = hashOf('stop withdrawn');
    const id = await here.contribute(value);
    await client.fetch();
    expect(client.written(value)).toBe('POSITIVE_CLASS +1 +Unit A');
    world.clock.advance(minutes(1));
    await here.withdraw(id);
    await client.fetch();
    expect(client.written(value)).toBe('DISPUTED -1 -Clepsydra');
    // A client that begins anew is told nothing of it.
    const fresh = new StopnciiClient(world, stopncii);
    await fresh.fetch();
    expect(fresh.hashes.has(`pdq:${value}`)).toBe(false);
  });

  it('begin anew after thirty days in HMA without emptying its bank, so it is emptied by hand before', async () => {
    const hma = new StopnciiClient(world, stopncii);
    const value = hashOf('stop withdrawn meanwhile');
    const id = await here.contribute(value);
    await hma.fetch();
    world.clock.advance(minutes(1));
    await here.withdraw(id);
    // It finds its checkpoint too old and asks the first question again. The answer is what stands, as for a new client: a
    // withdrawn hash in it would be matched by all who begin, because none of them drops it.
    hma.checkpoint = null;
    await hma.fetch();
    expect(hma.written(value)).toBe('POSITIVE_CLASS +1 +Unit A');
    hma.hashes.clear();
    hma.checkpoint = null;
    await hma.fetch();
    expect(hma.hashes.has(`pdq:${value}`)).toBe(false);
  });

  it('hear of a dispute by the name of who disputes', async () => {
    const client = new StopnciiClient(world, stopncii);
    const value = hashOf('stop disputed');
    const id = await here.contribute(value);
    await client.fetch();
    world.clock.advance(minutes(1));
    await here.dispute(id);
    await client.fetch();
    expect(client.written(value)).toBe('DISPUTED +0 -Harbour,+Unit A');
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
    const id = await here.contribute(hashOf('fed back'));
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

import { minutes, type World } from '../support/app';
import { hashOf } from '../support/exchange';
import { OtherSide, pauseOf, sendJson, standOf, Subscriber, type Reply } from '../support/exchange-inbound';

describe('a Tech Against Terrorism list that is followed', () => {
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
        return isRight ? sendJson(response, { user: {}, token: 'a.b.c' }) : void response.writeHead(401).end('{}');
      }
      sendJson(response, pages(new URL(request.url ?? '', 'http://x.example').searchParams));
    };
  const what = { protocol: 'tat', credential: { username: 'u', password: 'right' } };

  it('that goes back is not followed any further, and its place is kept', async () => {
    const [value, later] = [hashOf('tat forward'), hashOf('tat back')];
    const source = await here.begin(
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
    expect(await here.again(source)).toMatchObject({
      state: 'failing',
      lastError: 'exchange.source-rewound',
    });
    expect(await standOf(world, later)).toBeNull();
    const { rows } = await world.sql.query('select checkpoint from exchange_source where id = $1', [source.id]);
    expect(rows).toEqual([{ checkpoint: { after: '200.5,2', next: null } }]);
  });

  it('is paged by a query or by a whole address, deletions are followed, and strange algorithms are named', async () => {
    const [one, two] = [hashOf('tat page one'), hashOf('tat page two')];
    const source = await here.begin(
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
    const source = await here.begin(
      list(() => ({})),
      { ...what, credential: { username: 'u', password: 'wrong' } },
    );
    expect(source).toMatchObject({ state: 'failing', lastError: 'exchange.source-refuses' });
    expect(pauseOf(source)).toBe(minutes(60));
  });
});

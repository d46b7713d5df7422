import { COMMON_LIST } from '../../src/signals/changes';
import type { SourceView } from '../../src/signals/exchange/inbound/source.dto';
import type { MatchAnswer } from '../../src/signals/matching/match.dto';
import { startWorld, type Person, type World } from '../support/app';
import { issue, sequenced } from '../support/exchange';
import { lineOf, read, readSince, sendFeed, standOf, subscribe, Subscriber } from '../support/exchange-inbound';
import { contributeFilm, digestOf, film, type Frame } from '../support/films';
import { flip, until } from '../support/signals';

const reencoded = (frames: readonly Frame[]): Frame[] =>
  frames.map((frame) => ({ ...frame, hash: flip(frame.hash, 9) }));
const textOf = (frames: readonly Frame[]): string => frames.map(({ hash }) => hash).join('');

/** Two whole services: B takes what A gives. */
describe('films taken from another service', () => {
  let a: World;
  let b: World;
  let curator: Person;
  let admin: Person;
  let moderator: Person;
  let source: SourceView;

  beforeAll(async () => {
    [a, b] = await Promise.all([startWorld(), startWorld()]);
    const [there, here] = [await a.cast(), await b.cast()];
    curator = await a.person(there.unit, ['analyst', 'curator']);
    admin = await b.person(here.unit, ['admin', 'analyst', 'curator']);
    ({ moderator } = here);
    const other = await a.person(there.platform, ['admin']);
    const issued = await issue(other, { protocol: 'feed', lists: [COMMON_LIST] });
    const at = b.clock.now();
    source = await subscribe(admin, {
      protocol: 'clepsydra',
      name: 'North',
      address: await a.listen(),
      credential: { token: issued.secrets.token },
    });
    await readSince(admin, source.id, at);
  });
  afterAll(async () => {
    await b?.close();
    await a?.close();
  });

  const matches = async (frames: readonly Frame[]): Promise<MatchAnswer['matches']> =>
    (await moderator.post<MatchAnswer>('/v1/signals/match/frames', { frames })).body.matches;

  it('are found by a part that was encoded anew, until they are withdrawn there', async () => {
    const frames = film('of north', 20);
    const id = await contributeFilm(curator, frames, { labels: { category: 'incitement' } });
    await sequenced(a);
    expect(await read(b, admin, source.id)).toMatchObject({ state: 'active', taken: 1, refused: 0 });
    const clip = reencoded(frames.slice(4, 12));
    await until(async () => (await matches(clip)).length > 0);
    expect(await matches(clip)).toMatchObject([
      {
        type: 'vpdq',
        distance: 9,
        vpdq: { queryPercent: 100, comparedPercent: 40 },
        labels: { category: 'incitement' },
      },
    ]);
    expect(await matches(film('unrelated', 8))).toEqual([]);
    expect((await curator.post(`/v1/signals/${id}/withdraw`, { reason: 'wrong file' })).status).toBe(200);
    await sequenced(a);
    await read(b, admin, source.id);
    await until(async () => (await matches(clip)).length === 0);
  });

  it('go through the same admission: a frame of a harmless image keeps the film out', async () => {
    const frames = film('with a card', 4);
    const operator = await b.person(await b.organisation('operator', 'operations'), ['operator']);
    const entries = frames.map(({ hash }) => ({ type: 'pdq', value: hash, note: 'a station’s card' }));
    expect((await operator.post('/v1/signal-negatives', { kind: 'harmless', entries })).status).toBeLessThan(300);
    await contributeFilm(curator, frames);
    await sequenced(a);
    const { lastRefused } = await read(b, admin, source.id);
    expect(lastRefused.map(({ code }) => code)).toContain('signal.harmless');
    expect(await standOf(b, digestOf(frames))).toBeNull();
  });
});

describe('a source that gives frames', () => {
  let here: Subscriber;

  beforeAll(async () => {
    here = await Subscriber.start();
  });
  afterAll(() => here?.close());
  beforeEach(async () => {
    await here.opposite();
  });

  it('is refused a film whose frames are not its own, or are none, and gives the others', async () => {
    const [good, bad] = [film('good', 5), film('bad', 5)];
    const vpdq = (id: string, frames: unknown, of = bad): object =>
      lineOf(id, digestOf(of), { type: 'vpdq', quality: undefined, frames });
    const source = await here.begin((_, response) =>
      sendFeed(
        response,
        [
          vpdq('of another', textOf(good)),
          vpdq('cut', textOf(bad).slice(1)),
          vpdq('none', ''),
          vpdq('a list', [textOf(bad)]),
          vpdq('too many', 'ab'.repeat(32 * 20_001)),
          vpdq('good', textOf(good).toUpperCase(), good),
        ],
        'c1',
      ),
    );
    expect(source).toMatchObject({ state: 'active', taken: 1, refused: 5, lastError: null });
    expect(Object.fromEntries(source.lastRefused.map(({ record, code }) => [record, code]))).toEqual({
      'a list': 'record.hash-invalid',
      cut: 'record.hash-invalid',
      none: 'record.hash-invalid',
      'of another': 'request.invalid',
      'too many': 'record.hash-invalid',
    });
    expect(await standOf(here.world, digestOf(good))).toMatchObject({ state: 'active', standing: 1 });
    const { rows } = await here.world.sql.query<{ hash: string }>('select hash from signal_frame order by ordinal');
    expect(rows.map(({ hash }) => hash)).toEqual(good.map(({ hash }) => hash));
  });

  it('that does not know the word is asked without it', async () => {
    const bare = film('of an older service', 5);
    const source = await here.begin((request, response) => {
      if (request.url?.includes('frames='))
        response.writeHead(400, { 'content-type': 'application/problem+json' }).end('{}');
      else sendFeed(response, [lineOf('bare', digestOf(bare), { type: 'vpdq', quality: undefined })], 'c1');
    });
    expect(source).toMatchObject({ state: 'active', taken: 1, lastError: null });
    expect(await standOf(here.world, digestOf(bare))).toMatchObject({ standing: 1 });
  });
});

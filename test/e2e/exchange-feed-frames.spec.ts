import { COMMON_LIST } from '../../src/signals/changes';
import { ExchangeChanges } from '../../src/signals/exchange/core/changes.service';
import type { FeedEnd, FeedLine } from '../../src/signals/exchange/feed/feed-lines';
import { framesOf } from '../../src/signals/exchange/feed/frames.query';
import type { World } from '../support/app';
import { Exchange, issue, sequenced, type Issued } from '../support/exchange';
import { contributeFilm, contributeLongFilm, film } from '../support/films';

const MIB = 2 ** 20;

const FRAMES = 'frames=true&limit=100000';

/** The most that a film may have. */
const LONG = 20_000;

interface Page {
  readonly lines: FeedLine[];
  readonly end: FeedEnd;
  readonly bytes: number;
}

describe('the frames of films in the signal feed', () => {
  let here: Exchange;
  let world: World;
  let credential: Issued;

  beforeAll(async () => {
    here = await Exchange.start();
    ({ world } = here);
    credential = await issue(here.admin, { protocol: 'feed', lists: [COMMON_LIST] });
  });
  afterAll(() => here?.close());

  /** @param own with the person's own login, for all lists that the organisation reads */
  async function page(cursor: string | null, query = FRAMES, own = false): Promise<Page> {
    const answer = await world.app.inject({
      url: `${own ? '/v1/signals/feed' : '/exchange/feed'}?${query}${cursor === null ? '' : `&cursor=${cursor}`}`,
      headers: { authorization: `Bearer ${own ? here.host.token : credential.secrets.token}` },
    });
    expect(answer.statusCode).toBe(200);
    const lines = answer.payload.trim().split('\n');
    const end = JSON.parse(lines.pop()!) as FeedEnd;
    return { lines: lines.map((line) => JSON.parse(line) as FeedLine), end, bytes: answer.rawPayload.length };
  }

  /** Every page from a cursor on, to the end. */
  async function pages(from: string | null, query = FRAMES, own = false): Promise<Page[]> {
    const all: Page[] = [];
    for (let cursor = from; ;) {
      const one = await page(cursor, query, own);
      all.push(one);
      if (!one.end.more) return all;
      cursor = one.end.through;
    }
  }

  const framesIn = (all: readonly Page[]): Map<string, string | undefined> =>
    new Map(all.flatMap(({ lines }) => lines.map(({ signalId, frames }) => [signalId, frames])));

  it('come where they are asked for, each usable hash once and ascending, and go with the film', async () => {
    const frames = film('short', 5);
    const dull = { ...film('dull', 1)[0]!, quality: 49 };
    const id = await contributeFilm(here.curator, [...frames, frames[0]!, dull]);
    const bare = await contributeFilm(here.curator, film('bare', 3), { frames: undefined });
    await sequenced(world);
    const all = await pages(null);
    const hashes = frames.map(({ hash }) => hash).toSorted();
    expect(framesIn(all).get(id)).toBe(hashes.join(''));
    expect(framesIn(all).has(bare)).toBe(true);
    expect(framesIn(all).get(bare)).toBeUndefined();
    for (const query of ['limit=1000', 'frames=false'])
      expect([...framesIn(await pages(null, query))]).toEqual([[id, undefined], [bare, undefined]]); // prettier-ignore

    await here.withdraw(id);
    const after = await pages(all.at(-1)!.end.through);
    expect(after.flatMap(({ lines }) => lines)).toMatchObject([{ signalId: id, state: 'withdrawn' }]);
    expect(JSON.stringify(after)).not.toContain('"frames"');
    expect([...framesIn(await pages(null)).keys()]).toEqual([bare]);
  });

  it('are told again to who has the film by its digest, when somebody gives them on a list of others', async () => {
    const frames = film('late', 6);
    const id = await contributeFilm(here.curator, frames, { frames: undefined });
    await sequenced(world);
    const before = await pages(null);
    expect(framesIn(before).get(id)).toBeUndefined();
    const body = { slug: 'elsewhere', name: 'Elsewhere', purpose: 'not served', sharing: 'group', tlp: 'red' };
    const list = await here.curator.post<{ id: string }>('/v1/signal-lists', body);
    await contributeFilm(here.curator, frames, { listId: list.body.id });
    await sequenced(world);
    const after = await pages(before.at(-1)!.end.through);
    const told = after.flatMap(({ lines }) => lines);
    expect(told).toMatchObject([{ signalId: id, lists: [COMMON_LIST] }]);
    expect(told[0]!.frames).toBe(frames.map(({ hash }) => hash).toSorted().join('')); // prettier-ignore
    // What more is said there is not.
    const other = await world.person(await world.organisation('civil_society', 'others'), ['supervisor', 'curator']);
    const own = await other.post<{ id: string }>('/v1/signal-lists', { ...body, slug: 'their-own' });
    await contributeFilm(other, frames, { listId: own.body.id });
    await sequenced(world);
    expect((await pages(after.at(-1)!.end.through)).flatMap(({ lines }) => lines)).toEqual([]);
    await here.withdraw(id);
  });

  it('are told to nobody who does not read a list of the film, and the question is refused when it is unclear', async () => {
    const body = { slug: 'ours-alone', name: 'Ours alone', purpose: 'not served', sharing: 'group', tlp: 'amber' };
    const list = await here.curator.post<{ id: string }>('/v1/signal-lists', body);
    const hidden = await contributeFilm(here.curator, film('hidden', 4), { listId: list.body.id });
    await sequenced(world);
    expect(framesIn(await pages(null)).has(hidden)).toBe(false);
    const reader = { organisationId: here.admin.organisation.id };
    const of = (listId: string) =>
      world.app.get(ExchangeChanges).read(reader, (tx) => framesOf(tx, [hidden], [listId]));
    expect([(await of(COMMON_LIST)).size, (await of(list.body.id)).size]).toEqual([0, 1]);
    const headers = { authorization: `Bearer ${credential.secrets.token}` };
    expect((await world.send('GET', '/exchange/feed?frames=yes', undefined, headers)).status).toBe(400);
  });

  it('end an answer at 16 MiB in the middle of a page, and the next goes on there, also within a list that one gains', async () => {
    const body = { slug: 'films', name: 'Films', purpose: 'for members', sharing: 'group', tlp: 'amber' };
    const list = await here.curator.post<{ id: string }>('/v1/signal-lists', body);
    const before = await pages(null, FRAMES, true);
    const films = Array.from({ length: 15 }, (_, n) => film(`long ${n}`, LONG));
    const ids: string[] = [];
    for (const frames of films)
      ids.push(await contributeLongFilm(world, here.curator, frames, { listId: list.body.id }));
    await sequenced(world);
    await world.sql.query(
      'insert into signal_list_member (list_id, organisation_id, may_contribute, joined_at) values ($1, $2, false, now())',
      [list.body.id, here.platform.id],
    );
    // Is told of the list now, at a place of its own in the ledger.
    const [cursor] = before.map(({ end }) => end.through);
    await page(cursor!, 'limit=1', true);
    await sequenced(world);
    const standing = await pages(null, FRAMES, true);
    const changes = await pages(cursor!, FRAMES, true);
    for (const [all, times] of [
      [standing, 1],
      [changes, 2],
    ] as const) {
      expect(all.length).toBeGreaterThan(times);
      expect(all.every(({ bytes }) => bytes <= 16 * MIB + 1_000)).toBe(true);
      const told = all.flatMap(({ lines }) => lines.map(({ signalId }) => signalId));
      for (const id of ids) expect(told.filter((each) => each === id)).toHaveLength(times);
      ids.forEach((id, n) => expect(framesIn(all).get(id)?.length).toBe(films[n]!.length * 64));
    }
    // Asked again from anywhere, as by who was cut off: the same lines.
    for (const all of [standing, changes]) {
      const again = await page(all[0]!.end.through, FRAMES, true);
      expect(again.lines.map(({ signalId }) => signalId)).toEqual(all[1]!.lines.map(({ signalId }) => signalId));
    }
    expect(await pages(null, 'limit=100000', true)).toHaveLength(1);
  }, 120_000);
});

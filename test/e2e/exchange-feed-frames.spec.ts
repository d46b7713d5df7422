import { COMMON_LIST } from '../../src/signals/changes';
import type { FeedEnd, FeedLine } from '../../src/signals/exchange/feed/feed-lines';
import type { World } from '../support/app';
import { Exchange, issue, sequenced, type Issued } from '../support/exchange';
import { contributeFilm, contributeLongFilm, film } from '../support/films';

const MIB = 2 ** 20;

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

  async function page(cursor: string | null, query = 'frames=true&limit=100000'): Promise<Page> {
    const answer = await world.app.inject({
      url: `/exchange/feed?${query}${cursor === null ? '' : `&cursor=${cursor}`}`,
      headers: { authorization: `Bearer ${credential.secrets.token}` },
    });
    expect(answer.statusCode).toBe(200);
    const lines = answer.payload.trim().split('\n');
    const end = JSON.parse(lines.pop()!) as FeedEnd;
    return { lines: lines.map((line) => JSON.parse(line) as FeedLine), end, bytes: answer.rawPayload.length };
  }

  /** Every page from a cursor on, to the end. */
  async function pages(from: string | null, query?: string): Promise<Page[]> {
    const all: Page[] = [];
    for (let cursor = from; ;) {
      const one = await page(cursor, query);
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

  it('are told to nobody who does not read a list of the film, and the question is refused when it is unclear', async () => {
    const body = { slug: 'ours-alone', name: 'Ours alone', purpose: 'not served', sharing: 'group', tlp: 'amber' };
    const list = await here.curator.post<{ id: string }>('/v1/signal-lists', body);
    const hidden = await contributeFilm(here.curator, film('hidden', 4), { listId: list.body.id });
    await sequenced(world);
    expect(framesIn(await pages(null)).has(hidden)).toBe(false);
    const headers = { authorization: `Bearer ${credential.secrets.token}` };
    expect((await world.send('GET', '/exchange/feed?frames=yes', undefined, headers)).status).toBe(400);
  });

  it('end an answer at 16 MiB in the middle of a page, and the next goes on there: of what stands and of what changes', async () => {
    const before = await pages(null);
    const films = Array.from({ length: 15 }, (_, n) => film(`long ${n}`, LONG));
    const ids: string[] = [];
    for (const frames of films) ids.push(await contributeLongFilm(world, here.curator, frames));
    await sequenced(world);
    const standing = await pages(null);
    const changes = await pages(before.at(-1)!.end.through);
    for (const all of [standing, changes]) {
      expect(all.length).toBeGreaterThan(1);
      expect(all.every(({ bytes }) => bytes <= 16 * MIB + 1_000)).toBe(true);
      const told = all.flatMap(({ lines }) => lines.map(({ signalId }) => signalId));
      expect(new Set(told).size).toBe(told.length);
      expect(told).toEqual(expect.arrayContaining(ids));
      ids.forEach((id, n) => expect(framesIn(all).get(id)?.length).toBe(films[n]!.length * 64));
    }
    // Asked again from anywhere, as by who was cut off: the same lines.
    const again = await page(standing[0]!.end.through);
    expect(again.lines.map(({ signalId }) => signalId)).toEqual(standing[1]!.lines.map(({ signalId }) => signalId));
    expect(await pages(null, 'limit=100000')).toHaveLength(1);
  }, 120_000);
});

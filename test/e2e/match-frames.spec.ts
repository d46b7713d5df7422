import type { MatchAnswer } from '../../src/signals/matching/match.dto';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import { startWorld, type Person, type World } from '../support/app';
import { contributeFilm, digestOf, film } from '../support/films';

describe('asking by the frames that the asker hashed', () => {
  let world: World;
  let moderator: Person;
  let analyst: Person;
  let signalId: string;
  const known = film('known', 20);

  beforeAll(async () => {
    world = await startWorld();
    const cast = await world.cast();
    ({ moderator, analyst } = cast);
    signalId = await contributeFilm(analyst, known);
  });
  afterAll(() => world.close());

  const ask = (frames: readonly unknown[]): ReturnType<typeof moderator.post<MatchAnswer>> =>
    moderator.post<MatchAnswer>('/v1/signals/match/frames', { frames });

  it('finds a clip cut out of a known video, and not one of which less than 80 % is known', async () => {
    const clip = await ask(known.slice(5, 13));
    expect(clip.status).toBe(200);
    expect(clip.body.matches).toMatchObject([
      { signalId, type: 'vpdq', vpdq: { queryPercent: 100 }, action: 'review' },
    ]);
    const mixed = await ask([...known.slice(0, 7), ...film('other', 3)]);
    expect(mixed.body.matches).toEqual([]);
    const enough = await ask([...known.slice(0, 8), ...film('other', 2)]);
    expect(enough.body.matches).toMatchObject([{ signalId, vpdq: { queryPercent: 80 } }]);
  });

  it('finds the very same film where nothing but the digest of its frames is known, and not a part of it', async () => {
    const bare = film('bare', 12);
    const { body } = await analyst.post<SignalView>('/v1/signals', { type: 'vpdq', value: digestOf(bare), labels: {} });
    const same = await ask(bare.toReversed());
    expect(same.body.matches).toMatchObject([{ signalId: body.id, distance: 0 }]);
    expect(same.body.matches[0]).not.toHaveProperty('vpdq');
    expect((await ask(bare.slice(1))).body.matches).toEqual([]);
    // Whoever gives the frames afterwards makes it findable by them.
    const again = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    expect(await contributeFilm(again, bare)).toBe(body.id);
    expect((await ask(bare.slice(1))).body.matches).toMatchObject([{ signalId: body.id, vpdq: { queryPercent: 100 } }]);
  });

  it('does not count frames of low quality, and names what is wrong with a frame', async () => {
    const dull = film('other', 8).map((frame) => ({ ...frame, quality: 49 }));
    expect((await ask([...known.slice(0, 4), ...dull])).body.matches).toMatchObject([{ signalId }]);
    const bad = await ask([known[0], { ...known[1], hash: known[1]!.hash.toUpperCase() }]);
    expect(bad).toMatchObject({ status: 400, body: { code: 'request.invalid' } });
    expect(JSON.stringify(bad.body)).toContain('/frames/1/hash');
    expect((await ask([])).status).toBe(400);
  });
});

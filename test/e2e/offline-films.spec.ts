import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFrom } from '../../seeds/scenes';
import type { FileMatchAnswer, MatchAnswer } from '../../src/signals/matching/match.dto';
import { startWorld, type Person, type World } from '../support/app';
import { sequenced } from '../support/exchange';
import { contributeFilm, contributeLongFilm, digestOf, film, type Frame } from '../support/films';
import { flip } from '../support/signals';
import { offlineKey, offlineSdk, said, untilFollowed, type Offline, type OfflineSdk } from '../support/offline';
import { hasFfmpeg, VideoStudio } from '../support/videos';

const random = randomFrom(23);
const below = (limit: number): number => Math.floor(random() * limit);
const sorted = (matches: readonly { readonly signalId: string }[]): object[] =>
  matches.toSorted((a, b) => (a.signalId < b.signalId ? -1 : 1));

describe('films matched offline, beside the server that the lists come from', () => {
  let world: World;
  let analyst: Person;
  let curator: Person;
  let moderator: Person;
  let sdk: OfflineSdk;
  let client: object;
  let key: string;
  let baseUrl: string;
  let folder: string;
  const studio = new VideoStudio();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clepsydra-offline-films-'));
    world = await startWorld();
    const cast = await world.cast();
    ({ moderator } = cast);
    analyst = await world.person(cast.unit, ['analyst', 'curator']);
    curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    key = await offlineKey(world, await world.person(cast.platform, ['admin']));
    sdk = await offlineSdk();
    baseUrl = await world.listen();
    client = new sdk.Clepsydra({ baseUrl, token: key });
  }, 60_000);
  afterAll(async () => {
    await world?.close();
    await studio.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = (): Offline => sdk.OfflineMatcher.open({ folder: join(folder, 'lists') });

  async function synced(): Promise<Offline> {
    await sequenced(world);
    await untilFollowed(world, moderator);
    expect(await open().sync(client)).toMatchObject({ malformed: 0, refetched: null });
    return open();
  }

  const headers = (): { authorization: string } => ({ authorization: `Bearer ${key}` });

  async function serverSays(frames: readonly Frame[]): Promise<object[]> {
    const answer = await world.send<MatchAnswer>('POST', '/v1/signals/match/frames', { frames }, headers());
    expect(answer.status).toBe(200);
    return answer.body.matches.map(said);
  }

  /** Parts of known films, encoded anew, with frames of others and of low quality among them. */
  function questions(films: readonly (readonly Frame[])[]): Frame[][] {
    return Array.from({ length: 300 }, (_, n) => {
      const known = films[below(films.length)]!;
      const start = below(known.length - 3);
      const part = known.slice(start, start + 3 + below(20));
      const others = film(`question ${n}`, below(3 + part.length / 4));
      const dull = film(`dull ${n}`, below(4)).map((frame) => ({ ...frame, quality: below(50) }));
      return [...part.map((frame) => ({ ...frame, hash: flip(frame.hash, below(34)) })), ...others, ...dull];
    });
  }

  it('gives the server’s answers to 300 films, before and after a dispute and a withdrawal', async () => {
    const films = Array.from({ length: 12 }, (_, n) => film(`known ${n}`, 8 + 5 * n));
    // Some share scenes, so that one clip is of several films.
    films.push([...films[3]!.slice(2, 12), ...films[5]!.slice(0, 15)], [...films[3]!, ...film('longer', 6)]);
    const labels = { category: 'incitement', ideology: 'jihadist' };
    const ids: string[] = [];
    for (const [n, frames] of films.entries())
      ids.push(
        await contributeFilm(n % 2 ? curator : analyst, frames, { labels, reviewed: n % 3 > 0, severity: 'high' }),
      );
    const asked = questions(films);

    async function bothSayTheSame(matcher: Offline): Promise<number> {
      let found = 0;
      for (const frames of asked) {
        const server = await serverSays(frames);
        expect(matcher.matchFrames(frames).map(said)).toEqual(server);
        found += server.length;
      }
      return found;
    }

    const first = await bothSayTheSame(await synced());
    expect(first).toBeGreaterThan(100);
    expect((await analyst.post(`/v1/signals/${ids[4]}/withdraw`, { reason: 'wrong file' })).status).toBe(200);
    const dispute = { opinion: 'dispute', reason: 'false_match' };
    expect((await analyst.post(`/v1/signals/${ids[3]}/opinion`, dispute)).status).toBeLessThan(300);
    const matcher = await synced();
    expect(await bothSayTheSame(matcher)).toBeLessThan(first);
    expect(matcher.matchFrames(films[4]!.slice(2))).toEqual([]);
    const shared = matcher.matchFrames(films[3]!.slice(2));
    expect(shared.find(({ signalId }) => signalId === ids[3])).toMatchObject({ state: 'disputed' });
  }, 120_000);

  it('finds a film by frames that somebody gave later, on a list that is not read here', async () => {
    const frames = film('given later', 12);
    const digest = { type: 'vpdq', value: digestOf(frames), labels: {} };
    expect((await analyst.post('/v1/signals', digest)).status).toBe(201);
    const part = frames.slice(3, 9);
    expect([(await synced()).matchFrames(part), await serverSays(part)]).toEqual([[], []]);
    const own = { slug: 'their-own', name: 'Their own', purpose: 'an enquiry', sharing: 'group', tlp: 'red' };
    const { body: list } = await curator.post<{ id: string }>('/v1/signal-lists', own);
    await contributeFilm(curator, frames, { listId: list.id });
    const here = (await synced()).matchFrames(part).map(said);
    expect(here).toMatchObject([{ value: digest.value }]);
    expect(here).toEqual(await serverSays(part));
  }, 60_000);

  const films = hasFfmpeg ? it : it.skip;

  films(
    'says of real films what the server says of the same file (skipped where ffmpeg is not installed)',
    async () => {
      const original = await studio.slides('original.mp4', 1, 12, ['-c:v', 'libx264']);
      const { video } = await sdk.hashFile(original);
      const { frames } = video as { readonly frames: Frame[] };
      const id = await contributeFilm(analyst, frames.map(({ hash, quality, atMs }) => ({ hash, quality, atMs }))); // prettier-ignore
      const matcher = await synced();
      const cut = ['-ss', '5.4', '-t', '16', '-i', original, '-vf', 'scale=320:-2', '-b:v', '200k', '-c:v', 'libvpx'];
      const asked = {
        'original.mp4': original,
        'clip.webm': await studio.make('clip.webm', [...cut, '-deadline', 'realtime']),
        'others.mp4': await studio.slides('others.mp4', 101, 6, ['-c:v', 'libx264']),
        'flat.mp4': await studio.pattern('flat.mp4', 'color=c=gray:size=320x180:rate=5', 6),
      };
      for (const [name, path] of Object.entries(asked)) {
        const form = new FormData();
        form.set('file', new Blob([new Uint8Array(await studio.read(name))]), name);
        const { body } = await moderator.form<FileMatchAnswer>('/v1/signals/match', form);
        expect(body).toMatchObject({ notHashed: null, video: expect.any(Object) });
        const here = matcher.match(await sdk.hashFile(path));
        expect(sorted(here.map(said))).toEqual(sorted(body.matches.map(said)));
        const isKnown = name === 'original.mp4' || name === 'clip.webm';
        expect(here.map(({ signalId }) => signalId)).toEqual(isKnown ? [id] : []);
        if (isKnown) expect(here[0]!.vpdq!.queryPercent).toBeGreaterThanOrEqual(80);
      }
    },
    120_000,
  );

  it('takes 300,000 frames in pages of 16 MiB, also when the connection breaks in the middle of one', async () => {
    const long = Array.from({ length: 15 }, (_, n) => film(`long ${n}`, 20_000));
    for (const frames of long) await contributeLongFilm(world, curator, frames);
    await sequenced(world);
    const sizes: number[] = [];
    // The second answer ends after a third of what a page is.
    const breaking: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (!String(input instanceof Request ? input.url : input).includes('/v1/signals/feed')) return answer;
      const bytes = new Uint8Array(await answer.arrayBuffer());
      sizes.push(bytes.length);
      return new Response(sizes.length === 2 ? bytes.subarray(0, bytes.length / 3) : bytes, { status: answer.status });
    };
    const cautious = new sdk.Clepsydra({ baseUrl, token: key, fetch: breaking });
    const matcher = sdk.OfflineMatcher.open({ folder: join(folder, 'long') });
    expect(await matcher.sync(cautious)).toMatchObject({ malformed: 0 });
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    expect(sizes.every((bytes) => bytes <= 16 * 2 ** 20 + 1_000)).toBe(true);
    const again = sdk.OfflineMatcher.open({ folder: join(folder, 'long') });
    for (const frames of long)
      expect(again.matchFrames(frames.slice(7_000, 7_010))).toMatchObject([
        { distance: 0, vpdq: { comparedPercent: 0.05 } },
      ]);
  }, 120_000);
});

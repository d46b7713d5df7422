import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFrom } from '../../seeds/scenes';
import { COMMON_LIST } from '../../src/signals/changes';
import type { BatchMatchAnswer, BatchQuestion, MatchAnswer } from '../../src/signals/matching/match.dto';
import type { BatchAnswer } from '../../src/signals/store/contribution.dto';
import { startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { sequenced } from '../support/exchange';
import { digestOf, film, type Frame } from '../support/films';
import { offlineKey, offlineSdk, said, untilFollowed, type Offline, type OfflineSdk } from '../support/offline';

const random = randomFrom(37);
const below = (limit: number): number => Math.floor(random() * limit);
const oneOf = <T>(all: readonly T[]): T => all[below(all.length)]!;
const hex = (): string => Array.from({ length: 64 }, () => below(16).toString(16)).join('');

const LABELS = [
  { category: 'incitement', ideology: 'jihadist', behaviours: ['graphic-violence'] },
  { category: 'threat', behaviours: ['glorification', 'recruitment'] },
  { category: 'instruction', ideology: 'right_wing' },
  { ideology: 'other' },
  {},
];
const SAID = [{ severity: 'critical', incident: 'pci-2026-north-harbour' }, { severity: 'low' }, { incident: 'eccp-2026-pier' }, {}]; // prettier-ignore

describe('matching offline by several lists, on which different things are said of the same hash', () => {
  let world: World;
  let ruled: Person;
  let everybody: Person[];
  let groups: string[];
  let sdk: OfflineSdk;
  let client: object;
  let key: string;
  let folder: string;
  const hashes = Array.from({ length: 120 }, (_, n): BatchQuestion => ({ type: n % 4 ? 'sha256' : 'pdq', value: hex() })); // prettier-ignore
  const films = Array.from({ length: 6 }, (_, n) => film(`on lists ${n}`, 6));

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clepsydra-offline-lists-'));
    world = await startWorld();
    const { unit, platform } = await world.cast();
    ruled = await world.person(platform, ['supervisor', 'moderator', 'curator']);
    const watchers = await world.organisation('civil_society', 'watchers');
    const vigil = await world.organisation('civil_society', 'vigil');
    const lantern = await world.organisation('platform', 'lantern');
    const others: Person[] = [];
    for (const each of [unit, watchers, vigil, lantern])
      others.push(await world.person(each, ['supervisor', 'curator']));
    everybody = [ruled, ...others];
    const [a, b, c] = [others[0]!, others[1]!, others[2]!];
    groups = [
      await listOf(a, [platform, watchers, vigil], {}),
      await listOf(b, [platform, unit, lantern], { autoAction: true }),
      await listOf(c, [platform, unit, watchers], {}),
      await listOf(ruled, [lantern], { autoAction: true }),
      // Nobody of the platform reads this one.
      await listOf(c, [unit, lantern, watchers], {}),
    ];
    key = await offlineKey(world, await world.person(platform, ['admin']));
    sdk = await offlineSdk();
    client = new sdk.Clepsydra({ baseUrl: await world.listen(), token: key });
  }, 60_000);
  afterAll(async () => {
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  let made = 0;
  async function listOf(person: Person, members: readonly CastOrganisation[], more: object): Promise<string> {
    const slug = `list-${++made}`;
    const body = { slug, name: slug, purpose: 'an enquiry', sharing: 'group', tlp: 'amber', ...more };
    const { body: list } = await person.post<{ id: string }>('/v1/signal-lists', body);
    for (const { id } of members)
      await person.post(`/v1/signal-lists/${list.id}/members`, { organisationId: id, mayContribute: true });
    return list.id;
  }

  /** Whoever may contribute there says something of a tenth of the hashes, and of a film. */
  async function contributions(): Promise<void> {
    for (const listId of [COMMON_LIST, ...groups, ...groups, COMMON_LIST].toSorted(() => random() - 0.5)) {
      for (const person of everybody) {
        world.clock.advance(1_000);
        const what = { listId, labels: oneOf(LABELS), reviewed: below(5) < 2, ...oneOf(SAID) };
        const signals = hashes
          .filter(() => below(10) === 0)
          .map((each) => ({ ...each, ...(each.type === 'pdq' ? { quality: 90 } : {}) }));
        const { status, body } = await person.post<BatchAnswer>('/v1/signals/batch', { signals, ...what });
        if (status === 200) expect(body.refused).toEqual([]);
        else {
          // Not its list to contribute to.
          expect([400, 403]).toContain(status);
          continue;
        }
        const frames = films[below(3 * films.length)];
        if (!frames) continue;
        const filmed = { type: 'vpdq', value: digestOf(frames), frames, ...what };
        expect([201, 409]).toContain((await person.post('/v1/signals', filmed)).status);
      }
    }
  }

  /** Of hashes that they see, whoever they are: each speaks of those of its lists on which the hash stands. */
  async function opinions(ids: readonly string[]): Promise<void> {
    let stated = 0;
    for (const person of everybody)
      for (const id of ids) {
        if (below(4) > 0) continue;
        const opinion = below(2) ? { opinion: 'confirm' } : { opinion: 'dispute', reason: 'false_match' };
        const { status } = await person.post(`/v1/signals/${id}/opinion`, opinion);
        if (status < 300) stated++;
      }
    expect(stated).toBeGreaterThan(50);
  }

  /** What is said more of it after an opinion: the opinion does not speak of lists to which it came since. */
  async function synced(): Promise<Offline> {
    await sequenced(world);
    await untilFollowed(world, ruled);
    const open = (): Offline => sdk.OfflineMatcher.open({ folder: join(folder, 'lists') });
    expect(await open().sync(client)).toMatchObject({ malformed: 0, refetched: null });
    return open();
  }

  async function ask<T>(path: string, body: object): Promise<T> {
    const answer = await world.send<T>('POST', path, body, { authorization: `Bearer ${key}` });
    expect(answer.status).toBe(200);
    return answer.body;
  }

  /** What both say, which is the same. */
  async function both(matcher: Offline): Promise<ReturnType<typeof said>[]> {
    const { matches } = await ask<BatchMatchAnswer>('/v1/signals/match/batch', { queries: hashes });
    const server = hashes.map((_, query) => matches.filter((match) => match.query === query).map(said));
    expect(hashes.map((query) => matcher.match([query]).map(said))).toEqual(server);
    const ofFilms: ReturnType<typeof said>[] = [];
    for (const frames of films.map((known): readonly Frame[] => known.slice(1))) {
      const answer = await ask<MatchAnswer>('/v1/signals/match/frames', { frames });
      expect(matcher.matchFrames(frames).map(said)).toEqual(answer.matches.map(said));
      ofFilms.push(...answer.matches.map(said));
    }
    return [...server.flat(), ...ofFilms];
  }

  async function enforce(name: string, rules: readonly object[]): Promise<void> {
    const { status, body } = await ruled.post<{ id: string }>('/v1/signal-policies', { name, rules });
    expect([status, body]).toEqual([201, body]);
    await ruled.post(`/v1/signal-policies/${body.id}/dry-run`, {});
    expect((await ruled.post(`/v1/signal-policies/${body.id}/enforce`, {})).status).toBeLessThan(300);
  }

  const policies = (): Record<string, readonly object[]> => ({
    lists: [
      { name: 'first group', action: 'block', lists: [groups[0]] },
      { name: 'two groups', action: 'block', lists: [groups[1], groups[3]], reviewed: true },
      { name: 'common', action: 'review', lists: [COMMON_LIST] },
    ],
    labels: [
      { name: 'threats', action: 'block', categories: ['threat'] },
      { name: 'ideology', action: 'review', ideologies: ['jihadist'] },
      { name: 'recruitment', action: 'block', behaviours: ['recruitment'] },
      { name: 'grave', action: 'block', minSeverity: 'critical' },
      { name: 'pier', action: 'block', incidents: ['eccp-2026-pier'] },
      { name: 'unreviewed', action: 'review', reviewed: false },
    ],
    'everything, so that only limits hold': [{ name: 'all', action: 'block' }],
  });

  it('blocks neither here nor there for a review on a list on which the hash is disputed', async () => {
    const [, a, , c, d] = everybody;
    const value = hex();
    const { body } = await a!.post<{ id: string }>('/v1/signals', { type: 'sha256', value, labels: {}, listId: groups[0], reviewed: true }); // prettier-ignore
    expect((await ruled.post(`/v1/signals/${body.id}/opinion`, { opinion: 'dispute', reason: 'journalistic' })).status).toBe(200); // prettier-ignore
    world.clock.advance(1_000);
    await c!.post('/v1/signals', { type: 'sha256', value, labels: {}, reviewed: false });
    expect((await d!.post(`/v1/signals/${body.id}/opinion`, { opinion: 'confirm' })).status).toBe(200);
    const [here] = (await synced()).match([{ type: 'sha256', value }]);
    const there = await ask<BatchMatchAnswer>('/v1/signals/match/batch', { queries: [{ type: 'sha256', value }] });
    expect(said(here!)).toEqual(said(there.matches[0]!));
    expect(here).toMatchObject({ state: 'active', reviewed: false, action: 'review', because: 'everything else', opinions: { confirm: 1, dispute: 1 } }); // prettier-ignore
    expect(here!.lists.map(({ id }) => id)).toEqual([groups[0], COMMON_LIST]);
  }, 60_000);

  it('gives the server’s answers, with actions and reasons, by every policy, before and after opinions that speak of some lists', async () => {
    await contributions();
    const seen = new Set<unknown>();
    const told = async (): Promise<void> => {
      for (const { action, because, state } of await both(await synced())) seen.add(`${String(state)}: ${String(action)}, ${String(because)}`); // prettier-ignore
    };
    await told();
    const { rows } = await world.sql.query<{ id: string }>('select id from signal order by id');
    await opinions(rows.map(({ id }) => id));
    await told();
    await contributions();
    await told();
    for (const [name, rules] of Object.entries(policies())) {
      await enforce(name, rules);
      await told();
    }
    expect([...seen].map(String).toSorted()).toEqual(
      expect.arrayContaining([
        'active: block, reviewed exact hash',
        'active: review, everything else',
        'active: review, two organisations must stand behind it',
        'active: block, first group',
        'active: block, two groups',
        'active: block, threats',
        'active: block, recruitment',
        'active: block, grave',
        'active: block, pier',
        'active: block, all',
        'active: ignore, no rule',
        'disputed: review, a disputed signal never blocks',
        'provisional: review, a provisional signal never blocks',
      ]),
    );
  }, 120_000);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomFrom } from '../../seeds/scenes';
import type { BatchMatchAnswer, BatchQuestion } from '../../src/signals/matching/match.dto';
import type { BatchAnswer } from '../../src/signals/store/contribution.dto';
import { startWorld, type Person, type World } from '../support/app';
import { sequenced } from '../support/exchange';
import { offlineKey, offlineSdk, said, untilFollowed, type Offline, type OfflineSdk } from '../support/offline';

const random = randomFrom(11);
const below = (limit: number): number => Math.floor(random() * limit);
const hex = (digits = 64): string => Array.from({ length: digits }, () => below(16).toString(16)).join('');

/** The hash with so many of its bits turned, anywhere. */
function near(hash: string, bits: number): string {
  const turned = new Set<number>();
  while (turned.size < bits) turned.add(below(256));
  let value = BigInt(`0x${hash}`);
  for (const bit of turned) value ^= 1n << BigInt(bit);
  return value.toString(16).padStart(64, '0');
}

describe('matching offline, beside the server that the lists come from', () => {
  let world: World;
  let analyst: Person;
  let curator: Person;
  let moderator: Person;
  let client: object;
  let OfflineMatcher: OfflineSdk['OfflineMatcher'];
  let key: string;
  let folder: string;
  /** Hashes that questions are asked about, each with its neighbours on the lists. */
  const centres = Array.from({ length: 40 }, () => hex());
  const exact = Array.from({ length: 60 }, (_, n) => ({ type: n % 2 ? ('md5' as const) : ('sha256' as const), value: hex(n % 2 ? 32 : 64) })); // prettier-ignore

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clepsydra-offline-'));
    world = await startWorld();
    const cast = await world.cast();
    ({ moderator } = cast);
    analyst = await world.person(cast.unit, ['analyst', 'curator']);
    curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    const admin = await world.person(cast.platform, ['admin']);
    key = await offlineKey(world, admin);
    const sdk = await offlineSdk();
    ({ OfflineMatcher } = sdk);
    client = new sdk.Clepsydra({ baseUrl: await world.listen(), token: key });
  }, 60_000);
  afterAll(async () => {
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function contribute(person: Person, signals: readonly object[], more: object = {}): Promise<void> {
    const { status, body } = await person.post<BatchAnswer>('/v1/signals/batch', { signals, ...more });
    expect([status, body.refused]).toEqual([200, []]);
  }

  async function serverSays(queries: readonly BatchQuestion[]): Promise<object[][]> {
    const headers = { authorization: `Bearer ${key}` };
    const answer = await world.send<BatchMatchAnswer>('POST', '/v1/signals/match/batch', { queries }, headers);
    expect(answer.status).toBe(200);
    const found = queries.map((): object[] => []);
    for (const match of answer.body.matches) found[match.query]?.push(said(match));
    return found;
  }

  function questions(): BatchQuestion[] {
    const perceptual = Array.from({ length: 9_839 }, (_, n): BatchQuestion => {
      const value = n % 3 === 0 ? hex() : near(centres[n % centres.length]!, below(34));
      return { type: n % 4 === 0 ? 'blockhash' : 'pdq', value };
    });
    const others = Array.from({ length: 100 }, (): BatchQuestion => ({ type: 'sha256', value: hex() }));
    return [...perceptual, ...exact, ...others, { type: 'pdq', value: centres[0]!, radius: 64 }];
  }

  async function bothSayTheSame(matcher: Offline): Promise<number> {
    const queries = questions();
    expect(queries).toHaveLength(10_000);
    const server = await serverSays(queries);
    const offline = queries.map((query) => matcher.match([query]).map(said));
    expect(offline).toEqual(server);
    return server.reduce((sum, { length }) => sum + length, 0);
  }

  it('gives the server’s answers to 10,000 questions, before and after opinions, a dispute and withdrawals', async () => {
    const around = (type: 'pdq' | 'blockhash', bits: number): object[] =>
      centres.flatMap((centre) => [
        { type, value: near(centre, below(bits)) },
        { type, value: near(centre, below(bits)) },
      ]);
    const labels = { category: 'incitement', ideology: 'jihadist', behaviours: ['graphic-violence'] };
    await contribute(analyst, [...around('pdq', 20), ...around('blockhash', 8)], {
      labels,
      reviewed: true,
      severity: 'high',
    });
    await contribute(analyst, exact.slice(0, 40), { labels, reviewed: true });
    await contribute(curator, [...exact.slice(30), ...around('pdq', 20)], {
      reviewed: false,
      labels: { category: 'threat' },
    });
    await sequenced(world);
    await untilFollowed(world, moderator);
    const matcher = OfflineMatcher.open({ folder });
    const report = await matcher.sync(client);
    expect(report).toMatchObject({ malformed: 0, withdrawn: 0, refetched: null });
    expect(await bothSayTheSame(matcher)).toBeGreaterThan(2_000);

    const ids = [...new Set(exact.flatMap((query) => matcher.match([query]).map(({ signalId }) => signalId)))];
    for (const id of ids.slice(0, 5)) {
      expect((await analyst.post(`/v1/signals/${id}/withdraw`, { reason: 'wrong file' })).status).toBe(200);
    }
    const opinion = (id: string, body: object): Promise<{ status: number }> =>
      curator.post(`/v1/signals/${id}/opinion`, body);
    const stated = [
      await opinion(ids[6]!, { opinion: 'confirm' }),
      await opinion(ids[7]!, { opinion: 'dispute', reason: 'false_match' }),
    ];
    expect(stated.every(({ status }) => status < 300)).toBe(true);
    await sequenced(world);
    await untilFollowed(world, moderator);
    const second = await OfflineMatcher.open({ folder }).sync(client);
    expect(second.refetched).toBeNull();
    expect(second.changed + second.withdrawn).toBeGreaterThanOrEqual(5);
    expect(second.changed).toBeLessThan(20);
    const again = OfflineMatcher.open({ folder });
    await bothSayTheSame(again);
    const states = ids
      .slice(0, 8)
      .map((id) => again.match(exact).find(({ signalId }) => signalId === id)?.state ?? 'gone');
    expect(states[7]).toBe('disputed');
    expect(states).toContain('gone');
  }, 120_000);
});

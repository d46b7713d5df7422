import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BatchMatchAnswer, FileMatchAnswer, MatchAnswer } from '../../src/signals/matching/match.dto';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import type { Answer, Person, World } from '../support/app';
import { randomHash } from '../support/hashes';
import { formOf, newKey, startMatching } from '../support/matching';
import { eventually } from '../support/referral';
import { startTestServer, VARIABLE } from '../support/test-server';

const MINUTE_MS = 60_000;

jest.setTimeout(120_000);

/** PostgreSQL stopped with all of its processes: it refuses nothing and answers nothing. */
describe('a database that has fallen silent', () => {
  let own: Awaited<ReturnType<typeof startTestServer>>;
  let world: World;
  let curator: Person;
  let moderator: Person;
  let stopped: number[] = [];

  beforeAll(async () => {
    own = await startTestServer();
    process.env[VARIABLE] = JSON.stringify(own.server);
    ({ world, curator, moderator } = await startMatching());
  });
  afterAll(async () => {
    wake();
    await world?.close();
    await own?.stop();
  });

  async function silence(): Promise<void> {
    const postmaster = Number(readFileSync(join(own.folder, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
    stopped = [postmaster];
    process.kill(postmaster, 'SIGSTOP');
    const { rows } = await world.sql.query<{ pid: number }>('select pid from pg_stat_activity');
    for (const { pid } of rows) {
      stopped.push(pid);
      process.kill(pid, 'SIGSTOP');
    }
  }

  function wake(): void {
    for (const pid of stopped.splice(0)) process.kill(pid, 'SIGCONT');
  }

  const ask = (key: string, value: string): Promise<Answer<MatchAnswer>> =>
    world.send('GET', `/v1/signals/match?type=pdq&value=${value}`, undefined, { authorization: `Bearer ${key}` });

  it('holds up no look-up of a known sender, who is told how old the answer is; what needs it is refused in the end', async () => {
    const value = randomHash();
    const { id } = (await curator.post<SignalView>('/v1/signals', { type: 'pdq', value, labels: {} })).body;
    const [{ key: known }, { key: stranger }] = [await newKey(world, moderator), await newKey(world, moderator)];
    expect((await ask(known, value)).body.matches).toMatchObject([{ signalId: id }]);
    const headers = { authorization: `Bearer ${known}` };
    await silence();

    const refused: Answer<unknown>[] = [];
    const needing = [moderator.get('/v1/platforms'), ask(stranger, value), world.anonymous('/ready')];
    void Promise.all(needing).then((answers) => refused.push(...answers));
    const behind: number[] = [];
    while (refused.length === 0) {
      const { status, body } = await ask(known, value);
      expect([status, body.matches.map(({ signalId }) => signalId)]).toEqual([200, [id]]);
      behind.push(body.freshness.behindMs);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // Long past the five seconds for which the key was kept.
    expect(behind.at(-1)).toBeGreaterThan(5_000);
    expect(behind).toEqual(behind.toSorted((a, b) => a - b));
    expect(refused.map(({ status }) => status)).toEqual([503, 503, 503]);
    const unavailable = { code: 'request.unavailable' };
    expect(refused.map(({ body }) => body)).toMatchObject([unavailable, unavailable, { status: 'not ready' }]);

    const many = await world.send<BatchMatchAnswer>('POST', '/v1/signals/match/batch', { type: 'pdq', values: [value] }, headers); // prettier-ignore
    expect(many.body.matches).toMatchObject([{ signalId: id, query: 0 }]);
    const frames = await world.send<MatchAnswer>('POST', '/v1/signals/match/frames', { frames: [{ hash: value, quality: 90 }] }, headers); // prettier-ignore
    expect(frames.status).toBe(200);
    const file = new Response(formOf(Buffer.from('plain words')));
    const type = file.headers.get('content-type') ?? '';
    const bytes = Buffer.from(await file.arrayBuffer());
    const one = await world.send<FileMatchAnswer>('POST', '/v1/signals/match', bytes, {
      ...headers,
      'content-type': type,
    });
    expect(one).toMatchObject({ status: 200, body: { matches: [], freshness: { source: 'index' } } });

    const now = performance.now.bind(performance);
    const later = jest.spyOn(performance, 'now').mockImplementation(() => now() + 11 * MINUTE_MS);
    expect((await ask(known, value)).status).toBe(503);
    later.mockRestore();

    wake();
    await eventually(
      () => ask(stranger, value),
      ({ status, body }) => status === 200 && body.freshness.behindMs < 1_000,
    );
    const next = randomHash();
    expect((await curator.post('/v1/signals', { type: 'pdq', value: next, labels: {} })).status).toBe(201);
    expect((await ask(known, next)).body.matches).toHaveLength(1);
  });
});

import { SignalIndex } from '../../src/signals/matching/signal-index.service';
import type { FeedbackAnswer, FeedbackView } from '../../src/signals/policy/policy.dto';
import { startWorld, type Person, type World } from '../support/app';
import { contribute, until, type Problem } from '../support/signals';

interface Found {
  action: string;
  state: string;
}

describe('feedback about matches', () => {
  let world: World;
  let analyst: Person;
  let moderator: Person;
  let serial = 0;

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst, moderator } = await world.cast());
    await until(() => world.app.get(SignalIndex).loaded);
  });
  afterAll(() => world.close());

  const platform = async (): Promise<Person> =>
    world.person(await world.organisation('platform', `host-${++serial}`), ['moderator', 'admin']);
  const ask = async (person: Person, { value }: { value: string | null }): Promise<Found[]> =>
    (await person.get<{ matches: Found[] }>(`/v1/signals/match?type=sha256&value=${value}`)).body.matches;
  const give = (person: Person, id: string, verdict: string, more: object = {}) =>
    person.post<FeedbackAnswer & Problem>(`/v1/signals/${id}/feedback`, { verdict, ...more });

  it('counts the last word of each organisation and keeps those before', async () => {
    const signal = await contribute(analyst);
    await give(moderator, signal.id, 'already_known');
    world.clock.advance(1_000);
    const last = await give(moderator, signal.id, 'confirmed', { note: 'seen by two of us' });
    expect([last.status, last.body]).toEqual([
      200,
      expect.objectContaining({
        feedback: { confirmed: 1, false: 0, alreadyKnown: 0 },
        disputed: false,
        state: 'active',
      }),
    ]);
    const history = (await moderator.get<FeedbackView[]>(`/v1/signals/${signal.id}/feedback`)).body;
    expect(history.map(({ verdict, supersededAt }) => [verdict, supersededAt === null])).toEqual([
      ['confirmed', true],
      ['already_known', false],
    ]);
    expect((await (await platform()).get<FeedbackView[]>(`/v1/signals/${signal.id}/feedback`)).body).toEqual([]);
    const kinds = async () =>
      JSON.stringify((await analyst.get('/v1/feed?after=-1&limit=500')).body).match(/signal\.feedback-given/g)
        ?.length ?? 0;
    await until(async () => (await kinds()) >= 2);
  });

  it('of two organisations that found it false disputes the signal, once, and it blocks nowhere any more', async () => {
    const [first, second, third] = [await platform(), await platform(), await platform()];
    const signal = await contribute(analyst);
    expect((await ask(first, signal))[0]?.action).toBe('block');
    expect((await give(first, signal.id, 'false')).body.disputed).toBe(false);
    expect((await give(first, signal.id, 'false')).body.disputed).toBe(false);
    const tipped = await give(second, signal.id, 'false', { note: 'a weather map' });
    expect(tipped.body).toMatchObject({ disputed: true, state: 'disputed', feedback: { confirmed: 0, false: 2 } });
    expect((await ask(first, signal))[0]).toMatchObject({ action: 'review', state: 'disputed' });
    expect((await give(third, signal.id, 'false')).body.disputed).toBe(false);
    const { rows } = await world.sql.query(
      `select organisation_id, reason, state from signal_dispute where signal_id = $1`,
      [signal.id],
    );
    expect(rows).toEqual([{ organisation_id: null, reason: 'false_match', state: 'open' }]);
  });

  it('disputes nothing while as many organisations confirm it, nor when two speak at once for one', async () => {
    const signal = await contribute(analyst);
    const [a, b, c, d] = [await platform(), await platform(), await platform(), await platform()];
    for (const person of [a, b]) await give(person, signal.id, 'confirmed');
    for (const person of [c, d]) expect((await give(person, signal.id, 'false')).body.disputed).toBe(false);
    const tipped = await Promise.all([give(a, signal.id, 'false'), give(a, signal.id, 'false')]);
    expect(tipped.map(({ status }) => status)).toEqual([200, 200]);
    expect(tipped.filter(({ body }) => body.disputed)).toHaveLength(1);
  });

  it('is refused of what one cannot see, of what nobody stands behind, and of a match that is not one’s own', async () => {
    const signal = await contribute(analyst);
    expect((await give(moderator, '019b0000-0000-7000-8000-000000000001', 'false')).status).toBe(404);
    expect((await give(moderator, signal.id, 'wrong')).status).toBe(400);
    await ask(moderator, signal);
    const own = async () =>
      (await world.sql.query<{ id: string }>('select id from signal_match where signal_id = $1', [signal.id])).rows[0]
        ?.id;
    await until(async () => (await own()) !== undefined);
    expect((await give(await platform(), signal.id, 'false', { matchId: await own() })).body.errors?.[0]?.pointer).toBe(
      '/matchId',
    );
    expect((await give(moderator, signal.id, 'confirmed', { matchId: await own() })).status).toBe(200);
    const unitCurator = await world.person(analyst.organisation, ['curator']);
    await unitCurator.post(`/v1/signals/${signal.id}/withdraw`, { reason: 'a mistake' });
    expect((await give(moderator, signal.id, 'false')).body.code).toBe('signal.nobody-behind');
    expect((await give(unitCurator, signal.id, 'false')).status).toBe(409);
  });
});

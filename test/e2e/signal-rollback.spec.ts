import type { RollBackAnswer } from '../../src/signals/defence/review/defence.dto';
import type { BatchAnswer, SignalView } from '../../src/signals/store/contribution.dto';
import { randomHash } from '../support/hashes';
import { holding, QUOTA, untilWaiting } from '../support/locks';
import { DefenceStory, disputing, getSignal, sha, stateOf } from '../support/signals';

describe('a body that is rolled back', () => {
  const story = new DefenceStory();

  it('rolls back everything that one contributor added; what others stand behind goes on matching', async () => {
    const [poisoner, honest] = [await story.contributor(), await story.contributor()];
    const [old, shared, own] = [sha('old'), sha('shared'), sha('own')];
    await story.send(poisoner, [old]);
    story.world.clock.advance(60_000);
    const since = story.world.clock.now().toISOString();
    await story.send(poisoner, [shared, own]);
    await story.send(honest, [shared]);
    const path = `/v1/organisations/${poisoner.organisation.id}/roll-back-signals`;
    expect((await story.operator.post(path, { since, reason: 'its account was taken over' })).status).toBe(202);
    // Another question than the one that was asked: everything, instead of what came since.
    expect((await story.operators[1].post(path, { reason: 'its account was taken over' })).status).toBe(202);
    const done = await story.operators[1].post<RollBackAnswer>(path, { since, reason: 'agreed' });
    expect(done.body).toMatchObject({ contributions: 2, tombstones: 1, supportedByOthers: 1 });
    expect(await Promise.all([old, shared, own].map((value) => story.matches(value)))).toEqual([1, 1, 0]);
    const all = await story.operator.post<RollBackAnswer>(path, { reason: 'all of it' });
    expect(all.body).toMatchObject({ contributions: 1, tombstones: 1 });
    expect(await story.matches(old)).toBe(0);
    expect(
      (
        await story.operator.post('/v1/organisations/019b0000-0000-7000-8000-000000000001/roll-back-signals', {
          reason: 'nobody',
        })
      ).status,
    ).toBe(404);
  });

  it('rolls back the batch that was underway as well', async () => {
    const person = await story.body();
    await story.trust(person, 'trusted');
    const signals = Array.from({ length: 200 }, () => ({ type: 'sha256', value: randomHash() }));
    const path = `/v1/organisations/${person.organisation.id}/roll-back-signals`;
    await story.operator.post(path, { reason: 'its account was taken over' });
    const [sending, rolling] = await holding(story.world, QUOTA, [person.organisation.id], async () => {
      const sent = person.post<BatchAnswer>('/v1/signals/batch', { signals });
      await untilWaiting(story.world, 1, sent);
      const asked = story.operators[1].post(path, { reason: 'agreed' });
      await untilWaiting(story.world, 2, sent, asked);
      return [sent, asked] as const;
    });
    expect([(await sending).status, (await rolling).status]).toEqual([200, 200]);
    const { rows } = await story.world.sql.query<{ standing: number }>(
      `select count(*)::int as standing from signal_contribution where organisation_id = $1 and state = 'standing'`,
      [person.organisation.id],
    );
    expect(rows).toEqual([{ standing: 0 }]);
  });

  it('rolls back what a body said as well, and holds what it contributes and silences it until its trust is set anew', async () => {
    const [poisoner, honest, second] = [await story.body('platform'), await story.body(), await story.body('platform')];
    const [confirmed, doubted, fedOn] = [await story.stands(honest, { reviewed: false }), await story.stands(honest), await story.stands(honest)]; // prettier-ignore
    await poisoner.post(`/v1/signals/${confirmed.id}/opinion`, { opinion: 'confirm' });
    await disputing(poisoner, doubted);
    for (const person of [poisoner, second])
      expect((await person.post(`/v1/signals/${fedOn.id}/feedback`, { verdict: 'false' })).status).toBe(200);
    const get = ({ id }: SignalView) => getSignal(honest, id);
    expect([(await get(confirmed)).state, (await get(doubted)).state, (await get(fedOn)).state]).toEqual(['active', 'disputed', 'disputed']); // prettier-ignore
    const path = `/v1/organisations/${poisoner.organisation.id}/roll-back-signals`;
    const done = await story.twoPeople<RollBackAnswer>(path, 'its account was taken over');
    expect(done).toMatchObject({ contributions: 0, opinions: 2, disputes: 2, feedback: 1 });
    expect(await get(confirmed)).toMatchObject({ state: 'provisional', opinions: { confirm: 0 } });
    expect(await get(doubted)).toMatchObject({ state: 'active', disputes: [], opinions: { dispute: 0 } });
    expect(await get(fedOn)).toMatchObject({ state: 'active', feedback: { false: 1 } });
    expect(await story.match(doubted.value!)).toEqual(['block']);
    expect(await story.trustOf(poisoner)).toMatchObject({ level: 'new', hourlyFlood: 0 });
    expect(stateOf((await story.contribute(poisoner)).body)).toEqual(['quarantined']);
    expect((await disputing(poisoner, doubted)).status).toBe(429);
    await story.trust(poisoner, 'new');
    await story.stands(poisoner);
    expect((await disputing(poisoner, doubted)).status).toBe(200);
  });
});

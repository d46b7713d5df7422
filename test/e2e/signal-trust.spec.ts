import { TRUST_LIMITS } from '../../src/domain/signal-trust';
import type { QuarantineDecision } from '../../src/signals/defence/review/defence.dto';
import type { BatchAnswer } from '../../src/signals/store/contribution.dto';
import type { Person } from '../support/app';
import { randomHash } from '../support/hashes';
import { DefenceStory, flip, lines, sha, until, type Problem } from '../support/signals';

describe('how far a body is trusted', () => {
  const story = new DefenceStory();

  it('refuses what is over the quota with what is left and when it begins anew, and takes it the next day', async () => {
    const body = await story.contributor({ dailyQuota: 2 });
    const values = ['one', 'two', 'three'].map((word) => sha(`quota ${word}`));
    const first = await story.send(body, values);
    expect(first.body).toMatchObject({ contributed: 2, refused: [{ index: 2, code: 'signal.quota-spent' }] });
    expect(first.body.refused[0]!.detail).toMatch(/of 2 a day .* 0 left until 2026-03-03T00:00:00\.000Z/);
    const single = await body.post<Problem>('/v1/signals', { type: 'sha256', value: values[2], labels: {} });
    expect([single.status, single.body.code]).toEqual([429, 'signal.quota-spent']);
    // Sending the same list again costs nothing, nor does taking back win anything.
    expect((await story.send(body, values.slice(0, 2))).body).toMatchObject({ already: 2, refused: [] });
    const before = story.world.clock.now();
    story.world.clock.set(new Date('2026-03-03T00:00:00.000Z'));
    expect((await story.send(body, values)).body).toMatchObject({ contributed: 1, already: 2, refused: [] });
    story.world.clock.set(before);
  });

  it('does not let two batches at once pass a quota that is there for one', async () => {
    const body = await story.contributor({ dailyQuota: 10 });
    const other = await story.world.person(body.organisation, ['curator']);
    const batch = (name: string) => Array.from({ length: 10 }, (_, i) => sha(`${name} ${i}`));
    const answers = await Promise.all([
      story.send(body, batch('left')),
      story.send(other, batch('right')),
      story.send(body, batch('third')),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(answers.reduce((sum, answer) => sum + answer.body.contributed, 0)).toBe(10);
  });

  it('trusts a contributor no more who hits a canary, holds the batch, and lists what it contributed that day', async () => {
    const body = await story.contributor();
    await story.operator.post('/v1/signal-trust', {
      organisationId: body.organisation.id,
      level: 'trusted',
      note: 'known for long',
    });
    const [canary, before] = [randomHash(), sha('contributed before')];
    await story.send(body, [before]);
    await story.operator.post('/v1/signal-negatives', { kind: 'canary', entries: [{ type: 'pdq', value: canary }] });
    const hit = await body.post<BatchAnswer>('/v1/signals/batch', {
      labels: {},
      signals: [...lines([flip(canary, 4)], 'pdq'), ...lines([sha('beside it')])],
    });
    expect(hit.body).toMatchObject({ contributed: 0, quarantined: 2 });
    expect(JSON.stringify(hit.body)).not.toMatch(/canary/i);
    expect(await story.trustOf(body)).toMatchObject({ level: 'new' });
    await until(async () => (await story.waiting(body.organisation)).length === 2);
    const batches = await story.waiting(body.organisation);
    const items = (await Promise.all(batches.map(({ id }) => story.itemsOf(id)))).flat();
    expect(items.map(({ reason, state, value }) => `${reason} ${state} ${value}`).toSorted()).toEqual([
      `canary quarantined ${flip(canary, 4)}`,
      `with_canary quarantined ${sha('beside it')}`,
      `with_canary standing ${before}`,
    ]);
    const kindsFor = async (person: Person) =>
      (await person.get<{ entries: { entry: { kind: string } }[] }>('/v1/feed?after=-1&limit=500')).body;
    await until(async () => JSON.stringify(await kindsFor(story.operator)).includes('signal.canary-hit'));
    expect(JSON.stringify(await kindsFor(body))).not.toMatch(/canary/);
    const review = batches.find(({ reasons }) => reasons.with_canary === 1 && !reasons.canary)!;
    const held = await story.operator.post<QuarantineDecision>(`/v1/signal-quarantine/${review.id}/hold`, {
      reason: 'until seen',
    });
    expect(held.body.decided).toBe(1);
    expect(await story.matches(before)).toBe(0);
  });

  it('never trusts a body more for having hit a canary', async () => {
    const [strict, loose] = [await story.body(), await story.body()];
    await story.trust(strict, 'new', { dailyQuota: 3, hourlyFlood: 0 });
    await story.trust(loose, 'trusted', { dailyQuota: 900_000 });
    const canary = randomHash();
    await story.operator.post('/v1/signal-negatives', { kind: 'canary', entries: [{ type: 'pdq', value: canary }] });
    for (const person of [strict, loose]) await story.contribute(person, { type: 'pdq', value: canary, quality: 90 });
    expect(await story.trustOf(strict)).toMatchObject({ level: 'new', dailyQuota: 3, hourlyFlood: 0 });
    expect(await story.trustOf(loose)).toMatchObject({ level: 'new', ...TRUST_LIMITS.new });
    const sent = await strict.post<BatchAnswer>('/v1/signals/batch', {
      signals: Array.from({ length: 20 }, () => ({ type: 'sha256', value: randomHash() })),
    });
    expect(sent.body).toMatchObject({ contributed: 0, quarantined: 2 });
  });

  it('lets a new body share a list with a group, and with everyone once it is known', async () => {
    const person = await story.body('platform');
    const make = (slug: string, sharing: string) =>
      person.post<Problem>('/v1/signal-lists', { slug, name: slug, purpose: 'Of this test', sharing, tlp: 'amber' });
    expect((await make('for-a-group', 'group')).status).toBe(201);
    const refused = await make('for-everyone', 'everyone');
    expect([refused.status, refused.body.code]).toEqual([403, 'signal-list.needs-trust']);
    await story.trust(person, 'known');
    expect((await make('for-everyone', 'everyone')).status).toBe(201);
  });
});

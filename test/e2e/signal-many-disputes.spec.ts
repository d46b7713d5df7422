import { OPINION_LIMITS } from '../../src/domain/signal-trust';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import type { DisputeView, ResolvedDisputes } from '../../src/signals/store/opinion.dto';
import { minutes, type Person } from '../support/app';
import { DefenceStory, dispute, disputing, type Problem } from '../support/signals';

describe('disputes of one body', () => {
  const story = new DefenceStory();

  it('are so many an hour and a day, whatever becomes of them', async () => {
    const [owner, spammer] = [await story.body(), await story.body('platform')];
    const { hourly, daily } = OPINION_LIMITS.new.disputes;
    const signals: SignalView[] = [];
    for (let i = 0; i <= daily; i++) signals.push(await story.stands(owner));
    const answers = [];
    for (const signal of signals.slice(0, hourly + 1)) answers.push(await disputing(spammer, signal));
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: hourly }, () => 200), 429]);
    expect(answers.at(-1)!.body.code).toBe('signal.quota-spent');
    await spammer.post(`/v1/signals/${signals[0]!.id}/opinion/retract`);
    expect((await disputing(spammer, signals[0]!)).status).toBe(429);
    // Confirming is another matter.
    expect((await spammer.post(`/v1/signals/${signals.at(-1)!.id}/opinion`, { opinion: 'confirm' })).status).toBe(200);
    story.world.clock.advance(minutes(61));
    for (const signal of signals.slice(hourly, daily)) expect((await disputing(spammer, signal)).status).toBe(200);
    story.world.clock.advance(minutes(61));
    expect((await disputing(spammer, signals[0]!)).status).toBe(429);
    expect((await story.match(signals.at(-1)!.value!)).length).toBe(1);
    story.world.clock.advance(minutes(24 * 60));
    expect((await disputing(spammer, signals[0]!)).status).toBe(200);
  });

  it('of two requests at once cannot both be the last', async () => {
    const [owner, spammer] = [await story.body(), await story.body()];
    await story.trust(spammer, 'known', { dailyQuota: 1 });
    const signals = [await story.stands(owner), await story.stands(owner)];
    const answers = await Promise.all(signals.map((signal) => disputing(spammer, signal)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 429]));
  });

  it('are set aside in one call, and those that are not one’s to decide are named', async () => {
    const [owner, other, spammer] = [await story.body(), await story.body(), await story.body('platform')];
    const ids: string[] = [];
    const signals = [await story.stands(owner), await story.stands(owner), await story.stands(other)];
    for (const { id } of signals) ids.push(await dispute(spammer, id));
    const resolve = (person: Person, dto: object) =>
      person.post<ResolvedDisputes & Problem>('/v1/signal-disputes/resolve', { outcome: 'rejected', note: 'a flood', ...dto }); // prettier-ignore
    for (const wrong of [{}, { disputeIds: ids, openedBy: spammer.organisation.id }, { disputeIds: [] }])
      expect((await resolve(story.operator, wrong)).status).toBe(400);
    expect((await resolve(spammer, { openedBy: spammer.organisation.id })).body.code).toBe('dispute.own');
    expect((await resolve(owner, { disputeIds: ids.slice(1) })).body).toMatchObject({
      decided: 0,
      refused: expect.arrayContaining(
        ids.slice(1).map((disputeId) => ({ disputeId, code: 'dispute.not-yours-to-decide' })),
      ),
      more: false,
    });
    const rest = await resolve(story.operator, { openedBy: spammer.organisation.id });
    expect(rest.body).toMatchObject({ decided: 3, refused: [], more: false });
    for (const { value } of signals) expect(await story.match(value!)).toEqual(['block']);
    const { items } = (await story.operator.get<{ items: DisputeView[] }>('/v1/signal-disputes?state=open&limit=200'))
      .body;
    expect(items.filter(({ organisationId }) => organisationId === spammer.organisation.id)).toEqual([]);
  });

  it('are upheld many at once as well, and the answer is the same when the call is repeated with its key', async () => {
    const [owner, watcher] = [await story.body(), await story.body()];
    const ids = [
      await dispute(watcher, (await story.stands(owner)).id),
      await dispute(watcher, (await story.stands(owner)).id),
    ];
    const call = () =>
      story.operator.post<ResolvedDisputes & { readonly receipt?: { readonly entry: object } }>(
        '/v1/signal-disputes/resolve',
        { disputeIds: ids, outcome: 'upheld', note: 'both are news' },
        { 'idempotency-key': 'uphold-both-of-them' },
      );
    const first = await call();
    expect(first.body).toMatchObject({ decided: 2, refused: [], more: false });
    // The receipt proves the same entry, against whatever checkpoint is the newest by now.
    const { receipt, ...answer } = first.body;
    expect((await call()).body).toMatchObject({ ...answer, receipt: { entry: receipt?.entry } });
  });
});

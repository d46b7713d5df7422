import type { ItemOutcome } from '../../src/domain/vocabulary';
import type { NoticeView } from '../../src/notices/notice.view';
import { Ticker } from '../../src/notices/ticker';
import { minutes, type Answer, type World } from '../support/app';
import { orderCast, sendOrder, type OrderCast } from '../support/orders';
import { done, itemOf, said } from '../support/redress';
import { notice, startQuietWorld } from '../support/referral';

let world: World;
let cast: OrderCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
});
afterAll(() => world?.close());

const pass = async (ms: number): Promise<void> => {
  world.clock.advance(ms);
  await world.app.get(Ticker).tick(world.clock.now());
};
const answer = (view: NoticeView, outcome: ItemOutcome): Promise<NoticeView> => {
  const measureAt = ['hidden', 'removed', 'disabled'].includes(outcome) ? { measureAt: world.clock.now() } : {};
  const answers = [{ itemId: itemOf(view), outcome, ...measureAt }];
  return done(cast.moderator.post<NoticeView>(`/v1/notices/${view.id}/answer`, { answers }));
};
const recorded = ({ id }: NoticeView): Promise<Answer<NoticeView>> =>
  cast.supervisor.post<NoticeView>(`/v1/notices/${id}/non-compliance`, { reasons: 'Shown again after five hours' });
const late = ({ items }: NoticeView): unknown => items[0]?.answer?.late;

/** An order that its platform hid the content of in time. */
async function hidden(): Promise<NoticeView> {
  const sent = await sendOrder(cast);
  await done(cast.moderator.post(`/v1/notices/${sent.id}/acknowledge`));
  await pass(minutes(5));
  return answer(sent, 'hidden');
}

describe('what was hidden in time and is shown again', () => {
  it('after the hour without another measure is late, and a person may record it: the hour itself had been kept', async () => {
    const view = await hidden();
    expect(await recorded(view)).toMatchObject({ status: 409, body: { code: 'notice.not-overdue' } });
    await pass(minutes(300));
    const shown = await answer(view, 'not_found');
    expect(late(shown)).toBe('late');
    // A fact is what was so at the deadline.
    expect(shown.clock).toMatchObject({ state: 'stopped', fact: null });
    const takenBackAt = world.clock.now().toISOString();
    await pass(minutes(10));
    expect(await done(recorded(view))).toMatchObject({ nonComplianceAt: world.clock.now().toISOString() });
    const [entry] = (await said(world, view.id)).filter(({ kind }) => kind === 'notice.non-compliance');
    expect(entry?.dims).toMatchObject({ dueAt: view.clock?.dueAt, takenBackAt });
    expect((await said(world, view.id)).map(({ kind }) => kind)).not.toContain('clock.deadline-passed');
  });

  it('within the hour is an answer like any other: it had come in time without a measure, too', async () => {
    const view = await hidden();
    await pass(minutes(20));
    expect(late(await answer(view, 'not_found'))).toBe('in_time');
    await pass(minutes(300));
    expect((await recorded(view)).status).toBe(409);
  });

  it('is another thing than another measure: removed for good, or found gone, it was out of reach all the time', async () => {
    for (const outcome of ['removed', 'already_gone'] as const) {
      const view = await hidden();
      await pass(minutes(300));
      expect(late(await answer(view, outcome))).toBe('in_time');
      expect((await recorded(view)).status).toBe(409);
    }
  });

  it('stays recorded when it is taken down once more: it had been shown', async () => {
    const view = await hidden();
    await pass(minutes(300));
    await answer(view, 'not_found');
    const { nonComplianceAt } = await done(recorded(view));
    await pass(minutes(30));
    expect(late(await answer(view, 'removed'))).toBe('late');
    expect((await notice(cast.analyst, view.id)).nonComplianceAt).toBe(nonComplianceAt);
  });

  it('is judged from the measure on where an obstacle had halted the hour: whoever hid it could act', async () => {
    const sent = await sendOrder(cast);
    await done(cast.moderator.post(`/v1/notices/${sent.id}/acknowledge`));
    await done(cast.moderator.post(`/v1/notices/${sent.id}/impossible`, { explanation: 'No power' }));
    await pass(minutes(180));
    const view = await answer(sent, 'hidden');
    await pass(minutes(59));
    expect(late(await answer(view, 'not_found'))).toBe('in_time');
    expect((await recorded(view)).status).toBe(409);
    await answer(view, 'hidden');
    await pass(minutes(60));
    expect(late(await answer(view, 'not_found'))).toBe('late');
    expect((await recorded(view)).status).toBe(200);
  });
});

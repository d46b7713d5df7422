import type { NoticeView } from '../../src/notices/notice.view';
import { Departing } from '../../src/notices/departing';
import { Ticker } from '../../src/notices/ticker';
import { minutes, type Answer, type Person, type World } from '../support/app';
import { kinds } from '../support/redress';
import { draft, notice, refer, removed, startQuietWorld } from '../support/referral';

let world: World;
let analyst: Person;
let moderator: Person;

beforeAll(async () => {
  world = await startQuietWorld();
  const cast = await world.cast();
  ({ analyst, moderator } = cast);
});
afterAll(() => world.close());

const seconds = (n: number): number => n * 1_000;
const tick = (): Promise<unknown> => world.app.get(Ticker).tick(world.clock.now());
const depart = (): Promise<number> => world.app.get(Departing).departDue(world.clock.now());
const at = (ms = 0): string => new Date(world.clock.now().getTime() + ms).toISOString();
const later = (from: string | null | undefined, ms: number): string =>
  new Date(Date.parse(from ?? '') + ms).toISOString();

async function done(answer: Promise<Answer<NoticeView>>): Promise<NoticeView> {
  const { status, body } = await answer;
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
}
const post = (who: Person, id: string, verb: string, body: object = {}): Promise<Answer<NoticeView>> =>
  who.post<NoticeView>(`/v1/notices/${id}/${verb}`, body);
const item = (view: NoticeView): string => view.items[0]?.itemId ?? '';

/** A referral that its platform has acknowledged just now. */
async function acknowledged(): Promise<NoticeView> {
  const { id } = await refer(analyst);
  return done(post(moderator, id, 'acknowledge'));
}

describe('ten seconds for second thoughts', () => {
  it('keep a notice from leaving, hidden from its platform, and let it be called back', async () => {
    const { id } = await draft(analyst);
    const leaving = await done(post(analyst, id, 'send', { undoSeconds: 10 }));
    expect(leaving).toMatchObject({ state: 'leaving', departsAt: at(seconds(10)), sentAt: null });
    expect((await moderator.get(`/v1/notices/${id}`)).status).toBe(404);
    world.clock.advance(seconds(9));
    await depart();
    const back = await done(post(analyst, id, 'undo'));
    expect(back).toMatchObject({ state: 'draft', departsAt: null });
    world.clock.advance(seconds(60));
    await depart();
    expect((await notice(analyst, id)).state).toBe('draft');
    expect(await kinds(world, id)).toEqual(['notice.drafted', 'notice.leaving', 'notice.recalled']);
  });

  it('are over to the millisecond: the instant decides, not whether a worker was there', async () => {
    const { id } = await draft(analyst);
    await done(post(analyst, id, 'send', { undoSeconds: 10 }));
    world.clock.advance(seconds(10));
    expect(await post(analyst, id, 'undo')).toMatchObject({ status: 409, body: { code: 'notice.departed' } });
    const left = await Promise.all([depart(), depart(), depart()]);
    expect(left.reduce((sum, one) => sum + one, 0)).toBe(1);
    expect(await notice(moderator, id)).toMatchObject({ state: 'sent', sentAt: at() });
    expect((await kinds(world, id)).filter((kind) => kind === 'notice.sent')).toHaveLength(1);
  });
});

describe('an obstacle', () => {
  it('of force majeure halts the clock, and the full hour runs again from when it ceased', async () => {
    const { id, clock } = await acknowledged();
    world.clock.advance(minutes(20));
    const halted = await done(post(moderator, id, 'impossible', { explanation: 'Our data centre has no power' }));
    expect(halted.clock).toMatchObject({ state: 'paused', pausedAt: at(), nextMarkAt: null, run: 1 });
    world.clock.advance(minutes(40));
    await tick();
    expect((await notice(analyst, id)).clock).toMatchObject({ state: 'paused', fact: null });
    const ceasedAt = at(-minutes(2));
    const again = await done(post(moderator, id, 'possible-again', { ceasedAt }));
    expect(again.clock).toMatchObject({
      state: 'running',
      run: 2,
      startedAt: ceasedAt,
      dueAt: later(ceasedAt, minutes(60)),
    });
    expect(again.obstacles).toMatchObject([{ kind: 'impossible', ground: 'force_majeure', endedAt: ceasedAt }]);
    expect(Date.parse(again.clock?.dueAt ?? '')).toBeGreaterThan(Date.parse(clock?.dueAt ?? ''));
    expect((await kinds(world, id)).slice(-4)).toEqual([
      'notice.impossible',
      'clock.paused',
      'notice.possible-again',
      'clock.restarted',
    ]);
  });

  it('told after the hour, but of before it, shows that the clock had not been running', async () => {
    const { id, clock } = await acknowledged();
    world.clock.advance(minutes(61));
    await tick();
    expect((await notice(analyst, id)).clock?.fact).toMatchObject({ kind: 'target_missed', correction: null });
    const since = later(clock?.startedAt, minutes(30));
    const told = await done(post(moderator, id, 'impossible', { explanation: 'No power', since }));
    expect(told.clock).toMatchObject({ state: 'paused', fact: { kind: 'target_missed', correction: 'not_running' } });
    expect(await kinds(world, id)).toContain('clock.not-running');
  });

  it('that began after the hour changes nothing about the hour', async () => {
    const { id, clock } = await acknowledged();
    world.clock.advance(minutes(70));
    await tick();
    const since = later(clock?.startedAt, minutes(60));
    const told = await done(post(moderator, id, 'impossible', { explanation: 'No power', since }));
    expect(told.clock).toMatchObject({ state: 'paused', fact: { correction: null } });
  });

  it('of the future, or of before the receipt, is refused; so is a second one, and an end before its beginning', async () => {
    const { id, clock } = await acknowledged();
    const explanation = 'No power';
    for (const since of [at(1), later(clock?.startedAt, -1)]) {
      const refused = await post(moderator, id, 'impossible', { explanation, since });
      expect(refused).toMatchObject({ status: 400, body: { code: 'notice.obstacle-instant' } });
    }
    world.clock.advance(minutes(1));
    await done(post(moderator, id, 'impossible', { explanation }));
    expect(await post(moderator, id, 'impossible', { explanation })).toMatchObject({
      status: 409,
      body: { code: 'notice.obstacle-open' },
    });
    const tooEarly = await post(moderator, id, 'possible-again', { ceasedAt: at(-1) });
    expect(tooEarly).toMatchObject({ status: 400, body: { code: 'notice.obstacle-instant' } });
    expect(await post(analyst, id, 'possible-again')).toMatchObject({ status: 403 });
  });

  it('that a platform asks about is answered by the sender, and the hour runs again from the receipt of the answer', async () => {
    const { id } = await acknowledged();
    world.clock.advance(minutes(5));
    const asked = await done(
      post(moderator, id, 'ask-clarification', {
        ground: 'insufficient_information',
        explanation: 'The address shows a list of a thousand posts',
        needed: 'Which of them',
      }),
    );
    expect(asked.clock).toMatchObject({ state: 'paused' });
    expect(await post(moderator, id, 'clarify', { clarification: 'x' })).toMatchObject({ status: 403 });
    world.clock.advance(minutes(30));
    const clarified = await done(post(analyst, id, 'clarify', { clarification: 'The third from the top' }));
    expect(clarified.obstacles).toMatchObject([{ clarification: 'The third from the top', endedAt: null }]);
    expect(clarified.clock?.state).toBe('paused');
    const again = await post(analyst, id, 'clarify', { clarification: 'The fourth' });
    expect(again).toMatchObject({ status: 409, body: { code: 'notice.not-a-clarification' } });
    world.clock.advance(minutes(1));
    const running = await done(post(moderator, id, 'possible-again'));
    expect(running.clock).toMatchObject({ state: 'running', run: 2, dueAt: at(minutes(60)) });
  });

  it('does not keep an answer from being given, which ends it and is in time', async () => {
    const view = await acknowledged();
    world.clock.advance(minutes(5));
    await done(post(moderator, view.id, 'impossible', { explanation: 'No power' }));
    world.clock.advance(minutes(300));
    const answered = await done(
      post(moderator, view.id, 'answer', { answers: [removed(item(view), world.clock.now())] }),
    );
    expect(answered).toMatchObject({
      state: 'answered',
      clock: { state: 'stopped', fact: null },
      obstacles: [{ endedAt: at() }],
      items: [{ answer: { late: 'in_time' } }],
    });
  });
});

describe('staffed hours', () => {
  it('are what a referral counts, to the platform and to the sender alike', async () => {
    const admin = await world.person(moderator.organisation, ['admin']);
    const wrong = await admin.post('/v1/contact-hours', {
      timeZone: 'Europe/Nowhere',
      shifts: [{ day: 'mon', from: '09:00', to: '17:00' }],
    });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'contact.hours-invalid', fault: 'time-zone' } });
    const shifts = [{ day: 'tue', from: '09:00', to: '17:00' }];
    expect((await admin.post('/v1/contact-hours', { timeZone: 'Europe/Paris', shifts })).status).toBe(200);
    world.clock.set(new Date('2026-03-10T15:40:00.000Z'));
    const view = await acknowledged();
    expect(view.clock).toMatchObject({ kind: 'target', dueAt: '2026-03-17T08:40:00.000Z' });
    expect((await notice(analyst, view.id)).clock?.dueAt).toBe(view.clock?.dueAt);
    await world.sql.query('delete from contact_hours');
  });
});

describe('what follows an answer', () => {
  const answer = (view: NoticeView, more: object = {}): Promise<Answer<NoticeView>> =>
    post(moderator, view.id, 'answer', { answers: [{ ...removed(item(view), world.clock.now()), ...more }] });

  it('is preservation, which completes later, and before which nothing is destroyed for good', async () => {
    const view = await acknowledged();
    const destroy = (): Promise<Answer<NoticeView>> => post(moderator, view.id, `items/${item(view)}/delete-for-good`);
    expect(await destroy()).toMatchObject({ status: 409, body: { code: 'deletion.not-removed' } });
    const answered = await done(answer(view, { preservation: 'outstanding' }));
    expect(answered).toMatchObject({ state: 'answered', items: [{ preservation: { state: 'outstanding' } }] });
    expect(await destroy()).toMatchObject({ status: 409, body: { code: 'deletion.preservation-incomplete' } });
    const preserved = await done(post(moderator, view.id, `items/${item(view)}/preservation`, { state: 'complete' }));
    expect(preserved.items[0]).toMatchObject({
      answer: { preservation: 'outstanding' },
      preservation: { state: 'complete' },
    });
    expect((await done(destroy())).items[0]?.preservation).toMatchObject({ deletedAt: at() });
    const gone = await post(moderator, view.id, `items/${item(view)}/preservation`, { state: 'failed' });
    expect(gone).toMatchObject({ status: 409, body: { code: 'preservation.deleted' } });
    const undone = `update notice_preservation set state = 'failed' where notice_id = $1`;
    await expect(world.sql.query(undone, [view.id])).rejects.toThrow(/notice_preservation_before_deletion/);
  });

  it('is hiding now and deciding later, an answer like any other', async () => {
    const view = await acknowledged();
    const hidden = await done(answer(view, { outcome: 'hidden' }));
    expect(hidden).toMatchObject({ state: 'answered', clock: { state: 'stopped' } });
    const answers = [{ itemId: item(view), outcome: 'declined', reason: 'journalistic' }];
    const decided = await done(post(moderator, view.id, 'answer', { answers }));
    expect(decided.items[0]?.answer).toMatchObject({ outcome: 'declined', revision: 2 });
  });

  it('is putting back, when the sender withdraws: asked once, answered once, and counted apart when the terms forbid it', async () => {
    const view = await acknowledged();
    await done(answer(view));
    expect(
      await post(moderator, view.id, `items/${item(view)}/reinstatement`, { outcome: 'not_possible' }),
    ).toMatchObject({
      status: 409,
      body: { code: 'reinstatement.not-asked' },
    });
    world.clock.advance(minutes(1));
    const withdrawn = await done(post(analyst, view.id, 'withdraw', { reason: 'The wrong person' }));
    expect(withdrawn).toMatchObject({
      state: 'withdrawn',
      items: [{ reinstatement: { ground: 'withdrawn', outcome: null, askedAt: at() } }],
    });
    const respond = (body: object): Promise<Answer<NoticeView>> =>
      post(moderator, view.id, `items/${item(view)}/reinstatement`, body);
    for (const doneAt of [at(1), at(-1)])
      expect(await respond({ outcome: 'reinstated', doneAt })).toMatchObject({
        status: 400,
        body: { code: 'reinstatement.instant' },
      });
    expect(await respond({ outcome: 'reinstated' })).toMatchObject({
      status: 400,
      body: { code: 'reinstatement.time-required' },
    });
    const kept = await done(respond({ outcome: 'kept_under_terms', reason: 'Spam' }));
    expect(kept.items[0]?.reinstatement).toMatchObject({ outcome: 'kept_under_terms', reason: 'Spam' });
    expect(await respond({ outcome: 'kept_under_terms' })).toMatchObject({ body: { code: 'reinstatement.not-asked' } });
    expect((await kinds(world, view.id)).filter((kind) => kind.startsWith('reinstatement'))).toEqual([
      'reinstatement.asked',
      'reinstatement.answered',
    ]);
  });

  it('is never non-compliance for a referral', async () => {
    const { id } = await acknowledged();
    world.clock.advance(minutes(90));
    await tick();
    const supervisor = await world.person(analyst.organisation, ['supervisor']);
    const refused = await post(supervisor, id, 'non-compliance', { reasons: 'They did nothing' });
    expect(refused).toMatchObject({ status: 403, body: { code: 'auth.no-competence' } });
  });
});

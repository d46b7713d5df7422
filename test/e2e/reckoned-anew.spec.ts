import type { NoticeView } from '../../src/notices/notice.view';
import { Ticker } from '../../src/notices/ticker';
import { minutes, type Answer, type World } from '../support/app';
import { report, sendBack, type MailSink } from '../support/mail';
import { startMailWorld } from '../support/mail-world';
import { assess, EMERGENCY, hostOf, order, orderCast, sendOrder, sign, type OrderCast } from '../support/orders';
import { done, said } from '../support/redress';
import { eventually, freshUrl, notice, openCase } from '../support/referral';

let world: World;
let sink: MailSink;
let close: (() => Promise<void>) | undefined;
let cast: OrderCast;

beforeAll(async () => {
  ({ world, sink, close } = await startMailWorld());
  cast = await orderCast(world);
  await world.sql.query(`update contact_point set removed_at = now() where organisation_id = $1`, [cast.platform.id]);
  const point = { channel: 'mail', position: 1, address: 'hour@own.example' };
  await done(cast.platformAdmin.post('/v1/contact-points', point), 201);
});
afterAll(() => close?.());

const at = (ms = 0): string => new Date(world.clock.now().getTime() + ms).toISOString();
const pass = async (ms: number): Promise<void> => {
  world.clock.advance(ms);
  await world.app.get(Ticker).tick(world.clock.now());
};
const post = (id: string, path: string, body: object = {}): Promise<Answer<NoticeView>> =>
  cast.moderator.post<NoticeView>(`/v1/notices/${id}/${path}`, body);
const removed = ({ items }: NoticeView, which: number, ms = 0): object => ({ itemId: items[which]!.itemId, outcome: 'removed', measureAt: at(ms) }); // prettier-ignore
const recorded = (id: string): Promise<Answer> =>
  cast.supervisor.post(`/v1/notices/${id}/non-compliance`, { reasons: 'Nothing was done within the hour' });

/** An order that its platform has by mail alone; and where that mail comes back to. */
async function mailed(): Promise<{ readonly view: NoticeView; readonly bounce: () => Promise<void> }> {
  const { id } = await sendOrder(cast);
  return underWay(id);
}

/** The same about two addresses. */
async function mailedTwo(): Promise<{ readonly view: NoticeView; readonly bounce: () => Promise<void> }> {
  const { id: caseId } = await openCase(cast.analyst, [freshUrl(hostOf(cast)), freshUrl(hostOf(cast))]);
  const { id: assessmentId } = await assess(cast.analyst, caseId);
  const draft = await done(cast.analyst.post<NoticeView>('/v1/orders', order(caseId, assessmentId, EMERGENCY)), 201);
  await sign(cast, draft.id);
  await done(cast.analyst.post(`/v1/notices/${draft.id}/send`));
  return underWay(draft.id);
}

async function underWay(id: string): Promise<{ readonly view: NoticeView; readonly bounce: () => Promise<void> }> {
  const view = await eventually(
    () => notice(cast.analyst, id),
    ({ receiptChannel }) => receiptChannel === 'mail',
  );
  const path = sink.to('hour@own.example').at(-1)?.from ?? '';
  return { view, bounce: () => sendBack(world, path, report(path, 'failed')) };
}

const bySender = (id: string): Promise<NoticeView> => notice(cast.analyst, id);
const lates = ({ items }: NoticeView): unknown[] => items.map(({ answer }) => answer?.late ?? null);
const entries = async (id: string, kind: string) => (await said(world, id)).filter((entry) => entry.kind === kind);

describe('an answer that was late by a receipt which was none', () => {
  it('is not late: what was not running cannot have been; recorded non-compliance is lifted, and both sides are told', async () => {
    const { view, bounce } = await mailed();
    await pass(minutes(80));
    await done(post(view.id, 'answer', { answers: [removed(view, 0)] }));
    await done(recorded(view.id));
    expect(await bySender(view.id)).toMatchObject({ items: [{ answer: { late: 'late' } }], nonComplianceAt: at() });
    world.clock.advance(minutes(1));
    await bounce();
    const after = await bySender(view.id);
    expect(after).toMatchObject({
      receiptChannel: 'answer',
      clock: { state: 'stopped', fact: null },
      items: [{ answer: { late: 'in_time', revision: 1 } }],
      nonComplianceAt: null,
    });
    const [timing] = await entries(view.id, 'notice.timing-corrected');
    expect(timing?.dims).toMatchObject({ before: 'late', timing: 'in_time', revision: 1 });
    const [lifted] = await entries(view.id, 'notice.non-compliance-lifted');
    expect(lifted?.audience.toSorted()).toEqual([cast.unit.id, cast.platform.id, cast.home.id].toSorted());
    expect(lifted?.dims).toMatchObject({ recordedAt: at(minutes(-1)) });
    expect((await entries(view.id, 'clock.not-running')).length).toBe(1);
    expect(await recorded(view.id)).toMatchObject({ status: 409, body: { code: 'notice.not-overdue' } });
    await pass(minutes(200));
    expect(await entries(view.id, 'clock.deadline-passed')).toHaveLength(1);
  });

  it('is late still where the receipt that stands makes it so: that deadline is written, and what was recorded stands', async () => {
    const { view, bounce } = await mailed();
    await pass(minutes(10));
    await done(post(view.id, 'acknowledge'));
    await pass(minutes(80));
    await done(post(view.id, 'answer', { answers: [removed(view, 0)] }));
    await done(recorded(view.id));
    const { nonComplianceAt } = await bySender(view.id);
    await bounce();
    await pass(1);
    const after = await bySender(view.id);
    expect(after).toMatchObject({ clock: { state: 'stopped', run: 2, fact: { kind: 'deadline_passed' } }, items: [{ answer: { late: 'late' } }] }); // prettier-ignore
    expect(after.clock?.fact).toMatchObject({ at: after.clock?.dueAt, correction: null });
    expect(after.nonComplianceAt).toBe(nonComplianceAt);
    expect(await entries(view.id, 'notice.non-compliance-lifted')).toEqual([]);
  });

  it('leaves the hour alone that began again with a clarification: that did not run from the receipt', async () => {
    const { view, bounce } = await mailed();
    await pass(minutes(5));
    await done(post(view.id, 'acknowledge'));
    await done(post(view.id, 'impossible', { explanation: 'No power' }));
    await pass(minutes(100));
    const { clock } = await done(post(view.id, 'possible-again'));
    await pass(minutes(1));
    await bounce();
    expect((await bySender(view.id)).clock).toMatchObject({ state: 'running', run: 2, startedAt: clock?.startedAt });
  });
});

describe('an answer that was late by a clarification which never came', () => {
  it('is not late either: the platform waited for it still', async () => {
    const { view } = await mailed();
    await done(post(view.id, 'acknowledge'));
    const question = { ground: 'insufficient_information', explanation: 'Which post do you mean', needed: 'A number' };
    await done(post(view.id, 'ask-clarification', question));
    await pass(minutes(10));
    const before = sink.to('hour@own.example').length;
    await done(cast.analyst.post(`/v1/notices/${view.id}/clarify`, { clarification: 'The second of the page' }));
    await eventually(
      () => bySender(view.id),
      ({ clock }) => clock?.run === 2,
    );
    const path = sink.to('hour@own.example')[before]?.from ?? '';
    await pass(minutes(80));
    await done(post(view.id, 'answer', { answers: [removed(view, 0)] }));
    await done(recorded(view.id));
    await sendBack(world, path, report(path, 'failed'));
    expect(await bySender(view.id)).toMatchObject({
      clock: { state: 'stopped', run: 2, fact: { correction: 'not_running' } },
      items: [{ answer: { late: 'in_time' } }],
      nonComplianceAt: null,
    });
  });
});

describe('an obstacle that is told of later than it began', () => {
  it('takes the lateness from what was answered since, and lifts what was recorded', async () => {
    const { view } = await mailedTwo();
    await done(post(view.id, 'acknowledge'));
    await pass(minutes(70));
    await done(post(view.id, 'answer', { answers: [removed(view, 0)] }));
    await done(recorded(view.id));
    expect(lates(await bySender(view.id))).toEqual(['late', null]);
    await done(post(view.id, 'impossible', { explanation: 'The storage had failed', since: at(minutes(-40)) }));
    const after = await bySender(view.id);
    expect(after).toMatchObject({ clock: { state: 'paused', fact: { correction: 'not_running' } }, nonComplianceAt: null }); // prettier-ignore
    expect(lates(after)).toEqual(['in_time', null]);
    // Answered while it is halted: nothing is late by the clock of before, also when it is corrected afterwards.
    await pass(minutes(30));
    await done(post(view.id, 'answer', { answers: [removed(view, 1)] }));
    expect(lates(await bySender(view.id))).toEqual(['in_time', 'in_time']);
    await pass(minutes(90));
    expect(await recorded(view.id)).toMatchObject({ status: 409, body: { code: 'notice.not-overdue' } });
  });

  it('that was answered in spite of it leaves no hour that could have been missed', async () => {
    const { view } = await mailed();
    await pass(minutes(10));
    await done(post(view.id, 'impossible', { explanation: 'No power' }));
    await pass(minutes(200));
    await done(post(view.id, 'answer', { answers: [removed(view, 0)] }));
    expect(await recorded(view.id)).toMatchObject({ status: 409, body: { code: 'notice.not-overdue' } });
    await pass(minutes(10));
    expect(await bySender(view.id)).toMatchObject({ clock: { state: 'stopped', pausedAt: null, fact: null } });
  });

  it('that began after the deadline changes nothing about it', async () => {
    const { view } = await mailed();
    await done(post(view.id, 'acknowledge'));
    await pass(minutes(70));
    await done(recorded(view.id));
    await done(post(view.id, 'impossible', { explanation: 'No power', since: at(minutes(-5)) }));
    const { nonComplianceAt } = await bySender(view.id);
    expect(nonComplianceAt).toBe(at());
  });
});

describe('recorded non-compliance', () => {
  it('is lifted by late feedback, and recorded anew where that is taken back', async () => {
    const { view } = await mailed();
    await done(post(view.id, 'acknowledge'));
    await pass(minutes(70));
    await done(recorded(view.id));
    await done(post(view.id, 'answer', { answers: [removed(view, 0, minutes(-30))] }));
    expect(await bySender(view.id)).toMatchObject({ nonComplianceAt: null, clock: { fact: { correction: 'late_feedback' } } }); // prettier-ignore
    await pass(minutes(5));
    await done(post(view.id, 'answer', { answers: [removed(view, 0)] }));
    await done(recorded(view.id));
    expect(await bySender(view.id)).toMatchObject({ nonComplianceAt: at(), clock: { fact: { correction: null } } });
    expect(await entries(view.id, 'notice.non-compliance')).toHaveLength(2);
    expect(await entries(view.id, 'notice.non-compliance-lifted')).toHaveLength(1);
  });
});

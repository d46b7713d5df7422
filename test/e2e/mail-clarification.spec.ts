import type { DeliveryView } from '../../src/deliveries/deliveries.dto';
import type { NoticeView } from '../../src/notices/notice.view';
import { Ticker } from '../../src/notices/ticker';
import { minutes, type Person, type World } from '../support/app';
import { type MailSink, report, sendBack } from '../support/mail';
import { startMailWorld } from '../support/mail-world';
import { done, kinds } from '../support/redress';
import { eventually, notice, refer } from '../support/referral';

let world: World;
let sink: MailSink;
let close: (() => Promise<void>) | undefined;
let analyst: Person;

beforeAll(async () => {
  ({ world, sink, close } = await startMailWorld());
  ({ analyst } = await world.cast());
});
afterAll(() => close?.());

interface Clarified {
  readonly id: string;
  readonly moderator: Person;
  /** Of the mail with the clarification. */
  readonly returnPath: string;
  /** When the clarification was given. */
  readonly at: Date;
}

/** A referral by mail, in its 20th minute: the platform had asked in the tenth, and the answer was taken by its exchanger. */
async function clarified(slug: string): Promise<Clarified> {
  const address = `${slug}@own.example`;
  const organisation = await world.organisation('platform', slug, { hosts: [`${slug}.example`], inbox: false });
  const moderator = await world.person(organisation, ['admin', 'moderator']);
  await done(moderator.post('/v1/contact-points', { channel: 'mail', position: 0, address }), 201);
  const { id } = await refer(analyst, [`https://${slug}.example/posts/1`]);
  await eventually(
    () => notice(analyst, id),
    ({ receiptChannel }) => receiptChannel === 'mail',
  );
  world.clock.advance(minutes(10));
  const question = { ground: 'insufficient_information', explanation: 'Which post do you mean', needed: 'A number' };
  await done(moderator.post(`/v1/notices/${id}/ask-clarification`, question));
  world.clock.advance(minutes(10));
  await done(analyst.post(`/v1/notices/${id}/clarify`, { clarification: 'The second post of the page' }));
  const view = await eventually(
    () => notice(analyst, id),
    ({ clock }) => clock?.run === 2,
  );
  expect(view).toMatchObject({ clock: { state: 'running' }, obstacles: [{ endedAt: expect.any(String) }] });
  return { id, moderator, returnPath: sink.to(address).at(-1)?.from ?? '', at: world.clock.now() };
}

const mails = async (id: string): Promise<DeliveryView[]> =>
  (await analyst.get<DeliveryView[]>(`/v1/notices/${id}/deliveries`)).body.filter(({ channel }) => channel === 'mail');

describe('a clarification whose mail comes back', () => {
  it('has not set the hour going: the platform waits for it still, and what the clock wrote meanwhile is corrected', async () => {
    const { id, returnPath } = await clarified('returned');
    world.clock.advance(minutes(61));
    await world.app.get(Ticker).tick(world.clock.now());
    await sendBack(world, returnPath, report(returnPath, 'failed'));

    const view = await notice(analyst, id);
    expect(view).toMatchObject({ clock: { state: 'paused' }, obstacles: [{ endedAt: null }] });
    expect(await kinds(world, id)).toEqual(expect.arrayContaining(['delivery.receipt-voided', 'clock.not-running']));
    expect((await mails(id)).map(({ event, state }) => [event, state])).toContainEqual(['notice.clarified', 'voided']);

    world.clock.advance(minutes(200));
    await world.app.get(Ticker).tick(world.clock.now());
    const missed = (await kinds(world, id)).filter((kind) => kind === 'clock.target-missed');
    expect(missed).toHaveLength(1);
  });

  it('leaves alone what the platform did meanwhile', async () => {
    const { id, moderator, returnPath } = await clarified('answered');
    world.clock.advance(minutes(5));
    const [{ itemId }] = (await notice(moderator, id)).items as [NoticeView['items'][number]];
    const answers = [{ itemId, outcome: 'removed', measureAt: world.clock.now().toISOString() }];
    const before = await done(moderator.post<NoticeView>(`/v1/notices/${id}/answer`, { answers }));
    await sendBack(world, returnPath, report(returnPath, 'failed'));

    const { clock, state, obstacles } = await notice(moderator, id);
    expect({ clock, state, obstacles }).toEqual({
      clock: before.clock,
      state: before.state,
      obstacles: before.obstacles,
    });
  });
});

describe('a clarification that no channel proves', () => {
  it('is received when the platform says that it has it: its hour begins again', async () => {
    const platform = await world.organisation('platform', 'shown', { hosts: ['shown.example'], inbox: false });
    const moderator = await world.person(platform, ['moderator']);
    const { id } = await refer(analyst, ['https://shown.example/posts/1']);
    await done(moderator.post(`/v1/notices/${id}/acknowledge`));
    const question = { ground: 'insufficient_information', explanation: 'Which post do you mean', needed: 'A number' };
    await done(moderator.post(`/v1/notices/${id}/ask-clarification`, question));
    expect((await moderator.post(`/v1/notices/${id}/acknowledge`)).status).toBe(409);
    await done(analyst.post(`/v1/notices/${id}/clarify`, { clarification: 'The second post of the page' }));
    world.clock.advance(minutes(5));
    expect(await notice(moderator, id)).toMatchObject({ clock: { state: 'paused', run: 1 } });

    const view = await done(moderator.post<NoticeView>(`/v1/notices/${id}/acknowledge`));
    expect(view.clock).toMatchObject({ state: 'running', run: 2, startedAt: world.clock.now().toISOString() });
    expect((await moderator.post(`/v1/notices/${id}/acknowledge`)).status).toBe(409);
  });
});

import type { SummaryAnswer } from '../../src/transparency/transparency.dto';
import { minutes, type Person, type World } from '../support/app';
import { orderCast, sendOrder } from '../support/orders';
import { begin, carriedOut, decide, done, HOURS, intend, itemOf } from '../support/redress';
import { eventually, startQuietWorld } from '../support/referral';
import { Ticker } from '../../src/notices/ticker';

let world: World;
beforeAll(async () => {
  world = await startQuietWorld();
});
afterAll(() => world.close());

type Summaries = Pick<SummaryAnswer, 'summary' | 'orders'>;
const figures = (who: Person): Promise<Summaries> => done(who.get<Summaries & object>('/v1/transparency/summary'));

it('the figures of orders stand beside those of referrals and tell what became of them, on both sides alike', async () => {
  const cast = await orderCast(world);
  const second = await world.person(cast.home, ['supervisor']);
  const { id: missed } = await sendOrder(cast);
  await done(cast.moderator.post(`/v1/notices/${missed}/acknowledge`));
  world.clock.advance(minutes(61));
  await world.app.get(Ticker).tick(world.clock.now());
  const fallen = await carriedOut(world, cast);
  const { id: scrutiny } = (await begin(cast.homeOfficer, fallen.id)).body;
  await done(intend(world, cast.homeOfficer, scrutiny));
  world.clock.advance(5 * HOURS);
  await done(decide([cast.homeOfficer, second], scrutiny, 'infringement'));
  const kept = { outcome: 'kept_under_terms', reason: 'Our own terms forbid it as well' };
  await done(cast.moderator.post(`/v1/notices/${fallen.id}/items/${itemOf(fallen)}/reinstatement`, kept));

  const seen = await eventually(
    () => figures(cast.analyst),
    ({ orders }) => orders?.events.reinstatements.kept_under_terms === 1,
  );
  expect(seen.orders).toMatchObject({
    period: { noticeKind: 'removal_order' },
    notices: {
      sent: 2,
      received: 2,
      targetMissed: 1,
      targetMissedCorrected: 0,
      results: { annulled: 1, withdrawn: 0, open: 1 },
    },
    items: { outcomes: { removed: 1, open: 1 } },
    events: {
      annulled: { scrutiny: 1 },
      scrutinies: { opened: 1, infringement: 1 },
      reinstatements: { asked: 1, reinstated: 0, kept_under_terms: 1 },
    },
    unreadableEntries: 0,
  });
  expect(seen.summary).toMatchObject({ period: { noticeKind: 'referral' }, notices: { sent: 0, received: 0 } });
  const theirs = await figures(cast.moderator);
  for (const part of ['notices', 'items', 'events'] as const)
    expect(theirs.orders?.[part]).toEqual(seen.orders?.[part]);
});

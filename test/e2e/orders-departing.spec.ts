import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Departing } from '../../src/notices/departing';
import type { NoticeView } from '../../src/notices/notice.view';
import type { World } from '../support/app';
import { draftOrder, EMERGENCY, orderCast, sign, type OrderCast } from '../support/orders';
import { done, said } from '../support/redress';
import { notice, startQuietWorld } from '../support/referral';

let world: World;
beforeAll(async () => {
  world = await startQuietWorld();
});
afterAll(() => world.close());

const SECONDS = 30;
const depart = (): Promise<number> => world.app.get(Departing).departDue(world.clock.now());
const strike = (organisationId: string, at: Date | null): Promise<unknown> =>
  world.sql.query(`update authority_entry set removed_at = $2 where organisation_id = $1`, [organisationId, at]);

/** An order that was let go and can be called back still. */
async function letGo(cast: OrderCast, more: object = EMERGENCY): Promise<NoticeView> {
  const { id } = await draftOrder(cast, more);
  await sign(cast, id);
  return done(cast.analyst.post<NoticeView>(`/v1/notices/${id}/send`, { undoSeconds: SECONDS }));
}

describe('an order that was let go, when its time for second thoughts is over', () => {
  it('does not leave for an authority that was struck off the register meanwhile: it is a draft again, and its sender is told', async () => {
    const cast = await orderCast(world);
    const { id } = await letGo(cast);
    await strike(cast.unit.id, world.clock.now());
    world.clock.advance(SECONDS * 1000);
    expect(await depart()).toBe(0);
    expect(await notice(cast.analyst, id)).toMatchObject({ state: 'draft', sentAt: null, departsAt: null });
    expect((await said(world, id)).at(-1)).toMatchObject({
      kind: 'notice.recalled',
      audience: [cast.unit.id],
      dims: { because: 'authority.may-not-order' },
    });
    expect((await cast.moderator.get(`/v1/notices/${id}`)).status).toBe(404);
    const { rows } = await world.sql.query<{ standing: number; told: number }>(
      `select (select count(*)::int from order_token where notice_id = $1 and released_at is null) as standing,
         (select count(*)::int from graphile_worker.jobs where task_identifier = 'tell') as told`,
      [id],
    );
    expect(rows).toEqual([{ standing: 0, told: 1 }]);
    // Nothing else is the matter with it: it is the same order when the register has its authority again.
    await strike(cast.unit.id, null);
    expect((await cast.analyst.post(`/v1/notices/${id}/send`, { undoSeconds: 0 })).status).toBe(200);
  });

  it('does not leave with a home State that the provider has no more, and lets what is due beside it go', async () => {
    const [cast, other] = [await orderCast(world), await orderCast(world)];
    const [stays, leaves] = [await letGo(cast), await letGo(other)];
    await world.sql.query(`update provider_entry set home_country = 'FR' where platform_id = $1`, [cast.platform.id]);
    world.clock.advance(SECONDS * 1000);
    expect(await depart()).toBe(1);
    expect((await notice(cast.analyst, stays.id)).state).toBe('draft');
    expect((await said(world, stays.id)).at(-1)?.dims).toMatchObject({ because: 'order.home-changed' });
    expect((await notice(other.analyst, leaves.id)).state).toBe('sent');
  });

  it('does not ask for a silence that ended in these seconds', async () => {
    const cast = await orderCast(world);
    const until = new Date(world.clock.now().getTime() + SECONDS * 1000).toISOString();
    const { id } = await letGo(cast, { ...EMERGENCY, nonDisclosure: { until, reasons: 'An arrest is prepared' } });
    world.clock.advance(SECONDS * 1000);
    expect(await depart()).toBe(0);
    expect((await said(world, id)).at(-1)?.dims).toMatchObject({ because: 'order.non-disclosure-over' });
  });

  it('leaves when nothing has changed, also as a first order whose twelve hours had been kept', async () => {
    const cast = await orderCast(world);
    const text = 'Orders reach your contact point and are carried out within one hour of receipt.';
    await done(cast.analyst.post('/v1/orders/advance-information', { platformId: cast.platform.id, text }), 201);
    world.clock.advance(12 * 60 * 60_000);
    const { id } = await letGo(cast, {});
    world.clock.advance(SECONDS * 1000);
    expect(await depart()).toBe(1);
    expect((await notice(cast.analyst, id)).state).toBe('sent');
  });
});

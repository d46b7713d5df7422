import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SignedFormView } from '../../src/notices/orders/orders.dto';
import { minutes, type World } from '../support/app';
import { draftOrder, orderCast, sign } from '../support/orders';
import { done, HOURS } from '../support/redress';
import { startQuietWorld } from '../support/referral';

let world: World;
beforeAll(async () => {
  world = await startQuietWorld();
});
afterAll(() => world.close());

const INFORMATION = 'Orders reach your contact point and are carried out within one hour of receipt.';

describe('what is signed is so on the day of the signature, and still when it goes', () => {
  it('is no first order that is dated before the twelve hours were over (Art. 3(2))', async () => {
    const cast = await orderCast(world);
    const { id } = await draftOrder(cast, {});
    const ask = { reason: 'Ready to go' };
    const missing = { status: 409, body: { code: 'order.advance-information-missing' } };
    expect(await cast.analyst.post(`/v1/notices/${id}/sign`, ask)).toMatchObject(missing);
    const informed = { platformId: cast.platform.id, text: INFORMATION };
    await done(cast.analyst.post('/v1/orders/advance-information', informed), 201);
    world.clock.advance(12 * HOURS - minutes(1));
    expect(await cast.analyst.post(`/v1/notices/${id}/sign`, ask)).toMatchObject(missing);
    world.clock.advance(minutes(1));
    await sign(cast, id);
    const { body } = await cast.analyst.get<SignedFormView>(`/v1/notices/${id}/form`);
    expect(body.form).toMatchObject({ content: { a: { issuedAt: world.clock.now().toISOString() } } });
    // What the information was in time for when it was signed was not there after all: it is another order that can go.
    await world.sql.query(`update advance_information set sent_at = $2 where platform_id = $1`, [
      cast.platform.id,
      world.clock.now(),
    ]);
    world.clock.advance(13 * HOURS);
    expect(await cast.analyst.post(`/v1/notices/${id}/send`)).toMatchObject(missing);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderAnswerView } from '../../src/cases/deconfliction/deconfliction.dto';
import type { World } from '../support/app';
import { draftOrder, EMERGENCY, orderCast, sign, type OrderCast } from '../support/orders';
import { done, itemOf } from '../support/redress';
import { openCase, startQuietWorld } from '../support/referral';

let world: World;
beforeAll(async () => {
  world = await startQuietWorld();
});
afterAll(() => world.close());

/** Whether `cast` could order what is at this address now. */
async function isClear(cast: OrderCast, url: string): Promise<boolean> {
  const { items } = await openCase(cast.analyst, [url]);
  const itemIds = items.map(({ id }) => id);
  const { isClear: clear } = await done(cast.analyst.post<OrderAnswerView>('/v1/deconfliction/orders', { itemIds }));
  return clear;
}

describe('an order that was called back', () => {
  it('goes again, as often as its sender thinks twice, and stands in the way of others only while it goes', async () => {
    const [cast, other] = [await orderCast(world), await orderCast(world)];
    const draft = await draftOrder(cast, EMERGENCY);
    await sign(cast, draft.id);
    const url = draft.items[0]?.address ?? '';
    for (let turn = 0; turn < 3; turn++) {
      await done(cast.analyst.post(`/v1/notices/${draft.id}/send`, { undoSeconds: 10 }));
      expect(await isClear(other, url)).toBe(false);
      await done(cast.analyst.post(`/v1/notices/${draft.id}/undo`));
      expect(await isClear(other, url)).toBe(true);
    }
    const sent = await done(cast.analyst.post<{ state: string }>(`/v1/notices/${draft.id}/send`, { undoSeconds: 0 }));
    expect(sent.state).toBe('sent');
    expect(await isClear(other, url)).toBe(false);
  });

  it('has to wait its turn when another body has ordered the same in between', async () => {
    const [cast, other] = [await orderCast(world), await orderCast(world)];
    const mine = await draftOrder(cast, EMERGENCY);
    await sign(cast, mine.id);
    await done(cast.analyst.post(`/v1/notices/${mine.id}/send`, { undoSeconds: 10 }));
    await done(cast.analyst.post(`/v1/notices/${mine.id}/undo`));
    const theirs = await draftOrder(other, EMERGENCY, mine.items[0]?.address);
    await sign(other, theirs.id);
    await done(other.analyst.post(`/v1/notices/${theirs.id}/send`, { undoSeconds: 0 }));

    expect(await cast.analyst.post(`/v1/notices/${mine.id}/send`)).toMatchObject({
      status: 409,
      body: { code: 'order.duplicate', standing: [{ itemId: itemOf(mine), on: 'subject', noticeId: null }] },
    });
  });
});

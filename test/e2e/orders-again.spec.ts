import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { OrderAnswerView } from '../../src/cases/deconfliction/deconfliction.dto';
import type { World } from '../support/app';
import type { NoticeView } from '../../src/notices/notice.view';
import { assess, draftOrder, EMERGENCY, hostOf, order, orderCast, sign, type OrderCast } from '../support/orders';
import { done, itemOf, takeDown } from '../support/redress';
import { freshUrl, openCase, removed, startQuietWorld } from '../support/referral';

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

describe('an order that was carried out', () => {
  const hosts = (cast: OrderCast, n: number): string[] => [...Array(n)].map(() => freshUrl(hostOf(cast)));
  /** An order about these addresses that has been sent and acknowledged. */
  async function underOrder(cast: OrderCast, urls: readonly string[]): Promise<NoticeView> {
    const { id: caseId } = await openCase(cast.analyst, urls);
    const { id: assessed } = await assess(cast.analyst, caseId);
    const { body } = await cast.analyst.post<NoticeView>('/v1/orders', order(caseId, assessed, EMERGENCY));
    await sign(cast, body.id);
    await done(cast.analyst.post(`/v1/notices/${body.id}/send`, { undoSeconds: 0 }));
    return done(cast.moderator.post<NoticeView>(`/v1/notices/${body.id}/acknowledge`));
  }

  it('stands until it is closed; what comes back then can be ordered again, by the same authority and by another', async () => {
    const [cast, other] = [await orderCast(world), await orderCast(world)];
    const [url = ''] = hosts(cast, 1);
    const { id, ...first } = await underOrder(cast, [url]);
    expect(await isClear(other, url)).toBe(false);
    await takeDown(world, cast.moderator, { id, ...first });
    expect([await isClear(cast, url), await isClear(other, url)]).toEqual([false, false]);
    await done(cast.analyst.post(`/v1/notices/${id}/close`));
    expect([await isClear(cast, url), await isClear(other, url)]).toEqual([true, true]);

    const again = await underOrder(cast, [url]);
    expect(await isClear(other, url)).toBe(false);
    await takeDown(world, cast.moderator, again);
    await done(cast.analyst.post(`/v1/notices/${again.id}/close`));
    const theirs = await draftOrder(other, EMERGENCY, url);
    await sign(other, theirs.id);
    await done(other.analyst.post(`/v1/notices/${theirs.id}/send`, { undoSeconds: 0 }));
    expect(await isClear(cast, url)).toBe(false);
    // The one that was closed is withdrawn: nothing of the one that stands is let go with it.
    await done(cast.analyst.post(`/v1/notices/${again.id}/withdraw`, { reason: 'The place was wrong' }));
    expect(await isClear(cast, url)).toBe(false);
  });

  it('stands still for what was hidden only', async () => {
    const [cast, other] = [await orderCast(world), await orderCast(world)];
    const urls = hosts(cast, 2);
    const { id, items } = await underOrder(cast, urls);
    const [gone, hidden] = urls.map((url) =>
      removed(items.find(({ address }) => address === url)?.itemId ?? '', world.clock.now()),
    );
    const answers = [gone, { ...hidden, outcome: 'hidden' }];
    await done(cast.moderator.post(`/v1/notices/${id}/answer`, { answers }));
    await done(cast.analyst.post(`/v1/notices/${id}/close`));
    expect(await isClear(other, urls[0] ?? '')).toBe(true);
    expect(await isClear(other, urls[1] ?? '')).toBe(false);
  });
});

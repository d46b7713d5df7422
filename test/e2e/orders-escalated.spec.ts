import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NoticeView } from '../../src/notices/notice.view';
import type { World } from '../support/app';
import { assess, EMERGENCY, hostOf, order, orderCast } from '../support/orders';
import { done } from '../support/redress';
import { freshUrl, openCase, startQuietWorld } from '../support/referral';

let world: World;
beforeAll(async () => {
  world = await startQuietWorld();
});
afterAll(() => world.close());

describe('an order that carries on a referral', () => {
  it('goes to the platform that was referred to, about what was referred, and names no other its notices', async () => {
    const [cast, other] = [await orderCast(world), await orderCast(world)];
    const urls = [freshUrl(hostOf(cast)), freshUrl(hostOf(cast)), freshUrl(hostOf(other))];
    const { id: caseId, items } = await openCase(cast.analyst, urls);
    const [referred, unreferred, elsewhere] = urls.map((url) => items.find(({ address }) => address === url)!.id);
    const draft = { caseId, kind: 'referral', itemIds: [referred], grounds: 'Terms, section 4' };
    const { id } = await done(cast.analyst.post<NoticeView>('/v1/notices', draft), 201);
    await done(cast.analyst.post(`/v1/notices/${id}/send`));
    const { id: assessmentId } = await assess(cast.analyst, caseId);
    const escalate = (itemIds?: readonly (string | undefined)[]): ReturnType<typeof cast.analyst.post<NoticeView>> =>
      cast.analyst.post('/v1/orders', order(caseId, assessmentId, { ...EMERGENCY, itemIds, escalatedFrom: id }));
    expect(await escalate([elsewhere])).toMatchObject({
      status: 409,
      body: { code: 'order.not-escalatable', reason: 'platform' },
    });
    expect(await escalate([referred, unreferred])).toMatchObject({
      status: 409,
      body: { code: 'order.not-escalatable', reason: 'items', itemIds: [unreferred] },
    });
    // Without naming any it is about those of the referral, not of the whole case.
    for (const itemIds of [[referred], undefined]) {
      const body = { escalatedFrom: id, items: [{ itemId: referred }] };
      expect(await escalate(itemIds)).toMatchObject({ status: 201, body });
    }
  });
});

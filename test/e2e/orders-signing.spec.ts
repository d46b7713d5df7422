import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NoticeView } from '../../src/notices/notice.view';
import type { SignedFormView } from '../../src/notices/orders/orders.dto';
import { minutes, type World } from '../support/app';
import { assess, draftOrder, EMERGENCY, hostOf, order, orderCast, sign, type OrderCast } from '../support/orders';
import { done, HOURS } from '../support/redress';
import { startQuietWorld } from '../support/referral';

let world: World;
beforeAll(async () => {
  world = await startQuietWorld();
});
afterAll(() => world.close());

const INFORMATION = 'Orders reach your contact point and are carried out within one hour of receipt.';

const ASK = { reason: 'Ready to go' };
const moveHome = ({ platform }: OrderCast, country: string): Promise<unknown> =>
  world.sql.query(`update provider_entry set home_country = $2 where platform_id = $1`, [platform.id, country]);

describe('what is signed is so on the day of the signature, and still when it goes', () => {
  it('is no first order that is dated before the twelve hours were over (Art. 3(2))', async () => {
    const cast = await orderCast(world);
    const { id } = await draftOrder(cast, {});
    const missing = { status: 409, body: { code: 'order.advance-information-missing' } };
    expect(await cast.analyst.post(`/v1/notices/${id}/sign`, ASK)).toMatchObject(missing);
    const informed = { platformId: cast.platform.id, text: INFORMATION };
    await done(cast.analyst.post('/v1/orders/advance-information', informed), 201);
    world.clock.advance(12 * HOURS - minutes(1));
    expect(await cast.analyst.post(`/v1/notices/${id}/sign`, ASK)).toMatchObject(missing);
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

  it('is shown before as it would be signed, and afterwards as it was alone', async () => {
    const cast = await orderCast(world);
    const { id } = await draftOrder(cast, EMERGENCY);
    const preview = (): Promise<{ status: number; body: unknown }> =>
      cast.supervisor.get<string>(`/v1/notices/${id}/form-preview.pdf`);
    expect((await preview()).status).toBe(200);
    await sign(cast, id);
    expect(await preview()).toMatchObject({ status: 409, body: { code: 'order.signed' } });
  });

  it('names the home State that the provider has: what has moved since the draft is drafted again', async () => {
    const cast = await orderCast(world);
    const [unsigned, signed] = [await draftOrder(cast, EMERGENCY), await draftOrder(cast, EMERGENCY)];
    await sign(cast, signed.id);
    await moveHome(cast, 'FR');
    const body = {
      code: 'order.home-changed',
      drafted: { country: 'IE', isCrossBorder: true, authorityId: signed.homeAuthorityId },
      now: { country: 'FR', isCrossBorder: false, authorityId: null },
    };
    expect(await cast.analyst.post(`/v1/notices/${unsigned.id}/sign`, ASK)).toMatchObject({ status: 409, body });
    expect(await cast.analyst.post(`/v1/notices/${signed.id}/send`)).toMatchObject({ status: 409, body });
    const again = await draftOrder(cast, EMERGENCY);
    await moveHome(cast, 'IE');
    // The other way round the true home authority would have no copy.
    expect(await cast.analyst.post(`/v1/notices/${again.id}/sign`, ASK)).toMatchObject({
      status: 409,
      body: {
        code: 'order.home-changed',
        drafted: { isCrossBorder: false },
        now: { country: 'IE', isCrossBorder: true },
      },
    });
    await moveHome(cast, 'FR');
    await sign(cast, again.id);
    expect((await cast.analyst.post(`/v1/notices/${again.id}/send`)).status).toBe(200);
  });

  it('goes to the authority that was chosen as long as that scrutinises, whoever else does', async () => {
    const cast = await orderCast(world);
    const { id, homeAuthorityId } = await draftOrder(cast, EMERGENCY);
    await orderCast(world);
    await sign(cast, id);
    const struck = `update authority_entry set removed_at = $2 where organisation_id = $1`;
    await world.sql.query(struck, [homeAuthorityId, world.clock.now()]);
    expect(await cast.analyst.post(`/v1/notices/${id}/send`)).toMatchObject({
      status: 409,
      body: { code: 'order.home-changed', drafted: { authorityId: homeAuthorityId }, now: { country: 'IE' } },
    });
    await world.sql.query(struck, [homeAuthorityId, null]);
    expect((await cast.analyst.post(`/v1/notices/${id}/send`)).status).toBe(200);
  });

  it('names an exact URL for each item: an account that is known by its name alone is not ordered (Art. 3(4)(c))', async () => {
    const cast = await orderCast(world);
    const page = `https://${hostOf(cast)}/@bad`;
    const { body: file } = await cast.analyst.post<{ id: string; items: { id: string; address: string }[] }>(
      '/v1/cases',
      {
        category: 'incitement',
        ideology: 'other',
        items: [{ account: '@bad', platform: cast.platform.slug }, { url: page }],
      },
    );
    const [account, url] = ['@bad', page].map((address) => file.items.find((item) => item.address === address)!.id);
    const { id: assessmentId } = await assess(cast.analyst, file.id);
    const ask = (more: object): ReturnType<typeof cast.analyst.post<NoticeView>> =>
      cast.analyst.post<NoticeView>('/v1/orders', order(file.id, assessmentId, { ...EMERGENCY, ...more }));
    for (const itemIds of [undefined, [account], [url, account]]) {
      expect(await ask({ itemIds })).toMatchObject({ status: 409, body: { code: 'order.no-url', itemIds: [account] } });
    }
    const drafted = await ask({ itemIds: [url], additionalInformation: 'The account @bad' });
    expect(drafted.status).toBe(201);
    await sign(cast, drafted.body.id);
    const { body } = await cast.analyst.get<SignedFormView>(`/v1/notices/${drafted.body.id}/form`);
    expect(body.form).toMatchObject({
      content: { b: { targets: [{ url: page, additionalInfo: 'The account @bad' }] } },
    });
  });

  it('does not ask for a silence that is over when it is signed, or when it goes (Art. 11(3))', async () => {
    const cast = await orderCast(world);
    const until = new Date(world.clock.now().getTime() + HOURS).toISOString();
    const more = { ...EMERGENCY, nonDisclosure: { until, reasons: 'An arrest is prepared' } };
    const [unsigned, signed, sent] = [
      await draftOrder(cast, more),
      await draftOrder(cast, more),
      await draftOrder(cast, more),
    ];
    await sign(cast, signed.id);
    world.clock.advance(HOURS - 1);
    await sign(cast, sent.id);
    expect((await cast.analyst.post(`/v1/notices/${sent.id}/send`)).status).toBe(200);
    world.clock.advance(1);
    const over = { status: 409, body: { code: 'order.non-disclosure-over', until } };
    expect(await cast.analyst.post(`/v1/notices/${unsigned.id}/sign`, ASK)).toMatchObject(over);
    expect(await cast.analyst.post(`/v1/notices/${signed.id}/send`)).toMatchObject(over);
  });
});

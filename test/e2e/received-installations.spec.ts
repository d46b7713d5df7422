import type { SignedFormView } from '../../src/notices/orders/orders.dto';
import type { World } from '../support/app';
import { EMERGENCY, hostOf, orderCast, sendOrder } from '../support/orders';
import { handInFile, registerAuthority } from '../support/received';
import { startQuietWorld } from '../support/referral';

let world: World;

beforeAll(async () => {
  world = await startQuietWorld();
});
afterAll(() => world.close());

describe('an order that another installation made', () => {
  it('is signed there by two people, taken here as the PDF that it gives, and recognised by the keys that it publishes', async () => {
    const elsewhere = await startQuietWorld();
    try {
      const there = await orderCast(elsewhere);
      const { id } = await sendOrder(there, EMERGENCY);
      const { body: signed } = await there.moderator.get<SignedFormView>(`/v1/notices/${id}/form`);
      const pdf = await elsewhere.app.inject({
        url: `/v1/notices/${id}/form.pdf`,
        headers: { authorization: `Bearer ${there.moderator.token}` },
      });
      const keys = await elsewhere.send<{ keys: { x: string; kid: string }[] }>(
        'GET',
        `/v1/authorities/${there.unit.id}/keys`,
      );
      const [published] = keys.body.keys;
      const platform = await world.organisation('platform', 'quay', {
        name: there.platform.name,
        hosts: [hostOf(there)],
      });
      const [moderator, colleague] = [
        await world.person(platform, ['moderator']),
        await world.person(platform, ['supervisor']),
      ];
      const authorityId = await registerAuthority(world, { name: there.unit.name });
      world.clock.set(new Date(Math.max(world.clock.now().getTime(), elsewhere.clock.now().getTime() + 1000)));
      const first = await handInFile(moderator, pdf.rawPayload);
      expect(first.body).toMatchObject({
        state: 'quarantined',
        reasons: ['unknown_signer'],
        authority: { id: authorityId },
      });
      const body = { authorityId, publicKey: published?.x, reason: 'Compared by telephone' };
      await moderator.post(`/v1/received-orders/${first.body.id}/genuine`, body);
      const decided = await colleague.post(`/v1/received-orders/${first.body.id}/genuine`, body);
      expect(decided).toMatchObject({ status: 200, body: { state: 'genuine', isVerified: true, kid: published?.kid } });
      const next = await sendOrder(there, EMERGENCY);
      const { body: second } = await there.moderator.get<SignedFormView>(`/v1/notices/${next.id}/form`);
      expect((await handInFile(moderator, JSON.stringify(second))).body.state).toBe('recognised');
      expect((await handInFile(moderator, JSON.stringify(signed))).body.id).toBe(first.body.id);
    } finally {
      await elsewhere.close();
    }
  });
});

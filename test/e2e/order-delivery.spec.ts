import { Webhook } from 'standardwebhooks';
import type { NewWebhookView } from '../../src/deliveries/deliveries.dto';
import { SettableClock } from '../../src/infra/clock-source';
import { verifyForm } from '../../src/notices/forms/authority-keys.service';
import type { AuthorityJwksView } from '../../src/notices/forms/forms.dto';
import { validForm } from '../../src/notices/forms/validate-form';
import { startWorld, type World } from '../support/app';
import { EMERGENCY, orderCast, sendOrder, type OrderCast } from '../support/orders';
import { PlatformSystem } from '../support/platform-system';
import { eventually, notice } from '../support/referral';

let world: World;
let cast: OrderCast;
let system: PlatformSystem;

beforeAll(async () => {
  system = await new PlatformSystem().listen();
  world = await startWorld({ clock: new SettableClock(new Date()) });
  cast = await orderCast(world);
});
afterAll(async () => {
  await world?.close();
  await system?.close();
});

interface Told {
  readonly type: string;
  readonly data: {
    readonly kind: string;
    readonly order: {
      readonly form: unknown;
      readonly jws: string;
      readonly kid: string;
      readonly isEmergency: boolean;
    };
  };
}

describe('an order over a webhook', () => {
  it('brings its signed Annex I, which is verified with the authority’s published keys and nothing of ours', async () => {
    const { body: webhook } = await cast.platformAdmin.post<NewWebhookView>('/v1/webhooks', {
      url: system.url('/orders'),
    });
    const { id, reference } = await sendOrder(cast, EMERGENCY);
    const [call] = await eventually(
      async () => system.callsOf('/orders'),
      (calls) => calls.length > 0,
    );
    const headers = Object.entries(call?.headers ?? {}).map(([name, value]) => [name, String(value)]);
    const told = new Webhook(webhook.secret ?? '').verify(call?.body ?? '', Object.fromEntries(headers)) as Told;
    expect(told).toMatchObject({ type: 'notice.sent', data: { kind: 'removal_order', order: { isEmergency: true } } });
    const form = validForm(told.data.order.form);
    expect(form).toMatchObject({ form: 'annex-i', content: { a: { reference } } });
    const published = await cast.moderator.get<AuthorityJwksView>(`/v1/authorities/${cast.unit.id}/keys`);
    expect(verifyForm(form, told.data.order.jws, published.body)).toMatchObject({ ok: true, kid: told.data.order.kid });
    const received = await eventually(
      () => notice(cast.analyst, id),
      ({ state }) => state === 'received',
    );
    expect(received).toMatchObject({ receiptChannel: 'webhook', clock: { kind: 'statutory', state: 'running' } });
  });
});

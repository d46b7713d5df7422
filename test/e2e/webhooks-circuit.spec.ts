import { OPENS_AFTER } from '../../src/deliveries/circuit';
import type { DeliveryToWebhookView, NewWebhookView, WebhookView } from '../../src/deliveries/deliveries.dto';
import { eventually, notice } from '../support/referral';
import { WebhookWorld, type HookedPlatform } from '../support/webhook-world';

let here: WebhookWorld;

beforeAll(async () => {
  here = await WebhookWorld.start();
});
afterAll(() => here?.close());

const own = async ({ admin }: HookedPlatform): Promise<WebhookView | undefined> =>
  (await admin.get<WebhookView[]>('/v1/webhooks')).body[0];

/** So many failures that one more opens the circuit. */
const weaken = ({ webhook }: HookedPlatform): Promise<unknown> =>
  here.world.sql.query('update webhook_endpoint set failures = $2 where id = $1', [webhook.id, OPENS_AFTER - 1]);

const kinds = async ({ webhook }: HookedPlatform): Promise<string[]> => {
  const { rows } = await here.world.sql.query<{ kind: string }>(
    `select kind from ledger_entry where kind like 'webhook.circuit-%' and bytes::text like '%' || encode($1, 'hex') || '%' order by id`,
    [webhook.id],
  );
  return rows.map(({ kind }) => kind);
};

describe('a webhook that fails again and again', () => {
  it('is left alone: the next channel begins without a call, and its owner sees until when', async () => {
    const platform = await here.platformAt();
    await weaken(platform);
    here.system.answers(platform.path, 500);
    const one = await platform.refer();
    expect(await here.hurriedUntil(one.id, ({ state }) => state === 'received')).toMatchObject({
      receiptChannel: 'inbox',
    });
    expect(here.system.callsOf(platform.path)).toHaveLength(1);
    const until1 = new Date(here.world.clock.now().getTime() + 30_000).toISOString();
    expect(await own(platform)).toMatchObject({ circuit: 'open', failures: OPENS_AFTER, openUntil: until1 });
    expect(await kinds(platform)).toEqual(['webhook.circuit-opened']);

    const two = await platform.refer();
    await here.hurriedUntil(two.id, ({ state }) => state === 'received');
    expect(here.system.callsOf(platform.path)).toHaveLength(1);
    expect((await here.deliveriesOf(two.id))[0]).toMatchObject({
      state: 'failed',
      failure: 'circuit-open',
      attempts: [],
    });
  });

  it('is tried again by one message after the pause, and is used as before once it answers', async () => {
    const platform = await here.platformAt();
    await weaken(platform);
    here.system.answers(platform.path, 500, 200);
    await here.hurriedUntil((await platform.refer()).id, ({ state }) => state === 'received');
    here.world.clock.advance(31_000);
    expect(await own(platform)).toMatchObject({ circuit: 'half_open' });
    const { id } = await platform.refer();
    expect(await here.hurriedUntil(id, ({ state }) => state === 'received')).toMatchObject({
      receiptChannel: 'webhook',
    });
    expect(await own(platform)).toMatchObject({ circuit: 'closed', failures: 0, openUntil: null });
    expect(await kinds(platform)).toEqual(['webhook.circuit-opened', 'webhook.circuit-closed']);
  });
});

describe('what a webhook missed', () => {
  it('is sent again under the same ids when its owner asks, and counts as receipt where none was', async () => {
    const platform = await here.platformAt({ inbox: false });
    here.system.answers(platform.path, 410);
    const since = here.world.clock.now().toISOString();
    const { id } = await platform.refer();
    await eventually(
      () => here.deliveriesOf(id),
      (all) => all.every(({ state }) => state !== 'waiting') && all.length === 2,
    );
    expect(await notice(here.analyst, id)).toMatchObject({ state: 'sent' });
    here.system.answers(platform.path, 200);
    const asked = await platform.admin.post(`/v1/webhooks/${platform.webhook.id}/replay`, { since });
    expect(asked).toMatchObject({ status: 202, body: { messages: 1, next: null } });
    expect(await here.hurriedUntil(id, ({ state }) => state === 'received')).toMatchObject({
      receiptChannel: 'webhook',
    });
    const calls = here.system.callsOf(platform.path, id);
    expect(calls).toHaveLength(2);
    expect(new Set(calls.map(({ headers, body }) => `${String(headers['webhook-id'])}${body}`)).size).toBe(1);
    const log = await platform.admin.get<{ items: DeliveryToWebhookView[] }>(
      `/v1/webhooks/${platform.webhook.id}/deliveries`,
    );
    expect(log.body.items).toMatchObject([
      {
        noticeId: id,
        state: 'delivered',
        attempts: [
          { outcome: 'refused', status: 410, replay: false },
          { outcome: 'receipt', status: 200, replay: true },
        ],
      },
    ]);
  });

  it('is nobody else’s to ask for or to read, and needs to be said', async () => {
    const [one, other] = [await here.platformAt(), await here.platformAt()];
    const { id } = await one.refer();
    await here.hurriedUntil(id, ({ state }) => state === 'received');
    const [delivery] = await here.deliveriesOf(id);
    const own1 = `/v1/webhooks/${one.webhook.id}`;
    expect((await other.admin.get(`${own1}/deliveries`)).status).toBe(404);
    expect((await other.admin.post(`${own1}/replay`, { deliveryId: delivery?.id })).status).toBe(404);
    const foreign = { deliveryId: delivery?.id };
    expect((await other.admin.post(`/v1/webhooks/${other.webhook.id}/replay`, foreign)).status).toBe(404);
    for (const wrong of [{}, { since: new Date().toISOString(), deliveryId: delivery?.id }]) {
      expect(await one.admin.post(`${own1}/replay`, wrong)).toMatchObject({ body: { code: 'webhook.replay-what' } });
    }
  });
});

describe('what comes after a notice', () => {
  it('goes to every channel that had it, and one that fails does not keep the others waiting', async () => {
    const platform = await here.platformAt();
    const second = await platform.admin.post<NewWebhookView>('/v1/webhooks', {
      url: here.system.url(`${platform.path}-b`),
    });
    expect(second.status).toBe(201);
    const { id } = await platform.refer();
    await here.hurriedUntil(id, ({ state }) => state === 'received');
    // The other one had let go of it; its owner has it sent again.
    const replayed = await platform.admin.post(`/v1/webhooks/${second.body.id}/replay`, {
      since: '2020-01-01T00:00:00Z',
    });
    expect(replayed.status).toBe(202);
    await eventually(
      async () => here.system.callsOf(`${platform.path}-b`, id),
      (calls) => calls.length === 1,
    );
    await eventually(
      () => here.deliveriesOf(id),
      (all) => all.filter(({ state }) => state === 'delivered').length === 2,
    );
    here.system.answers(platform.path, 500);
    await here.analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'The wrong address' });
    const calls = await eventually(
      async () => here.system.callsOf(`${platform.path}-b`, id),
      (all) => all.length === 2,
    );
    expect(JSON.parse(calls[1]?.body ?? '')).toMatchObject({ type: 'notice.withdrawn' });
    here.system.answers(platform.path, 200);
    const told = await eventually(
      async () => {
        await here.hurry();
        return (await here.deliveriesOf(id)).filter(({ event }) => event === 'notice.withdrawn');
      },
      (all) => all.length === 2 && all.every(({ state }) => state === 'delivered'),
    );
    expect(told.map(({ channel }) => channel)).toEqual(['webhook', 'webhook']);
  });
});

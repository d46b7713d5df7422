import type { NewWebhookView, WebhookView } from '../../src/deliveries/deliveries.dto';
import { verified, WebhookWorld } from '../support/webhook-world';

let here: WebhookWorld;

beforeAll(async () => {
  here = await WebhookWorld.start();
});
afterAll(() => here?.close());

describe('a secret', () => {
  it('is shown once, and never lies in the database as it is', async () => {
    const { admin, webhook } = await here.platformAt();
    expect(webhook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const listed = (await admin.get<WebhookView[]>('/v1/webhooks')).body;
    expect(JSON.stringify(listed)).not.toContain('whsec_');
    const { rows } = await here.world.sql.query<{ wrapped: Buffer }>(
      'select secret_wrapped as wrapped from webhook_endpoint where id = $1',
      [webhook.id],
    );
    const bare = Buffer.from(webhook.secret?.slice(6) ?? '', 'base64');
    expect(rows[0]?.wrapped.includes(bare)).toBe(false);
    const stored = await here.world.sql.query<{ answer: string }>('select answer from idempotency_key');
    expect(JSON.stringify(stored.rows)).not.toContain('whsec_');
  });

  it('is not repeated to whoever repeats the request', async () => {
    const { admin } = await here.platformAt();
    const key = { 'idempotency-key': 'webhook-once' };
    const url = here.system.url('/repeated');
    const one = await admin.post<NewWebhookView>('/v1/webhooks', { url }, key);
    const two = await admin.post<NewWebhookView>('/v1/webhooks', { url }, key);
    expect(one.body.secret).not.toBeNull();
    expect(two.body).toMatchObject({ id: one.body.id, secret: null });
  });

  it('is rotated with an overlap: for a day a receiver that knows either accepts', async () => {
    const platform = await here.platformAt();
    const { body: rotated } = await platform.admin.post<NewWebhookView>(`/v1/webhooks/${platform.webhook.id}/rotate`);
    expect(rotated.secret).not.toBe(platform.webhook.secret);
    const { id } = await platform.refer();
    await here.untilReceived(id);
    const [call] = here.system.callsOf(platform.path, id);
    expect(verified(platform.webhook.secret, call)).toMatchObject({ type: 'notice.sent' });
    expect(verified(rotated.secret, call)).toMatchObject({ type: 'notice.sent' });

    await here.world.sql.query(`update webhook_endpoint set previous_until = $2 where id = $1`, [
      platform.webhook.id,
      here.world.clock.now(),
    ]);
    const test = await platform.admin.post(`/v1/webhooks/${platform.webhook.id}/test`);
    expect(test.body).toMatchObject({ delivered: true, status: 204, problem: null });
    const last = here.system.callsOf(platform.path).at(-1);
    expect(verified(rotated.secret, last)).toMatchObject({ type: 'webhook.test' });
    expect(() => verified(platform.webhook.secret, last)).toThrow(/signature/);
  });
});

describe('a contact point', () => {
  it('is tried in the order that the platform gives', async () => {
    const platform = await here.platformAt();
    const declared = await platform.admin.post('/v1/contact-points', { channel: 'inbox', position: 0 });
    expect(declared).toMatchObject({ status: 201, body: { channel: 'inbox', position: 0 } });
    const { id } = await platform.refer();
    expect(await here.untilReceived(id)).toMatchObject({ receiptChannel: 'inbox' });
    expect(here.system.callsOf(platform.path, id)).toHaveLength(0);
  });

  it('goes out of use with its webhook', async () => {
    const platform = await here.platformAt();
    const disabled = await platform.admin.post(`/v1/webhooks/${platform.webhook.id}/disable`);
    expect(disabled.status).toBe(200);
    const { id } = await platform.refer();
    expect(await here.untilReceived(id)).toMatchObject({ receiptChannel: 'inbox' });
    const points = await platform.admin.get<{ channel: string }[]>('/v1/contact-points');
    expect(points.body.map(({ channel }) => channel)).toEqual(['inbox']);
    const again = await platform.admin.post(`/v1/webhooks/${platform.webhook.id}/rotate`);
    expect(again).toMatchObject({ status: 409, body: { code: 'webhook.disabled' } });
  });

  it('and its webhook are nobody else’s to see or to change', async () => {
    const [one, other] = [await here.platformAt(), await here.platformAt()];
    for (const verb of ['rotate', 'disable', 'test']) {
      expect((await other.admin.post(`/v1/webhooks/${one.webhook.id}/${verb}`)).status).toBe(404);
    }
    const foreign = { channel: 'webhook', position: 1, webhookId: one.webhook.id };
    expect((await other.admin.post('/v1/contact-points', foreign)).body).toMatchObject({
      code: 'contact.webhook-unknown',
    });
    const listed = (await other.admin.get<WebhookView[]>('/v1/webhooks')).body;
    expect(listed.map(({ id }) => id)).toEqual([other.webhook.id]);
  });
});

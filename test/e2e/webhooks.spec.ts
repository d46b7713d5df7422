import { Webhook } from 'standardwebhooks';
import { SettableClock } from '../../src/infra/clock-source';
import type { DeliveryView, NewWebhookView, WebhookView } from '../../src/deliveries/deliveries.dto';
import { Delivering } from '../../src/deliveries/delivering.service';
import { WebhookChannel } from '../../src/deliveries/webhook-channel';
import type { NoticeView } from '../../src/notices/notice.view';
import { startWorld, type Person, type World } from '../support/app';
import { PlatformSystem, type Call } from '../support/platform-system';
import { eventually, notice, refer } from '../support/referral';

let world: World;
let analyst: Person;
let system: PlatformSystem;
let serial = 0;

beforeAll(async () => {
  system = await new PlatformSystem().listen();
  // Receivers refuse a signature that is older than five minutes by their own clock.
  world = await startWorld({ clock: new SettableClock(new Date()) });
  ({ analyst } = await world.cast());
});
afterAll(async () => {
  await world?.close();
  await system?.close();
});

interface Platform {
  readonly admin: Person;
  readonly path: string;
  readonly webhook: NewWebhookView;
  readonly refer: () => Promise<NoticeView>;
}

/** A platform with a webhook at a path of its own. */
async function platformAt(prefix = '/hook'): Promise<Platform> {
  serial += 1;
  const [slug, path] = [`platform-${serial}`, `${prefix}-${serial}`];
  const organisation = await world.organisation('platform', slug, { hosts: [`${slug}.example`] });
  const admin = await world.person(organisation, ['admin', 'moderator']);
  const answer = await admin.post<NewWebhookView>('/v1/webhooks', { url: system.url(path) });
  expect(answer.status).toBe(201);
  let posts = 0;
  return {
    admin,
    path,
    webhook: answer.body,
    refer: () => refer(analyst, [`https://${slug}.example/posts/${++posts}`]),
  };
}

const deliveriesOf = async (id: string): Promise<DeliveryView[]> =>
  (await analyst.get<DeliveryView[]>(`/v1/notices/${id}/deliveries`)).body;

const untilReceived = (id: string): Promise<NoticeView> =>
  eventually(
    () => notice(analyst, id),
    ({ state }) => state === 'received',
  );

/** Lets every job that waits for a retry begin now. */
const hurry = (): Promise<unknown> =>
  world.sql.query(`update graphile_worker._private_jobs set run_at = now() where run_at > now() and locked_at is null`);

/** What the library of the standard makes of a message; it throws when the signature is not good. */
function verified(secret: string | null, call: Call | undefined): unknown {
  const headers = Object.entries(call?.headers ?? {}).map(([name, value]) => [name, String(value)]);
  return new Webhook(secret ?? '').verify(call?.body ?? '', Object.fromEntries(headers));
}

const entries = async (id: string, kind: string): Promise<number> => {
  const { rows } = await world.sql.query('select 1 from ledger_entry where notice_id = $1 and kind = $2', [id, kind]);
  return rows.length;
};

describe('a signed webhook', () => {
  it('carries the notice, is verified by the library of the standard, and its 2xx is the receipt', async () => {
    const platform = await platformAt();
    const { id, items } = await platform.refer();
    const got = await untilReceived(id);
    expect(got).toMatchObject({ receiptChannel: 'webhook', clock: { state: 'running' } });
    const calls = system.callsOf(platform.path, id);
    expect(calls).toHaveLength(1);
    const payload = verified(platform.webhook.secret, calls[0]);
    expect(payload).toMatchObject({
      type: 'notice.sent',
      data: {
        noticeId: id,
        reference: got.reference,
        sender: { name: 'Unit A' },
        items: [{ address: items[0]?.address }],
        clock: { kind: 'target', startsAt: 'receipt', targetMs: 3_600_000 },
      },
    });
    const [delivery, inbox] = await deliveriesOf(id);
    expect(delivery).toMatchObject({
      channel: 'webhook',
      state: 'delivered',
      attempts: [{ attempt: 1, outcome: 'receipt', status: 204 }],
    });
    expect(inbox).toMatchObject({ channel: 'inbox', state: 'cancelled', attempts: [] });
    expect(calls[0]?.headers['webhook-id']).toBe(delivery?.id);
    expect(JSON.stringify(await deliveriesOf(id))).not.toContain(system.url(''));
  });

  it('names the target that the platform stated in the register, by which its clock runs', async () => {
    const platform = await platformAt();
    const { organisation } = platform.admin;
    await world.sql.query(
      `insert into provider_entry (platform_id, referral_target_minutes, changed_at) values ($1, 90, now())`,
      [organisation.id],
    );
    const { id } = await platform.refer();
    const { clock } = await untilReceived(id);
    const told = verified(platform.webhook.secret, system.callsOf(platform.path, id)[0]);
    expect(told).toMatchObject({ data: { clock: { targetMs: 5_400_000 } } });
    expect(Date.parse(clock?.dueAt ?? '') - Date.parse(clock?.startedAt ?? '')).toBe(5_400_000);
  });

  it('is refused by the library when a byte of it was changed', async () => {
    const platform = await platformAt();
    const { id } = await platform.refer();
    await untilReceived(id);
    const [call] = system.callsOf(platform.path, id);
    const forged = { path: '', headers: call?.headers ?? {}, body: call?.body.replace('referral', 'Referral') ?? '' };
    expect(() => verified(platform.webhook.secret, forged)).toThrow(/signature/);
  });

  it('is repeated after errors with the same id and the same bytes, until it is taken', async () => {
    const platform = await platformAt();
    system.answers(platform.path, 500, 503, 200);
    const { id } = await platform.refer();
    for (const attempts of [1, 2]) {
      await eventually(
        () => deliveriesOf(id),
        ([webhook]) => (webhook?.attempts.length ?? 0) >= attempts && webhook?.attempts.at(-1)?.outcome !== null,
      );
      await hurry();
    }
    await untilReceived(id);
    const calls = system.callsOf(platform.path, id);
    expect(calls).toHaveLength(3);
    expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(calls.map(({ body }) => body)).size).toBe(1);
    const [delivery] = await deliveriesOf(id);
    expect(delivery?.attempts.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['failed', 500],
      ['failed', 503],
      ['receipt', 200],
    ]);
  });

  it('gives way to the inbox when the platform does not answer, and every attempt is kept', async () => {
    const platform = await platformAt();
    system.answers(platform.path, 500);
    const { id } = await platform.refer();
    const got = await eventually(
      async () => {
        await hurry();
        return notice(analyst, id);
      },
      ({ state }) => state === 'received',
    );
    expect(got).toMatchObject({ receiptChannel: 'inbox' });
    const [webhook, inbox] = await deliveriesOf(id);
    expect(webhook).toMatchObject({ state: 'failed', failure: 'status-500' });
    expect(webhook?.attempts).toHaveLength(6);
    expect(inbox).toMatchObject({ state: 'delivered', attempts: [{ outcome: 'receipt' }] });
    expect(await entries(id, 'delivery.attempted')).toBe(6);
    expect(await entries(id, 'delivery.failed')).toBe(1);
  });

  it('does not follow a redirect to a private address, nor try again: the next channel begins at once', async () => {
    const platform = await platformAt();
    system.answers(platform.path, 302);
    const { id } = await platform.refer();
    expect(await untilReceived(id)).toMatchObject({ receiptChannel: 'inbox' });
    const [webhook] = await deliveriesOf(id);
    expect(webhook).toMatchObject({
      state: 'failed',
      failure: 'egress.refused-address',
      attempts: [{ outcome: 'refused', problem: 'egress.refused-address' }],
    });
  });

  it('cannot be registered for an address that is never called from here', async () => {
    const { admin } = await platformAt();
    for (const url of [
      'http://10.0.0.1/hook',
      'https://[fd00::1]/hook',
      'http://169.254.169.254/latest',
      'https://hook.example/',
    ]) {
      // prettier-ignore
      const refused = await admin.post('/v1/webhooks', { url });
      expect(refused).toMatchObject({ status: 422, body: { code: 'egress.refused-address' } });
    }
    expect((await admin.post('/v1/webhooks', { url: 'file:///etc/passwd' })).status).toBe(422);
  });

  it('stops being tried once the platform has acknowledged by another road', async () => {
    const platform = await platformAt();
    system.answers(platform.path, 500);
    const { id } = await platform.refer();
    await eventually(
      () => deliveriesOf(id),
      ([webhook]) => webhook?.attempts[0]?.outcome === 'failed',
    );
    const taken = await platform.admin.post<NoticeView>(`/v1/notices/${id}/acknowledge`);
    expect(taken.body).toMatchObject({ state: 'acknowledged', receiptChannel: 'answer' });
    system.answers(platform.path, 200);
    await hurry();
    const all = await eventually(
      () => deliveriesOf(id),
      (deliveries) => deliveries.every(({ state }) => state !== 'waiting'),
    );
    expect(all.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    expect(await entries(id, 'notice.received')).toBe(1);
    expect(system.callsOf(platform.path, id)).toHaveLength(1);
  });

  it('tells of a withdrawal as well, with the reason', async () => {
    const platform = await platformAt();
    const { id } = await platform.refer();
    await untilReceived(id);
    await analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'The wrong address' });
    const calls = await eventually(
      async () => system.callsOf(platform.path, id),
      (all) => all.length === 2,
    );
    expect(verified(platform.webhook.secret, calls[1])).toMatchObject({
      type: 'notice.withdrawn',
      data: { noticeId: id, reason: 'The wrong address' },
    });
  });

  it('that does not answer keeps nobody else waiting', async () => {
    const silent = await platformAt('/silent');
    const prompt = await platformAt();
    const stuck: string[] = [];
    for (let i = 0; i < 6; i += 1) stuck.push((await silent.refer()).id);
    const { id } = await prompt.refer();
    expect(await untilReceived(id)).toMatchObject({ receiptChannel: 'webhook' });
    // Those under way at once: calls that have timed out on a busy machine are followed by others.
    const { rows } = await world.sql.query<{ calls: number }>(
      `select count(*)::int as calls from delivery_attempt a join delivery d on d.id = a.delivery_id
       where d.endpoint_id = $1 and a.ended_at is null`,
      [silent.webhook.id],
    );
    expect(rows[0]?.calls).toBeLessThanOrEqual(4);
    for (const waiting of stuck) expect(await notice(analyst, waiting)).toMatchObject({ state: 'sent' });
  });
});

describe('a worker killed between the delivery and its record', () => {
  it('is followed by a repeat under the same id, and the receipt is recorded once', async () => {
    const platform = await platformAt();
    const channel = world.app.get(WebhookChannel);
    const real = channel.send.bind(channel);
    let kills = 1;
    channel.send = async (...args) => {
      const outcome = await real(...args);
      // The platform has it; this process ends before it can say so, and never comes back to the record.
      if (args[1].endpoint?.id === platform.webhook.id && kills-- > 0) throw new Error('killed');
      return outcome;
    };
    try {
      const { id } = await platform.refer();
      await eventually(
        async () => system.callsOf(platform.path, id),
        (calls) => calls.length === 1,
      );
      await eventually(
        async () => {
          await hurry();
          return notice(analyst, id);
        },
        ({ state }) => state === 'received',
      );
      const calls = system.callsOf(platform.path, id);
      expect(calls.map(({ headers }) => headers['webhook-id'])).toEqual([
        calls[0]?.headers['webhook-id'],
        calls[0]?.headers['webhook-id'],
      ]);
      const [delivery] = await deliveriesOf(id);
      expect(delivery?.attempts.map(({ outcome }) => outcome)).toEqual(['interrupted', 'receipt']);
      expect(await entries(id, 'notice.received')).toBe(1);
      expect(await entries(id, 'delivery.receipt')).toBe(1);
      expect(await entries(id, 'clock.started')).toBe(1);
    } finally {
      channel.send = real;
    }
  });

  it('or doubled by another that delivers at the same moment, starts one clock', async () => {
    const platform = await platformAt();
    const { id } = await platform.refer();
    const delivering = world.app.get(Delivering);
    const never = new AbortController().signal;
    const task = { noticeId: id, event: 'notice.sent', subject: null, deliveryId: null } as const;
    await Promise.all([1, 2, 3].map(() => delivering.deliver(task, never)));
    await untilReceived(id);
    expect(await entries(id, 'notice.received')).toBe(1);
    expect(await entries(id, 'delivery.receipt')).toBe(1);
  });
});

describe('a secret', () => {
  it('is shown once, and never lies in the database as it is', async () => {
    const { admin, webhook } = await platformAt();
    expect(webhook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const listed = (await admin.get<WebhookView[]>('/v1/webhooks')).body;
    expect(JSON.stringify(listed)).not.toContain('whsec_');
    const { rows } = await world.sql.query<{ wrapped: Buffer }>(
      'select secret_wrapped as wrapped from webhook_endpoint where id = $1',
      [webhook.id],
    );
    const bare = Buffer.from(webhook.secret?.slice(6) ?? '', 'base64');
    expect(rows[0]?.wrapped.includes(bare)).toBe(false);
    const stored = await world.sql.query<{ answer: string }>('select answer from idempotency_key');
    expect(JSON.stringify(stored.rows)).not.toContain('whsec_');
  });

  it('is not repeated to whoever repeats the request', async () => {
    const { admin } = await platformAt();
    const key = { 'idempotency-key': 'webhook-once' };
    const url = system.url('/repeated');
    const one = await admin.post<NewWebhookView>('/v1/webhooks', { url }, key);
    const two = await admin.post<NewWebhookView>('/v1/webhooks', { url }, key);
    expect(one.body.secret).not.toBeNull();
    expect(two.body).toMatchObject({ id: one.body.id, secret: null });
  });

  it('is rotated with an overlap: for a day a receiver that knows either accepts', async () => {
    const platform = await platformAt();
    const { body: rotated } = await platform.admin.post<NewWebhookView>(`/v1/webhooks/${platform.webhook.id}/rotate`);
    expect(rotated.secret).not.toBe(platform.webhook.secret);
    const { id } = await platform.refer();
    await untilReceived(id);
    const [call] = system.callsOf(platform.path, id);
    expect(verified(platform.webhook.secret, call)).toMatchObject({ type: 'notice.sent' });
    expect(verified(rotated.secret, call)).toMatchObject({ type: 'notice.sent' });

    await world.sql.query(`update webhook_endpoint set previous_until = $2 where id = $1`, [
      platform.webhook.id,
      world.clock.now(),
    ]);
    const test = await platform.admin.post(`/v1/webhooks/${platform.webhook.id}/test`);
    expect(test.body).toMatchObject({ delivered: true, status: 204, problem: null });
    const last = system.callsOf(platform.path).at(-1);
    expect(verified(rotated.secret, last)).toMatchObject({ type: 'webhook.test' });
    expect(() => verified(platform.webhook.secret, last)).toThrow(/signature/);
  });
});

describe('a contact point', () => {
  it('is tried in the order that the platform gives', async () => {
    const platform = await platformAt();
    const declared = await platform.admin.post('/v1/contact-points', { channel: 'inbox', position: 0 });
    expect(declared).toMatchObject({ status: 201, body: { channel: 'inbox', position: 0 } });
    const { id } = await platform.refer();
    expect(await untilReceived(id)).toMatchObject({ receiptChannel: 'inbox' });
    expect(system.callsOf(platform.path, id)).toHaveLength(0);
  });

  it('goes out of use with its webhook', async () => {
    const platform = await platformAt();
    const disabled = await platform.admin.post(`/v1/webhooks/${platform.webhook.id}/disable`);
    expect(disabled.status).toBe(200);
    const { id } = await platform.refer();
    expect(await untilReceived(id)).toMatchObject({ receiptChannel: 'inbox' });
    const points = await platform.admin.get<{ channel: string }[]>('/v1/contact-points');
    expect(points.body.map(({ channel }) => channel)).toEqual(['inbox']);
    const again = await platform.admin.post(`/v1/webhooks/${platform.webhook.id}/rotate`);
    expect(again).toMatchObject({ status: 409, body: { code: 'webhook.disabled' } });
  });

  it('and its webhook are nobody else’s to see or to change', async () => {
    const [one, other] = [await platformAt(), await platformAt()];
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

import { Delivering } from '../../src/deliveries/delivering.service';
import { WebhookChannel } from '../../src/deliveries/webhook-channel';
import type { NoticeView } from '../../src/notices/notice.view';
import { eventually, notice } from '../support/referral';
import { verified, WebhookWorld } from '../support/webhook-world';

let here: WebhookWorld;

beforeAll(async () => {
  here = await WebhookWorld.start();
});
afterAll(() => here?.close());

describe('a signed webhook', () => {
  it('carries the notice, is verified by the library of the standard, and its 2xx is the receipt', async () => {
    const platform = await here.platformAt();
    const { id, items } = await platform.refer();
    const got = await here.untilReceived(id);
    expect(got).toMatchObject({ receiptChannel: 'webhook', clock: { state: 'running' } });
    const calls = here.system.callsOf(platform.path, id);
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
    const [delivery, inbox] = await here.deliveriesOf(id);
    expect(delivery).toMatchObject({
      channel: 'webhook',
      state: 'delivered',
      attempts: [{ attempt: 1, outcome: 'receipt', status: 204 }],
    });
    expect(inbox).toMatchObject({ channel: 'inbox', state: 'cancelled', attempts: [] });
    expect(calls[0]?.headers['webhook-id']).toBe(delivery?.id);
    expect(JSON.stringify(await here.deliveriesOf(id))).not.toContain(here.system.url(''));
  });

  it('names the target that the platform stated in the register, by which its clock runs', async () => {
    const platform = await here.platformAt();
    const { organisation } = platform.admin;
    await here.world.sql.query(
      `insert into provider_entry (platform_id, referral_target_minutes, changed_at) values ($1, 90, now())`,
      [organisation.id],
    );
    const { id } = await platform.refer();
    const { clock } = await here.untilReceived(id);
    const told = verified(platform.webhook.secret, here.system.callsOf(platform.path, id)[0]);
    expect(told).toMatchObject({ data: { clock: { targetMs: 5_400_000 } } });
    expect(Date.parse(clock?.dueAt ?? '') - Date.parse(clock?.startedAt ?? '')).toBe(5_400_000);
  });

  it('is refused by the library when a byte of it was changed', async () => {
    const platform = await here.platformAt();
    const { id } = await platform.refer();
    await here.untilReceived(id);
    const [call] = here.system.callsOf(platform.path, id);
    const forged = { path: '', headers: call?.headers ?? {}, body: call?.body.replace('referral', 'Referral') ?? '' };
    expect(() => verified(platform.webhook.secret, forged)).toThrow(/signature/);
  });

  it('is repeated after errors with the same id and the same bytes, until it is taken', async () => {
    const platform = await here.platformAt();
    here.system.answers(platform.path, 500, 503, 200);
    const { id } = await platform.refer();
    for (const attempts of [1, 2]) {
      await eventually(
        () => here.deliveriesOf(id),
        ([webhook]) => (webhook?.attempts.length ?? 0) >= attempts && webhook?.attempts.at(-1)?.outcome !== null,
      );
      await here.hurry();
    }
    await here.untilReceived(id);
    const calls = here.system.callsOf(platform.path, id);
    expect(calls).toHaveLength(3);
    expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(calls.map(({ body }) => body)).size).toBe(1);
    const [delivery] = await here.deliveriesOf(id);
    expect(delivery?.attempts.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['failed', 500],
      ['failed', 503],
      ['receipt', 200],
    ]);
  });

  it('gives way to the inbox when the platform does not answer, and every attempt is kept', async () => {
    const platform = await here.platformAt();
    here.system.answers(platform.path, 500);
    const { id } = await platform.refer();
    const got = await eventually(
      async () => {
        await here.hurry();
        return notice(here.analyst, id);
      },
      ({ state }) => state === 'received',
    );
    expect(got).toMatchObject({ receiptChannel: 'inbox' });
    const [webhook, inbox] = await here.deliveriesOf(id);
    expect(webhook).toMatchObject({ state: 'failed', failure: 'status-500' });
    expect(webhook?.attempts).toHaveLength(6);
    expect(inbox).toMatchObject({ state: 'delivered', attempts: [{ outcome: 'receipt' }] });
    expect(await here.entries(id, 'delivery.attempted')).toBe(6);
    expect(await here.entries(id, 'delivery.failed')).toBe(1);
  });

  it('does not follow a redirect to a private address, nor try again: the next channel begins at once', async () => {
    const platform = await here.platformAt();
    here.system.answers(platform.path, 302);
    const { id } = await platform.refer();
    expect(await here.untilReceived(id)).toMatchObject({ receiptChannel: 'inbox' });
    const [webhook] = await here.deliveriesOf(id);
    expect(webhook).toMatchObject({
      state: 'failed',
      failure: 'egress.refused-address',
      attempts: [{ outcome: 'refused', problem: 'egress.refused-address' }],
    });
  });

  it('cannot be registered for an address that is never called from here', async () => {
    const { admin } = await here.platformAt();
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
    const platform = await here.platformAt();
    here.system.answers(platform.path, 500);
    const { id } = await platform.refer();
    await eventually(
      () => here.deliveriesOf(id),
      ([webhook]) => webhook?.attempts[0]?.outcome === 'failed',
    );
    const taken = await platform.admin.post<NoticeView>(`/v1/notices/${id}/acknowledge`);
    expect(taken.body).toMatchObject({ state: 'acknowledged', receiptChannel: 'answer' });
    here.system.answers(platform.path, 200);
    await here.hurry();
    const all = await eventually(
      () => here.deliveriesOf(id),
      (deliveries) => deliveries.every(({ state }) => state !== 'waiting'),
    );
    expect(all.map(({ state }) => state)).toEqual(['cancelled', 'cancelled']);
    expect(await here.entries(id, 'notice.received')).toBe(1);
    expect(here.system.callsOf(platform.path, id)).toHaveLength(1);
  });

  it('tells of a withdrawal as well, with the reason', async () => {
    const platform = await here.platformAt();
    const { id } = await platform.refer();
    await here.untilReceived(id);
    await here.analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'The wrong address' });
    const calls = await eventually(
      async () => here.system.callsOf(platform.path, id),
      (all) => all.length === 2,
    );
    expect(verified(platform.webhook.secret, calls[1])).toMatchObject({
      type: 'notice.withdrawn',
      data: { noticeId: id, reason: 'The wrong address' },
    });
  });

  it('that does not answer keeps nobody else waiting', async () => {
    const silent = await here.platformAt({ prefix: '/silent' });
    const prompt = await here.platformAt();
    const stuck: string[] = [];
    for (let i = 0; i < 6; i += 1) stuck.push((await silent.refer()).id);
    const { id } = await prompt.refer();
    expect(await here.untilReceived(id)).toMatchObject({ receiptChannel: 'webhook' });
    // Those under way at once: calls that have timed out on a busy machine are followed by others.
    const { rows } = await here.world.sql.query<{ calls: number }>(
      `select count(*)::int as calls from delivery_attempt a join delivery d on d.id = a.delivery_id
       where d.endpoint_id = $1 and a.ended_at is null`,
      [silent.webhook.id],
    );
    expect(rows[0]?.calls).toBeLessThanOrEqual(4);
    for (const waiting of stuck) expect(await notice(here.analyst, waiting)).toMatchObject({ state: 'sent' });
  });
});

describe('a worker killed between the delivery and its record', () => {
  it('is followed by a repeat under the same id, and the receipt is recorded once', async () => {
    const platform = await here.platformAt();
    const channel = here.world.app.get(WebhookChannel);
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
        async () => here.system.callsOf(platform.path, id),
        (calls) => calls.length === 1,
      );
      await eventually(
        async () => {
          await here.hurry();
          return notice(here.analyst, id);
        },
        ({ state }) => state === 'received',
      );
      const calls = here.system.callsOf(platform.path, id);
      expect(calls.map(({ headers }) => headers['webhook-id'])).toEqual([
        calls[0]?.headers['webhook-id'],
        calls[0]?.headers['webhook-id'],
      ]);
      const [delivery] = await here.deliveriesOf(id);
      expect(delivery?.attempts.map(({ outcome }) => outcome)).toEqual(['interrupted', 'receipt']);
      expect(await here.entries(id, 'notice.received')).toBe(1);
      expect(await here.entries(id, 'delivery.receipt')).toBe(1);
      expect(await here.entries(id, 'clock.started')).toBe(1);
    } finally {
      channel.send = real;
    }
  });

  it('or doubled by another that delivers at the same moment, starts one clock', async () => {
    const platform = await here.platformAt();
    const { id } = await platform.refer();
    const delivering = here.world.app.get(Delivering);
    const never = new AbortController().signal;
    const task = { noticeId: id, event: 'notice.sent', subject: null, deliveryId: null } as const;
    await Promise.all([1, 2, 3].map(() => delivering.deliver(task, never)));
    await here.untilReceived(id);
    expect(await here.entries(id, 'notice.received')).toBe(1);
    expect(await here.entries(id, 'delivery.receipt')).toBe(1);
  });
});

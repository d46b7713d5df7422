import type { ContactPointView, DeliveryView, NewWebhookView } from '../../src/deliveries/deliveries.dto';
import { Pings } from '../../src/deliveries/duty/pings.service';
import type { PingView } from '../../src/deliveries/duty/duty.dto';
import { minutes, type Person, type World } from '../support/app';
import type { MailSink } from '../support/mail';
import { startMailWorld } from '../support/mail-world';
import { PlatformSystem } from '../support/platform-system';
import { done } from '../support/redress';
import { eventually, notice, refer } from '../support/referral';

let world: World;
let system: PlatformSystem;
let sink: MailSink;
let close: (() => Promise<void>) | undefined;
let analyst: Person;
let serial = 0;

beforeAll(async () => {
  system = await new PlatformSystem().listen();
  ({ world, sink, close } = await startMailWorld());
  ({ analyst } = await world.cast());
});
afterAll(async () => {
  await close?.();
  await system?.close();
});

interface Reached {
  readonly admin: Person;
  readonly path: string;
  readonly address: string;
  readonly host: string;
}

/** A platform with a webhook first and a mail address second. */
async function reached(): Promise<Reached> {
  serial += 1;
  const slug = `two-ways-${serial}`;
  const organisation = await world.organisation('platform', slug, { hosts: [`${slug}.example`] });
  const admin = await world.person(organisation, ['admin', 'moderator']);
  const [path, address] = [`/${slug}`, `tco-${serial}@own.example`];
  const webhook = await admin.post<NewWebhookView>('/v1/webhooks', { url: system.url(path) });
  const declare = (body: object): Promise<{ status: number }> => admin.post('/v1/contact-points', body);
  await declare({ channel: 'webhook', position: 0, webhookId: webhook.body.id });
  expect((await declare({ channel: 'mail', position: 1, address, language: 'fr' })).status).toBe(201);
  return { admin, path, address, host: `${slug}.example` };
}

const deliveries = async (id: string): Promise<DeliveryView[]> =>
  (await analyst.get<DeliveryView[]>(`/v1/notices/${id}/deliveries`)).body;
const contact = async (admin: Person, channel: string): Promise<ContactPointView> =>
  (await admin.get<ContactPointView[]>('/v1/contact-points')).body.find((one) => one.channel === channel)!;

describe('ten minutes after a receipt that no person has acknowledged', () => {
  it('the notice goes over the next channel too, and its clock runs on from the first', async () => {
    const { address, host, path } = await reached();
    const { id } = await refer(analyst, [`https://${host}/posts/1`]);
    const got = await eventually(
      () => notice(analyst, id),
      ({ state }) => state === 'received',
    );
    expect(system.callsOf(path, id)).toHaveLength(1);
    expect(sink.to(address)).toHaveLength(0);
    world.clock.advance(minutes(10));
    const [kept] = await eventually(
      async () => sink.to(address),
      (all) => all.length > 0,
    );
    expect(kept?.mail.subject).toContain(got.reference);
    const log = await eventually(
      () => deliveries(id),
      (all) => all.some(({ channel, state }) => channel === 'mail' && state === 'delivered'),
    );
    expect(log.find(({ channel }) => channel === 'mail')?.attempts).toMatchObject([{ replay: false }]);
    expect(await notice(analyst, id)).toMatchObject({ receiptChannel: 'webhook', clock: { dueAt: got.clock?.dueAt } });
  });

  it('the one mail behind an inbox goes', async () => {
    const slug = 'inbox-first';
    const organisation = await world.organisation('platform', slug, { hosts: [`${slug}.example`] });
    const admin = await world.person(organisation, ['admin', 'moderator']);
    await done(admin.post('/v1/contact-points', { channel: 'inbox', position: 0 }), 201);
    await done(admin.post('/v1/contact-points', { channel: 'mail', position: 1, address: 'after@own.example' }), 201);
    const { id } = await refer(analyst, [`https://${slug}.example/posts/1`]);
    await eventually(
      () => notice(analyst, id),
      ({ receiptChannel }) => receiptChannel === 'inbox',
    );
    expect(sink.to('after@own.example')).toHaveLength(0);
    world.clock.advance(minutes(10));
    const [kept] = await eventually(
      async () => sink.to('after@own.example'),
      (all) => all.length > 0,
    );
    expect(kept?.mail.text).toContain('voluntary consideration');
  });

  it('nothing more goes out when somebody had acknowledged', async () => {
    const { admin, address, host } = await reached();
    const { id } = await refer(analyst, [`https://${host}/posts/1`]);
    await eventually(
      () => notice(analyst, id),
      ({ state }) => state === 'received',
    );
    await admin.post(`/v1/notices/${id}/acknowledge`);
    world.clock.advance(minutes(11));
    await eventually(
      async () =>
        (
          await world.sql.query<{ n: number }>(
            `select count(*)::int as n from escalation where notice_id = $1 and next_at <= $2`,
            [id, world.clock.now()],
          )
        ).rows[0]?.n,
      (n) => n === 0,
    );
    expect(sink.to(address)).toHaveLength(0);
  });
});

describe('a test of a contact point', () => {
  it('by webhook is answered by the system that takes it', async () => {
    const { admin, path } = await reached();
    const { id } = await contact(admin, 'webhook');
    expect((await admin.post<PingView>(`/v1/contact-points/${id}/ping`)).status).toBe(201);
    const after = await eventually(
      () => contact(admin, 'webhook'),
      ({ pingState }) => pingState === 'answered',
    );
    expect(after.lastAnsweredAt).toBe(world.clock.now().toISOString());
    expect(JSON.parse(system.callsOf(path)[0]?.body ?? '')).toMatchObject({ type: 'contact.ping' });
  });

  it('by mail is answered by the button of its page, and neither by having arrived nor by who only follows the link', async () => {
    const { admin, address } = await reached();
    const { id } = await contact(admin, 'mail');
    await admin.post(`/v1/contact-points/${id}/ping`);
    const [kept] = await eventually(
      async () => sink.to(address),
      (all) => all.length > 0,
    );
    expect(kept?.mail.subject).toBe('Essai de votre point de contact');
    const link = /\/contact-test\/\S+/.exec(kept?.mail.text ?? '')?.[0] ?? '';
    const page = await world.anonymous<string>(link);
    expect(page).toMatchObject({ status: 200 });
    expect(page.body).toContain('Nous sommes là');
    expect((await contact(admin, 'mail')).pingState).toBe('waiting');
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const pressed = await world.send<string>('POST', link, '', form);
    expect(pressed).toMatchObject({ status: 200 });
    expect(pressed.body).toContain('Merci');
    expect((await world.send('POST', link, '', form)).status).toBe(200);
    expect((await world.send('POST', '/contact-test/no-such-code', '', form)).status).toBe(404);
    expect(await contact(admin, 'mail')).toMatchObject({ pingState: 'answered', isStale: false });
    const { body } = await admin.get<{ items: PingView[] }>('/v1/contact-pings');
    expect(body.items[0]).toMatchObject({ channel: 'mail', answeredHow: 'code' });
  });

  it('that fails is answered late all the same, after it was shown as unanswered', async () => {
    const { admin, path } = await reached();
    system.answers(path, 500);
    const { id } = await contact(admin, 'webhook');
    const { body: ping } = await admin.post<PingView>(`/v1/contact-points/${id}/ping`);
    world.clock.advance(minutes(60));
    await world.app.get(Pings).endDue(world.clock.now());
    await eventually(
      () => contact(admin, 'webhook'),
      ({ pingState }) => pingState === 'unanswered',
    );
    expect((await admin.post<PingView>(`/v1/contact-pings/${ping.id}/answer`)).body.state).toBe('answered');
    expect((await contact(admin, 'webhook')).pingState).toBe('answered');
  });
});

import type { DeliveryView } from '../../src/deliveries/deliveries.dto';
import type { NoticeView } from '../../src/notices/notice.view';
import { startWorld, type Person, type World } from '../support/app';
import { type MailSink, report, sendBack, type Kept } from '../support/mail';
import { startMailWorld } from '../support/mail-world';
import { eventually, hurry, notice, refer } from '../support/referral';

let world: World;
let sink: MailSink;
let close: (() => Promise<void>) | undefined;
let analyst: Person;
let serial = 0;

beforeAll(async () => {
  ({ world, sink, close } = await startMailWorld());
  ({ analyst } = await world.cast());
});
afterAll(() => close?.());

interface Platform {
  readonly admin: Person;
  readonly address: string;
  readonly refer: () => Promise<NoticeView>;
}

/** A platform that is written to first; its inbox comes after. */
async function platformBy(domain: string, more: object = {}): Promise<Platform> {
  serial += 1;
  const slug = `mailed-${serial}`;
  const organisation = await world.organisation('platform', slug, { hosts: [`${slug}.example`] });
  const admin = await world.person(organisation, ['admin', 'moderator']);
  const address = `tco-${serial}@${domain}`;
  const declared = await admin.post('/v1/contact-points', { channel: 'mail', position: 0, address, ...more });
  expect(declared).toMatchObject({ status: 201, body: { channel: 'mail', address } });
  let posts = 0;
  return { admin, address, refer: () => refer(analyst, [`https://${slug}.example/private/${++posts}`]) };
}

const deliveriesOf = async (id: string): Promise<DeliveryView[]> =>
  (await analyst.get<DeliveryView[]>(`/v1/notices/${id}/deliveries`)).body;

const untilReceived = (id: string): Promise<NoticeView> =>
  eventually(
    () => notice(analyst, id),
    ({ state }) => state === 'received',
  );

const untilMailed = async (address: string): Promise<Kept> => {
  const [kept] = await eventually(
    async () => sink.to(address),
    (all) => all.length > 0,
  );
  return kept!;
};

describe('a mail to a contact point', () => {
  it('is receipt by the 250 of the recipient’s own exchanger, whose last line is kept', async () => {
    const platform = await platformBy('own.example');
    const { id } = await platform.refer();
    expect(await untilReceived(id)).toMatchObject({ receiptChannel: 'mail', clock: { state: 'running' } });
    const [mail] = await deliveriesOf(id);
    expect(mail).toMatchObject({
      channel: 'mail',
      state: 'delivered',
      proof: 'exchanger',
      attempts: [{ outcome: 'receipt', status: 250, response: expect.stringContaining('queued as 4XYZ') as string }],
    });
  });

  it('says who, which and how many, and nothing of the content, of persons or of a deadline', async () => {
    const platform = await platformBy('own.example');
    const { id, reference } = await platform.refer();
    const { mail, raw, from } = await untilMailed(platform.address);
    expect(mail).toMatchObject({ subject: `Referral ${reference}`, from: { address: 'orders@unit-a.example' } });
    expect(mail.text).toMatch(/From: Unit A\nReference: .*\nItems: 1\n/);
    expect(mail.html).toBeUndefined();
    expect(mail.attachments).toEqual([]);
    // What is drawn by lot can hold any two digits.
    const said = mail.text?.replace(/\/reply\/\S+|Code: \S+/g, '');
    for (const secret of ['private', 'A. Person', 'Terms, section 4', 'incitement', '60', id]) {
      expect(said).not.toContain(secret);
    }
    expect(raw).toMatch(/^Auto-Submitted: auto-generated/im);
    expect(from).toMatch(/^bounce\+[0-9a-z]{56}@bounces\.unit-a\.example$/);
  });

  it('speaks the language that the contact point has chosen', async () => {
    const platform = await platformBy('own.example', { language: 'fr' });
    const { reference } = await platform.refer();
    const { mail } = await untilMailed(platform.address);
    expect(mail.subject).toBe(`Signalement ${reference}`);
    expect(mail.text).toContain('Pour examen volontaire');
  });

  it('over a relay is no receipt: the platform has been told, and the next channel begins at once', async () => {
    const platform = await platformBy('relayed.example');
    const { id } = await platform.refer();
    expect(await untilReceived(id)).toMatchObject({ receiptChannel: 'inbox' });
    const [mail, inbox] = await deliveriesOf(id);
    expect(mail).toMatchObject({ state: 'told', proof: null, receiptAt: null, attempts: [{ outcome: 'told' }] });
    expect(inbox).toMatchObject({ state: 'delivered', proof: 'inbox' });
  });

  it('over a relay is receipt once a report says that it was delivered', async () => {
    const platform = await platformBy('relayed.example');
    const [inbox] = (await platform.admin.get<{ id: string; channel: string }[]>('/v1/contact-points')).body.filter(
      ({ channel }) => channel === 'inbox',
    );
    await platform.admin.post(`/v1/contact-points/${inbox?.id}/remove`);
    const { id } = await platform.refer();
    const { from } = await untilMailed(platform.address);
    const told = await eventually(
      () => deliveriesOf(id),
      (all) => all.length === 2 && all.every(({ state }) => state === 'told'),
    );
    expect(told.map(({ channel }) => channel)).toEqual(['mail', 'inbox']);
    expect(await notice(analyst, id)).toMatchObject({ state: 'sent' });
    await sendBack(world, from, report(from, 'relayed', '2.0.0'));
    expect(await notice(analyst, id)).toMatchObject({ state: 'sent' });
    await sendBack(world, from, report(from, 'delivered', '2.0.0'));
    expect(await untilReceived(id)).toMatchObject({ receiptChannel: 'mail' });
    expect((await deliveriesOf(id))[0]).toMatchObject({ state: 'delivered', proof: 'report' });
  });

  it('is tried again after 4xx under the same Message-ID, and given up at 5xx for the next channel', async () => {
    const greylisted = await platformBy('own.example');
    sink.answers(greylisted.address, 451, 450, 'ok');
    const { id } = await greylisted.refer();
    const got = await eventually(
      async () => {
        await hurry(world);
        return notice(analyst, id);
      },
      ({ state }) => state === 'received',
    );
    expect(got).toMatchObject({ receiptChannel: 'mail' });
    const [mail] = await deliveriesOf(id);
    expect(mail?.attempts.map(({ outcome, status }) => [outcome, status])).toEqual([
      ['failed', 451],
      ['failed', 450],
      ['receipt', 250],
    ]);
    expect((await untilMailed(greylisted.address)).mail.messageId).toBe(`<${mail?.id}@bounces.unit-a.example>`);

    const unknown = await platformBy('own.example');
    sink.answers(unknown.address, 550);
    const other = await unknown.refer();
    expect(await untilReceived(other.id)).toMatchObject({ receiptChannel: 'inbox' });
    expect((await deliveriesOf(other.id))[0]).toMatchObject({
      state: 'failed',
      failure: 'smtp-550',
      attempts: [{ outcome: 'refused', status: 550 }],
    });
  });

  it('goes to every channel that had the notice when it is withdrawn', async () => {
    const platform = await platformBy('own.example');
    const { id } = await platform.refer();
    await untilReceived(id);
    await analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'The wrong address' });
    const all = await eventually(
      async () => sink.to(platform.address),
      (kept) => kept.length === 2,
    );
    expect(all[1]?.mail.text).toContain('WITHDRAWN');
    expect(all[1]?.mail.text).not.toContain('The wrong address');
  });
});

describe('a contact point by mail', () => {
  it('takes an address and nothing of other channels', async () => {
    const { admin } = await platformBy('own.example');
    for (const wrong of [{ channel: 'mail' }, { channel: 'inbox', address: 'a@own.example' }]) {
      const refused = await admin.post('/v1/contact-points', { position: 1, ...wrong });
      expect(refused).toMatchObject({ status: 400, body: { code: 'contact.fields' } });
    }
    for (const address of [
      'a@own.example\r\nBcc: b@own.example',
      '"a b"@own.example',
      'a@own.example, b@own.example',
    ]) {
      expect((await admin.post('/v1/contact-points', { channel: 'mail', position: 1, address })).status).toBe(400);
    }
  });

  it('is refused where the installation sends no mail', async () => {
    const bare = await startWorld();
    try {
      const { moderator } = await bare.cast();
      const refused = await moderator.post('/v1/contact-points', {
        channel: 'mail',
        position: 1,
        address: 'tco@harbour.example',
      });
      expect(refused).toMatchObject({ status: 409, body: { code: 'contact.mail-unavailable' } });
    } finally {
      await bare.close();
    }
  });
});

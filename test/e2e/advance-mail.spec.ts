import type { AdvanceDeliveryView } from '../../src/deliveries/advance/advance-deliveries.service';
import type { AdvanceInformationView } from '../../src/notices/orders/orders.dto';
import { minutes, type Answer, type World } from '../support/app';
import { report, sendBack, type Kept, type MailSink } from '../support/mail';
import { startMailWorld } from '../support/mail-world';
import { draftOrder, orderCast, type OrderCast } from '../support/orders';
import { done, HOURS } from '../support/redress';
import { eventually, hurry } from '../support/referral';
import { postForm, textOf } from '../support/reply';

const TEXT = 'Orders reach your contact point and are carried out within one hour of receipt.\nAsk us at any time.';
let world: World;
let sink: MailSink;
let close: (() => Promise<void>) | undefined;
let serial = 0;

beforeAll(async () => {
  ({ world, sink, close } = await startMailWorld());
});
afterAll(() => close?.());

interface Pair {
  readonly cast: OrderCast;
  readonly address: string;
  readonly orderId: string;
}

/** An authority with an order that waits, and a platform that has mail and, unless told otherwise, nothing else. */
async function pairBy(domain: string, { language = 'en', hasInbox = false } = {}): Promise<Pair> {
  const cast = await orderCast(world);
  const address = `first-${++serial}@${domain}`;
  await done(cast.platformAdmin.post('/v1/contact-points', { channel: 'mail', position: 0, address, language }), 201);
  const { body: points } = await cast.platformAdmin.get<{ id: string; channel: string }[]>('/v1/contact-points');
  const inbox = points.find(({ channel }) => channel === 'inbox');
  if (inbox && !hasInbox) await done(cast.platformAdmin.post(`/v1/contact-points/${inbox.id}/remove`));
  const { id: orderId } = await draftOrder(cast, {});
  return { cast, address, orderId };
}

const inform = ({ cast }: Pair): Promise<AdvanceInformationView> =>
  done(
    cast.analyst.post<AdvanceInformationView>('/v1/orders/advance-information', {
      platformId: cast.platform.id,
      text: TEXT,
    }),
    201,
  );

const readBack = async ({ cast }: Pair): Promise<AdvanceInformationView> =>
  (await cast.analyst.get<AdvanceInformationView[]>('/v1/orders/advance-information')).body[0]!;

const mailsOf = ({ cast }: Pair, id: string): Promise<AdvanceDeliveryView[]> =>
  done(cast.analyst.get<AdvanceDeliveryView[]>(`/v1/orders/advance-information/${id}/deliveries`));

const untilMail = (pair: Pair, id: string, state: string): Promise<AdvanceDeliveryView[]> =>
  eventually(
    () => mailsOf(pair, id),
    (all) => all.length > 0 && all.every((one) => one.state === state),
  );

const untilKept = async (address: string): Promise<Kept> =>
  (
    await eventually(
      async () => sink.to(address),
      (all) => all.length > 0,
    )
  )[0]!;

/** Signs it and sends it; what is refused is refused before anybody signs. */
async function send({ cast, orderId }: Pair): Promise<Answer<object>> {
  const asked = await cast.analyst.post<object>(`/v1/notices/${orderId}/sign`, { reason: 'Ready to go' });
  if (asked.status !== 202) return asked;
  await done(cast.supervisor.post(`/v1/notices/${orderId}/sign`));
  return cast.analyst.post<object>(`/v1/notices/${orderId}/send`);
}
const later = (ms: number): string => new Date(world.clock.now().getTime() + ms).toISOString();

/** What the authority reads in its feed about an information. */
async function feedOf({ cast }: Pair, id: string): Promise<string[]> {
  const { body } = await cast.analyst.get<{ entries: { kind: string; subjects: { information?: string } }[] }>(
    '/v1/feed?limit=500',
  );
  return body.entries.filter(({ subjects }) => subjects.information === id).map(({ kind }) => kind);
}

describe('information before a first order to a platform that has nothing but mail (Art. 3(2))', () => {
  it('is mailed, and the twelve hours begin with the receipt that its exchanger proves, not with the sending', async () => {
    const pair = await pairBy('own.example');
    sink.answers(pair.address, 451, 'ok');
    const sent = await inform(pair);
    expect(sent).toMatchObject({ byMailAlone: true, receivedAt: null, readyAt: null });
    await eventually(
      () => mailsOf(pair, sent.id),
      ([mail]) => mail?.attempts[0]?.outcome === 'failed',
    );
    // Sent long ago and not received: nothing has begun.
    world.clock.advance(13 * HOURS);
    expect(await send(pair)).toMatchObject({
      status: 409,
      body: { code: 'order.advance-information-missing', readyAt: null, awaitsReceipt: true },
    });
    const [receivedAt, readyAt] = [later(0), later(12 * HOURS)];
    await hurry(world);
    const [mail] = await untilMail(pair, sent.id, 'delivered');
    expect(mail).toMatchObject({
      channel: 'mail',
      proof: 'exchanger',
      receiptAt: receivedAt,
      attempts: [
        { attempt: 1, outcome: 'failed', status: 451 },
        { attempt: 2, outcome: 'receipt', status: 250, response: expect.stringContaining('queued as 4XYZ') as string },
      ],
    });
    expect(await readBack(pair)).toMatchObject({ receivedAt, readyAt });
    world.clock.advance(12 * HOURS - 1);
    expect(await send(pair)).toMatchObject({ status: 409, body: { readyAt } });
    world.clock.advance(1);
    expect((await send(pair)).status).toBe(200);
    expect(await feedOf(pair, sent.id)).toEqual(['order.advance-information', 'order.advance-received']);
  });

  it('says in the language of the contact point who sends it and that it is no order, and carries the whole text', async () => {
    const pair = await pairBy('own.example', { language: 'de' });
    await inform(pair);
    const { mail, from, raw } = await untilKept(pair.address);
    expect(mail.subject).toBe(`Informationen vor einer ersten Entfernungsanordnung: ${pair.cast.unit.name}`);
    expect(mail.text).toContain('Dies ist keine Anordnung');
    expect(mail.text?.replaceAll('\r\n', '\n')).toContain(TEXT);
    expect(mail.html).toBeUndefined();
    expect(raw).toMatch(/^Content-Language: de/im);
    expect(from).toMatch(/^bounce\+/);
    const [, code = ''] = /Code: (\S+)/.exec(mail.text ?? '') ?? [];
    const { status, html } = await postForm(world, '/verify', { code }, '10.9.0.1');
    expect(status).toBe(200);
    expect(textOf(html)).toContain(pair.cast.unit.name);
    expect(textOf(html)).toContain('Information before a first removal order');
  });

  it('has not begun when the mail comes back: the receipt is void, the issuer is told, and what is sent again counts', async () => {
    const pair = await pairBy('own.example');
    const { id } = await inform(pair);
    await untilMail(pair, id, 'delivered');
    world.clock.advance(11 * HOURS);
    const { from } = await untilKept(pair.address);
    for (let i = 0; i < 2; i += 1) await sendBack(world, from, report(from, 'failed'));
    expect(await untilMail(pair, id, 'voided')).toMatchObject([
      { proof: 'exchanger', failure: 'bounced', voidedAt: later(0), attempts: [{ outcome: 'receipt' }] },
    ]);
    expect((await feedOf(pair, id)).filter((kind) => kind === 'order.advance-voided')).toHaveLength(1);
    world.clock.advance(HOURS);
    expect(await readBack(pair)).toMatchObject({ receivedAt: null, readyAt: null });
    expect(await send(pair)).toMatchObject({ status: 409, body: { readyAt: null, awaitsReceipt: true } });
    const again = await inform(pair);
    await untilMail(pair, again.id, 'delivered');
    world.clock.advance(12 * HOURS);
    expect((await send(pair)).status).toBe(200);
  });

  it('is no receipt over a relay until a report says that it was delivered', async () => {
    const pair = await pairBy('relayed.example');
    const { id } = await inform(pair);
    expect(await untilMail(pair, id, 'told')).toMatchObject([{ proof: null, receiptAt: null }]);
    world.clock.advance(12 * HOURS);
    expect(await send(pair)).toMatchObject({ status: 409, body: { awaitsReceipt: true } });
    const { from } = await untilKept(pair.address);
    await sendBack(world, from, report(from, 'delivered', '2.0.0'));
    expect(await untilMail(pair, id, 'delivered')).toMatchObject([{ proof: 'report', receiptAt: later(0) }]);
    expect(await send(pair)).toMatchObject({ status: 409, body: { readyAt: later(12 * HOURS), awaitsReceipt: false } });
  });

  it('goes out again, under the same id, where the worker ended before it could say what came of it', async () => {
    const pair = await pairBy('own.example');
    sink.answers(pair.address, 451, 'ok');
    const { id } = await inform(pair);
    const [mail] = await eventually(
      () => mailsOf(pair, id),
      ([first]) => first?.attempts[0]?.outcome === 'failed',
    );
    await world.sql.query(
      `insert into advance_delivery_attempt (delivery_id, attempt_no, started_at) values ($1, 2, $2)`,
      [mail!.id, world.clock.now()],
    );
    await world.sql.query(`update advance_delivery set attempts = 2 where id = $1`, [mail!.id]);
    await hurry(world);
    const [delivered] = await untilMail(pair, id, 'delivered');
    expect(delivered?.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'interrupted', 'receipt']);
    expect((await untilKept(pair.address)).mail.messageId).toBe(`<${mail!.id}@bounces.unit-a.example>`);
  });

  it('tells the issuer that an address does not exist, and shows the attempts to nobody else', async () => {
    const pair = await pairBy('own.example');
    sink.answers(pair.address, 550);
    const { id } = await inform(pair);
    const failed = await untilMail(pair, id, 'failed');
    expect(failed).toMatchObject([{ failure: 'smtp-550', attempts: [{ outcome: 'refused', status: 550 }] }]);
    expect(JSON.stringify(failed)).not.toContain(pair.address);
    await eventually(
      () => feedOf(pair, id),
      (kinds) => kinds.includes('order.advance-undelivered'),
    );
    const path = `/v1/orders/advance-information/${id}/deliveries`;
    expect((await pair.cast.moderator.get(path)).status).toBe(404);
    expect((await (await orderCast(world)).analyst.get(path)).status).toBe(404);
  });

  it('goes by mail too where there is an inbox, and the hours run from its lying there', async () => {
    const pair = await pairBy('own.example', { hasInbox: true });
    sink.answers(pair.address, 550);
    const readyAt = later(12 * HOURS);
    const { id } = await inform(pair);
    await untilMail(pair, id, 'failed');
    expect(await readBack(pair)).toMatchObject({ byMailAlone: false, readyAt });
    world.clock.advance(12 * HOURS + minutes(1));
    expect((await send(pair)).status).toBe(200);
  });
});

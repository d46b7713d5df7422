import type { NoticeView } from '../../src/notices/notice.view';
import { minutes, type World } from '../support/app';
import type { MailSink } from '../support/mail';
import { startMailWorld } from '../support/mail-world';
import { orderCast, sendOrder, type OrderCast } from '../support/orders';
import { eventually, notice } from '../support/referral';
import { fieldsOf, mailedLink, openNotice, postForm, textOf, type MailedLink } from '../support/reply';

let world: World;
let sink: MailSink;
let close: (() => Promise<void>) | undefined;

beforeAll(async () => {
  ({ world, sink, close } = await startMailWorld());
});
afterAll(() => close?.());

interface MailedOrder {
  readonly cast: OrderCast;
  readonly order: NoticeView;
  readonly link: MailedLink;
}

let serial = 0;

async function mailedOrder(): Promise<MailedOrder> {
  const cast = await orderCast(world);
  const address = `orders-${++serial}@own.example`;
  await cast.platformAdmin.post('/v1/contact-points', { channel: 'mail', position: 0, address, language: 'en' });
  const { id } = await sendOrder(cast);
  const order = await eventually(
    () => notice(cast.analyst, id),
    ({ state }) => state === 'received',
  );
  return { cast, order, link: await mailedLink(sink, address) };
}

describe('an order behind a link', () => {
  it('shows its hour as the instant of the server, its basis, its mandate and its redress', async () => {
    const { cast, order, link } = await mailedOrder();
    world.clock.advance(minutes(8));
    const text = textOf((await openNotice(world, link)).html);
    const due = order.clock!.dueAt.slice(0, 19).replace('T', ' ');
    for (const said of [
      cast.unit.name,
      due,
      'Article 12(1)(a)',
      'Art. 3(1)',
      'https://law.example/redress',
      'Article 6',
    ]) {
      expect(text).toContain(said);
    }
    expect(text).toContain(world.clock.now().toISOString().slice(0, 19).replace('T', ' '));
  });

  it('cannot be declined, by whatever form', async () => {
    const { cast, order, link } = await mailedOrder();
    const { html } = await openNotice(world, link);
    expect(html).not.toContain('declined:');
    const fields = { ...fieldsOf(html, '/reply/answer'), choice0: 'declined:within_terms' };
    expect((await postForm(world, '/reply/answer', fields)).status).toBe(409);
    expect((await notice(cast.analyst, order.id)).items[0]?.answer).toBeNull();
  });

  it('is answered with the time of the measure, which stands beside the time of the answer', async () => {
    const { cast, order, link } = await mailedOrder();
    world.clock.advance(minutes(70));
    const measured = new Date(Date.parse(order.receivedAt!) + minutes(20));
    const { html } = await openNotice(world, link);
    const measure0 = measured.toISOString().slice(0, 19);
    await postForm(world, '/reply/answer', { ...fieldsOf(html, '/reply/answer'), choice0: 'removed', measure0 });
    expect((await notice(cast.analyst, order.id)).items[0]?.answer).toMatchObject({
      outcome: 'removed',
      measureAt: `${measure0}.000Z`,
      answeredAt: world.clock.now().toISOString(),
      late: 'late_feedback',
    });
  });
});

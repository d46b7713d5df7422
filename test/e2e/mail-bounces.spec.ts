import type { DeliveryView } from '../../src/deliveries/deliveries.dto';
import { ReturnPaths } from '../../src/infra/mail/return-path';
import type { NoticeView } from '../../src/notices/notice.view';
import { Ticker } from '../../src/notices/ticker';
import { minutes, type Person, type World } from '../support/app';
import { away, type MailSink, report, sendBack } from '../support/mail';
import { startMailWorld } from '../support/mail-world';
import { eventually, notice, refer } from '../support/referral';

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

interface Mailed {
  readonly id: string;
  readonly admin: Person;
  readonly returnPath: string;
}

/** A referral that its platform has received by mail; its inbox comes after, if it has declared one. */
async function mailed({ inbox }: { readonly inbox: boolean }): Promise<Mailed> {
  serial += 1;
  const [slug, address] = [`returned-${serial}`, `tco-${serial}@own.example`];
  const organisation = await world.organisation('platform', slug, { hosts: [`${slug}.example`], inbox });
  const admin = await world.person(organisation, ['admin', 'moderator']);
  await admin.post('/v1/contact-points', { channel: 'mail', position: 0, address });
  const { id } = await refer(analyst, [`https://${slug}.example/posts/1`]);
  await until(id, ({ receiptChannel }) => receiptChannel === 'mail');
  return { id, admin, returnPath: sink.to(address)[0]?.from ?? '' };
}

const until = (id: string, isSo: (view: NoticeView) => boolean): Promise<NoticeView> =>
  eventually(() => notice(analyst, id), isSo);

const mailOf = async (id: string): Promise<DeliveryView | undefined> =>
  (await analyst.get<DeliveryView[]>(`/v1/notices/${id}/deliveries`)).body.find(({ channel }) => channel === 'mail');

const entries = async (id: string): Promise<{ kind: string; dims: Record<string, unknown> }[]> => {
  const { rows } = await world.sql.query<{ kind: string; bytes: Buffer }>(
    'select kind, bytes from ledger_entry where notice_id = $1 order by id',
    [id],
  );
  return rows.map(({ kind, bytes }) => ({
    kind,
    ...(JSON.parse(bytes.toString()) as { dims: Record<string, unknown> }),
  }));
};
const countOf = async (id: string, kind: string): Promise<number> =>
  (await entries(id)).filter((entry) => entry.kind === kind).length;

describe('a mail that comes back', () => {
  it('voids its receipt: the clock is cancelled with its ground, the next channel begins at once, the sender is told', async () => {
    const { id, returnPath } = await mailed({ inbox: true });
    world.clock.advance(minutes(3));
    await sendBack(world, returnPath, report(returnPath, 'failed'));
    const got = await until(id, ({ receiptChannel }) => receiptChannel === 'inbox');
    expect(got).toMatchObject({ state: 'received', clock: { state: 'running' } });
    expect(got.receivedAt).toBe(world.clock.now().toISOString());
    expect(await mailOf(id)).toMatchObject({ state: 'voided', failure: 'bounced', proof: 'exchanger' });
    const all = await entries(id);
    const voided = all.find(({ kind }) => kind === 'delivery.receipt-voided');
    expect(voided?.dims).toMatchObject({ channel: 'mail', reported: '5.1.1' });
    expect(all.find(({ kind }) => kind === 'clock.stopped')?.dims).toMatchObject({ reason: 'voided' });
    expect(all.filter(({ kind }) => kind === 'clock.restarted')).toHaveLength(1);
    const feed = await analyst.get<{ items: { kind: string }[] }>('/v1/feed?limit=200');
    expect(JSON.stringify(feed.body)).toContain('delivery.receipt-voided');
  });

  it('leaves the notice sent and without a clock when there is no other channel', async () => {
    const { id, returnPath } = await mailed({ inbox: false });
    await sendBack(world, returnPath, report(returnPath, 'failed'));
    const got = await until(id, ({ state }) => state === 'sent');
    expect(got).toMatchObject({ receivedAt: null, receiptChannel: null });
    world.clock.advance(minutes(70));
    await world.app.get(Ticker).tick(world.clock.now());
    expect(await countOf(id, 'clock.target-missed')).toBe(0);
  });

  it('gives way to the acknowledgement that the platform gave meanwhile: the clock runs from that', async () => {
    const { id, admin, returnPath } = await mailed({ inbox: false });
    world.clock.advance(minutes(20));
    const acknowledged = await admin.post<NoticeView>(`/v1/notices/${id}/acknowledge`);
    expect(acknowledged.body.state).toBe('acknowledged');
    world.clock.advance(minutes(1));
    await sendBack(world, returnPath, report(returnPath, 'failed'));
    const got = await until(id, ({ receiptChannel }) => receiptChannel === 'answer');
    expect(got).toMatchObject({ state: 'acknowledged', receivedAt: acknowledged.body.acknowledgedAt });
    expect(got.clock).toMatchObject({ state: 'running', startedAt: acknowledged.body.acknowledgedAt });
  });

  it('after the hour corrects what the clock had written: it had not been running', async () => {
    const { id, returnPath } = await mailed({ inbox: false });
    world.clock.advance(minutes(61));
    await world.app.get(Ticker).tick(world.clock.now());
    expect(await countOf(id, 'clock.target-missed')).toBe(1);
    await sendBack(world, returnPath, report(returnPath, 'failed'));
    await until(id, ({ state }) => state === 'sent');
    expect(await countOf(id, 'clock.not-running')).toBe(1);
  });

  it('twice voids once', async () => {
    const { id, returnPath } = await mailed({ inbox: false });
    for (let i = 0; i < 2; i += 1) await sendBack(world, returnPath, report(returnPath, 'failed'));
    expect(await countOf(id, 'delivery.receipt-voided')).toBe(1);
    expect(await countOf(id, 'clock.stopped')).toBe(1);
  });
});

describe('what is no bounce', () => {
  it('changes nothing: a delay, a relay on the way, and an answer of somebody who is away', async () => {
    const { id, returnPath } = await mailed({ inbox: true });
    const before = await notice(analyst, id);
    await sendBack(world, returnPath, report(returnPath, 'delayed', '4.4.1'));
    await sendBack(world, returnPath, report(returnPath, 'relayed', '2.0.0'));
    await sendBack(world, returnPath, away(returnPath));
    expect(await notice(analyst, id)).toEqual(before);
    expect(await countOf(id, 'delivery.receipt-voided')).toBe(0);
  });

  it('is refused when its return path was forged, or ended', async () => {
    const { id, returnPath } = await mailed({ inbox: true });
    const forged = returnPath.replace(/.(?=@)/, (last) => (last === '0' ? '1' : '0'));
    await expect(sendBack(world, forged, report(forged, 'failed'))).rejects.toThrow(/550/);
    const long = new Date(world.clock.now().getTime() - minutes(60 * 24 * 15));
    const old = world.app.get(ReturnPaths).of((await mailOf(id))?.id ?? '', long);
    await expect(sendBack(world, old, report(old, 'failed'))).rejects.toThrow(/550/);
    await expect(sendBack(world, 'orders@unit-a.example', report('x', 'failed'))).rejects.toThrow(/550/);
    expect(await notice(analyst, id)).toMatchObject({ state: 'received', receiptChannel: 'mail' });
  });

  it('is refused when it is larger than any report', async () => {
    const { returnPath } = await mailed({ inbox: true });
    const large = `${report(returnPath, 'failed')}\r\n${'x'.repeat(400_000)}`;
    await expect(sendBack(world, returnPath, large)).rejects.toThrow(/552/);
  });
});

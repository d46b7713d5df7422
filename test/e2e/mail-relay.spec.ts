import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { DeliveryView } from '../../src/deliveries/deliveries.dto';
import type { NoticeView } from '../../src/notices/notice.view';
import { minutes, startWorld, type Person, type World } from '../support/app';
import { mailSettings, MailSink, report, reportsPort, sendBack } from '../support/mail';
import { eventually, notice, refer } from '../support/referral';

let world: World;
let sink: MailSink;
let analyst: Person;
let serial = 0;

/** A relay that the operator answers for, and a mail server of the house that hands reports over by LMTP. */
beforeAll(async () => {
  sink = await new MailSink().listen();
  const mail = mailSettings(sink.port, { proof: 'relay-trusted', bounceProtocol: 'lmtp' });
  world = await startWorld({ config: { mail } });
  ({ analyst } = await world.cast());
});
afterAll(async () => {
  await world?.close();
  await sink?.close();
});

interface Mailed {
  readonly id: string;
  readonly returnPath: string;
}

/** A referral that went to a platform which has nothing but mail, behind a relay. */
async function mailed(): Promise<Mailed> {
  serial += 1;
  const [slug, address] = [`relayed-${serial}`, `tco-${serial}@elsewhere.example`];
  const organisation = await world.organisation('platform', slug, { hosts: [`${slug}.example`], inbox: false });
  const admin = await world.person(organisation, ['admin', 'moderator']);
  await admin.post('/v1/contact-points', { channel: 'mail', position: 0, address });
  const { id } = await refer(analyst, [`https://${slug}.example/posts/1`]);
  await until(id, ({ state }) => state === 'received');
  return { id, returnPath: sink.to(address)[0]?.from ?? '' };
}

const until = (id: string, isSo: (view: NoticeView) => boolean): Promise<NoticeView> =>
  eventually(() => notice(analyst, id), isSo);

const mailOf = async (id: string): Promise<DeliveryView | undefined> =>
  (await analyst.get<DeliveryView[]>(`/v1/notices/${id}/deliveries`)).body.find(({ channel }) => channel === 'mail');

/** Speaks to the server line by line, and hears so many answers to each; the code of every answer, the greeting first. */
async function converse(port: number, lines: readonly (readonly [line: string, answers: number])[]): Promise<number[]> {
  const socket = connect({ host: '127.0.0.1', port });
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]();
  const codes: number[] = [];
  const hear = async (): Promise<void> => {
    for (;;) {
      const { value } = await answers.next();
      const [, code = '', more] = /^(\d{3})(-?)/.exec(String(value)) ?? [];
      if (more === '-') continue;
      codes.push(Number(code));
      return;
    }
  };
  try {
    await hear();
    for (const [line, count] of lines) {
      socket.write(`${line}\r\n`);
      for (let i = 0; i < count; i += 1) await hear();
    }
  } finally {
    socket.destroy();
    await once(socket, 'close');
  }
  return codes;
}

describe('a relay that the operator trusts', () => {
  it('proves receipt by its 250, which says on what it rests, and starts the clock', async () => {
    const { id } = await mailed();
    expect(await notice(analyst, id)).toMatchObject({ receiptChannel: 'mail', clock: { state: 'running' } });
    expect(await mailOf(id)).toMatchObject({
      state: 'delivered',
      proof: 'relay',
      attempts: [{ outcome: 'receipt', status: 250, response: expect.stringContaining('queued as 4XYZ') as string }],
    });
  });
});

describe('reports by LMTP', () => {
  it('void what a trusted relay had proved', async () => {
    const { id, returnPath } = await mailed();
    world.clock.advance(minutes(3));
    await sendBack(world, returnPath, report(returnPath, 'failed'), { lmtp: true });
    expect(await until(id, ({ state }) => state === 'sent')).toMatchObject({ receivedAt: null });
    expect(await mailOf(id)).toMatchObject({
      state: 'voided',
      proof: 'relay',
      failure: 'bounced',
      voidedAt: world.clock.now().toISOString(),
    });
  });

  it('are answered for each recipient of one transaction, and every one of them is done', async () => {
    const [one, other] = [await mailed(), await mailed()];
    const codes = await converse(reportsPort(world), [
      ['LHLO mx.example', 1],
      ['MAIL FROM:<>', 1],
      [`RCPT TO:<${one.returnPath}>`, 1],
      ['RCPT TO:<orders@unit-a.example>', 1],
      [`RCPT TO:<${other.returnPath}>`, 1],
      ['DATA', 1],
      [`${report(one.returnPath, 'failed')}\r\n.`, 2],
    ]);
    expect(codes).toEqual([220, 250, 250, 250, 550, 250, 354, 250, 250]);
    for (const { id } of [one, other]) expect(await mailOf(id)).toMatchObject({ state: 'voided' });
  });

  it('are refused to a forged return path, and to whoever speaks SMTP', async () => {
    const { id, returnPath } = await mailed();
    const forged = returnPath.replace(/.(?=@)/, (last) => (last === '0' ? '1' : '0'));
    await expect(sendBack(world, forged, report(forged, 'failed'), { lmtp: true })).rejects.toThrow(/550/);
    const [greeting, answer] = await converse(reportsPort(world), [['EHLO mx.example', 1]]);
    expect([greeting, answer]).toEqual([220, 500]);
    expect(await notice(analyst, id)).toMatchObject({ state: 'received' });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli, type Run } from '../../sdk/src/cli/testing-run';
import type { ReceivedOrderDetailView } from '../../src/notices/received/received.dto';
import { startWorld, type World } from '../support/app';
import { OutsideKey, findGenuine, outsideOrder, pdfOf, receivingCast, type ReceivingCast } from '../support/received';

describe('an order that is handed in from the command line', () => {
  let world: World;
  let cast: ReceivingCast;
  let url: string;
  let folder: string;
  const key = new OutsideKey();

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clepsydra-received-'));
    world = await startWorld();
    cast = await receivingCast(world);
    url = await world.listen();
  });
  afterAll(async () => {
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: string[]): Promise<Run> =>
    runCli(args, {
      env: { CLEPSYDRA_HOME: folder, CLEPSYDRA_URL: url, CLEPSYDRA_TOKEN: cast.moderator.token },
      cwd: folder,
    });

  it('says what it waits for, whom to call and by when it is due, and ends with the code for it', async () => {
    writeFileSync(join(folder, 'order.pdf'), await pdfOf(outsideOrder(), key));
    const { code, out } = await run('receive', 'order.pdf', '--at', '2026-03-02T08:30:00Z', '--channel', 'fax');
    expect([code, out]).toEqual([10, expect.stringContaining('unknown_signer')]);
    expect(out).toContain('telephone +33 1 00 00 00 17');
    expect(out).toContain('due at 2026-03-02T09:30:00.000Z');
    const [, id = ''] = /order\s+(\S+)/.exec(out) ?? [];
    expect((await findGenuine(cast, id, key)).status).toBe(200);
  });

  it('is recognised by a known key, with the signature in a file of its own', async () => {
    const form = outsideOrder();
    writeFileSync(join(folder, 'form.json'), JSON.stringify(form));
    writeFileSync(join(folder, 'form.jws'), `${key.sign(form)}\n`);
    const { code, out } = await run('receive', 'form.json', '--jws', 'form.jws', '--json');
    const order = JSON.parse(out) as ReceivedOrderDetailView;
    expect([code, order.state, order.statedChannel]).toEqual([0, 'recognised', 'mail']);
    expect((await cast.moderator.get(`/v1/notices/${order.noticeId}`)).status).toBe(200);
  });

  it('is not sent when the command is not understood, and refused when it is no order', async () => {
    expect((await run('receive', 'nothing.pdf')).code).toBe(2);
    writeFileSync(join(folder, 'letter.txt'), 'Dear sirs');
    expect((await run('receive', 'letter.txt', '--channel', 'pigeon')).code).toBe(2);
    const { code, err } = await run('receive', 'letter.txt');
    expect([code, err]).toEqual([1, expect.stringContaining('received-order.unreadable')]);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli, type Run } from '../../sdk/src/cli/testing-run';
import { startWorld, type Person, type World } from '../support/app';
import { draftOrder, EMERGENCY, orderCast, type OrderCast } from '../support/orders';
import { eventually, notice } from '../support/referral';

describe('an order on the command line', () => {
  let world: World;
  let cast: OrderCast;
  let url: string;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clepsydra-orders-'));
    world = await startWorld();
    cast = await orderCast(world);
    url = await world.listen();
  });
  afterAll(async () => {
    await world?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = ({ token }: Person, ...args: string[]): Promise<Run> =>
    runCli(args, { env: { CLEPSYDRA_HOME: folder, CLEPSYDRA_URL: url, CLEPSYDRA_TOKEN: token }, cwd: folder });

  it('is asked for with a reason, signed by another without one, and says each time what comes next', async () => {
    const { reference } = await draftOrder(cast, EMERGENCY);
    expect(await run(cast.analyst, 'sign', reference)).toMatchObject({
      code: 1,
      err: expect.stringContaining('reason') as string,
    });
    const asked = await run(cast.analyst, 'sign', reference, '--reason', 'read twice');
    expect([asked.code, asked.out]).toEqual([0, expect.stringContaining('Asked. A second person')]);
    const signed = await run(cast.supervisor, 'sign', reference);
    expect([signed.code, signed.out]).toEqual([0, expect.stringContaining(`clepsydra send ${reference}`)]);
    const sent = await run(cast.analyst, 'send', reference);
    expect(sent.out).toMatch(/kind +order/);
    expect(sent.out).toMatch(/signed +\d{4}-/);
  });

  it('is told from a referral in the inbox', async () => {
    const { id, reference } = await draftOrder(cast, EMERGENCY);
    await run(cast.analyst, 'sign', reference, '--reason', 'read twice');
    await run(cast.supervisor, 'sign', reference);
    await run(cast.analyst, 'send', reference);
    await eventually(
      () => notice(cast.analyst, id),
      ({ state }) => state === 'received',
    );
    const { out } = await run(cast.moderator, 'inbox');
    expect(out).toMatch(new RegExp(`${reference} +order +received `));
  });
});

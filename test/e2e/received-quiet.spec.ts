import type { ReceivedOrderDetailView } from '../../src/notices/received/received.dto';
import { minutes, startWorld, type World } from '../support/app';
import { Site } from '../support/recheck';
import { OutsideKey, findGenuine, handIn, outsideOrder, receivingCast, type ReceivingCast } from '../support/received';
import { eventually } from '../support/referral';

describe('what a received order is about', () => {
  let world: World;
  let cast: ReceivingCast;
  let site: Site;
  const key = new OutsideKey();

  beforeAll(async () => {
    site = new Site();
    await site.listen();
    world = await startWorld({ config: { probeVantages: [{ name: 'here', proxy: null }] } });
    cast = await receivingCast(world);
    await world.sql.query(
      `insert into platform_host (host, organisation_id, confirmed_at) values ('127.0.0.1', $1, now())`,
      [cast.platform.id],
    );
  });
  afterAll(async () => {
    await world?.close();
    site.close();
  });

  const taken = async (): Promise<ReceivedOrderDetailView> => {
    const order = outsideOrder({ urls: [site.at('/post'), site.at('/post#again')] });
    const { body } = await handIn(cast.moderator, order, key);
    return (await findGenuine(cast, body.id, key)).body;
  };

  it('is never called: nobody asked this installation to look at it, at its deadline neither', async () => {
    site.shows('/post');
    const { noticeId } = await taken();
    const probes = async () =>
      (await world.sql.query<{ state: string }>('select state from probe where notice_id = $1', [noticeId])).rows;
    await eventually(probes, (rows) => rows.length > 0);
    world.clock.advance(minutes(60));
    const facts = async () =>
      (await world.sql.query<{ fact: string | null }>('select fact from clock where notice_id = $1', [noticeId]))
        .rows[0];
    await eventually(facts, (row) => row?.fact === 'deadline_passed');
    await eventually(probes, (rows) => rows.some(({ state }) => state === 'withheld'));
    expect(site.asked).toEqual([]);
  });
});

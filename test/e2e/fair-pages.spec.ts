import { Ticker } from '../../src/notices/ticker';
import { COMMON_LIST } from '../../src/signals/changes';
import type { Person, World } from '../support/app';
import { Exchange, hashOf, issue } from '../support/exchange';
import { holding } from '../support/locks';
import { until } from '../support/signals';

/** A table that pages read, and nothing else of this story. */
const PAGES_WAIT = 'lock table signal_feedback in access exclusive mode';

describe('pages of the exchange', () => {
  let exchange: Exchange;
  let world: World;
  let analyst: Person;
  let token: string;
  let tokenOfOther: string;

  const tokenOf = async (admin: Person): Promise<string> => {
    const { secrets } = await issue(admin, { protocol: 'feed', lists: [COMMON_LIST] });
    return secrets.token ?? '';
  };

  /** Status. */
  async function page(as: string): Promise<number> {
    const headers = { authorization: `Bearer ${as}` };
    return (await world.app.inject({ url: '/exchange/feed?limit=10000', headers })).statusCode;
  }

  const count = async (query: string): Promise<number> =>
    (await world.sql.query<{ count: number }>(`select count(*)::int as count ${query}`)).rows[0]?.count ?? 0;

  /** Connections on which a page is being read. */
  const reading = (): Promise<number> =>
    count(`from pg_locks where not granted and relation = 'signal_feedback'::regclass`);

  beforeAll(async () => {
    exchange = await Exchange.start();
    ({ world } = exchange);
    const other = await world.organisation('platform', 'quay');
    analyst = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    tokenOfOther = await tokenOf(await world.person(other, ['admin']));
    token = await tokenOf(exchange.admin);
    for (let n = 0; n < 5; n++) await exchange.contribute(hashOf(`page ${n}`));
    for (const one of [token, tokenOfOther]) expect(await page(one)).toBe(200);
  });
  afterAll(() => world?.close());

  it.each([60, 250])(
    'of one credential, %d at once, hold two connections: others read, write and have their receipts meanwhile',
    async (many) => {
      const pages = await holding(world, PAGES_WAIT, [], async () => {
        const asked = Array.from({ length: many }, () => page(token));
        await until(async () => (await reading()) >= 2);
        const list = { slug: `beside-${many}`, name: 'Ours', purpose: 'an enquiry', sharing: 'group', tlp: 'amber' };
        const { status, body } = await analyst.post<{ receipt: object }>('/v1/signal-lists', list);
        expect([status, body.receipt]).toEqual([201, expect.objectContaining({ inclusion: expect.anything() })]);
        expect((await analyst.get('/v1/ledger/checkpoint')).status).toBe(200);
        asked.push(page(tokenOfOther));
        await until(async () => (await reading()) >= 3);
        expect(await reading()).toBe(3);
        return asked;
      });
      const answers = await Promise.all(pages);
      expect(answers).toEqual(answers.map(() => 200));
    },
  );

  it('leave the service its clock and its heartbeat: it is never out for having been asked much', async () => {
    const ticker = world.app.get(Ticker);
    const pages = await holding(world, PAGES_WAIT, [], async () => {
      const asked = Array.from({ length: 60 }, () => page(token));
      await until(async () => (await reading()) >= 2);
      for (let second = 0; second < 12; second++) {
        world.clock.advance(1_000);
        expect(await ticker.beat(world.clock.now())).toBeNull();
        await ticker.tick(world.clock.now());
      }
      return asked;
    });
    await Promise.all(pages);
    expect(await count(`from ledger_entry where kind = 'service.outage'`)).toBe(0);
  });
});

import { Rechecking } from '../../src/notices/recheck/rechecking.service';
import { dropProbes, scheduleProbes } from '../../src/notices/recheck/schedule';
import { Work } from '../../src/infra/database/work';
import { minutes, startWorld, type Person, type World } from '../support/app';
import { eventually, received } from '../support/referral';
import { FarProxy, probes, Site, told } from '../support/recheck';

let world: World;
let analyst: Person;
/** What this machine sees, and what another country sees. */
const [here, far] = [new Site(), new Site()];
const proxy = new FarProxy(far);
let serial = 0;

beforeAll(async () => {
  for (const site of [here, far]) await site.listen();
  const vantages = [{ name: 'here', proxy: null }, await proxy.listen()];
  world = await startWorld({ config: { probeVantages: vantages } });
  ({ analyst } = await world.cast());
  // Somebody who can open its inbox.
  await world.person(await world.organisation('platform', 'loopback', { hosts: ['127.0.0.1'] }), ['moderator']);
});
afterAll(async () => {
  await world?.close();
  for (const each of [here, far, proxy]) each.close();
});

/** A referral of one address, and what its deadline showed. */
async function lookedAt(prepare: (path: string) => void) {
  const path = `/p/${++serial}`;
  prepare(path);
  const { id } = await received(analyst, [here.at(path)]);
  await eventually(() => probes(analyst, id), (views) => views.length === 1); // prettier-ignore
  world.clock.advance(minutes(60));
  const [look] = await eventually(() => probes(analyst, id), ([first]) => first?.state === 'done'); // prettier-ignore
  return { id, look: look!, path };
}

describe('looking from two places', () => {
  it.each<[string, (path: string) => void, string, string]>([
    [
      '451 here and there for others: geo-blocked',
      (p) => (here.says(p, 451), far.shows(p)),
      'geo_blocked',
      'differs_by_vantage',
    ],
    ['gone for both: offline', () => undefined, 'offline', 'gone'],
    [
      '451 for both: unknown, for others may still see it',
      (p) => (here.says(p, 451), far.says(p, 451)),
      'unknown',
      'legal_block',
    ],
    [
      'a login for both',
      (p) => (
        here.says(p, 302, { location: '/login' }),
        far.says(p, 302, { location: '/login' }),
        here.shows('/login'),
        far.shows('/login')
      ),
      'login_walled',
      'login_redirect',
    ],
    [
      'another address for both: moved',
      (p) => (
        here.says(p, 301, { location: `/new${p}` }),
        far.says(p, 301, { location: `/new${p}` }),
        here.shows(`/new${p}`),
        far.shows(`/new${p}`)
      ),
      'moved',
      'redirected',
    ],
    [
      'a circle of redirects',
      (p) => (here.says(p, 302, { location: p }), far.says(p, 302, { location: p })),
      'unknown',
      'too_many_redirects',
    ],
  ])('%s', async (_name, prepare, outcome, cause) => {
    const { look } = await lookedAt(prepare);
    expect([look.outcome, look.cause]).toEqual([outcome, cause]);
    expect(look.views.map(({ vantage }) => vantage)).toEqual(['here', 'far']);
  });

  it('never follows a redirect into a closed network, and says where it led', async () => {
    const { look } = await lookedAt((path) => {
      for (const site of [here, far]) site.says(path, 302, { location: 'http://10.0.0.1/metadata' });
    });
    expect([look.outcome, look.cause, look.views[0]!.reached]).toEqual(['unknown', 'address_refused', 'http://10.0.0.1/metadata']); // prettier-ignore
  });

  it('is planned once however often it is asked for, and anew where the deadline moves', async () => {
    const { id } = await received(analyst, [here.at(`/p/${++serial}`), here.at(`/p/${++serial}`)]);
    await eventually(() => probes(analyst, id), (views) => views.length === 2); // prettier-ignore
    const work = world.app.get(Work);
    const due = new Date(world.clock.now().getTime() + minutes(90));
    for (let i = 0; i < 2; i++) await work.asWorker((tx) => scheduleProbes(tx, id, 'deadline', due));
    const views = await probes(analyst, id);
    expect(views.map(({ reason, dueAt }) => [reason, dueAt])).toEqual([['deadline', due.toISOString()], ['deadline', due.toISOString()]]); // prettier-ignore
    await work.asWorker((tx) => dropProbes(tx, id, { itemId: views[0]!.itemId }));
    expect((await probes(analyst, id)).map(({ itemId }) => itemId)).toEqual([views[1]!.itemId]);
    const one = await analyst.get<{ items: unknown[] }>(`/v1/notices/${id}/probes?itemId=${views[0]!.itemId}`);
    expect([one.status, one.body.items]).toEqual([200, []]);
  });

  it('is not taken when nobody could for a day: it would tell of another time', async () => {
    const { id } = await received(analyst, [here.at(`/p/${++serial}`)]);
    await eventually(() => probes(analyst, id), (views) => views.length === 1); // prettier-ignore
    world.clock.advance(minutes(27 * 60));
    const late = world.clock.now();
    await world.app.get(Rechecking).once(late);
    const { rows } = await world.sql.query(`select state from probe where notice_id = $1 and reason = 'deadline'`, [
      id,
    ]);
    expect(rows).toEqual([{ state: 'dropped' }]);
    expect(told(await probes(analyst, id)).filter((each) => (each as string[])[0] === 'deadline')).toEqual([]);
  });
});

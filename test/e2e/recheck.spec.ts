import { minutes, startWorld, type Person, type World } from '../support/app';
import { eventually, openCase, received, removed } from '../support/referral';
import { probes, Site, told } from '../support/recheck';
import type { ItemView } from '../../src/cases/cases.dto';

const HOUR = minutes(60);

let world: World;
let analyst: Person;
let moderator: Person;
let site: Site;
let serial = 0;

beforeAll(async () => {
  site = new Site();
  await site.listen();
  world = await startWorld({ config: { probeVantages: [{ name: 'here', proxy: null }] } });
  ({ analyst } = await world.cast());
  const platform = await world.organisation('platform', 'loopback', { hosts: ['127.0.0.1'], platformSize: 'small' });
  moderator = await world.person(platform, ['moderator']);
});
afterAll(async () => {
  await world?.close();
  site.close();
});

const path = (): string => `/posts/${++serial}`;
const done = async (noticeId: string, count: number) =>
  eventually(
    () => probes(analyst, noticeId),
    (views) => views.filter(({ state }) => state === 'done' || state === 'withheld').length >= count,
  );
const planned = async (noticeId: string, count: number) =>
  eventually(
    () => probes(analyst, noticeId),
    (views) => views.filter(({ state }) => state === 'due').length === count,
  );
const answer = async (noticeId: string, itemId: string): Promise<void> => {
  await moderator.post(`/v1/notices/${noticeId}/acknowledge`);
  const answers = [removed(itemId, world.clock.now())];
  const { status, body } = await moderator.post(`/v1/notices/${noticeId}/answer`, { answers });
  if (status !== 200) throw new Error(JSON.stringify(body));
};
const caseOf = async (
  noticeId: string,
): Promise<{ id: string; state: string; items: ItemView[]; exhibits: { id: string; fileName: string }[] }> => {
  const { rows } = await world.sql.query<{ id: string }>(
    'select case_id as id from notice_origin where notice_id = $1',
    [noticeId],
  );
  return (await analyst.get<Awaited<ReturnType<typeof caseOf>>>(`/v1/cases/${rows[0]!.id}`)).body;
};

describe('looking again at what was referred', () => {
  it('happens at the deadline itself, and its record is an exhibit of the case', async () => {
    const there = path();
    site.shows(there);
    const notice = await received(analyst, [site.at(there)]);
    const [plan] = await planned(notice.id, 1);
    world.clock.advance(HOUR);
    const [look] = await done(notice.id, 1);
    expect(look).toMatchObject({ reason: 'deadline', outcome: 'online', cause: 'answered', dueAt: plan!.dueAt });
    expect(look!.views).toMatchObject([{ vantage: 'here', status: 200, reached: null, redirects: [], headersSha256: expect.stringMatching(/^[0-9a-f]{64}$/), bodyBytes: 21 }]); // prettier-ignore
    const { exhibits } = await caseOf(notice.id);
    const exhibit = exhibits.find(({ id }) => id === look!.exhibitId)!;
    expect(exhibit.fileName).toMatch(/^look-deadline-.*\.json$/);
    const record = await analyst.post<string>(`/v1/exhibits/${exhibit.id}/view`, { justification: 'to compare' });
    expect(JSON.parse(record.body)).toMatchObject({ record: 'clepsydra.look/1', notice: notice.id, outcome: 'online', dueAt: plan!.dueAt }); // prettier-ignore
    const { rows } = await world.sql.query(`select 1 from ledger_entry where kind = 'item.probed' and notice_id = $1 and audience = array[$2::uuid]`, [notice.id, analyst.organisation.id]); // prettier-ignore
    expect(rows).toHaveLength(1);
    // Nobody answered: it is looked at later too.
    await planned(notice.id, 7);
  });

  it('tells the platform nothing of who looks: no cookie, no referrer, no name, and no content is kept', async () => {
    const there = path();
    site.shows(there, '<title>A post</title>something-that-only-stands-there');
    const notice = await received(analyst, [site.at(there)]);
    await planned(notice.id, 1);
    world.clock.advance(HOUR);
    await done(notice.id, 1);
    const asked = site.asked.filter((each) => each.path === there);
    expect(asked).toHaveLength(1);
    expect(Object.keys(asked[0]!.headers).sort()).toEqual(['accept', 'accept-encoding', 'accept-language', 'connection', 'host', 'user-agent']); // prettier-ignore
    expect(JSON.stringify(asked[0]!.headers)).not.toMatch(/clepsydra|undici|node/i);
    const { rows } = await world.sql.query<{ views: object }>('select views from probe where notice_id = $1', [
      notice.id,
    ]);
    expect(JSON.stringify(rows)).not.toContain('something-that-only-stands-there');
    expect((await moderator.get(`/v1/notices/${notice.id}/probes`)).status).toBe(404);
  });

  it('follows an answer at once and at growing intervals, and what is there again gets an item of its own', async () => {
    const there = path();
    const notice = await received(analyst, [site.at(there)]);
    const item = notice.items[0]!.itemId;
    await planned(notice.id, 1);
    await answer(notice.id, item);
    await done(notice.id, 1);
    const hours = (await planned(notice.id, 8)).filter(({ reason }) => reason === 'follow_up').map(({ dueAt }) => (Date.parse(dueAt) - world.clock.now().getTime()) / HOUR); // prettier-ignore
    expect(hours).toEqual([1, 6, 24, 72, 168, 720, 2160]);
    world.clock.advance(HOUR);
    expect(told(await done(notice.id, 3)).slice(0, 3)).toEqual(expect.arrayContaining([['answer', 'done', 'offline', 'gone'], ['deadline', 'done', 'offline', 'gone'], ['follow_up', 'done', 'offline', 'gone']])); // prettier-ignore
    site.shows(there);
    world.clock.advance(5 * HOUR);
    const views = await done(notice.id, 4);
    const look = views.find(({ reappearedItemId }) => reappearedItemId !== null)!;
    expect(look).toMatchObject({ reason: 'follow_up', outcome: 'online', exhibitId: expect.any(String) });
    // The old item is followed no further.
    expect(views.filter(({ state }) => state === 'due')).toEqual([]);
    const { items } = await caseOf(notice.id);
    expect(items.map(({ id, state, reappearedFrom }) => [id, state, reappearedFrom])).toEqual([
      [item, 'closed', null],
      [look.reappearedItemId, 'open', item],
    ]);
    const entry = await eventually(
      async () => (await world.sql.query(`select audience from ledger_entry where kind = 'item.reappeared' and item_id = $1`, [look.reappearedItemId])).rows, // prettier-ignore
      (rows) => rows.length === 1,
    );
    expect(entry).toEqual([{ audience: [analyst.organisation.id] }]);
  });

  it('leaves alone what is PAP:AMBER or PAP:RED, also where it was marked after the look was planned', async () => {
    const [marked, later] = [path(), path()];
    for (const each of [marked, later]) site.shows(each);
    const body = { category: 'incitement', ideology: 'other', pap: 'amber', items: [{ url: site.at(marked) }] };
    const opened = await analyst.post<{ id: string }>('/v1/cases', body);
    const draft = await analyst.post<{ id: string }>('/v1/notices', {
      caseId: opened.body.id,
      kind: 'referral',
      grounds: 'Terms',
    });
    await analyst.post(`/v1/notices/${draft.body.id}/send`);
    const notice = await received(analyst, [site.at(later)]);
    for (const id of [draft.body.id, notice.id]) await planned(id, 1);
    const file = await caseOf(notice.id);
    const answered = await analyst.post<{ pap: string }>(`/v1/cases/${file.id}/pap`, { pap: 'red' });
    expect([answered.status, answered.body.pap]).toEqual([200, 'red']);
    world.clock.advance(HOUR);
    for (const id of [draft.body.id, notice.id])
      expect(told(await done(id, 1))[0]).toEqual(['deadline', 'withheld', null, null]);
    expect(site.asked.filter((each) => [marked, later].includes(each.path))).toEqual([]);
    expect((await analyst.post(`/v1/cases/${file.id}/pap`, { pap: 'black' })).status).toBe(400);
  });

  it('ends when the notice is withdrawn, and never begins for accounts', async () => {
    const there = path();
    site.shows(there);
    const notice = await received(analyst, [site.at(there)]);
    await planned(notice.id, 1);
    await analyst.post(`/v1/notices/${notice.id}/withdraw`, { reason: 'A mistake of ours' });
    expect(await planned(notice.id, 0)).toEqual([]);
    const { id: caseId } = (await analyst.post<{ id: string }>('/v1/cases', { category: 'threat', ideology: 'other', items: [{ account: 'somebody', platform: 'loopback' }] })).body; // prettier-ignore
    const { id } = (await analyst.post<{ id: string }>('/v1/notices', { caseId, kind: 'referral', grounds: 'Terms' }))
      .body;
    await analyst.post(`/v1/notices/${id}/send`);
    await eventually(async () => (await analyst.get<{ state: string }>(`/v1/notices/${id}`)).body.state, (state) => state === 'received'); // prettier-ignore
    expect(await probes(analyst, id)).toEqual([]);
    expect(site.asked.filter((each) => each.path === there)).toEqual([]);
  });

  it('opens a new case like the old one for what reappears when the old one is closed', async () => {
    const there = path();
    const notice = await received(analyst, [site.at(there)]);
    await answer(notice.id, notice.items[0]!.itemId);
    await done(notice.id, 1);
    const file = await caseOf(notice.id);
    await analyst.post(`/v1/cases/${file.id}/close`, {});
    site.shows(there);
    world.clock.advance(HOUR);
    const views = await eventually(() => probes(analyst, notice.id), (seen) => seen.some(({ reappearedItemId }) => reappearedItemId)); // prettier-ignore
    const { reappearedItemId } = views.find((each) => each.reappearedItemId)!;
    const { rows } = await world.sql.query<{ state: string; category: string; other: boolean }>(`select c.state, c.category, c.id <> $2 as other from content_item i join case_file c on c.id = i.case_id where i.id = $1`, [reappearedItemId, file.id]); // prettier-ignore
    expect(rows).toEqual([{ state: 'open', category: 'incitement', other: true }]);
    expect((await openCase(analyst, [site.at(there)])).items[0]!.id).toBe(reappearedItemId);
  });
});

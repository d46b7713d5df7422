import type { NoticeView } from '../../src/notices/notice.view';
import { minutes, startWorld, type Answer, type Person, type World } from '../support/app';
import { assess, EMERGENCY, hostOf, order, orderCast, sign } from '../support/orders';
import { probes, Site, told } from '../support/recheck';
import { done } from '../support/redress';
import { draft, eventually, freshUrl, notice, removed } from '../support/referral';

interface Opened {
  readonly id: string;
  readonly items: readonly { readonly id: string; readonly joined: boolean }[];
}
interface Problem {
  readonly code?: string;
  readonly itemIds?: readonly string[];
}

let world: World;
let site: Site;
let analyst: Person;
let moderator: Person;

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

const open = (who: Person, pap: string, urls: readonly string[]): Promise<Opened> =>
  done(who.post<Opened>('/v1/cases', { category: 'incitement', ideology: 'other', pap, items: urls.map((url) => ({ url })) }), 201); // prettier-ignore
const mark = (who: Person, caseId: string, pap: string): Promise<unknown> =>
  done(who.post(`/v1/cases/${caseId}/pap`, { pap }));
const referral = (caseId: string, more: object = {}): Promise<Answer<NoticeView & Problem>> =>
  analyst.post<NoticeView & Problem>('/v1/notices', { caseId, kind: 'referral', grounds: 'Terms', ...more });

describe('PAP, where one address lies in two cases', () => {
  it('is the strictest of both: what a colleague’s case forbids to call is not called for mine', async () => {
    site.shows('/joined/1');
    const first = await open(analyst, 'clear', [site.at('/joined/1')]);
    const second = await open(analyst, 'clear', [site.at('/joined/1')]);
    expect(second.items).toMatchObject([{ id: first.items[0]!.id, joined: true }]);
    // Referred from the one that it joined, and its own marked after that.
    const { id } = await done(referral(second.id), 201);
    await done(analyst.post(`/v1/notices/${id}/send`));
    await mark(analyst, first.id, 'red');
    await done(moderator.post(`/v1/notices/${id}/acknowledge`));
    const answers = [removed(second.items[0]!.id, world.clock.now())];
    await done(moderator.post(`/v1/notices/${id}/answer`, { answers }));
    const looks = await eventually(
      () => probes(analyst, id),
      (views) => views.some(({ state }) => state === 'done' || state === 'withheld'),
    );
    expect(told(looks)[0]).toEqual(['answer', 'withheld', null, null]);
    world.clock.advance(minutes(61));
    await eventually(
      () => probes(analyst, id),
      (views) => views.filter(({ state }) => state === 'withheld').length >= 3,
    );
    expect(site.asked).toEqual([]);
  });

  it('is asked of every case that joined the item, not of the one that it is referred from', async () => {
    const own = await open(analyst, 'green', [freshUrl()]);
    const { address } = (await done(analyst.get<{ items: { address: string }[] }>(`/v1/cases/${own.id}`))).items[0]!;
    await open(analyst, 'red', [address]);
    expect((await referral(own.id)).body).toMatchObject({ code: 'notice.pap-red', itemIds: [own.items[0]!.id] });
  });
});

describe('what is marked PAP:RED', () => {
  it('is not referred: the problem names it, and the other items of the case go without it', async () => {
    const red = await open(analyst, 'red', [freshUrl()]);
    const refused = await referral(red.id);
    expect([refused.status, refused.body.code]).toEqual([409, 'notice.pap-red']);
    const address = (await done(analyst.get<{ items: { address: string }[] }>(`/v1/cases/${red.id}`))).items[0]!;
    const mixed = await open(analyst, 'green', [address.address, freshUrl()]);
    expect((await referral(mixed.id)).body).toMatchObject({ itemIds: [red.items[0]!.id] });
    expect((await referral(mixed.id, { itemIds: [mixed.items[1]!.id] })).status).toBe(201);
  });

  it('is not sent either, where it was marked after the draft, until it is marked anew', async () => {
    const { id, caseId } = await draft(analyst);
    await mark(analyst, caseId!, 'red');
    const refused = await analyst.post<Problem>(`/v1/notices/${id}/send`);
    expect([refused.status, refused.body.code]).toEqual([409, 'notice.pap-red']);
    expect((await notice(analyst, id)).state).toBe('draft');
    await mark(analyst, caseId!, 'amber');
    await done(analyst.post(`/v1/notices/${id}/send`));
  });

  it('is neither ordered nor does a signed order about it leave', async () => {
    const cast = await orderCast(world);
    const red = await open(cast.analyst, 'red', [freshUrl(hostOf(cast))]);
    const { id: assessmentId } = await assess(cast.analyst, red.id);
    const refused = await cast.analyst.post<Problem>('/v1/orders', order(red.id, assessmentId, EMERGENCY));
    expect([refused.status, refused.body.code]).toEqual([409, 'notice.pap-red']);
    await mark(cast.analyst, red.id, 'green');
    const { id } = await done(cast.analyst.post<NoticeView>('/v1/orders', order(red.id, assessmentId, EMERGENCY)), 201);
    await sign(cast, id);
    await mark(cast.analyst, red.id, 'red');
    const kept = await cast.analyst.post<Problem>(`/v1/notices/${id}/send`);
    expect([kept.status, kept.body.code]).toEqual([409, 'notice.pap-red']);
  });
});

import { addDuration } from '../../src/domain/deadlines';
import type { NoticeView } from '../../src/notices/notice.view';
import type { ContentNoticeView } from '../../src/notices/redress/content.dto';
import { PeriodEnds } from '../../src/notices/redress/period-ends.service';
import type { Answer, World } from '../support/app';
import { EMERGENCY, assess, hostOf, order, orderCast, sendOrder, type OrderCast } from '../support/orders';
import {
  HOURS,
  REASONS,
  WEEKS,
  carriedOut,
  decide,
  done,
  followed,
  intend,
  itemOf,
  kinds,
  referenceTo,
  said,
  told,
} from '../support/redress';
import { notice, openCase, startQuietWorld } from '../support/referral';

let world: World;
let cast: OrderCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
});
afterAll(() => world.close());

const now = (): Date => world.clock.now();
const endDue = (): Promise<number> => world.app.get(PeriodEnds).endDue(now());
const later = (ms: number): string => new Date(now().getTime() + ms).toISOString();
const post = (path: string, body: object): Promise<Answer<ContentNoticeView>> =>
  world.send<ContentNoticeView>('POST', path, body);

/** Everything of an answer that a client sees but its date, and what is counted of the client itself. */
async function bytesOf(method: 'GET' | 'POST', url: string, payload?: object): Promise<string> {
  const answer = await world.app.inject({ method, url, ...(payload ? { payload } : {}) });
  const headers = Object.entries(answer.headers).filter(([name]) => !/^(date|x-ratelimit-)/.test(name));
  return JSON.stringify([answer.statusCode, headers, answer.body.replace(/"requestId":"[^"]*"/, '')]);
}

const silent = (ms = 6 * WEEKS): object => ({
  ...EMERGENCY,
  nonDisclosure: { until: later(ms), reasons: 'A search is under way' },
});
const extend = (id: string, until: string): Promise<Answer<NoticeView>> =>
  cast.supervisor.post<NoticeView>(`/v1/notices/${id}/extend-non-disclosure`, { until, reasons: 'The search goes on' });

describe('a content provider (Art. 11)', () => {
  it('reads by a reference, without an account, what was removed, why, and what can be done about it', async () => {
    const sent = await sendOrder(cast);
    const path = await referenceTo(cast, sent);
    expect(path).toMatch(/^\/v1\/content\/[\w-]{43}$/);
    // Nothing was removed yet.
    expect(await told(world, path)).toEqual({ state: 'nothing', measure: null });
    const answers = [{ itemId: itemOf(sent), outcome: 'removed', measureAt: now().toISOString() }];
    await done(cast.moderator.post(`/v1/notices/${sent.id}/answer`, { answers }));
    const until = addDuration(now(), { hours: 48 }).toISOString();
    expect(await told(world, path)).toMatchObject({
      state: 'available',
      measure: {
        platform: cast.platform.name,
        basis: 'order',
        measure: 'removed',
        measureAt: now().toISOString(),
        order: { form: 'annex-i', content: { b: { targets: [{ url: sent.items[0]!.address }] } } },
        redress: { deadline: { n: 2, unit: 'months' } },
        scrutinyUntil: until,
        mayComplain: false,
      },
    });
    // The first reading is the receipt of the information, and is one.
    world.clock.advance(HOURS);
    expect(await told(world, path)).toMatchObject({ measure: { scrutinyUntil: until } });
    expect((await kinds(world, sent.id)).filter((kind) => kind === 'content.informed')).toHaveLength(1);
  });

  it('reads nothing of what the order says of others', async () => {
    const host = hostOf(cast);
    const urls = [`https://${host}/mine`, `https://${host}/theirs`];
    const { id: caseId } = await openCase(cast.analyst, urls);
    const { id: assessmentId } = await assess(cast.analyst, caseId);
    const { id } = await done(cast.analyst.post<NoticeView>('/v1/orders', order(caseId, assessmentId, EMERGENCY)), 201);
    await cast.analyst.post(`/v1/notices/${id}/sign`, { reason: 'Ready to go' });
    await done(cast.supervisor.post(`/v1/notices/${id}/sign`));
    const sent = await done(cast.analyst.post<NoticeView>(`/v1/notices/${id}/send`));
    const path = await referenceTo(cast, sent);
    const answers = sent.items.map(({ itemId }) => ({ itemId, outcome: 'removed', measureAt: now().toISOString() }));
    await done(cast.moderator.post(`/v1/notices/${id}/answer`, { answers }));
    const read = JSON.stringify(await told(world, path));
    expect(read).toContain('/mine');
    expect(read).not.toContain('/theirs');
  });

  it('is handed its reference by the platform of the notice alone', async () => {
    const sent = await sendOrder(cast);
    const path = `/v1/notices/${sent.id}/items/${itemOf(sent)}/reference`;
    expect((await cast.analyst.post(path)).status).toBe(403);
    const other = await orderCast(world);
    expect((await other.moderator.post(path)).status).toBe(404);
    const { rows } = await world.sql.query(`select count(*)::int as n from content_reference where notice_id = $1`, [
      sent.id,
    ]);
    expect(rows).toEqual([{ n: 0 }]);
  });
});

describe('non-disclosure (Art. 11(3), acceptance 5)', () => {
  it('answers byte for byte as where nothing was removed and as where the reference is nobody’s', async () => {
    const hushed = await referenceTo(cast, await carriedOut(world, cast, silent()));
    const quiet = await referenceTo(cast, await sendOrder(cast));
    const unknown = `/v1/content/${'A'.repeat(43)}`;
    const reads = [await bytesOf('GET', hushed), await bytesOf('GET', quiet), await bytesOf('GET', unknown)];
    expect(new Set(reads).size).toBe(1);
    const words = { text: 'This was a report on an attack.', reasons: REASONS };
    for (const [verb, body] of [
      ['complaint', { text: words.text }],
      ['scrutiny', { reasons: words.reasons }],
    ] as const) {
      const answers = [
        await bytesOf('POST', `${hushed}/${verb}`, body),
        await bytesOf('POST', `${quiet}/${verb}`, body),
        await bytesOf('POST', `${unknown}/${verb}`, body),
      ].map((text) => text.replaceAll(/[\w-]{43}/g, 'REFERENCE'));
      expect(new Set(answers).size).toBe(1);
      expect(answers[0]).toContain('content.nothing');
    }
  });

  it('opens by itself after six weeks, to the millisecond, and says so once in the ledger', async () => {
    const until = later(6 * WEEKS);
    const { id } = await carriedOut(world, cast, silent());
    const path = await referenceTo(cast, await notice(cast.moderator, id));
    world.clock.advance(6 * WEEKS - 1);
    await endDue();
    expect(await told(world, path)).toMatchObject({ state: 'nothing' });
    expect(await kinds(world, id)).not.toContain('content.notice-opened');
    world.clock.advance(1);
    expect(await told(world, path)).toMatchObject({ state: 'available' });
    await endDue();
    await endDue();
    const opened = (await said(world, id)).filter(({ kind }) => kind === 'content.notice-opened');
    expect(opened).toMatchObject([{ at: new Date(until) }]);
  });

  it('opens after twelve where it was extended once; a further extension is refused', async () => {
    const { id } = await carriedOut(world, cast, silent());
    const path = await referenceTo(cast, await notice(cast.moderator, id));
    const twelve = later(12 * WEEKS);
    world.clock.advance(5 * WEEKS);
    expect(await extend(id, later(7 * WEEKS + 1))).toMatchObject({
      status: 400,
      body: { code: 'order.non-disclosure', latest: twelve },
    });
    expect(await done(extend(id, twelve))).toMatchObject({ order: { nonDisclosureUntil: twelve } });
    world.clock.advance(6 * WEEKS);
    await endDue();
    expect(await told(world, path)).toMatchObject({ state: 'nothing' });
    expect(await extend(id, later(2 * WEEKS))).toMatchObject({
      status: 409,
      body: { code: 'order.non-disclosure-extended' },
    });
    world.clock.advance(WEEKS);
    expect(await told(world, path)).toMatchObject({ state: 'available' });
    await endDue();
    const opened = (await said(world, id)).filter(({ kind }) => kind === 'content.notice-opened');
    expect(opened).toMatchObject([{ at: new Date(twelve) }]);
  });

  it('is not extended after it has ended, nor by anybody but its issuer', async () => {
    const { id } = await carriedOut(world, cast, silent(WEEKS));
    const platform = await cast.moderator.post(`/v1/notices/${id}/extend-non-disclosure`, {});
    expect(platform.status).toBe(403);
    world.clock.advance(WEEKS);
    expect(await extend(id, later(WEEKS))).toMatchObject({ status: 409, body: { code: 'order.no-non-disclosure' } });
  });

  it('holds for whatever reference of the item, also that of a referral before the order', async () => {
    const referral = await followed(world, cast);
    const path = await referenceTo(cast, referral);
    expect(await told(world, path)).toMatchObject({ state: 'available', measure: { basis: 'terms', order: null } });
    const { sender: _sender, caseId } = await notice(cast.analyst, referral.id);
    const { id: assessmentId } = await assess(cast.analyst, caseId ?? '');
    const drafted = await done(
      cast.analyst.post<NoticeView>('/v1/orders', order(caseId ?? '', assessmentId, silent())),
      201,
    );
    await cast.analyst.post(`/v1/notices/${drafted.id}/sign`, { reason: 'Ready to go' });
    await done(cast.supervisor.post(`/v1/notices/${drafted.id}/sign`));
    await done(cast.analyst.post(`/v1/notices/${drafted.id}/send`));
    expect(await told(world, path)).toMatchObject({ state: 'nothing' });
  });
});

describe('scrutiny on request of the content provider (Art. 4(4))', () => {
  it('is asked for within 48 hours of the first reading, decided, and read where it was asked for', async () => {
    const { id } = await carriedOut(world, cast);
    const path = await referenceTo(cast, await notice(cast.moderator, id));
    // Long after receipt: the period is the content provider's own.
    world.clock.advance(5 * WEEKS);
    await told(world, path);
    world.clock.advance(48 * HOURS - 1);
    const dueAt = later(72 * HOURS);
    const asked = await done(post(`${path}/scrutiny`, { reasons: REASONS }), 201);
    expect(asked.measure).toMatchObject({ scrutiny: { dueAt, outcome: null }, scrutinyUntil: null });
    const [scrutiny] = await done(cast.homeOfficer.get<{ id: string }[]>(`/v1/notices/${id}/scrutinies`));
    expect(scrutiny).toMatchObject({ origin: 'content_provider', itemId: itemOf(await notice(cast.moderator, id)) });
    await done(intend(world, cast.homeOfficer, scrutiny!.id, HOURS));
    world.clock.advance(HOURS);
    const home = [cast.homeOfficer, await world.person(cast.home, ['supervisor'])] as const;
    const decided = await done(decide(home, scrutiny!.id, 'infringement'));
    expect(decided.copies.map(({ addressee }) => addressee)).toEqual(['europol', 'issuer', 'platform', 'requester']);
    expect(await told(world, path)).toMatchObject({
      measure: {
        annulmentGround: 'scrutiny',
        scrutiny: { outcome: 'infringement', reasons: REASONS },
        reinstatement: { outcome: null },
      },
    });
  });

  it('is refused late, with the instant at which the period ended', async () => {
    const { id } = await carriedOut(world, cast);
    const path = await referenceTo(cast, await notice(cast.moderator, id));
    await told(world, path);
    const endedAt = later(48 * HOURS);
    world.clock.advance(48 * HOURS);
    expect(await post(`${path}/scrutiny`, { reasons: REASONS })).toMatchObject({
      status: 409,
      body: { code: 'scrutiny.period-over', endedAt },
    });
    await endDue();
    const ends = (await said(world, id)).filter(
      ({ dims }) => dims['period'] === 'scrutiny_request' && 'subject' in dims,
    );
    expect(ends).toMatchObject([{ kind: 'scrutiny.period-ended', at: new Date(endedAt) }]);
  });
});

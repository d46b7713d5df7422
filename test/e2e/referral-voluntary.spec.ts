import { mailText, pageText } from '../../src/deliveries/words';
import { payloadOf } from '../../src/deliveries/payload';
import { sayIn } from '../../src/domain/forms/labels';
import { layoutOf } from '../../src/domain/forms/layout';
import { Work } from '../../src/infra/database/work';
import { DELIVERED_EVENTS } from '../../src/notices/delivery-job';
import { Notice } from '../../src/notices/notice.entity';
import type { NoticeView } from '../../src/notices/notice.view';
import { Ticker } from '../../src/notices/ticker';
import { minutes, type Person, type World } from '../support/app';
import { ONE_OF_EACH } from '../support/forms';
import { OF_ORDERS } from '../support/of-orders';
import { orderCast, type OrderCast } from '../support/orders';
import { freshUrl, notice, refer, removed, startQuietWorld } from '../support/referral';

let world: World;
let cast: OrderCast;

beforeAll(async () => {
  world = await startQuietWorld();
  cast = await orderCast(world);
});
afterAll(() => world?.close());

const tick = (): Promise<unknown> => world.app.get(Ticker).tick(world.clock.now());

async function act(who: Person, id: string, verb: string, body: object = {}): Promise<NoticeView> {
  const answer = await who.post<NoticeView>(`/v1/notices/${id}/${verb}`, body);
  expect({ verb, status: answer.status, body: answer.body }).toMatchObject({ status: 200 });
  return answer.body;
}

/** Every text in it, the names of members whose value is nothing left out. */
function textsIn(value: unknown, name = ''): string[] {
  if (value === null || value === undefined || (Array.isArray(value) && value.length === 0)) return [];
  if (Array.isArray(value)) return value.flatMap((each) => textsIn(each, name));
  if (typeof value === 'object') return Object.entries(value).flatMap(([key, each]) => textsIn(each, key));
  return [`${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`];
}

describe('a referral (acceptance 3)', () => {
  it('shows nothing of an order in any of its renderings, and is missed, never passed', async () => {
    const { id, items } = await refer(cast.analyst, [freshUrl(`${cast.platform.slug}.example`)]);
    const itemId = items[0]!.itemId;
    const payloads = await world.app.get(Work).asWorker(async (tx) => {
      const sent = await tx.findOneByOrFail(Notice, { id });
      const texts: string[] = [];
      for (const event of DELIVERED_EVENTS) texts.push(await payloadOf(tx, event, sent, null));
      return texts;
    });
    await act(cast.moderator, id, 'acknowledge');
    await act(cast.moderator, id, 'impossible', { explanation: 'No power' });
    await act(cast.moderator, id, 'possible-again');
    world.clock.advance(minutes(61));
    await tick();
    await act(cast.moderator, id, 'answer', { answers: [removed(itemId, world.clock.now())] });
    const views = await Promise.all([cast.analyst, cast.moderator].map((who) => notice(who, id)));
    const lists = await Promise.all(
      [cast.analyst, cast.moderator].map(async (who) => (await who.get<object>('/v1/notices?limit=1')).body),
    );
    const { body: feed } = await cast.moderator.get<{ entries: { bytes: string; subjects: { notice?: string } }[] }>(
      '/v1/feed?limit=500',
    );
    const entries = feed.entries.filter(({ subjects }) => subjects.notice === id);
    expect(entries.length).toBeGreaterThan(5);
    const gist = {
      kind: 'referral',
      authority: cast.unit.name,
      reference: 'R-1',
      items: 1,
      site: 'https://c.example',
      dueAt: null,
    } as const;
    const reply = { url: 'https://c.example/r/1', code: 'AB-12' };
    const mails = (['en', 'fr', 'de'] as const).flatMap((language) =>
      DELIVERED_EVENTS.flatMap((event) => [
        mailText({ ...gist, event, reply }, language),
        mailText({ ...gist, event, reply: null }, language),
        ...[null, 60, 0].map((left) => pageText({ event, kind: 'referral' }, left, language)),
      ]),
    );
    const shown = [
      views,
      lists,
      entries.map(({ bytes: _bytes, ...entry }) => entry),
      payloads.map((text) => JSON.parse(text) as object),
      mails,
    ];
    const found = shown.map((each) => textsIn(each).filter((text) => OF_ORDERS.test(text)));
    expect(found).toEqual(shown.map(() => []));
    expect(views[0]?.clock).toMatchObject({ kind: 'target', fact: { kind: 'target_missed' } });
  });

  it('has no Annex I: neither as data nor as a document', async () => {
    const { id } = await refer(cast.analyst, [freshUrl(`${cast.platform.slug}.example`)]);
    for (const path of ['form', 'form.pdf']) {
      for (const who of [cast.analyst, cast.moderator]) {
        expect((await who.get(`/v1/notices/${id}/${path}`)).status).toBe(404);
      }
    }
    // The first of two people is refused at once: nobody is asked to agree to what cannot be.
    for (const who of [cast.analyst, cast.supervisor]) {
      expect(await who.post(`/v1/notices/${id}/sign`, { reason: 'Try' })).toMatchObject({
        status: 409,
        body: { code: 'notice.not-an-order' },
      });
    }
    expect((await cast.supervisor.get<{ items: object[] }>('/v1/approvals')).body.items).toEqual([]);
    expect(await notice(cast.analyst, id)).toMatchObject({ kind: 'referral', order: null });
  });

  it('as a form says nothing of an order either, in any language', async () => {
    const forms = ONE_OF_EACH.filter(({ form }) => form.startsWith('referral'));
    expect(forms).toHaveLength(2);
    for (const each of forms) {
      for (const language of ['en', 'fr', 'de'] as const) {
        const say = sayIn(language);
        // It names the recital that calls it voluntary, and says that it is no order.
        const said = [say('referral.law'), say('referral-response.law'), say('referral.voluntary')];
        const lines = textsIn(layoutOf(each, say)).filter((line) => !said.some((known) => line.endsWith(known)));
        expect(lines.length).toBeGreaterThan(5);
        expect(lines.filter((line) => OF_ORDERS.test(line))).toEqual([]);
      }
    }
  });

  it('creates no duty to preserve: nothing is held unless the platform says so, and no six months bar its deletion', async () => {
    const { id, items } = await refer(cast.analyst, [freshUrl(`${cast.platform.slug}.example`)]);
    const itemId = items[0]!.itemId;
    const answered = await act(cast.moderator, id, 'answer', { answers: [removed(itemId, world.clock.now())] });
    expect(answered.items[0]).toMatchObject({ preservation: null });
    const { rows } = await world.sql.query('select 1 from notice_preservation where notice_id = $1', [id]);
    expect(rows).toEqual([]);
    const deleted = await act(cast.moderator, id, `items/${itemId}/delete-for-good`);
    expect(deleted.items[0]?.preservation).toMatchObject({ deletedAt: world.clock.now().toISOString() });
  });

  it('is never recorded as not complied with', async () => {
    const { id } = await refer(cast.analyst, [freshUrl(`${cast.platform.slug}.example`)]);
    await act(cast.moderator, id, 'acknowledge');
    world.clock.advance(minutes(61));
    await tick();
    const refused = await cast.supervisor.post(`/v1/notices/${id}/non-compliance`, { reasons: 'They did nothing' });
    expect(refused).toMatchObject({ status: 409, body: { code: 'notice.not-an-order' } });
  });
});

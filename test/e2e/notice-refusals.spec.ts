import { NOTICE_STATES } from '../../src/domain/notice-lifecycle';
import type { NoticeView } from '../../src/notices/notice.view';
import { minutes, startWorld, type Person, type World } from '../support/app';
import { kinds } from '../support/redress';
import { draft, eventually, freshUrl, notice, openCase, received, removed } from '../support/referral';

let world: World;
let analyst: Person;
let moderator: Person;

beforeAll(async () => {
  world = await startWorld();
  ({ analyst, moderator } = await world.cast());
});
afterAll(() => world?.close());

describe('what is refused', () => {
  const VERBS = {
    send: ['draft'],
    undo: ['leaving'],
    withdraw: ['draft', 'leaving', 'sent', 'received', 'acknowledged', 'answered', 'closed'],
    acknowledge: ['sent', 'received'],
    answer: ['sent', 'received', 'acknowledged', 'answered'],
    close: ['answered'],
  } as const;

  it.each(NOTICE_STATES)(
    'every verb that a notice in the state %s does not allow, naming that state',
    async (state) => {
      const { id, items } = await draft(analyst);
      const now = world.clock.now();
      const answers = [removed(items[0]!.itemId, now)];
      for (const [verb, allowed] of Object.entries(VERBS)) {
        if ((allowed as readonly string[]).includes(state)) continue;
        // Set from outside: every state is tried, also those that pass within milliseconds.
        await world.sql.query(
          `update notice set state = $2, sent_at = case when $2 in ('draft', 'leaving') then null else $3::timestamptz end,
           departs_at = case when $2 = 'leaving' then $3::timestamptz + interval '1 hour' end,
           annulled_at = case when $2 = 'annulled' then $3::timestamptz end,
           annulment_ground = case when $2 = 'annulled' then 'court' end,
           received_at = case when $2 in ('draft', 'leaving', 'sent') then null else $3::timestamptz end,
           receipt_channel = case when $2 in ('draft', 'leaving', 'sent') then null else 'inbox' end,
           withdrawn_at = case when $2 = 'withdrawn' then $3::timestamptz end where id = $1`,
          [id, state, now],
        );
        const isPlatform = verb === 'acknowledge' || verb === 'answer';
        const body = verb === 'withdraw' ? { reason: 'A mistake' } : verb === 'answer' ? { answers } : {};
        const refused = await (isPlatform ? moderator : analyst).post(`/v1/notices/${id}/${verb}`, body);
        const isHidden = isPlatform && (state === 'draft' || state === 'leaving');
        expect([verb, refused.status, refused.body]).toMatchObject(
          isHidden
            ? [verb, 404, { code: 'request.not-found' }]
            : [verb, 409, { code: 'notice.illegal-transition', state }],
        );
      }
      expect(await kinds(world, id)).toEqual(['notice.drafted']);
    },
  );

  it('an answer to a withdrawn notice, saying so; the platform reads why it was withdrawn', async () => {
    const { id, items } = await received(analyst);
    const withdrawn = await analyst.post<NoticeView>(`/v1/notices/${id}/withdraw`, { reason: 'Sent by mistake' });
    expect(withdrawn.body).toMatchObject({ state: 'withdrawn', clock: { state: 'stopped' } });
    const late = await moderator.post(`/v1/notices/${id}/answer`, {
      answers: [removed(items[0]!.itemId, world.clock.now())],
    });
    expect(late).toMatchObject({ status: 409, body: { code: 'notice.illegal-transition', state: 'withdrawn' } });
    expect(await notice(moderator, id)).toMatchObject({ withdrawalReason: 'Sent by mistake' });
    const deliveries = await eventually(
      async () => (await notice(analyst, id)).deliveries ?? [],
      (all) => all.some(({ event, state }) => event === 'notice.withdrawn' && state === 'delivered'),
    );
    expect(deliveries).toHaveLength(2);
  });

  it('a measure in the future, or before the notice was received', async () => {
    const { id, items } = await received(analyst);
    world.clock.advance(minutes(1));
    const at = (ms: number) => removed(items[0]!.itemId, new Date(world.clock.now().getTime() + ms));
    const future = await moderator.post(`/v1/notices/${id}/answer`, { answers: [at(1)] });
    expect(future.body).toMatchObject({ code: 'notice.measure-in-future' });
    const before = await moderator.post(`/v1/notices/${id}/answer`, { answers: [at(-minutes(2))] });
    expect(before.body).toMatchObject({ code: 'notice.measure-before-receipt' });
  });

  it('items on several platforms, of another case, or none', async () => {
    await world.organisation('platform', 'lagoon', { hosts: ['lagoon.example'] });
    const { id: caseId } = await openCase(analyst, [freshUrl(), freshUrl('lagoon.example')]);
    const ask = (body: object) => analyst.post('/v1/notices', { caseId, kind: 'referral', ...body });
    expect((await ask({})).body).toMatchObject({ code: 'notice.several-platforms' });
    const other = await openCase(analyst, [freshUrl()]);
    expect((await ask({ itemIds: [other.items[0]!.id] })).body).toMatchObject({ code: 'notice.unknown-item' });
    const { id: platformId } = await world.organisation('platform', 'estuary', { hosts: ['estuary.example'] });
    expect((await ask({ platformId })).body).toMatchObject({ code: 'notice.no-items' });
    expect((await ask({ caseId: platformId })).status).toBe(404);
  });

  it('to send an item that is too broad until a second person has released it', async () => {
    const { id: caseId, items } = await openCase(analyst, ['https://harbour.example/']);
    expect(items[0]).toMatchObject({ state: 'held' });
    const itemIds = items.map((item) => item.id);
    const { body: written } = await analyst.post<NoticeView>('/v1/notices', { caseId, kind: 'referral', itemIds });
    const held = await analyst.post(`/v1/notices/${written.id}/send`);
    expect(held).toMatchObject({ status: 409, body: { code: 'notice.item-held' } });
    await world.sql.query(`update content_item set state = 'open' where id = $1`, [items[0]!.id]);
    expect((await analyst.post(`/v1/notices/${written.id}/send`)).status).toBe(200);
  });

  it('to send to a platform behind which nobody has confirmed who is', async () => {
    const written = await draft(analyst, [freshUrl('unheard-of.example')]);
    const refused = await analyst.post(`/v1/notices/${written.id}/send`);
    expect(refused).toMatchObject({ status: 409, body: { code: 'notice.contact-unconfirmed' } });
    await world.sql.query(`update organisation set status = 'active' where id = $1`, [written.platform.id]);
    expect((await analyst.post(`/v1/notices/${written.id}/send`)).status).toBe(200);
    // Nobody there can open an inbox: what lies there has been received by nobody.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await notice(analyst, written.id)).toMatchObject({ state: 'sent', clock: null, deliveries: [] });
  });

  it('an authority that may order but not refer', async () => {
    const orderer = await world.organisation('authority', 'orderer', { competences: ['order'] });
    const officer = await world.person(orderer, ['analyst']);
    const { id: caseId } = await openCase(officer, [freshUrl()]);
    const refused = await officer.post('/v1/notices', { caseId, kind: 'referral' });
    expect(refused).toMatchObject({ status: 403, body: { code: 'auth.no-competence', competence: 'refer' } });
  });

  it('everything to everybody else: to a third organisation the notice does not exist', async () => {
    const { id } = await received(analyst);
    const unit = await world.person(await world.organisation('authority', 'unit-b', { competences: ['refer'] }), [
      'supervisor',
    ]);
    const platform = await world.person(await world.organisation('platform', 'reef'), ['moderator']);
    for (const [person, method, path, body] of [
      [unit, 'get', '', undefined],
      [platform, 'get', '', undefined],
      [unit, 'get', '/deliveries', undefined],
      [unit, 'post', '/send', {}],
      [unit, 'post', '/withdraw', { reason: 'x' }],
      [unit, 'post', '/close', {}],
      [platform, 'post', '/acknowledge', {}],
      [platform, 'post', '/answer', { answers: [{ itemId: id, outcome: 'not_found' }] }],
    ] as const) {
      const url = `/v1/notices/${id}${path}`;
      const answer = await (method === 'get' ? person.get(url) : person.post(url, body));
      expect([path, answer.status]).toEqual([path, 404]);
    }
    for (const person of [unit, platform]) {
      expect((await person.get('/v1/notices')).body).toEqual({ items: [], next: null });
    }
  });
});

describe('two at once', () => {
  it('have one effect: the second answer on the version that both read is refused', async () => {
    const colleague = await world.person(moderator.organisation, ['moderator']);
    const { id, items, version } = await received(analyst);
    const now = world.clock.now();
    const give = (person: Person) =>
      person.post(`/v1/notices/${id}/answer`, { version, answers: [removed(items[0]!.itemId, now)] });
    const answers = await Promise.all([give(moderator), give(colleague)]);
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect(answers.find((answer) => answer.status === 409)?.body).toMatchObject({ code: 'request.version-conflict' });
    expect((await kinds(world, id)).filter((kind) => kind === 'notice.answered')).toHaveLength(1);
  });

  it('an acknowledgement and a withdrawal take turns, and whoever is second is told the state', async () => {
    const { id } = await received(analyst);
    const [taken, withdrawn] = await Promise.all([
      moderator.post(`/v1/notices/${id}/acknowledge`),
      analyst.post(`/v1/notices/${id}/withdraw`, { reason: 'A mistake' }),
    ]);
    expect(withdrawn.status).toBe(200);
    expect([200, 409]).toContain(taken.status);
    expect(await notice(analyst, id)).toMatchObject({ state: 'withdrawn' });
  });

  it('the same request with the same key has one effect and one answer', async () => {
    const { id } = await draft(analyst);
    const key = { 'idempotency-key': `send-${id}` };
    const [one, two] = await Promise.all([
      analyst.post<NoticeView>(`/v1/notices/${id}/send`, {}, key),
      analyst.post<NoticeView>(`/v1/notices/${id}/send`, {}, key),
    ]);
    expect([one.status, two.status]).toEqual([200, 200]);
    expect(two.body.sentAt).toBe(one.body.sentAt);
    expect((await kinds(world, id)).filter((kind) => kind === 'notice.sent')).toHaveLength(1);
  });
});

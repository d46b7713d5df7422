import { minutes, startWorld, type Person, type World } from '../support/app';
import { NO_INSTANTS } from '../support/instants';
import { kinds } from '../support/redress';
import {
  draft,
  eventually,
  freshUrl,
  notice,
  openCase,
  received,
  refer,
  removed,
  startQuietWorld,
} from '../support/referral';
import type { NoticeView } from '../../src/notices/notice.view';

let world: World;
let analyst: Person;
let supervisor: Person;
let moderator: Person;

beforeAll(async () => {
  world = await startWorld();
  ({ analyst, supervisor, moderator } = await world.cast());
});
afterAll(() => world?.close());

describe('a referral', () => {
  it('goes from draft to closed, each step seen by both parties', async () => {
    const url = freshUrl();
    const written = await draft(analyst, [url]);
    expect(written).toMatchObject({ state: 'draft', kind: 'referral', clock: null, version: 1 });
    expect(written.reference).toMatch(/^UNIT-A-2026-\d{6}$/);
    expect((await moderator.get(`/v1/notices/${written.id}`)).status).toBe(404);

    const sent = await analyst.post<NoticeView>(`/v1/notices/${written.id}/send`);
    expect(sent.status).toBe(200);
    expect(sent.body).toMatchObject({ state: 'sent', sentAt: world.clock.now().toISOString() });

    const got = await eventually(
      () => notice(moderator, written.id),
      ({ state }) => state === 'received',
    );
    const startedAt = world.clock.now();
    expect(got.clock).toMatchObject({
      kind: 'target',
      state: 'running',
      startedAt: startedAt.toISOString(),
      dueAt: new Date(startedAt.getTime() + minutes(60)).toISOString(),
      nextMarkAt: new Date(startedAt.getTime() + minutes(25)).toISOString(),
      fact: null,
    });
    expect(got.items).toEqual([expect.objectContaining({ address: url, kind: 'url', answer: null })]);

    world.clock.advance(minutes(2));
    const acknowledged = await moderator.post<NoticeView>(`/v1/notices/${written.id}/acknowledge`);
    expect(acknowledged.body).toMatchObject({ state: 'acknowledged', possible: ['answer_part', 'answer'] });

    world.clock.advance(minutes(8));
    const measureAt = new Date(world.clock.now().getTime() - 5_000);
    const [item] = got.items;
    const answered = await moderator.post<NoticeView>(`/v1/notices/${written.id}/answer`, {
      answers: [removed(item!.itemId, measureAt)],
    });
    expect(answered.status).toBe(200);
    expect(answered.body).toMatchObject({ state: 'answered', clock: { state: 'stopped', fact: null } });
    expect(answered.body.items[0]?.answer).toMatchObject({
      outcome: 'removed',
      measureAt: measureAt.toISOString(),
      answeredAt: world.clock.now().toISOString(),
      late: 'in_time',
    });

    expect((await moderator.post(`/v1/notices/${written.id}/close`)).status).toBe(403);
    const closed = await analyst.post<NoticeView>(`/v1/notices/${written.id}/close`);
    expect(closed.body.state).toBe('closed');
    expect(await kinds(world, written.id)).toEqual([
      'notice.drafted',
      'notice.sent',
      'delivery.receipt',
      'notice.received',
      'clock.started',
      'notice.acknowledged',
      'clock.stopped',
      'notice.answered',
      'notice.closed',
    ]);
  });

  it('shows the platform neither the case, nor the persons, nor the deliveries', async () => {
    const { id, caseId } = await received(analyst);
    expect(caseId).not.toBeNull();
    const seen = await notice(moderator, id);
    expect(seen).toMatchObject({ caseId: null, deliveries: null });
    const text = JSON.stringify(seen);
    expect(text).not.toContain(caseId);
    expect(text).not.toContain(analyst.personId);
    expect((await moderator.get(`/v1/notices/${id}/deliveries`)).status).toBe(404);
    expect((await analyst.get<unknown[]>(`/v1/notices/${id}/deliveries`)).body).toEqual([
      expect.objectContaining({
        channel: 'inbox',
        state: 'delivered',
        attempts: [expect.objectContaining({ attempt: 1 })],
      }),
    ]);
  });

  it('numbers the notices of an authority without gaps, whatever is refused between', async () => {
    const before = await draft(analyst);
    const number = (view: NoticeView): number => Number(view.reference.slice(-6));
    const { id: caseId } = await openCase(analyst, [freshUrl()]);
    await analyst.post('/v1/notices', { caseId, kind: 'referral', itemIds: ['00000000-0000-7000-8000-000000000000'] });
    const drafts = await Promise.all([draft(analyst), draft(supervisor), draft(analyst)]);
    expect(drafts.map(number).toSorted((a, b) => a - b)).toEqual([1, 2, 3].map((step) => number(before) + step));
  });

  it('answers items in bulk, one after another, and corrects an answer by a further one', async () => {
    const { id, items } = await received(analyst, [freshUrl(), freshUrl(), freshUrl()]);
    const [a, b, c] = items.map((item) => item.itemId);
    world.clock.advance(minutes(1));
    const now = world.clock.now();
    const first = await moderator.post<NoticeView>(`/v1/notices/${id}/answer`, {
      answers: [removed(a!, now), { itemId: b, outcome: 'declined', reason: 'journalistic', note: 'A news report' }],
    });
    expect(first.body).toMatchObject({ state: 'acknowledged', clock: { state: 'running' } });
    expect((await analyst.post(`/v1/notices/${id}/close`)).status).toBe(409);
    const second = await moderator.post<NoticeView>(`/v1/notices/${id}/answer`, {
      answers: [{ itemId: c, outcome: 'already_gone' }],
    });
    expect(second.body).toMatchObject({ state: 'answered', clock: { state: 'stopped' } });
    const corrected = await moderator.post<NoticeView>(`/v1/notices/${id}/answer`, { answers: [removed(b!, now)] });
    expect(corrected.body.state).toBe('answered');
    expect(corrected.body.items[1]?.answer).toMatchObject({ outcome: 'removed', revision: 2 });
    const { rows } = await world.sql.query('select 1 from notice_answer where notice_id = $1', [id]);
    expect(rows).toHaveLength(4);
  });

  it('takes an answer whole or not at all', async () => {
    const { id, items } = await received(analyst, [freshUrl(), freshUrl()]);
    const [a, b] = items.map((item) => item.itemId);
    const now = world.clock.now();
    const wrong = await moderator.post(`/v1/notices/${id}/answer`, {
      answers: [removed(a!, now), { itemId: b, outcome: 'declined' }],
    });
    expect(wrong).toMatchObject({ status: 400, body: { code: 'notice.reason-required' } });
    expect((await notice(moderator, id)).items.map((item) => item.answer)).toEqual([null, null]);
    const twice = await moderator.post(`/v1/notices/${id}/answer`, { answers: [removed(a!, now), removed(a!, now)] });
    expect(twice.body).toMatchObject({ code: 'notice.item-repeated' });
    const foreign = await moderator.post(`/v1/notices/${id}/answer`, { answers: [removed(id, now)] });
    expect(foreign.body).toMatchObject({ code: 'notice.unknown-item' });
  });

  it('takes no time of a measure that is not an instant', async () => {
    const { id, items } = await received(analyst);
    for (const measureAt of NO_INSTANTS) {
      const answers = [{ itemId: items[0]!.itemId, outcome: 'removed', measureAt }];
      const answer = await moderator.post(`/v1/notices/${id}/answer`, { answers });
      expect({ measureAt, status: answer.status, body: answer.body }).toMatchObject({
        measureAt,
        status: 400,
        body: { code: 'request.invalid', errors: [{ pointer: '/answers/0/measureAt' }] },
      });
    }
    const local = world.clock.now().toISOString().replace('Z', '+00:00');
    const answers = [{ itemId: items[0]!.itemId, outcome: 'removed', measureAt: local }];
    const answer = await moderator.post<NoticeView>(`/v1/notices/${id}/answer`, { answers });
    expect(answer.body.items[0]?.answer?.measureAt).toBe(world.clock.now().toISOString());
  });

  it('takes no text with half a character in it', async () => {
    const { id: caseId } = await openCase(analyst, [freshUrl()]);
    for (const grounds of ['half \ud800', '\udc00', 'nothing \0']) {
      const answer = await analyst.post('/v1/notices', { caseId, kind: 'referral', grounds });
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'request.invalid', errors: [{ pointer: '/grounds' }] },
      });
    }
    const whole = await analyst.post<NoticeView>('/v1/notices', {
      caseId,
      kind: 'referral',
      grounds: 'whole \u{1F600}',
    });
    expect(whole).toMatchObject({ status: 201, body: { grounds: 'whole \u{1F600}' } });
  });

  it('takes an acknowledgement for the receipt that no channel has proved yet', async () => {
    const quiet = await startQuietWorld();
    try {
      const cast = await quiet.cast();
      const { id } = await refer(cast.analyst);
      quiet.clock.advance(minutes(3));
      const answer = await cast.moderator.post<NoticeView>(`/v1/notices/${id}/acknowledge`);
      expect(answer.body).toMatchObject({
        state: 'acknowledged',
        receiptChannel: 'answer',
        receivedAt: quiet.clock.now().toISOString(),
        clock: { state: 'running', startedAt: quiet.clock.now().toISOString() },
      });
    } finally {
      await quiet.close();
    }
  });
});

describe('the lists', () => {
  it('hold what was sent and what came in, newest first, page by page', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 5; i += 1) {
      world.clock.advance(1_000);
      ids.push((await received(analyst)).id);
    }
    interface Listed {
      items: NoticeView[];
      next: string | null;
    }
    const first = (await moderator.get<Listed>('/v1/notices?box=inbox&limit=3')).body;
    const second = (await moderator.get<Listed>(`/v1/notices?box=inbox&limit=3&cursor=${first.next}`)).body;
    expect([...first.items, ...second.items].slice(0, 5).map((item) => item.id)).toEqual(ids.toReversed());
    const sent = (await analyst.get<Listed>('/v1/notices?box=sent&state=received&limit=2')).body;
    expect(sent.items.map((item) => item.id)).toEqual([ids[4], ids[3]]);
    expect((await moderator.get<Listed>('/v1/notices?box=sent')).body.items).toEqual([]);
    expect((await moderator.get('/v1/notices?cursor=nonsense')).status).toBe(400);
  });
});

describe('the database defends', () => {
  it('answers against everybody, its owner too', async () => {
    const { id, items } = await received(analyst);
    await moderator.post(`/v1/notices/${id}/answer`, { answers: [removed(items[0]!.itemId, world.clock.now())] });
    for (const statement of [
      `update notice_answer set outcome = 'declined'`,
      'delete from notice_answer',
      'truncate notice_answer cascade',
    ]) {
      await expect(world.sql.query(statement)).rejects.toThrow(/append-only/);
    }
  });
});

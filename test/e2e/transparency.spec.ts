import type { Summary } from '../../src/domain/metrics';
import { Publisher } from '../../src/transparency/publisher.service';
import type { SummaryAnswer } from '../../src/transparency/transparency.dto';
import { minutes, startWorld, type Person, type World } from '../support/app';
import { eventually, freshUrl, notice, received, removed } from '../support/referral';

const HOUR = minutes(60);

describe('figures', () => {
  let world: World;
  let analyst: Person;
  let moderator: Person;

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst, moderator } = await world.cast());
  });
  afterAll(() => world.close());

  const own = async (person: Person): Promise<Summary> => {
    const { body } = await person.get<SummaryAnswer & Record<never, never>>('/v1/transparency/summary');
    if (!body.summary) throw new Error('no summary');
    return body.summary;
  };
  const published = async (): Promise<string> =>
    JSON.stringify((await world.anonymous<SummaryAnswer & Record<never, never>>('/v1/transparency/summary')).body);

  async function answeredAfter(delayMs: number): Promise<string> {
    const { id, items } = await received(analyst);
    world.clock.advance(delayMs);
    const answers = items.map(({ itemId }) => removed(itemId, world.clock.now()));
    const answer = await moderator.post(`/v1/notices/${id}/answer`, { answers });
    expect(answer.status).toBe(200);
    return id;
  }

  it('move when a removal is answered, on both sides alike, with response and exposure kept apart', async () => {
    const before = await own(analyst);
    await answeredAfter(minutes(20));
    const after = await eventually(
      () => own(analyst),
      ({ responseTime }) => responseTime.n === before.responseTime.n + 1,
    );
    expect(after.notices.received).toBe(before.notices.received + 1);
    expect(after.items.outcomes.removed).toBe(before.items.outcomes.removed + 1);
    expect(after.responseTime).toMatchObject({ withinHour: 1, shareWithinHour: 1 });
    expect(Math.abs((after.responseTime.p50Ms ?? 0) - minutes(20))).toBeLessThan(5_000);
    expect(after.exposureTime.p50Ms).toBeGreaterThan(HOUR);
    const theirs = await own(moderator);
    expect({ ...theirs, period: null, activity: null }).toEqual({ ...after, period: null, activity: null });
    expect(after.unreadableEntries).toBe(0);
  });

  it('count what is still open as open, and never drop it', async () => {
    const before = await own(analyst);
    await received(analyst, [freshUrl(), freshUrl()]);
    const after = await eventually(
      () => own(analyst),
      ({ items }) => items.received === before.items.received + 2,
    );
    expect(after.items.outcomes.open).toBe(before.items.outcomes.open + 2);
    expect(after.notices.results.open).toBe(before.notices.results.open + 1);
  });

  it('are each organisation’s own: a third one sees none of these', async () => {
    const unit = await world.organisation('authority', 'uninvolved', { competences: ['refer'] });
    const outsider = await world.person(unit, ['analyst']);
    const summary = await own(outsider);
    expect([summary.notices.sent, summary.notices.received, summary.items.received]).toEqual([0, 0, 0]);
  });

  it('do not move for the public when something is referred, received, answered or missed', async () => {
    const before = [await published(), (await world.anonymous<string>('/figures')).body];
    const { id } = await received(analyst);
    await answeredAfter(minutes(5));
    world.clock.advance(HOUR + minutes(1));
    await eventually(
      () => notice(analyst, id),
      ({ clock }) => clock?.fact !== null,
    );
    await world.app.get(Publisher).publish();
    expect([await published(), (await world.anonymous<string>('/figures')).body]).toEqual(before);
  });

  it('are published a week after the month has ended, once, without small numbers, and stay as they are', async () => {
    expect(await world.app.get(Publisher).publish()).toEqual([]);
    world.clock.set(new Date('2026-04-07T23:59:00.000Z'));
    expect(await world.app.get(Publisher).publish()).toEqual([]);
    world.clock.set(new Date('2026-04-08T00:01:00.000Z'));
    expect(await world.app.get(Publisher).publish()).toEqual(['2026-03']);
    const first = await published();
    const { months } = JSON.parse(first) as SummaryAnswer;
    expect(months.map(({ month }) => month)).toEqual(['2026-03']);
    // Four notices: every count is under ten, so none is shown.
    expect(months[0]!.figures.notices).toMatchObject({ sent: '<10', targetMissed: '<10' });
    expect(JSON.stringify(months[0]!.figures.items)).not.toMatch(/\[[1-9]|,[1-9]/);
    expect(months[0]!.figures.responseTime).toMatchObject({ p50Ms: null, shareWithinHour: null });
    expect(await world.app.get(Publisher).publish()).toEqual([]);
    expect(await published()).toBe(first);
  });

  it('refuse a period that ends before it begins or is none, and a login that has ended rather than showing the public ones', async () => {
    const backwards = await analyst.get<{ code: string }>(
      '/v1/transparency/summary?from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z',
    );
    expect([backwards.status, backwards.body.code]).toEqual([400, 'request.invalid']);
    for (const from of ['1', 'true', '2026-02-31T00:00:00Z', '2026-03-01T00:00:00', '0000-01-01T00:00:00Z']) {
      const unread = await analyst.get(`/v1/transparency/summary?from=${from}`);
      expect(unread).toMatchObject({
        status: 400,
        body: { code: 'request.invalid', errors: [{ pointer: '/from' }] },
      });
    }
    const ended = await world.send<{ code: string }>('GET', '/v1/transparency/summary', undefined, {
      authorization: 'Bearer cls_ended',
    });
    expect([ended.status, ended.body.code]).toEqual([401, 'auth.expired']);
  });
});

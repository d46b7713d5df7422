import { Heartbeat } from '../../src/infra/jobs/heartbeat';
import type { NoticeView } from '../../src/notices/notice.view';
import { Ticker } from '../../src/notices/ticker';
import { Ticking } from '../../src/notices/ticking';
import { minutes, startWorld, type Person, type World } from '../support/app';
import { eventually, freshUrl, notice, received, refer, removed, startQuietWorld } from '../support/referral';

let world: World;
let analyst: Person;
let moderator: Person;
let ticker: Ticker;

beforeAll(async () => {
  world = await startQuietWorld();
  ({ analyst, moderator } = await world.cast());
  ticker = world.app.get(Ticker);
});
afterAll(() => world?.close());

/** A referral acknowledged now: its hour has just begun. */
async function running(urls?: readonly string[]): Promise<NoticeView> {
  const { id } = await refer(analyst, urls);
  const answer = await moderator.post<NoticeView>(`/v1/notices/${id}/acknowledge`);
  if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
  return answer.body;
}

const tick = () => ticker.tick(world.clock.now());

const answerAll = async (view: NoticeView, measureAt: Date): Promise<NoticeView> => {
  const answers = view.items.map(({ itemId }) => removed(itemId, measureAt));
  return (await moderator.post<NoticeView>(`/v1/notices/${view.id}/answer`, { answers })).body;
};

interface EntryRow {
  kind: string;
  at: Date;
  mark?: number;
  stale?: boolean;
}

const clockEntries = async (id: string): Promise<EntryRow[]> => {
  const { rows } = await world.sql.query<{ kind: string; at: Date; dims: { mark?: number; stale?: boolean } }>(
    `select kind, at, convert_from(bytes, 'UTF8')::jsonb -> 'dims' as dims from ledger_entry
     where notice_id = $1 and kind like 'clock.%' order by id`,
    [id],
  );
  return rows.map(({ kind, at, dims }) =>
    kind === 'clock.mark' ? { kind, at, mark: dims.mark, stale: dims.stale } : { kind, at },
  );
};

const after = (view: NoticeView, ms: number): Date => new Date(Date.parse(view.clock!.startedAt) + ms);

describe('the hour', () => {
  it('counts an answer at 59:59 as in time and at 60:00 as late', async () => {
    const [early, late] = [await running(), await running()];
    world.clock.set(after(early, minutes(60) - 1_000));
    expect((await answerAll(early, world.clock.now())).items[0]?.answer).toMatchObject({ late: 'in_time' });
    world.clock.set(after(late, minutes(60)));
    expect((await answerAll(late, world.clock.now())).items[0]?.answer).toMatchObject({ late: 'late' });
    await tick();
    expect(await notice(analyst, early.id)).toMatchObject({ clock: { fact: null, state: 'stopped' } });
    expect(await notice(analyst, late.id)).toMatchObject({
      clock: { fact: { kind: 'target_missed', at: late.clock!.dueAt, correctedAt: null }, state: 'stopped' },
    });
  });

  it('calls a measure within the hour that is told after it late feedback, and corrects the fact', async () => {
    const view = await running();
    world.clock.set(after(view, minutes(75)));
    await tick();
    expect(await notice(moderator, view.id)).toMatchObject({ clock: { fact: { kind: 'target_missed' } } });
    const answered = await answerAll(view, after(view, minutes(40)));
    expect(answered.items[0]?.answer).toMatchObject({ late: 'late_feedback' });
    expect(answered.clock?.fact).toEqual({
      kind: 'target_missed',
      at: view.clock!.dueAt,
      correction: 'late_feedback',
      correctedAt: world.clock.now().toISOString(),
    });
    expect((await clockEntries(view.id)).map(({ kind }) => kind)).toContain('clock.late-feedback');
  });

  it('does not correct the fact when one of the items was late', async () => {
    const view = await running([freshUrl(), freshUrl()]);
    world.clock.set(after(view, minutes(70)));
    const [a, b] = view.items.map((item) => item.itemId);
    const answers = [removed(a!, after(view, minutes(30))), removed(b!, after(view, minutes(65)))];
    const { body } = await moderator.post<NoticeView>(`/v1/notices/${view.id}/answer`, { answers });
    expect(body.items.map((item) => item.answer?.late)).toEqual(['late_feedback', 'late']);
    await tick();
    expect((await notice(analyst, view.id)).clock?.fact).toMatchObject({ kind: 'target_missed', correctedAt: null });
  });
});

describe('the ticker', () => {
  it('writes each mark once, at its minute, and then the fact', async () => {
    const view = await running();
    for (const minute of [24, 25, 26, 45, 55, 60, 61]) {
      world.clock.set(after(view, minutes(minute)));
      await tick();
      await tick();
    }
    expect(await clockEntries(view.id)).toEqual([
      { kind: 'clock.started', at: after(view, 0) },
      { kind: 'clock.mark', at: after(view, minutes(25)), mark: 25, stale: false },
      { kind: 'clock.mark', at: after(view, minutes(45)), mark: 45, stale: false },
      { kind: 'clock.mark', at: after(view, minutes(55)), mark: 55, stale: false },
      { kind: 'clock.target-missed', at: after(view, minutes(60)) },
    ]);
    const { clock } = await notice(moderator, view.id);
    expect(clock).toMatchObject({ state: 'running', nextMarkAt: null });
    expect(clock?.marks.map(({ mark }) => mark)).toEqual([25, 45, 55, 60]);
  });

  it('dates the fact to the deadline when nobody ticked for two hours, and pages nobody for what was overtaken', async () => {
    const view = await running();
    world.clock.set(after(view, minutes(120)));
    await tick();
    expect((await clockEntries(view.id)).slice(1)).toEqual([
      { kind: 'clock.mark', at: after(view, minutes(25)), mark: 25, stale: true },
      { kind: 'clock.mark', at: after(view, minutes(45)), mark: 45, stale: true },
      { kind: 'clock.mark', at: after(view, minutes(55)), mark: 55, stale: true },
      { kind: 'clock.target-missed', at: after(view, minutes(60)) },
    ]);
  });

  it('writes the fact once, however many tick at the same moment', async () => {
    const views = [];
    for (let i = 0; i < 5; i += 1) views.push(await running());
    world.clock.set(after(views.at(-1)!, minutes(60)));
    const ticks = await Promise.all(Array.from({ length: 8 }, tick));
    await tick();
    expect(ticks.reduce((sum, { facts }) => sum + facts, 0)).toBeLessThanOrEqual(views.length);
    for (const { id } of views) {
      const kinds = (await clockEntries(id)).map(({ kind }) => kind);
      expect(kinds.filter((kind) => kind === 'clock.target-missed')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'clock.mark')).toHaveLength(3);
    }
  });

  it('writes what an answered notice had reached before its answer, and nothing after', async () => {
    const view = await running();
    world.clock.set(after(view, minutes(50)));
    await answerAll(view, world.clock.now());
    world.clock.set(after(view, minutes(120)));
    await tick();
    expect((await clockEntries(view.id)).map(({ kind, mark }) => mark ?? kind)).toEqual([
      'clock.started',
      'clock.stopped',
      25,
      45,
    ]);
    expect((await notice(analyst, view.id)).clock).toMatchObject({ fact: null, nextMarkAt: null });
  });

  it('leaves a withdrawn notice alone', async () => {
    const view = await running();
    world.clock.set(after(view, minutes(10)));
    await analyst.post(`/v1/notices/${view.id}/withdraw`, { reason: 'A mistake' });
    world.clock.set(after(view, minutes(90)));
    await tick();
    expect((await clockEntries(view.id)).map(({ kind }) => kind)).toEqual(['clock.started', 'clock.stopped']);
  });

  it('keeps running while one item of several is open', async () => {
    const view = await running([freshUrl(), freshUrl()]);
    world.clock.set(after(view, minutes(5)));
    const answers = [{ itemId: view.items[0]!.itemId, outcome: 'not_found' }];
    await moderator.post(`/v1/notices/${view.id}/answer`, { answers });
    world.clock.set(after(view, minutes(60)));
    await tick();
    expect(await notice(analyst, view.id)).toMatchObject({
      clock: { state: 'running', fact: { kind: 'target_missed' } },
    });
  });
});

describe('an outage of our own', () => {
  const outages = async (): Promise<{ from: string; to: string }[]> => {
    const { rows } = await world.sql.query<{ dims: { from: string; to: string } }>(
      `select convert_from(bytes, 'UTF8')::jsonb -> 'dims' as dims from ledger_entry where kind = 'service.outage' order by id`,
    );
    return rows.map(({ dims }) => ({ from: dims.from, to: dims.to }));
  };

  it('becomes one entry that everybody may read, whoever comes back first', async () => {
    const from = world.clock.now();
    await ticker.beat(from);
    world.clock.advance(9_000);
    await ticker.beat(world.clock.now());
    expect(await outages()).toEqual([]);

    const last = world.clock.now();
    world.clock.advance(minutes(30));
    const ended = await Promise.all([1, 2, 3].map(() => ticker.beat(world.clock.now())));
    expect(ended.filter((outage) => outage !== null)).toHaveLength(1);
    expect(await outages()).toEqual([{ from: last.toISOString(), to: world.clock.now().toISOString() }]);
    const feed = await eventually(
      () => moderator.get<{ entries: { kind: string }[] }>('/v1/feed?after=-1&limit=500'),
      ({ body }) => JSON.stringify(body).includes('service.outage'),
    );
    expect(feed.status).toBe(200);
  });

  it('is none while another node beats', async () => {
    const other = new Heartbeat();
    const before = (await outages()).length;
    for (let i = 0; i < 4; i += 1) {
      world.clock.advance(5_000);
      await world.sql.query(
        `insert into service_heartbeat (node_id, started_at, beat_at) values ($1, $2, $2)
         on conflict (node_id) do update set beat_at = excluded.beat_at`,
        [other.nodeId, world.clock.now()],
      );
    }
    await ticker.beat(world.clock.now());
    expect(await outages()).toHaveLength(before);
  });
});

describe('a worker', () => {
  it('ticks by itself: the marks and the fact are written without anybody asking', async () => {
    const working = await startWorld();
    try {
      const cast = await working.cast();
      const { id } = await received(cast.analyst);
      expect(working.app.get(Ticking)).toBeDefined();
      working.clock.advance(minutes(60));
      const { clock } = await eventually(
        () => notice(cast.moderator, id),
        (view) => view.clock?.fact !== null,
      );
      expect(clock?.fact).toMatchObject({ kind: 'target_missed', at: clock?.dueAt });
    } finally {
      await working.close();
    }
  });
});

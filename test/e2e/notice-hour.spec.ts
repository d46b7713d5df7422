import { Ticker } from '../../src/notices/ticker';
import type { NoticeView } from '../../src/notices/notice.view';
import { minutes, type Person, type World } from '../support/app';
import { EMERGENCY, orderCast, sendOrder, type OrderCast } from '../support/orders';
import { notice, removed, startQuietWorld } from '../support/referral';

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

/** What both sides and the home authority read, which has to be one and the same. */
async function clockOf(id: string): Promise<NoticeView['clock']> {
  const sides = [cast.analyst, cast.moderator, cast.homeOfficer];
  const [first, ...others] = await Promise.all(sides.map(async (who) => (await notice(who, id)).clock));
  for (const other of others) expect(other).toEqual(first);
  return first ?? null;
}

interface Night {
  readonly what: string;
  readonly receivedAt: string;
  readonly beginsAt: string;
  readonly ceasesAt: string;
  readonly dueAt: string;
}

describe('the hour (acceptance 1)', () => {
  const NIGHTS: readonly Night[] = [
    {
      what: 'clocks go forward, force majeure of 40 minutes that ends before the missing hour',
      receivedAt: '2026-03-28T23:59:30.000+01:00',
      beginsAt: '2026-03-29T00:40:00.000+01:00',
      ceasesAt: '2026-03-29T01:20:00.000+01:00',
      dueAt: '2026-03-29T03:20:00.000+02:00',
    },
    {
      what: 'clocks go back, force majeure that ends in the hour that comes twice',
      receivedAt: '2026-10-24T23:59:30.000+02:00',
      beginsAt: '2026-10-25T00:40:00.000+02:00',
      ceasesAt: '2026-10-25T02:10:00.000+02:00',
      dueAt: '2026-10-25T02:10:00.000+01:00',
    },
    {
      what: 'a new year begins, force majeure of 40 minutes over midnight',
      receivedAt: '2026-12-31T23:59:30.000+01:00',
      beginsAt: '2026-12-31T23:59:30.000+01:00',
      ceasesAt: '2027-01-01T00:39:30.000+01:00',
      dueAt: '2027-01-01T01:39:30.000+01:00',
    },
  ];

  it.each(NIGHTS)('is exact when $what', async ({ receivedAt, beginsAt, ceasesAt, dueAt }) => {
    const utc = (at: string): string => new Date(at).toISOString();
    const set = (at: string, ms = 0): void => world.clock.set(new Date(Date.parse(at) + ms));
    set(receivedAt, -1_000);
    const { id, items } = await sendOrder(cast, EMERGENCY);
    set(receivedAt);
    await act(cast.moderator, id, 'acknowledge');
    const firstDue = new Date(Date.parse(receivedAt) + minutes(60)).toISOString();
    expect(await clockOf(id)).toMatchObject({ kind: 'statutory', startedAt: utc(receivedAt), dueAt: firstDue });
    set(beginsAt);
    await tick();
    await act(cast.moderator, id, 'impossible', { explanation: 'Our data centre has no power' });
    set(ceasesAt);
    await tick();
    expect(await clockOf(id)).toMatchObject({ state: 'paused', pausedAt: utc(beginsAt), fact: null });
    await act(cast.moderator, id, 'possible-again');
    const again = await clockOf(id);
    expect(again).toMatchObject({ state: 'running', run: 2, startedAt: utc(ceasesAt), dueAt: utc(dueAt) });
    set(dueAt, -1);
    await tick();
    expect(await clockOf(id)).toMatchObject({ state: 'running', fact: null });
    set(dueAt);
    await tick();
    await tick();
    expect(await clockOf(id)).toMatchObject({
      fact: { kind: 'deadline_passed', at: utc(dueAt), correction: null },
      dueAt: utc(dueAt),
    });
    const { rows } = await world.sql.query<{ kind: string; at: Date }>(
      `select kind, at from ledger_entry where notice_id = $1 and kind in ('clock.started', 'clock.paused', 'clock.restarted', 'clock.deadline-passed') order by id`,
      [id],
    );
    expect(rows.map(({ kind }) => kind)).toEqual([
      'clock.started',
      'clock.paused',
      'clock.restarted',
      'clock.deadline-passed',
    ]);
    expect(rows.at(-1)?.at.toISOString()).toBe(utc(dueAt));
    const late = { ...removed(items[0]!.itemId, world.clock.now()), territory: 'union' };
    const answered = await act(cast.moderator, id, 'answer', { answers: [late] });
    expect(answered.items[0]?.answer).toMatchObject({ late: 'late' });
  });
});

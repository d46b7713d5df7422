import { REVIEW_MONTHS } from '../../src/domain/signal-lifecycle';
import { SignalUpkeep } from '../../src/signals/store/upkeep.service';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import { startWorld, type Person, type World } from '../support/app';
import { contribute } from '../support/signals';

const DAY_MS = 86_400_000;

describe('the review of old hashes', () => {
  let world: World;
  let curator: Person;
  let upkeep: SignalUpkeep;

  beforeAll(async () => {
    world = await startWorld({ config: { worker: false } });
    curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    upkeep = world.app.get(SignalUpkeep);
  });
  afterAll(() => world.close());

  const due = async (): Promise<string[]> =>
    (await curator.get<{ items: SignalView[] }>('/v1/signals?reviewDue=true')).body.items.map(({ id }) => id);
  const entries = async (): Promise<number[]> => {
    const { rows } = await world.sql.query<{ count: number }>(
      `select (convert_from(bytes, 'UTF8')::jsonb -> 'dims' ->> 'count')::int as count from ledger_entry
       where kind = 'signal.review-due' order by id`,
    );
    return rows.map(({ count }) => count);
  };

  it('asks each contributor once after 24 months, says so in the ledger, and again 24 months after an answer', async () => {
    const [{ id: first }, { id: second }] = [await contribute(curator), await contribute(curator)];
    const start = world.clock.now();
    const after = (months: number, days = 0): Date => {
      const then = new Date(start);
      then.setUTCMonth(then.getUTCMonth() + months);
      return new Date(then.getTime() + days * DAY_MS);
    };
    expect((await upkeep.run(after(REVIEW_MONTHS, -1))).askedForReview).toBe(0);
    world.clock.set(after(REVIEW_MONTHS));
    expect((await upkeep.run(world.clock.now())).askedForReview).toBe(2);
    expect((await upkeep.run(world.clock.now())).askedForReview).toBe(0);
    expect(await entries()).toEqual([2]);
    const reader = await world.person(curator.organisation, ['curator']);
    curator = reader;
    expect((await due()).toSorted()).toEqual([first, second].toSorted());

    expect((await curator.post(`/v1/signals/${first}/review`, {})).status).toBe(200);
    expect(await due()).toEqual([second]);
    expect((await upkeep.run(after(REVIEW_MONTHS, 30))).askedForReview).toBe(0);
    expect((await upkeep.run(after(2 * REVIEW_MONTHS, 1))).askedForReview).toBe(1);
    expect(await entries()).toEqual([2, 1]);
  });
});

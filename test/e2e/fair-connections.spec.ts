import { startWorld, type Person, type World } from '../support/app';
import { holding, untilWaiting } from '../support/locks';
import { contribute, opine } from '../support/signals';

/** What every opinion of an organisation waits for in turn; its parameter is the organisation's id. */
const SAID = `select pg_advisory_xact_lock(hashtextextended('signal-said:' || $1, 0))`;

describe('the connections to the database', () => {
  let world: World;
  let analyst: Person;
  let curator: Person;

  beforeAll(async () => {
    world = await startWorld();
    ({ analyst } = await world.cast());
    curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
  });
  afterAll(() => world.close());

  it('are not all one organisation’s, however much of its own waits for a lock', async () => {
    const signals = await Promise.all(Array.from({ length: 30 }, () => contribute(analyst)));
    const { sent, answers, waiting } = await holding(world, SAID, [curator.organisation.id], async () => {
      const saying = signals.map(({ id }) => opine(curator, id, { opinion: 'confirm' }));
      await untilWaiting(world, 5);
      const others = await Promise.all(Array.from({ length: 10 }, () => analyst.get('/v1/signal-lists')));
      const { rows } = await world.sql.query<{ count: number }>(
        'select count(distinct pid)::int from pg_locks where not granted',
      );
      return { sent: saying, answers: others, waiting: rows[0]?.count };
    });
    expect(waiting).toBe(5);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(sent.map(() => 200));
  });
});

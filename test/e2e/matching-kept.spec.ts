import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { v7 as uuidv7 } from 'uuid';
import { MatchLog } from '../../src/signals/matching/match-log.service';
import { MatchRetention } from '../../src/signals/matching/match-retention.service';
import { QueryBudget } from '../../src/signals/matching/query-budget.service';
import { startMatching, anotherNode, batch, lookUp, matchFile, newKey, DAY_MS } from '../support/matching';
import { contribute, flip, type Problem } from '../support/signals';
import type { Person, World } from '../support/app';
import * as images from '../support/images';
import { randomHash } from '../support/hashes';

describe('what is kept of questions', () => {
  let world: World;
  let curator: Person;
  let second: NestFastifyApplication;

  beforeAll(async () => {
    ({ world, curator } = await startMatching());
    second = await anotherNode(world);
  });
  afterAll(async () => {
    await second.close();
    await world.close();
  });

  it('keeps of a question without a match a count alone, and matches for the asker alone', async () => {
    const value = randomHash();
    const asker = await world.organisation('platform', `asker-${uuidv7().slice(-6)}`);
    const person = await world.person(asker, ['moderator']);
    const { id } = await contribute(curator, { type: 'pdq', value });
    await lookUp(person, 'pdq', flip(value, 3));
    await lookUp(person, 'pdq', flip(value, 3));
    await batch(person, { type: 'pdq', values: [value, randomHash(), randomHash()] });
    await world.app.get(MatchLog).flush();
    await world.app.get(QueryBudget).flush();
    const kept = await world.sql.query(
      `select signal_id, type, distance, action, source, sum(times)::int as times from signal_match where organisation_id = $1
       group by 1, 2, 3, 4, 5 order by source`,
      [asker.id],
    );
    const match = { signal_id: id, type: 'pdq', action: 'review' };
    expect(kept.rows).toEqual([
      { ...match, distance: 0, source: 'batch', times: 1 },
      { ...match, distance: 3, source: 'lookup', times: 2 },
    ]);
    const counts = await world.sql.query<{ asked: string; matched: string }>(
      'select asked, matched from signal_query_count where organisation_id = $1',
      [asker.id],
    );
    expect(counts.rows).toEqual([{ asked: '5', matched: '3' }]);
    const hashes = await world.sql.query<{ n: number }>(
      `select count(*)::int as n from signal_match m where m::text like '%' || $1 || '%'`,
      [flip(value, 3)],
    );
    expect(hashes.rows[0]!.n).toBe(0);
  });

  it('forgets matches of look-ups after thirty days, and after its day what one person asked', async () => {
    const value = randomHash();
    const asker = await world.organisation('platform', `forgotten-${uuidv7().slice(-6)}`);
    const person = await world.person(asker, ['moderator']);
    await contribute(curator, { type: 'pdq', value });
    await lookUp(person, 'pdq', value);
    await world.app.get(MatchLog).flush();
    await world.app.get(QueryBudget).flush();
    const before = world.clock.now();
    const retention = world.app.get(MatchRetention);
    const left = async (): Promise<unknown> =>
      (
        await world.sql.query(
          `select (select count(*)::int from signal_match where organisation_id = $1) as matches,
             (select jsonb_agg(jsonb_build_array(person_id = $2, asked)) from signal_query_count where organisation_id = $1) as counts`,
          [asker.id, '00000000-0000-0000-0000-000000000000'],
        )
      ).rows[0];
    world.clock.set(new Date(before.getTime() + 29 * DAY_MS));
    await retention.forget();
    expect(await left()).toEqual({ matches: 1, counts: [[true, 1]] });
    world.clock.set(new Date(before.getTime() + 31 * DAY_MS));
    await retention.forget();
    expect(await left()).toEqual({ matches: 0, counts: [[true, 1]] });
    world.clock.set(before);
  });

  it('lets a person ask for 2,000 hashes a day on all nodes together, and says when it begins again', async () => {
    const organisation = await world.organisation('platform', `curious-${uuidv7().slice(-6)}`);
    const person = await world.person(organisation, ['moderator', 'admin']);
    const values = Array.from({ length: 1990 }, randomHash);
    expect((await batch(person, { type: 'pdq', values })).status).toBe(200);
    const beyond = await batch<Problem & { resetsAt: string }>(person, { type: 'pdq', values: values.slice(0, 11) });
    expect(beyond).toMatchObject({ status: 429, body: { code: 'signals.budget-spent', left: 10 } });
    expect(beyond.body.resetsAt).toBe('2026-03-03T00:00:00.000Z');
    await world.app.get(QueryBudget).flush();
    const elsewhere = await second.inject({
      method: 'POST',
      url: '/v1/signals/match/batch',
      headers: { authorization: `Bearer ${person.token}` },
      payload: { type: 'pdq', values: values.slice(0, 11) },
    });
    expect(elsewhere.statusCode).toBe(429);
    expect((await batch(person, { type: 'pdq', values: values.slice(0, 10) })).status).toBe(200);
    const { key } = await newKey(world, person);
    const byKey = await world.send('POST', '/v1/signals/match/batch', { type: 'pdq', values }, { authorization: `Bearer ${key}` }); // prettier-ignore
    expect(byKey.status).toBe(200);
    const before = world.clock.now();
    world.clock.set(new Date(before.getTime() + DAY_MS));
    expect((await lookUp(person, 'pdq', randomHash())).status).toBe(200);
    world.clock.set(before);
  });

  it('counts each picture of a file as a question, and a file without one as one', async () => {
    const asker = await world.organisation('platform', 'with-files');
    const person = await world.person(asker, ['moderator']);
    const asked = async (): Promise<number> => {
      await world.app.get(QueryBudget).flush();
      const counts = await world.sql.query<{ asked: string }>(
        'select asked from signal_query_count where organisation_id = $1',
        [asker.id],
      );
      return Number(counts.rows[0]?.asked ?? 0);
    };
    const picture = await images.sceneJpeg(55);
    expect((await matchFile(person, Buffer.from('plain words'))).status).toBe(200);
    expect(await asked()).toBe(1);
    await matchFile(person, picture);
    expect(await asked()).toBe(2);
    await matchFile(person, picture, '?variants=dihedral');
    expect(await asked()).toBe(2 + 8);
  });
});

import { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { dataSourceOptions } from '../../src/data-source';
import { Work } from '../../src/infra/database/work';
import { append } from '../../src/ledger/append';
import { COMMON_LIST, recordChange } from '../../src/signals/changes';
import { placeAt, timeOf } from '../../src/signals/exchange/core/sequenced.query';
import { startWorld, type CastOrganisation, type Person, type World } from '../support/app';
import { hashOf, issue, sequenced, type Issued } from '../support/exchange';
import { FeedClient, TaxiiClient } from '../support/exchange-clients';
import { StopnciiClient, TatClient } from '../support/exchange-field-clients';
import type { Actor } from '../../src/infra/database/actor';
import { DataSource } from 'typeorm';

describe('a subscriber that polls while others write', () => {
  let world: World;
  let unit: CastOrganisation;
  let admin: Person;
  let credentials: Record<'feed' | 'stopncii' | 'tat' | 'taxii', Issued>;
  let sources: DataSource[];
  let work: Work;

  beforeAll(async () => {
    world = await startWorld();
    const cast = await world.cast();
    unit = cast.unit;
    admin = await world.person(cast.platform, ['admin']);
    const lists = [COMMON_LIST];
    const of = (protocol: string): Promise<Issued> => issue(admin, { protocol, lists });
    credentials = {
      feed: await of('feed'),
      stopncii: await of('stopncii'),
      tat: await of('tat'),
      taxii: await of('taxii'),
    };
    sources = await Promise.all(
      [world.database.urls.app, world.database.urls.worker].map((url) =>
        new DataSource(dataSourceOptions(url, 6)).initialize(),
      ),
    );
    work = new Work(sources[0]!, sources[1]!, world.database.scopeKey);
  });
  afterAll(async () => {
    await Promise.all(sources.map((source) => source.destroy()));
    await world.close();
  });

  const actor = (): Actor => ({
    organisationId: unit.id,
    organisationKind: 'authority',
    personId: null,
    via: 'api-key',
    name: 'writer',
    office: null,
    permissions: new Set(),
  });

  /** Contributes or withdraws in one transaction that stays open until `release`: its entry is older than its commit. */
  function write(value: string, ends: boolean, release: Promise<void>): Promise<void> {
    const at = world.clock.now();
    return work.run(actor(), async (tx) => {
      const [made]: { id: string }[] = await tx.query('select id from signal_make($1, $2, $3, $4, $5)', [
        [uuidv7()],
        ['pdq'],
        [value],
        [90],
        at,
      ]);
      const id = made!.id;
      const entry = await append(tx, {
        kind: ends ? 'signal.withdrawn' : 'signal.contributed',
        actor: actor(),
        at,
        subjects: { signal: id },
        audience: [],
      });
      if (ends) {
        const rows: { id: string }[] = await tx.query(
          `select id from signal_contribution where signal_id = $1 and state = 'standing' and organisation_id = $2`,
          [id, unit.id],
        );
        await tx.query(`select * from signal_end_contributions($1, 'withdrawn', 'withdrawn', $2, null)`, [
          rows.map((row) => row.id),
          at,
        ]);
      } else {
        await tx.query(
          `insert into signal_contribution (id, signal_id, organisation_id, list_id, labels, contributed_at) values ($1, $2, $3, $4, '{}', $5) on conflict do nothing`,
          [uuidv7(), id, unit.id, COMMON_LIST, at],
        );
      }
      await recordChange(tx, entry.id, [id], null);
      await release;
    });
  }

  const standing = async (): Promise<string[]> => {
    const { rows } = await world.sql.query<{ value: string }>(
      `select value from signal where state <> 'withdrawn' order by value`,
    );
    return rows.map(({ value }) => value);
  };

  it('ends with what stands, on every protocol, whatever order transactions commit in', async () => {
    const feed = new FeedClient(world, credentials.feed, 3);
    const stopncii = new StopnciiClient(world, credentials.stopncii, 3);
    const tat = new TatClient(world, credentials.tat, 3);
    const taxii = new TaxiiClient(world, credentials.taxii, COMMON_LIST, 4);
    const writing = { isDone: false };
    const polling = (async () => {
      while (!writing.isDone) {
        await feed.poll();
        await stopncii.fetch();
        await tat.fetch();
        await taxii.poll();
      }
    })();
    let seed = 7;
    const random = (below: number): number => {
      // Numerical Recipes' generator, in whole 32 bits.
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      return (seed >>> 16) % below;
    };
    const names = Array.from({ length: 12 }, (_, n) => hashOf(`order ${n}`));
    for (let round = 0; round < 12; round++) {
      world.clock.advance(700);
      // Writers of different hashes, begun in one order and committed in the other.
      const chosen = [...new Set(Array.from({ length: 3 }, () => names[random(names.length)]!))];
      const known = new Set(await standing());
      const gates = chosen.map(() => Promise.withResolvers<void>());
      const writes = chosen.map((value, i) => write(value, known.has(value), gates[i]!.promise));
      for (const gate of gates.toReversed()) {
        await new Promise((resolve) => setTimeout(resolve, 25));
        gate.resolve();
      }
      await Promise.all(writes);
    }
    await sequenced(world);
    writing.isDone = true;
    await polling;
    world.clock.advance(5_000);
    await feed.poll();
    await stopncii.fetch();
    await tat.fetch();
    await taxii.poll();
    const expected = await standing();
    expect(expected.length).toBeGreaterThan(1);
    expect([...feed.signals.values()].map(({ value }) => String(value)).toSorted()).toEqual(expected);
    expect([...tat.hashes].toSorted()).toEqual(expected.map((value) => `pdq:${value}`));
    expect(names.filter((value) => stopncii.verdict(value) === 'POSITIVE_CLASS').toSorted()).toEqual(expected);
    const indicators = [...taxii.objects.values()].filter(
      ({ type, revoked }) => type === 'indicator' && revoked === false,
    );
    expect(indicators.map(({ pattern }) => String(pattern).split("'")[3] ?? '').toSorted()).toEqual(expected);
  });

  it('goes by a time that never goes back, also when the next sequencer’s clock does', async () => {
    const before = await world.sql.query<{ micros: string }>('select max(micros) as micros from exchange_instant');
    const client = new Client(world.database.superuser);
    await client.connect();
    const tat = new TatClient(world, credentials.tat);
    const stopncii = new StopnciiClient(world, credentials.stopncii);
    await tat.fetch();
    await stopncii.fetch();
    world.clock.advance(-3_600_000);
    for (let n = 0; n < 3; n++) await write(hashOf(`earlier clock ${n}`), false, Promise.resolve());
    await sequenced(world);
    await tat.fetch();
    await stopncii.fetch();
    for (let n = 0; n < 3; n++) {
      expect(tat.hashes.has(`pdq:${hashOf(`earlier clock ${n}`)}`)).toBe(true);
      expect(stopncii.verdict(hashOf(`earlier clock ${n}`))).toBe('POSITIVE_CLASS');
    }
    const { rows } = await client.query<{ size: string; micros: string }>(
      'select size, micros from exchange_instant order by size',
    );
    await client.end();
    for (const [i, row] of rows.entries())
      if (i > 0) expect(Number(row.micros)).toBeGreaterThan(Number(rows[i - 1]!.micros));
    expect(Number(rows.at(-1)!.micros)).toBeGreaterThan(Number(before.rows[0]!.micros));
  });

  it('finds each leaf by its time and each time by its leaf', async () => {
    const size = Number(
      (await world.sql.query<{ size: string }>('select max(size) as size from exchange_instant')).rows[0]!.size,
    );
    await work.asWorker(async (tx) => {
      let last = 0;
      for (let seq = 0; seq < size; seq++) {
        const micros = await timeOf(tx, seq);
        expect(micros).toBeGreaterThan(last);
        last = micros;
        expect(await placeAt(tx, micros)).toBe(seq);
        expect(await placeAt(tx, micros - 1)).toBeLessThan(seq);
      }
      expect(await placeAt(tx, 0)).toBe(-1);
    });
  });

  it('is held by a table of times that nobody changes', async () => {
    await expect(world.sql.query('update exchange_instant set micros = 0')).rejects.toThrow(/append-only/);
    await expect(world.sql.query('delete from exchange_instant')).rejects.toThrow(/append-only/);
  });
});

import { Client, type Pool } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../../src/data-source';
import { eventually } from '../support/referral';
import { createTestDatabase, type TestDatabase } from '../support/database';

describe('a connection of the service', () => {
  let database: TestDatabase;
  let source: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    source = await new DataSource(dataSourceOptions(database.urls.worker, 3)).initialize();
  });
  afterAll(async () => {
    await source?.destroy();
    await database?.drop();
  });

  it('that ends before anybody has begun to use it does not end the process', async () => {
    const pool: Pool = Reflect.get(source.driver, 'master');
    const client = await pool.connect();
    // What pg does when the end of a connection lies in the same packet as its beginning.
    expect(() => client.emit('error', new Error('terminating connection due to administrator command'))).not.toThrow();
    client.release(true);
  });

  it('that is ended while it works fails the query under way, and soon another takes its place', async () => {
    const runner = source.createQueryRunner();
    const [{ pid }]: [{ pid: number }] = await runner.query('select pg_backend_pid() as pid');
    await source.query('select 1');
    const waiting = runner.query('select pg_sleep(30)');
    await expect(Promise.all([waiting, source.query('select pg_terminate_backend($1)', [pid])])).rejects.toThrow(
      /terminating connection/,
    );
    await runner.release();
    const two = (): Promise<unknown> => source.query('select 2 as two').catch(() => null);
    expect(await eventually(two, (rows) => rows !== null)).toEqual([{ two: 2 }]);
  });

  it('waits for a statement that takes long, for as long as the server lives', async () => {
    // Longer than the silence after which the server is asked whether it lives.
    expect(await source.query(`select 'done' as it from pg_sleep(6)`)).toEqual([{ it: 'done' }]);
  }, 30_000);

  it('that has prepared a question about a table as it was gives way to one that prepares it anew', async () => {
    const columns = async (): Promise<string[] | null> => {
      const rows: object[] | null = await source.query('select * from changing where one = $1', [1]).catch(() => null);
      return rows && Object.keys(rows[0] ?? {});
    };
    const owner = new Client(database.superuser);
    await owner.connect();
    await owner.query('create table changing as select 1 as one; grant select on changing to public');
    expect([await columns(), await columns(), await columns()]).toEqual([['one'], ['one'], ['one']]);
    await owner.query('alter table changing add column two int');
    await owner.end();
    expect(await eventually(columns, (names) => names !== null)).toEqual(['one', 'two']);
  });
});

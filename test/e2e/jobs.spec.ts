import type { Runner } from 'graphile-worker';
import { Client, type Pool, type PoolClient } from 'pg';
import { addJob, JobRegistry } from '../../src/infra/jobs/jobs';
import { JobRunner } from '../../src/infra/jobs/job-runner';
import { Work } from '../../src/infra/database/work';
import { Ticker } from '../../src/notices/ticker';
import { startWorld, type Person, type World } from '../support/app';
import { draft, eventually, notice, refer, startQuietWorld } from '../support/referral';

let world: World;
let analyst: Person;

beforeAll(async () => {
  world = await startQuietWorld();
  ({ analyst } = await world.cast());
});
afterAll(() => world?.close());

const jobs = async (): Promise<string[]> => {
  const { rows } = await world.sql.query<{ key: string }>('select key from graphile_worker._private_jobs order by id');
  return rows.map(({ key }) => key);
};

describe('a job', () => {
  it('is there when its transaction is, and gone with it when it is rolled back', async () => {
    const { id } = await refer(analyst);
    expect(await jobs()).toContain(`deliver:${id}:notice.sent`);
    const before = await jobs();
    const work = world.app.get(Work);
    const rolledBack = work.asWorker(async (tx) => {
      await addJob(tx, 'deliver', { noticeId: id, event: 'notice.withdrawn' }, { key: 'never' });
      throw new Error('rolled back');
    });
    await expect(rolledBack).rejects.toThrow('rolled back');
    expect(await jobs()).toEqual(before);
  });

  it('is not left behind by a sending that the database refuses at its end', async () => {
    const { id } = await draft(analyst);
    const before = await jobs();
    await world.sql.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'refused at commit'; end $$;
       create constraint trigger refuse after update on notice deferrable initially deferred
         for each row execute function refuse()`,
    );
    try {
      expect((await analyst.post(`/v1/notices/${id}/send`)).status).toBe(500);
    } finally {
      await world.sql.query('drop trigger refuse on notice; drop function refuse()');
    }
    expect(await jobs()).toEqual(before);
    expect(await notice(analyst, id)).toMatchObject({ state: 'draft' });
  });

  it('of a key that has not begun is replaced, not doubled', async () => {
    const work = world.app.get(Work);
    for (const event of ['notice.sent', 'notice.withdrawn']) {
      await work.asWorker((tx) => addJob(tx, 'deliver', { noticeId: 'none', event }, { key: 'one-key' }));
    }
    const { rows } = await world.sql.query(`select payload from graphile_worker._private_jobs where key = 'one-key'`);
    expect(rows).toEqual([{ payload: { noticeId: 'none', event: 'notice.withdrawn' } }]);
    await world.sql.query(`delete from graphile_worker._private_jobs where key = 'one-key'`);
  });
});

describe('the app role', () => {
  it('adds the tasks that are listed, and reaches nothing else of the job tables', async () => {
    const app = new Client(world.database.app);
    await app.connect();
    try {
      const add = (task: string) => app.query(`select add_job($1, '{}', null, null, null, null)`, [task]);
      await expect(add('rm -rf')).rejects.toThrow(/no task of that name/);
      await expect(app.query('select * from graphile_worker._private_jobs')).rejects.toThrow(/permission denied/);
      await expect(app.query(`select graphile_worker.add_job('deliver')`)).rejects.toThrow(/permission denied/);
      await expect(app.query('select * from private.job_task')).rejects.toThrow(/permission denied/);
    } finally {
      await app.end();
    }
  });
});

describe('the jobs of a process that was killed', () => {
  it('are given to one that lives, long before the four hours of graphile-worker, whichever of its workers had them', async () => {
    const keys: string[] = [];
    for (const pool of ['pool-of-the-dead', 'other-pool-of-the-dead']) {
      const { id } = await refer(analyst);
      keys.push(`deliver:${id}:notice.sent`);
      await world.sql.query(
        `update graphile_worker._private_jobs set locked_by = $2, locked_at = now(), attempts = 1 where key = $1`,
        [keys.at(-1), pool],
      );
    }
    await world.sql.query(
      `insert into service_heartbeat (node_id, pool_id, started_at, beat_at, seen_at)
       values (gen_random_uuid(), 'pool-of-the-dead,other-pool-of-the-dead', now(), now(), now() - interval '11 seconds')`,
    );
    await world.app.get(Ticker).freeDeadNodes();
    const { rows } = await world.sql.query(`select locked_by from graphile_worker._private_jobs where key = any ($1)`, [
      keys,
    ]);
    expect(rows).toEqual([{ locked_by: null }, { locked_by: null }]);
  });

  it('and those of one that lives are left to it', async () => {
    const { id } = await refer(analyst);
    const key = `deliver:${id}:notice.sent`;
    await world.sql.query(
      `update graphile_worker._private_jobs set locked_by = 'pool-of-the-living', locked_at = now() where key = $1`,
      [key],
    );
    await world.sql.query(
      `insert into service_heartbeat (node_id, pool_id, started_at, beat_at) values (gen_random_uuid(), 'pool-of-the-living', now(), now())`,
    );
    await world.app.get(Ticker).freeDeadNodes();
    const { rows } = await world.sql.query(`select locked_by from graphile_worker._private_jobs where key = $1`, [key]);
    expect(rows).toEqual([{ locked_by: 'pool-of-the-living' }]);
  });
});

describe('a worker that comes back', () => {
  it('does what was sent while nobody worked', async () => {
    const sender = await startQuietWorld();
    try {
      const cast = await sender.cast();
      const { id } = await refer(cast.analyst);
      const runner = sender.app.get(JobRunner);
      expect(sender.app.get(JobRegistry).all().has('deliver')).toBe(true);
      await runner.start();
      expect(runner.poolId).toMatch(/^pool-/);
      const { clock } = await eventually(
        () => notice(cast.analyst, id),
        ({ state }) => state === 'received',
      );
      expect(clock?.state).toBe('running');
    } finally {
      await sender.close();
    }
  });

  it('records, before it stops, the end of a job for which it must wait for a connection', async () => {
    const sender = await startQuietWorld();
    try {
      const cast = await sender.cast();
      const runner = sender.app.get(JobRunner);
      const stopped = new Promise<void>((resolve, reject) => {
        const handlers: Map<string, () => Promise<void>> = Reflect.get(sender.app.get(JobRegistry), 'handlers');
        handlers.set('deliver', async () => {
          const pool: Pool = Reflect.get(runner, 'pool');
          const held: PoolClient[] = [];
          while (pool.totalCount < pool.options.max || pool.idleCount > 0) held.push(await pool.connect());
          runner.stop().then(resolve, reject);
          setTimeout(() => held.forEach((client) => client.release()), 300);
        });
      });
      await runner.start();
      await refer(cast.analyst);
      await stopped;
      const { rows } = await sender.sql.query('select key from graphile_worker._private_jobs');
      expect(rows).toEqual([]);
    } finally {
      await sender.close();
    }
  });

  it('goes on after the database has ended all its connections', async () => {
    const working = await startWorld();
    try {
      const cast = await working.cast();
      const runner = working.app.get(JobRunner);
      for (let round = 0; round < 3; round += 1) {
        await working.sql.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'clepsydra-jobs'`,
        );
        const { id } = await refer(cast.analyst);
        await eventually(
          () => notice(cast.analyst, id),
          ({ state }) => state === 'received',
        );
      }
      // Also when graphile-worker itself has given up.
      const before = runner.poolId;
      const ended: Runner = Reflect.get(Reflect.get(runner, 'lanes')[0], 'runner');
      await ended.stop();
      await eventually(
        async () => runner.poolId,
        (poolId) => poolId !== undefined && poolId !== before,
      );
      const { id } = await refer(cast.analyst);
      await eventually(
        () => notice(cast.analyst, id),
        ({ state }) => state === 'received',
      );
    } finally {
      await working.close();
    }
  });
});

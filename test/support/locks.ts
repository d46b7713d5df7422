import { Client as Pg } from 'pg';
import type { World } from './app';

/** What every contribution of an organisation waits for in turn; its parameter is the organisation's id. */
export const QUOTA = `select pg_advisory_xact_lock(hashtextextended('signal-quota:' || $1, 0))`;

/** Holds what `lock` locks while `work` runs. */
export async function holding<T>(
  { database }: World,
  lock: string,
  parameters: readonly unknown[],
  work: () => Promise<T>,
): Promise<T> {
  const other = new Pg(database.superuser);
  await other.connect();
  try {
    await other.query('begin');
    await other.query(lock, [...parameters]);
    return await work();
  } finally {
    await other.end();
  }
}

/**
 * All at the same instant: each has got as far as it can while `lock` is held, and then all go on. `lock` is what each of them
 * waits for.
 */
export async function together<T>(
  world: World,
  lock: string,
  parameters: readonly unknown[],
  calls: readonly (() => Promise<T>)[],
): Promise<T[]> {
  let answers: Promise<T>[] = [];
  await holding(world, lock, parameters, async () => {
    answers = calls.map((call) => call());
    await untilWaiting(world, calls.length, ...answers);
  });
  return Promise.all(answers);
}

/** Until so many transactions wait for a lock, or what could be waiting has been answered. */
export async function untilWaiting({ sql }: World, count: number, ...answers: Promise<unknown>[]): Promise<void> {
  let answered = 0;
  for (const answer of answers) void answer.then(() => (answered += 1));
  for (;;) {
    const { rows } = await sql.query<{ count: number }>(
      'select count(distinct pid)::int from pg_locks where not granted',
    );
    if (rows[0]!.count + answered >= count) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

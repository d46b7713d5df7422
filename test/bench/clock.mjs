import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { spread } from './figures.mjs';
import { root } from './dist.mjs';
import { calm, settled } from './world.mjs';
import { startService } from './workplace.mjs';

const TICK_MS = 200;
const PATIENCE_MS = 20_000;

/** Notices that were received minutes ago, with running clocks of which no mark is near. */
async function fill({ sql, cast }, clocks) {
  await sql.query(`
    begin;
    -- The rows refer to each other by construction: checking 400,000 references would only make the bench longer.
    set local session_replication_role = replica;
    create temp table filling on commit drop as
      select uuidv7() as notice, uuidv7() as clock, n,
        date_trunc('milliseconds', clock_timestamp()) - interval '60 seconds' * random() as started
      from generate_series(1, ${clocks}) n;
    insert into notice (id, reference, kind, state, sender_id, recipient_id, category, ideology, language, requested_action,
      sender_country, platform_size, created_at, sent_at, received_at, receipt_channel)
    select notice, 'BENCH-2026-' || n, 'referral', 'received', '${cast.unit}', '${cast.platform}', 'incitement', 'unknown', 'fr',
      'review', 'FR', 'large', started, started, started, 'inbox' from filling;
    insert into clock (id, notice_id, sender_id, recipient_id, kind, state, target_ms, started_at, due_at, next_mark_at)
    select clock, notice, '${cast.unit}', '${cast.platform}', 'target', 'running', 3600000, started::timestamptz(3),
      started::timestamptz(3) + interval '1 hour', started::timestamptz(3) + interval '25 minutes' from filling;
    insert into clock_run (clock_id, run_no, started_at, due_at)
    select id, 1, started_at, due_at from clock where id in (select clock from filling);
    commit;
    create table bench_clock as select id, next_mark_at, false as told from clock where next_mark_at is not null;
    create index on bench_clock (next_mark_at) where not told`);
  await sql.query('vacuum analyze notice, clock, clock_run, bench_clock');
  await calm(sql);
}

/** Moves some of the clocks so that their first mark falls evenly within the span, beginning in two seconds. */
async function makeDue({ sql }, due, spanMs) {
  const { rows } = await sql.query(
    `with chosen as (
       select id, row_number() over () as n
       from (select id from clock where state = 'running' and last_mark is null order by random() limit $1) c
     ), moved as (
       update clock c set started_at = m.mark - interval '25 minutes', due_at = m.mark + interval '35 minutes', next_mark_at = m.mark
       from (select id, (date_trunc('milliseconds', clock_timestamp()) + interval '2 seconds'
               + n * $2::float8 / $1 * interval '1 millisecond')::timestamptz(3) as mark from chosen) m
       where c.id = m.id returning c.id, c.notice_id, c.next_mark_at
     ), runs as (
       update clock_run r set started_at = m.next_mark_at - interval '25 minutes', due_at = m.next_mark_at + interval '35 minutes'
       from moved m where r.clock_id = m.id
     ), plain as (
       update bench_clock b set next_mark_at = m.next_mark_at from moved m where b.id = m.id
     ) select id, notice_id from moved`,
    [due, spanMs],
  );
  return rows;
}

/** The barest ticker: the same clocks in a table of their own, one statement every 200 ms, no ledger, no second worker. */
async function plainTicker(world, isOver) {
  const sql = await world.secondSql();
  while (!isOver()) {
    await sql.query('update bench_clock set told = true where next_mark_at <= now() and not told');
    await sleep(TICK_MS);
  }
  await sql.end();
}

const lateness = async (sql, table, at, where, ids) => {
  const { rows } = await sql.query(
    `select extract(epoch from pg_xact_commit_timestamp(xmin) - ${at})::float8 * 1000 as late from ${table} where ${where}`,
    [ids],
  );
  return spread(rows.map(({ late }) => late));
};

/** Both the marks and the entries that tell them: every one there, and there once. */
async function count({ sql }, due) {
  await settled(sql);
  const clocks = due.map(({ id }) => id);
  const notices = due.map(({ notice_id }) => notice_id);
  const [marks, entries] = [
    (await sql.query('select count(*)::int as n from clock_mark where clock_id = any ($1)', [clocks])).rows[0].n,
    (
      await sql.query(
        `select count(*)::int as n, count(distinct notice_id)::int as notices from ledger_entry
         where kind = 'clock.mark' and notice_id = any ($1)`,
        [notices],
      )
    ).rows[0],
  ];
  return {
    missed: due.length - Math.min(marks, entries.notices),
    twice: Math.max(marks - due.length, entries.n - entries.notices),
  };
}

async function untilWritten({ sql }, due, spanMs) {
  const ids = due.map(({ id }) => id);
  const until = performance.now() + spanMs + PATIENCE_MS;
  for (;;) {
    const { rows } = await sql.query('select count(*)::int as n from clock_mark where clock_id = any ($1)', [ids]);
    if (rows[0].n >= due.length || performance.now() > until) return;
    await sleep(TICK_MS);
  }
}

/** A worker that is killed and started again as long as the bench runs. */
async function killAgainAndAgain(start, everyMs, isOver) {
  let kills = 0;
  let worker = await start();
  const work = async () => {
    for (;;) {
      for (const from = performance.now(); performance.now() - from < everyMs; await sleep(50)) if (isOver()) return;
      await worker.kill();
      kills += 1;
      worker = await start();
    }
  };
  const ended = work();
  return { ended, kills: () => kills, stop: async () => worker.stop() };
}

/** Two worker processes on many open clocks; one is killed (kill -9) in the middle, twice, and started again. */
export async function benchClock(world, { clocks, due: dueCount, spanMs, say }) {
  const { sql, config, database, data } = world;
  await fill(world, clocks);
  say(`clock: ${clocks.toLocaleString('en')} clocks are open`);
  const settings = {
    DATABASE_URL: database.ownerUrl,
    DATABASE_APP_URL: database.appUrl,
    DATABASE_WORKER_URL: database.workerUrl,
    CLEPSYDRA_DATA: data,
    CLEPSYDRA_SECRETS: config.secretsDirectory,
  };
  const command = [process.execPath, '--enable-source-maps', path.join(root, 'dist/src/worker.js')];
  let isOver = false;
  const second = await killAgainAndAgain(
    () => startService(command, settings),
    spanMs / 3,
    () => isOver,
  );
  const due = await makeDue(world, dueCount, spanMs);
  const ticking = plainTicker(world, () => isOver);
  await untilWritten(world, due, spanMs);
  isOver = true;
  await Promise.all([second.ended, ticking]);
  await second.stop();
  const { missed, twice } = await count(world, due);
  const ids = due.map(({ id }) => id);
  const marks = await lateness(sql, 'clock_mark', 'at', 'clock_id = any ($1)', ids);
  const plain = await lateness(sql, 'bench_clock', 'next_mark_at', 'id = any ($1) and told', ids);
  say(`clock: written after ${marks.text}, ${missed} missed, ${twice} twice, ${second.kills()} kills`);
  if (missed > 0 || twice > 0)
    throw new Error(`of ${due.length} marks ${missed} were missed and ${twice} written twice`);
  return [
    {
      what: `clock: ${due.length.toLocaleString('en')} marks, ${clocks.toLocaleString('en')} open, 2 workers, ${second.kills()}× kill -9`,
      figure: `${marks.text} · none missed or twice`,
      baseline: `one bare UPDATE every ${TICK_MS} ms: ${plain.text}`,
      ratio: marks.p99 / plain.p99,
      target: 'p99 < 500 ms, none missed or twice',
      met: marks.p99 < 500,
      values: { marks, plain, missed, twice, kills: second.kills() },
    },
  ];
}

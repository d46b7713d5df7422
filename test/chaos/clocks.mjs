import { setTimeout as sleep } from 'node:timers/promises';
import { built } from '../bench/dist.mjs';

const { Obstacles } = built('src/notices/obstacles.service');

const MINUTE_MS = 60_000;
/** Until the first mark falls due: workers have to be there by then. */
export const LEAD_MS = 3000;
/** Between the end of an obstacle and the mark of the run that it begins. */
const SOON_MS = 3000;

/** Notices that were received `startedAt` ago with running clocks. Returns nothing: they are found in `chaos_clock`. */
async function fill({ sql, cast }, role, count, startedAgo, lastMark, nextMark) {
  if (count === 0) return;
  await sql.query(`
    begin;
    -- The rows refer to each other by construction: checking half a million references would only take time.
    set local session_replication_role = replica;
    create temp table filling on commit drop as
      select uuidv7() as notice, uuidv7() as clock, n, (clock_timestamp() - ${startedAgo})::timestamptz(3) as started
      from generate_series(1, ${count}) n;
    insert into notice (id, reference, kind, state, sender_id, recipient_id, category, ideology, language, requested_action,
      sender_country, platform_size, created_at, sent_at, received_at, receipt_channel)
    select notice, 'CHAOS-${role}-' || n, 'referral', 'received', '${cast.unit}', '${cast.platform}', 'incitement', 'unknown',
      'fr', 'review', 'FR', 'large', started, started, started, 'inbox' from filling;
    insert into clock (id, notice_id, sender_id, recipient_id, kind, state, target_ms, started_at, due_at, last_mark, next_mark_at)
    select clock, notice, '${cast.unit}', '${cast.platform}', 'target', 'running', 3600000, started,
      started + interval '1 hour', ${lastMark}, started + interval '${nextMark} minutes' from filling;
    insert into clock_run (clock_id, run_no, started_at, due_at)
    select clock, 1, started, started + interval '1 hour' from filling;
    insert into chaos_clock (id, notice_id, role) select clock, notice, '${role}' from filling;
    commit`);
}

/**
 * The clocks of a run, none with a mark near: `open` ones that stay so, `due` ones whose marks will be moved into the span, `halted`
 * ones of the same kind that an obstacle will halt before, and `again` ones whose full hour an obstacle will begin again.
 */
export async function openClocks(world, { clocks, marks, obstacles }) {
  const { sql } = world;
  await sql.query(`create table chaos_clock (id uuid primary key, notice_id uuid not null, role text not null,
    run_no int not null default 1, mark_at timestamptz(3))`);
  await fill(
    world,
    'open',
    Math.max(0, clocks - marks - 2 * obstacles),
    `interval '60 seconds' * random()`,
    'null',
    25,
  );
  await fill(world, 'due', marks, `interval '10 minutes'`, 'null', 25);
  await fill(world, 'halted', obstacles, `interval '10 minutes'`, 'null', 25);
  await fill(world, 'again', obstacles, `interval '30 minutes'`, '25', 45);
  await sql.query('vacuum analyze notice, clock, clock_run, chaos_clock');
}

/** Once the workers are there: the marks of `due` clocks fall evenly within the span, those of `halted` ones well after their halt. */
export async function bringMarks(world, spanMs) {
  await spread(world, 'due', LEAD_MS, spanMs);
  await spread(world, 'halted', LEAD_MS + spanMs / 2 + SOON_MS, spanMs / 2);
}

async function spread({ sql }, role, fromMs, spanMs) {
  await sql.query(
    `with marked as (
       select id, (clock_timestamp() + (($2::float8 + (row_number() over (order by id) - 1) * $3::float8 / count(*) over ())
         * interval '1 millisecond'))::timestamptz(3) as mark from chaos_clock where role = $1
     ), noted as (
       update chaos_clock k set mark_at = m.mark from marked m where k.id = m.id
     ), runs as (
       update clock_run r set started_at = m.mark - interval '25 minutes', due_at = m.mark + interval '35 minutes'
       from marked m where r.clock_id = m.id
     ) update clock c set started_at = m.mark - interval '25 minutes', due_at = m.mark + interval '35 minutes', next_mark_at = m.mark
       from marked m where c.id = m.id`,
    [role, fromMs, spanMs],
  );
}

/** Through the code that a platform's own message runs through: obstacles that halt clocks, and such as begin them again. */
export async function bringObstacles({ sql, work, cast }, spanMs) {
  const obstacles = new Obstacles(work, { now: () => new Date() });
  const actor = { organisationId: cast.platform, organisationKind: 'platform', personId: null, via: 'api-key', name: 'chaos', office: null, permissions: new Set() }; // prettier-ignore
  const explanation = 'Our data centre has no power';
  const { rows } = await sql.query(
    `select id, notice_id, role from chaos_clock where role in ('halted', 'again') order by random()`,
  );
  const begunAt = performance.now();
  const bring = async ({ id, notice_id: noticeId, role }) => {
    if (role === 'halted') return obstacles.impossible(actor, noticeId, { explanation });
    const ceasedAt = new Date(Date.now() - 25 * MINUTE_MS + SOON_MS);
    await obstacles.impossible(actor, noticeId, { explanation, since: new Date(ceasedAt.getTime() - 1000) });
    await obstacles.possibleAgain(actor, noticeId, { ceasedAt });
    const markAt = new Date(ceasedAt.getTime() + 25 * MINUTE_MS);
    return sql.query('update chaos_clock set run_no = 2, mark_at = $2 where id = $1', [id, markAt]);
  };
  let next = 0;
  const bringer = async () => {
    for (let i = next++; i < rows.length; i = next++) {
      await sleep(Math.max(0, begunAt + (i * spanMs) / 2 / rows.length - performance.now()));
      await bring(rows[i]);
    }
  };
  await Promise.all(Array.from({ length: 6 }, bringer));
}

/** A clock owes its mark unless an obstacle had halted it before; one that was halted later had reached it. */
const OWES = `(k.role in ('due', 'again') or k.role = 'halted' and exists (
  select from clock c where c.id = k.id and (c.paused_at is null or c.paused_at >= k.mark_at)))`;
const EXPECTED = `chaos_clock k where ${OWES}`;

/** Waits until every mark that is owed is there, or nothing can be hoped for any more. */
export async function untilWritten({ sql }, patienceMs) {
  const until = performance.now() + patienceMs;
  for (;;) {
    const { rows } = await sql.query(
      `select count(*)::int as n from ${EXPECTED} and not exists (
         select from clock_mark m where m.clock_id = k.id and m.run_no = k.run_no and m.mark = 25)`,
    );
    if (rows[0].n === 0 || performance.now() > until) return;
    await sleep(250);
  }
}

/** What was written, against what was owed: marks, and the entries that tell them. */
export async function audit({ sql }) {
  const late = await sql.query(
    `select k.role, extract(epoch from pg_xact_commit_timestamp(m.xmin) - k.mark_at)::float8 * 1000 as late
     from clock_mark m join chaos_clock k on k.id = m.clock_id and m.run_no = k.run_no where m.mark = 25 and ${OWES}`,
  );
  const [owed] = (await sql.query(`select count(*)::int as n from ${EXPECTED}`)).rows;
  const [entries] = (
    await sql.query(
      `select count(*)::int as n, count(distinct e.notice_id)::int as notices from ledger_entry e
       join chaos_clock k on k.notice_id = e.notice_id where e.kind = 'clock.mark' and ${OWES}`,
    )
  ).rows;
  const [stray] = (
    await sql.query(
      `select (select count(*)::int from clock_mark m join chaos_clock k on k.id = m.clock_id
                 where not ${OWES} or m.run_no <> k.run_no or m.mark <> 25) as marks,
              (select count(*)::int from ledger_entry e join chaos_clock k on k.notice_id = e.notice_id
                 where e.kind = 'clock.mark' and not ${OWES}) as entries`,
    )
  ).rows;
  return {
    owed: owed.n,
    lates: late.rows.map((row) => row.late),
    restarted: late.rows.filter(({ role }) => role === 'again').length,
    missed: owed.n - Math.min(late.rows.length, entries.notices),
    doubled: Math.max(late.rows.length - owed.n, 0) + (entries.n - entries.notices),
    /** Written although an obstacle had halted the clock before, or long before their time. */
    unowed: stray.marks + stray.entries,
  };
}

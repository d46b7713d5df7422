import { v7 as uuidv7 } from 'uuid';
import { median, seconds } from './figures.mjs';
import { freshToken } from './replay.mjs';
import { calm, settled } from './world.mjs';

const PORTION = 500;
const TABLES = ['content_item', 'bulk_line', 'ledger_entry', 'ledger_body'];

/** One list of so many addresses, from its first byte to its answer. */
async function overHttp({ url, cast }, count) {
  const run = freshToken();
  const lines = Array.from({ length: count }, (_, i) => `hxxps://${cast.host.replaceAll('.', '[.]')}/bulk/${run}/${i}`);
  const startedAt = performance.now();
  const answer = await fetch(`${url}/v1/cases/bulk?category=incitement&ideology=unknown`, {
    method: 'POST',
    headers: { authorization: `Bearer ${cast.key}`, 'content-type': 'text/plain', 'idempotency-key': uuidv7() },
    body: lines.join('\n'),
  });
  const body = await answer.json();
  const ms = performance.now() - startedAt;
  if (!answer.ok || body.added !== count)
    throw new Error(`the list was answered ${answer.status}, ${body.added} added`);
  return { ms, caseId: body.caseId, bulkId: body.id };
}

/** What that list wrote, in portions as text, so that nothing but pg is measured when it is written again. */
async function rowsOf(sql, { caseId, bulkId }) {
  const where = {
    content_item: ['t.case_id = $1', caseId, 't.id'],
    bulk_line: ['t.bulk_id = $1', bulkId, 't.position'],
    ledger_entry: ['t.case_id = $1', caseId, 't.id'],
    ledger_body: ['t.entry_id in (select id from ledger_entry where case_id = $1)', caseId, 't.entry_id'],
  };
  const portions = [];
  for (const table of TABLES) {
    const [condition, id, order] = where[table];
    const { rows } = await sql.query(
      `select to_json(t)::text as row from ${table} t where ${condition} order by ${order}`,
      [id],
    );
    for (let from = 0, n = 0; from < rows.length; from += PORTION, n += 1) {
      portions[n] ??= {};
      portions[n][table] = `[${rows
        .slice(from, from + PORTION)
        .map(({ row }) => row)
        .join()}]`;
    }
  }
  return portions;
}

/** The same rows into tables of the same columns, checks and indexes, as many a transaction. */
async function throughPg(sql, portions) {
  for (const table of TABLES) {
    await sql.query(`drop table if exists bench_${table}`);
    await sql.query(`create table bench_${table} (like ${table} including all)`);
  }
  const startedAt = performance.now();
  for (const portion of portions) {
    await sql.query('begin');
    for (const [table, json] of Object.entries(portion))
      await sql.query(`insert into bench_${table} select * from json_populate_recordset(null::bench_${table}, $1)`, [
        json,
      ]);
    await sql.query('commit');
  }
  const ms = performance.now() - startedAt;
  for (const table of TABLES) await sql.query(`drop table bench_${table}`);
  return ms;
}

/** A list over HTTP and its rows through pg alone, in turns. */
export async function benchBulk(world, { rounds, items, say }) {
  const measured = [];
  await overHttp(world, Math.min(items, 500));
  for (let round = 0; round < rounds; round += 1) {
    await settled(world.sql);
    await calm(world.sql);
    const list = await overHttp(world, items);
    await settled(world.sql);
    const portions = await rowsOf(world.sql, list);
    await calm(world.sql);
    const pgMs = await throughPg(world.sql, portions);
    measured.push({ ms: list.ms, pgMs });
    say(`bulk, round ${round + 1}: ${seconds(list.ms)} over HTTP, ${seconds(pgMs)} through pg`);
  }
  const [ms, pgMs] = [median(measured.map((each) => each.ms)), median(measured.map((each) => each.pgMs))];
  return [
    {
      what: `bulk: POST /v1/cases/bulk, ${items.toLocaleString('en')} addresses in one list`,
      figure: seconds(ms),
      baseline: `${seconds(pgMs)}, its rows through pg`,
      ratio: ms / pgMs,
      target: '< 20 s for 10,000',
      met: ms < (20_000 * items) / 10_000,
      values: { rounds: measured },
    },
  ];
}

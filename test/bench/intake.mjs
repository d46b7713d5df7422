import autocannon from 'autocannon';
import { v7 as uuidv7 } from 'uuid';
import { costing } from './cpu.mjs';
import { pg } from './dist.mjs';
import { median, perSecond } from './figures.mjs';
import { caseWith, freshToken, record, Replays } from './replay.mjs';
import { calm, settled } from './world.mjs';

const CONNECTIONS = 16;

async function overHttp({ url, cast }, durationSeconds) {
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: durationSeconds,
    requests: [
      {
        method: 'POST',
        path: '/v1/cases',
        headers: { authorization: `Bearer ${cast.key}`, 'content-type': 'application/json' },
        setupRequest: (request) => ({
          ...request,
          headers: { ...request.headers, 'idempotency-key': uuidv7() },
          body: JSON.stringify(caseWith(cast.host, freshToken())),
        }),
      },
    ],
  });
  const refused = result.non2xx + result.errors + result.timeouts;
  if (refused > 0) throw new Error(`${refused} of ${result.requests.total} submissions were not taken`);
  const count = result['2xx'];
  return { count, rate: count / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
}

/** The same number of clients, each sending one request's statements after another. Made beforehand, so that only pg counts. */
async function throughPg(clients, replays, durationSeconds, expectedRate) {
  const ready = Array.from({ length: Math.ceil(expectedRate * durationSeconds) }, () => replays.make());
  const startedAt = performance.now();
  const until = startedAt + durationSeconds * 1000;
  let done = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < until) {
        const statements = ready.pop();
        if (!statements) return;
        await replays.run(client, statements);
        done += 1;
      }
    }),
  );
  return { count: done, rate: done / ((performance.now() - startedAt) / 1000) };
}

/** A unit has worked for years: half of its items are open, half closed. An empty table would flatter every query. */
async function fillItems({ sql, cast }, count) {
  await sql.query(
    `with filed as (
       insert into case_file (id, organisation_id, reference, category, ideology, opened_at)
       values (uuidv7(), $1, 'BENCH-OLD', 'incitement', 'unknown', now()) returning id
     )
     insert into content_item (id, organisation_id, case_id, kind, platform_id, address, identity, identity_digest, state, added_at)
     select uuidv7(), $1, filed.id, 'url', $2, 'https://old.example/' || n, 'https://old.example/' || n,
       sha256(('url' || chr(10) || 'https://old.example/' || n)::bytea), case n % 2 when 0 then 'open' else 'closed' end, now()
     from filed, generate_series(1, $3::int) n`,
    [cast.unit, cast.platform, count],
  );
  await sql.query('vacuum analyze case_file, content_item');
}

async function openClients({ database }) {
  const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client({ connectionString: database.appUrl }));
  for (const client of clients) {
    client.on('error', () => undefined);
    await client.connect();
  }
  return clients;
}

/** CPU time of one submission, the sequencer's share included. */
function costRow(middle) {
  const [service, database, alone] = ['serviceCpuMs', 'databaseCpuMs', 'pgCpuMs'].map(middle);
  if (service === null) return [];
  return [
    {
      what: 'intake: CPU time of one submission',
      figure: `service ${service.toFixed(1)} ms · PostgreSQL ${database.toFixed(1)} ms`,
      baseline: `PostgreSQL ${alone.toFixed(1)} ms`,
      ratio: (service + database) / alone,
      values: { service, database, alone },
    },
  ];
}

/**
 * Submissions of one address over HTTP, and the statements of such a submission through pg alone, in turns, so that a
 * neighbour's load falls on both. The replay has the ledger's writes too; what it has not is the wait for the receipt.
 */
export async function benchIntake(world, { rounds, roundSeconds, items, say }) {
  await fillItems(world, items);
  const recording = await record(world);
  const replays = new Replays(recording, world);
  const clients = await openClients(world);
  const measured = [];
  try {
    let expected = 4 * (await throughPg(clients, replays, 0.5, 2000)).rate;
    await overHttp(world, Math.min(2, roundSeconds));
    for (let round = 0; round < rounds; round += 1) {
      await settled(world.sql);
      await calm(world.sql);
      const http = await costing(world, () => overHttp(world, roundSeconds));
      await settled(world.sql);
      await calm(world.sql);
      const plain = await costing(world, () => throughPg(clients, replays, roundSeconds, expected));
      expected = 2 * plain.rate;
      measured.push({ ...http, pgRate: plain.rate, pgCpuMs: plain.databaseCpuMs, ratio: http.rate / plain.rate });
      say(`intake, round ${round + 1}: ${perSecond(http.rate)} over HTTP, ${perSecond(plain.rate)} through pg`);
    }
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
  const middle = (key) => median(measured.map((each) => each[key]));
  const ratio = middle('ratio');
  const count = recording.statements.length;
  return [
    {
      what: `intake: POST /v1/cases, one address, 16 connections, ${items.toLocaleString('en')} items there`,
      figure: `${perSecond(middle('rate'))} · p50 ${middle('p50')} · p99 ${middle('p99')} ms`,
      baseline: `${perSecond(middle('pgRate'))}, its ${count} statements through pg`,
      ratio,
      target: '≥ 0.5×',
      met: ratio >= 0.5,
      values: { rounds: measured, statements: count },
    },
    ...costRow(middle),
  ];
}

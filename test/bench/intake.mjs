import autocannon from 'autocannon';
import { v7 as uuidv7 } from 'uuid';
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
  return { rate: result['2xx'] / result.duration, p50: result.latency.p50, p99: result.latency.p99 };
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
  return done / ((performance.now() - startedAt) / 1000);
}

async function openClients({ database }) {
  const clients = Array.from({ length: CONNECTIONS }, () => new pg.Client({ connectionString: database.appUrl }));
  for (const client of clients) {
    client.on('error', () => undefined);
    await client.connect();
  }
  return clients;
}

/**
 * Submissions of one address over HTTP, and the statements of such a submission through pg alone, in turns, so that a
 * neighbour's load falls on both. The replay has the ledger's writes too; what it has not is the wait for the receipt.
 */
export async function benchIntake(world, { rounds, roundSeconds, say }) {
  const recording = await record(world);
  const replays = new Replays(recording, world);
  const clients = await openClients(world);
  const measured = [];
  try {
    let expected = 4 * (await throughPg(clients, replays, 0.5, 2000));
    await overHttp(world, Math.min(2, roundSeconds));
    for (let round = 0; round < rounds; round += 1) {
      await settled(world.sql);
      await calm(world.sql);
      const http = await overHttp(world, roundSeconds);
      await settled(world.sql);
      await calm(world.sql);
      const pgRate = await throughPg(clients, replays, roundSeconds, expected);
      expected = 2 * pgRate;
      measured.push({ ...http, pgRate, ratio: http.rate / pgRate });
      say(`intake, round ${round + 1}: ${perSecond(http.rate)} over HTTP, ${perSecond(pgRate)} through pg`);
    }
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
  const middle = (key) => median(measured.map((each) => each[key]));
  const ratio = middle('ratio');
  const count = recording.statements.length;
  return [
    {
      what: 'intake: POST /v1/cases, one address, 16 connections',
      figure: `${perSecond(middle('rate'))} · p50 ${middle('p50')} · p99 ${middle('p99')} ms`,
      baseline: `${perSecond(middle('pgRate'))}, its ${count} statements through pg`,
      ratio,
      target: '≥ 0.5×',
      met: ratio >= 0.5,
      values: { rounds: measured, statements: count },
    },
  ];
}

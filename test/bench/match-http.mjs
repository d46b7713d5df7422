// Look-ups over HTTP among a million hashes: one by one, ten thousand at once, and while others contribute. On its own
// service and database, as `npm run bench` does it:  node test/bench/match-http.mjs [--quick]
import autocannon from 'autocannon';
import { createHash, randomBytes } from 'node:crypto';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { v7 as uuidv7 } from 'uuid';
import { costing } from './cpu.mjs';
import { root } from './dist.mjs';
import { median, ms, percentile, perSecond, seconds, table } from './figures.mjs';
import { environment, freePort, openWorkplace, startService } from './workplace.mjs';

const CONNECTIONS = 16;
const BATCH = 10_000;
const BATCH_CONNECTIONS = 4;
/** Of a hundred questions so many lie near a known hash. */
const HITS_PERCENT = 5;
const COMMON_LIST = '00000000-0000-7000-8000-000000000001';
/** Each its own transaction, ledger entry and receipt; 40/s is 3.5 M a day, the whole of the shared hashes there are. */
const INSERTS_PER_SECOND = [10, 40];
const MIXED_PER_SECOND = 1000;
/** Three rounds of it stay below what a known contributor may bring in a day. */
const MIXED_SECONDS = 3;

const known = (n) => createHash('sha256').update(String(n)).digest();

/** A hash near one of the known, or one of nobody's. */
function question(hashes, n) {
  if (n % 100 >= HITS_PERCENT) return randomBytes(32).toString('hex');
  const hash = known(1 + Math.floor(Math.random() * hashes));
  for (let bit = 0; bit < n % 24; bit += 1) hash[bit] ^= 1 << (bit % 8);
  return hash.toString('hex');
}

/**
 * A million contributions of one body to the common list two months ago, written as the superuser: no trigger computes what
 * is known here.
 */
async function fill({ sql, cast }, hashes, say) {
  await sql.query('begin');
  await sql.query(`set local session_replication_role = replica`);
  await sql.query(
    `insert into signal (id, type, value, state, reviewed, quality, created_at, changed_at)
     select uuidv7(), 'pdq', encode(sha256(n::text::bytea), 'hex'), 'active', true, 90, now(), now() from generate_series(1, $1::int) n`,
    [hashes],
  );
  await sql.query(
    `insert into signal_contribution (id, signal_id, organisation_id, list_id, labels, severity, reviewed, state, contributed_at)
     select uuidv7(), s.id, $1, $2, '{"category": "incitement", "ideology": "unknown"}', 'high', true, 'standing', now() - interval '60 days' from signal s
     where not exists (select from signal_contribution c where c.signal_id = s.id)`,
    [cast.platform, COMMON_LIST],
  );
  await sql.query('commit');
  await sql.query('vacuum analyze signal, signal_contribution');
  say(`${hashes.toLocaleString('en')} hashes in the database`);
}

async function keyWith({ sql, cast }, organisation, permissions, createdBy) {
  const { built } = await import('./dist.mjs');
  const { hashToken, makeToken } = built('src/accounts/token');
  const key = makeToken('api-key');
  await sql.query(
    `insert into api_key (id, organisation_id, name, prefix, token_hash, permissions, created_by, created_at, expires_at)
     values ($1, $2, 'matcher', $3, $4, $5, $6, now(), now() + interval '1 day')`,
    [uuidv7(), cast[organisation], key.slice(0, 10), hashToken(key), permissions, cast[createdBy].id],
  );
  return { authorization: `Bearer ${key}` };
}

function checked(result, what) {
  const refused = result.non2xx + result.errors + result.timeouts;
  if (refused > 0) throw new Error(`${refused} of ${result.requests.total} requests failed: ${what}`);
  const { p50, p99 } = result.latency;
  return { count: result['2xx'], rate: result['2xx'] / result.duration, p50, p99 };
}

const floor = async (url, duration) =>
  checked(await autocannon({ url: `${url}/health`, connections: CONNECTIONS, duration }), '/health');

async function singles(url, headers, hashes, duration) {
  let n = 0;
  const next = (request) => ({ ...request, path: `/v1/signals/match?type=pdq&value=${question(hashes, (n += 1))}` });
  const requests = [{ method: 'GET', headers, setupRequest: next }];
  return checked(await autocannon({ url, connections: CONNECTIONS, duration, requests }), 'a look-up');
}

async function batches(url, headers, hashes, duration) {
  const bodies = Array.from({ length: 8 }, () =>
    JSON.stringify({ type: 'pdq', values: Array.from({ length: BATCH }, (_, n) => question(hashes, n)) }),
  );
  let n = 0;
  const requests = [
    {
      method: 'POST',
      path: '/v1/signals/match/batch',
      headers: { ...headers, 'content-type': 'application/json' },
      setupRequest: (request) => ({ ...request, body: bodies[(n += 1) % bodies.length] }),
    },
  ];
  const result = checked(await autocannon({ url, connections: BATCH_CONNECTIONS, duration, requests }), 'a batch');
  return { count: result.count * BATCH, rate: result.rate * BATCH };
}

/** The engine alone in this process, on one core: what a batch would be without HTTP, JSON and labels. */
async function engineAlone(hashes, durationMs) {
  const { built } = await import('./dist.mjs');
  const { createHammingIndex } = built('src/perceptual/hamming-factory');
  const index = createHammingIndex(hashes);
  const packed = new Uint8Array(hashes * 32);
  for (let n = 0; n < hashes; n += 1) packed.set(known(n + 1), n * 32);
  const step = 100_000;
  for (let n = 0; n < hashes; n += step) {
    const count = Math.min(step, hashes - n);
    const ids = Uint32Array.from({ length: count }, (_, i) => n + i);
    index.insertMany(ids, packed.subarray(n * 32, (n + count) * 32));
  }
  const asked = Buffer.concat(Array.from({ length: BATCH }, (_, n) => Buffer.from(question(hashes, n), 'hex')));
  index.queryMany(asked, 31);
  const startedAt = performance.now();
  let done = 0;
  while (performance.now() - startedAt < durationMs) {
    index.queryMany(asked, 31);
    done += BATCH;
  }
  return (done / (performance.now() - startedAt)) * 1000;
}

const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

/** Resolves when the whole answer has come; throws unless it has the status. */
function send(url, { method = 'GET', headers, body }, status) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent }, (answer) => {
      answer.resume();
      answer.once('error', reject);
      answer.once('end', () => {
        if (answer.statusCode === status) resolve();
        else reject(new Error(`${method} answered ${answer.statusCode}`));
      });
    });
    request.once('error', reject);
    request.end(body);
  });
}

/**
 * So many a second at even distances, whether or not the ones before have been answered, as visitors come. (autocannon sends
 * a second's requests at once and then waits.) Each is timed from the instant at which it was due.
 */
async function evenly(perSecondWanted, durationMs, one) {
  const took = [];
  const underway = new Set();
  const timed = async (n, due) => {
    await one(n);
    took.push(performance.now() - due);
  };
  const startedAt = performance.now();
  for (let n = 0; ; n += 1) {
    const due = startedAt + (n * 1000) / perSecondWanted;
    if (due > startedAt + durationMs) break;
    const early = due - performance.now();
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
    const work = timed(n, due).finally(() => underway.delete(work));
    underway.add(work);
  }
  await Promise.all(underway);
  return { took, rate: took.length / ((performance.now() - startedAt) / 1000) };
}

const lookUps = (url, headers, hashes, durationMs) =>
  evenly(MIXED_PER_SECOND, durationMs, (n) =>
    send(`${url}/v1/signals/match?type=pdq&value=${question(hashes, n)}`, { headers }, 200),
  );

function contributions(url, token, perSecondWanted, durationMs) {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', prefer: 'receipt=later' };
  return evenly(perSecondWanted, durationMs, () => {
    const body = JSON.stringify({ type: 'pdq', value: randomBytes(32).toString('hex'), quality: 90, labels: {} });
    return send(`${url}/v1/signals`, { method: 'POST', headers, body }, 201);
  });
}

async function mixed(url, headers, token, hashes, perSecondWanted, durationMs) {
  const [asked, made] = await Promise.all([
    lookUps(url, headers, hashes, durationMs),
    contributions(url, token, perSecondWanted, durationMs),
  ]);
  const alone = await lookUps(url, headers, hashes, durationMs);
  const p99 = percentile(asked.took, 0.99);
  return { p50: median(asked.took), p99, rate: asked.rate, inserts: made.rate, alone: percentile(alone.took, 0.99) };
}

async function untilLoaded(url, headers) {
  const startedAt = performance.now();
  for (;;) {
    const answer = await fetch(`${url}/v1/signals/match?type=sha256&value=${'0'.repeat(64)}`, { headers });
    const { freshness } = await answer.json();
    if (freshness.source === 'index') return performance.now() - startedAt;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const rss = async (pid) => {
  const { readFile } = await import('node:fs/promises');
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
};

const best = (rows, key, better) => rows.reduce((a, b) => (better(b[key], a[key]) ? b : a));
const most = (rows) => best(rows, 'rate', (a, b) => a > b);

async function measure({ url, headers, world, hashes, duration, rounds, say }) {
  const taken = { floor: [], single: [], batch: [] };
  const mixes = INSERTS_PER_SECOND.map(() => []);
  const engine = await engineAlone(hashes, duration * 500);
  await singles(url, headers, hashes, 1);
  for (let round = 0; round < rounds; round += 1) {
    taken.floor.push(await costing(world, () => floor(url, duration)));
    taken.single.push(await costing(world, () => singles(url, headers, hashes, duration)));
    for (const [i, wanted] of INSERTS_PER_SECOND.entries())
      mixes[i].push(await mixed(url, headers, world.cast.officer.token, hashes, wanted, MIXED_SECONDS * 1000));
    // Last: what a collector has to do after millions of answers would fall into what is measured next.
    taken.batch.push(await costing(world, () => batches(url, headers, hashes, duration)));
    const last = (name) => perSecond(taken[name].at(-1).rate);
    say(`round ${round + 1}: ${last('single')} look-ups, ${last('batch')} hashes in batches, /health ${last('floor')}`);
  }
  const [bare, single, many] = [most(taken.floor), most(taken.single), most(taken.batch)];
  const cpu = ({ serviceCpuMs }) => (serviceCpuMs === null ? '' : ` · CPU ${(serviceCpuMs * 1000).toFixed(1)} µs`);
  const of = `at ${(hashes / 1e6).toLocaleString('en')} M hashes`;
  return [
    {
      what: `look-ups over HTTP, one by one, ${of}`,
      figure: `${perSecond(single.rate)} · p99 ${ms(single.p99)} ms${cpu(single)}`,
      baseline: `GET /health ${perSecond(bare.rate)} · p99 ${ms(bare.p99)} ms${cpu(bare)}`,
      ratio: single.rate / bare.rate,
      target: '≥ 3,000/s',
      met: single.rate >= 3000,
      values: { rate: single.rate, floor: bare.rate, cpuMs: single.serviceCpuMs, floorCpuMs: bare.serviceCpuMs },
    },
    {
      what: `hashes in batches of ${BATCH.toLocaleString('en')}, ${of}`,
      figure: `${perSecond(many.rate)}${cpu(many)}`,
      baseline: `the engine alone, one core ${perSecond(engine)}`,
      ratio: many.rate / engine,
      target: '≥ 200,000/s',
      met: many.rate >= 200_000,
      values: { rate: many.rate, engine, cpuMs: many.serviceCpuMs },
    },
    ...mixes.map((mix) => {
      const both = best(mix, 'p99', (a, b) => a < b);
      return {
        what: `look-ups at ${perSecond(both.rate)} beside ${both.inserts.toFixed(0)} contributions/s`,
        figure: `p50 ${ms(both.p50)} · p99 ${ms(both.p99)} ms`,
        baseline: `without the contributions p99 ${ms(both.alone)} ms`,
        ratio: both.p99 / both.alone,
        target: 'p99 < 10 ms',
        met: both.p99 < 10,
        values: both,
      };
    }),
  ];
}

/**
 * @param options hashes (default a million), duration (seconds of each measurement), rounds, say (progress, a line each)
 * @returns rows for the table of figures.mjs
 */
export async function run({ hashes = 1_000_000, duration = 5, rounds = 3, say = () => undefined } = {}) {
  const folder = openWorkplace();
  const data = path.join(folder, 'data');
  for (const name of Object.keys(process.env)) if (!(name in environment({}))) delete process.env[name];
  const port = String(await freePort());
  const url = `http://127.0.0.1:${port}`;
  const command = [process.execPath, '--enable-source-maps', path.join(root, 'dist/src/main.js')];
  const own = { CLEPSYDRA_DATA: data, PORT: port, CLEPSYDRA_REQUESTS_PER_MINUTE: '1000000' };
  let service = await startService(command, own);
  const { openWorld } = await import('./world.mjs');
  let world = await openWorld(data, url, service.pid);
  await fill(world, hashes, say);
  const headers = await keyWith(world, 'platform', ['signal.query'], 'moderator');
  await world.sql.query(
    `insert into signal_trust (organisation_id, level, changed_at) values ($1, 'trusted', now()) on conflict do nothing`,
    [world.cast.unit],
  );
  const { cast } = world;
  await world.close();
  await service.stop();
  service = await startService(command, own);
  const loadedMs = service.readyMs + (await untilLoaded(url, headers));
  const memory = await rss(service.pid);
  say(
    `ready ${seconds(service.readyMs)}, loaded ${seconds(loadedMs)} after the start, ${(memory / 2 ** 20).toFixed(0)} MiB`,
  );
  try {
    const rows = await measure({
      url,
      headers,
      world: { cast, data, pid: service.pid },
      hashes,
      duration,
      rounds,
      say,
    });
    rows.push({
      what: `node with ${(hashes / 1e6).toLocaleString('en')} M hashes: start to loaded`,
      figure: `${seconds(loadedMs)} · ${(memory / 2 ** 20).toFixed(0)} MiB`,
      baseline: `ready to answer from the database ${seconds(service.readyMs)}`,
      values: { loadedMs, readyMs: service.readyMs, memory },
    });
    return rows;
  } catch (error) {
    process.stderr.write(`The service's last words:\n${service.words()}\n`);
    throw error;
  } finally {
    await service.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const quick = process.argv.includes('--quick');
  const rows = await run({
    ...(quick ? { hashes: 100_000, duration: 2, rounds: 1 } : {}),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`\n${table(rows)}\n\nload ${os.loadavg()[0].toFixed(1)}\n`);
  process.exit(0);
}

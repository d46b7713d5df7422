// `npm run chaos`: many open clocks on a real PostgreSQL, three worker processes of which one after the other is killed, and the
// question whether every mark was written, once and in time. Own data in a temporary folder; speaks to nobody. Ends with 1 when a mark
// was missed, doubled or written without being owed, and with --strict also when it was late. See docs/operating.md.
//   --clocks 100000   open clocks          --seconds 60     over which the marks fall due
//   --marks N         of them, default a tenth of the clocks (100,000 open clocks reach 6,700 marks a minute on average)
//   --obstacles 200   clocks that are halted, and as many that begin again, meanwhile
//   --workers 3       --kill-every 4       seconds           --json   --strict
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuOf } from '../bench/cpu.mjs';
import { built, pg } from '../bench/dist.mjs';
import { ms, spread as spreadOf } from '../bench/figures.mjs';
import { environment, openWorkplace } from '../bench/workplace.mjs';

const { values: options } = parseArgs({
  options: {
    clocks: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '60' },
    marks: { type: 'string' },
    obstacles: { type: 'string', default: '200' },
    workers: { type: 'string', default: '3' },
    'kill-every': { type: 'string', default: '4' },
    json: { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
  },
});

/** Longer than this it cannot take: something hangs. */
const HANGS_AFTER_MS = 5 * 60_000;
const PATIENCE_MS = 30_000;
const TOO_LATE_MS = 2000;
const P99_MS = 500;

const number = (name, least) => {
  const value = Number(options[name]);
  if (!Number.isSafeInteger(value) || value < least)
    throw new Error(`--${name} takes a whole number, ${least} or more`);
  return value;
};
const startedAt = performance.now();
const say = (line) =>
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);

function wanted() {
  const [clocks, obstacles] = [number('clocks', 1), number('obstacles', 0)];
  const marks = options.marks === undefined ? Math.ceil(clocks / 10) : number('marks', 1);
  if (marks + 2 * obstacles > clocks) throw new Error('more marks and obstacles than clocks');
  return {
    clocks,
    marks,
    obstacles,
    spanMs: number('seconds', 2) * 1000,
    workers: number('workers', 1),
    killEveryMs: number('kill-every', 1) * 1000,
  };
}

/** An empty database of this version; with commit timestamps, by which one sees when a mark was there for all. */
async function openDatabase(data) {
  const { readConfig } = built('src/infra/config');
  const config = readConfig({ CLEPSYDRA_DATA: data, CLEPSYDRA_WORKER: 'off' });
  const { startEmbedded } = built('src/infra/embedded/start-embedded');
  const first = await startEmbedded({ dataDirectory: data, secretsDirectory: config.secretsDirectory });
  const client = new pg.Client(first.superuser);
  await client.connect();
  await client.query('alter system set track_commit_timestamp = on');
  await client.end();
  await first.stop();
  const database = await built('src/infra/database/connect').openDatabase(config);
  const { dataSourceOptions } = built('src/data-source');
  const { migrate } = built('src/infra/database/migrate');
  await migrate(dataSourceOptions(database.ownerUrl), database.ownerUrl, database.scopeKey);
  return database;
}

const busy = () =>
  os.cpus().reduce(
    ({ used, all }, { times }) => {
      const total = Object.values(times).reduce((sum, time) => sum + time, 0);
      return { used: used + total - times.idle, all: all + total };
    },
    { used: 0, all: 0 },
  );

async function usage(world) {
  const { rows } = await world.sql.query(
    `select xact_commit::float8 as commits, xact_rollback::float8 as rollbacks, deadlocks::float8 as deadlocks,
       (select wal_bytes::float8 from pg_stat_wal) as wal from pg_stat_database where datname = current_database()`,
  );
  return { at: performance.now(), ...rows[0], cpu: cpuOf({ pid: process.pid, data: world.data }), machine: busy() };
}

function used(before, after) {
  const seconds = (after.at - before.at) / 1000;
  const share = (part) => part / (seconds * 1000);
  return {
    seconds,
    commitsPerSecond: (after.commits - before.commits) / seconds,
    rollbacks: after.rollbacks - before.rollbacks,
    deadlocks: after.deadlocks - before.deadlocks,
    walMebibytes: (after.wal - before.wal) / 2 ** 20,
    databaseCores: after.cpu && before.cpu ? share(after.cpu.database - before.cpu.database) : null,
    machineShare: (after.machine.used - before.machine.used) / (after.machine.all - before.machine.all),
  };
}

async function wreak(settings) {
  const data = path.join(openWorkplace(), 'data');
  // Read by modules of the build in this process too: nothing of the caller's settings may reach them.
  for (const name of Object.keys(process.env)) if (!(name in environment({}))) delete process.env[name];
  fs.mkdirSync(data, { recursive: true });
  const database = await openDatabase(data);
  const { openWorld, settled, calm } = await import('../bench/world.mjs');
  const { audit, bringMarks, bringObstacles, LEAD_MS, openClocks, untilWritten } = await import('./clocks.mjs');
  const { startWorkers } = await import('./workers.mjs');
  const world = await openWorld(data, '', process.pid);
  await openClocks(world, settings);
  await calm(world.sql);
  say(`${settings.clocks.toLocaleString('en')} clocks are open`);
  const workers = await startWorkers(world, { count: settings.workers, killEveryMs: settings.killEveryMs });
  say(
    `${settings.workers} workers run; ${settings.marks.toLocaleString('en')} marks fall due within ${settings.spanMs / 1000} s`,
  );
  await bringMarks(world, settings.spanMs);
  const before = await usage(world);
  workers.beginKilling();
  await Promise.all([bringObstacles(world, settings.spanMs), sleep(LEAD_MS + settings.spanMs)]);
  await untilWritten(world, PATIENCE_MS);
  await workers.endKilling();
  await settled(world.sql);
  const after = await usage(world);
  // A mark of a clock that was halted would come by now.
  await sleep(2 * LEAD_MS);
  const found = await audit(world);
  await workers.stop();
  await world.close();
  await database.stop();
  return { ...found, kills: workers.kills(), usage: used(before, after) };
}

function report(settings, { owed, lates, restarted, missed, doubled, unowed, kills, usage: u }) {
  const lateness = spreadOf(lates);
  const tooLate = lates.filter((late) => late > TOO_LATE_MS).length + missed;
  const isWhole = missed === 0 && doubled === 0 && unowed === 0;
  const isInTime = tooLate === 0 && lateness.p99 < P99_MS;
  const load = os.loadavg().map((one) => Number(one.toFixed(1)));
  if (options.json) {
    process.stdout.write(
      `${JSON.stringify({ ...settings, owed, restarted, kills, lateness, tooLate, missed, doubled, unowed, isWhole, isInTime, usage: u, load })}\n`,
    );
  } else {
    const database = u.databaseCores === null ? '' : `, ${u.databaseCores.toFixed(2)} cores`;
    process.stdout.write(`
${owed.toLocaleString('en')} marks (${restarted} of clocks that began again) on ${settings.clocks.toLocaleString('en')} open clocks, ${settings.workers} workers, ${kills} killed
  late     ${lateness.text}   (p99 < ${P99_MS} ms: ${lateness.p99 < P99_MS ? 'met' : 'NOT MET'})
  later than ${TOO_LATE_MS / 1000} s: ${tooLate}   missed: ${missed}   doubled: ${doubled}   written without being owed: ${unowed}
  database ${u.commitsPerSecond.toFixed(0)} commits/s, ${u.rollbacks} rolled back, ${u.deadlocks} deadlocks, ${ms(u.walMebibytes)} MiB of log${database}
  machine  ${(u.machineShare * 100).toFixed(0)} % of ${os.availableParallelism()} cores busy with everything, load ${load.join(' ')}, Node ${process.versions.node}
`);
  }
  return isWhole && (isInTime || !options.strict) ? 0 : 1;
}

setTimeout(() => {
  process.stderr.write('It hangs: ended after five minutes.\n');
  process.exit(1);
}, HANGS_AFTER_MS).unref();

Promise.resolve()
  .then(async () => {
    const settings = wanted();
    process.exit(report(settings, await wreak(settings)));
  })
  .catch((error) => {
    process.stderr.write(`It broke: ${error.stack}\n`);
    process.exit(1);
  });

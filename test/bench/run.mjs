// `npm run bench`: each number of design.md section 7 that exists so far, beside its baseline of the same run. It starts its
// own service on its own durable database in a temporary folder, speaks to the loopback alone, and fails only when
// something broke, never because something was slow.
//   --quick  a tenth of everything, to see that it works     --json   the figures as JSON on standard output
//   --only intake,bulk,ledger,webhook,clock,start,vault           --profile FOLDER   a CPU profile of the service
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './dist.mjs';
import { table } from './figures.mjs';
import { environment, freePort, openWorkplace, startService } from './workplace.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    only: { type: 'string' },
    profile: { type: 'string' },
  },
});

/** Longer than this it cannot take: something hangs. */
const HANGS_AFTER_MS = 10 * 60_000;

const FULL = {
  start: { rounds: 3 },
  intake: { rounds: 3, roundSeconds: 4, items: 20_000 },
  bulk: { rounds: 3, items: 10_000 },
  ledger: { flatMs: 10_000, steadyMs: 8000 },
  webhook: { notices: 1200 },
  clock: { clocks: 100_000, due: 4000, spanMs: 20_000 },
  vault: { bytes: 2 ** 29, rounds: 3 },
};
const QUICK = {
  start: { rounds: 1 },
  intake: { rounds: 1, roundSeconds: 2, items: 2000 },
  bulk: { rounds: 1, items: 1000 },
  ledger: { flatMs: 2000, steadyMs: 1500 },
  webhook: { notices: 30 },
  clock: { clocks: 10_000, due: 400, spanMs: 6000 },
  vault: { bytes: 2 ** 26, rounds: 1 },
};

const startedAt = performance.now();
const say = (line) =>
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);
const wanted = (name) => !options.only || options.only.split(',').includes(name);
const settings = Object.fromEntries(
  Object.entries(options.quick ? QUICK : FULL).map(([name, values]) => [name, { ...values, say }]),
);

async function withService(data, benches) {
  const port = String(await freePort());
  const profiling = options.profile ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(options.profile)}`] : [];
  const command = [process.execPath, ...profiling, '--enable-source-maps', path.join(root, 'dist/src/main.js')];
  const own = { CLEPSYDRA_DATA: data, PORT: port, CLEPSYDRA_REQUESTS_PER_MINUTE: '1000000' };
  const service = await startService(command, own);
  const { openWorld } = await import('./world.mjs');
  const world = await openWorld(data, `http://127.0.0.1:${port}`, service.pid);
  const rows = [];
  try {
    for (const bench of benches) rows.push(...(await bench(world)));
  } catch (error) {
    process.stderr.write(`The service's last words:\n${service.words()}\n`);
    throw error;
  }
  await world.close();
  await service.stop();
  return rows;
}

async function measure() {
  const folder = openWorkplace();
  const data = path.join(folder, 'data');
  // Read by modules of the build in this process too: nothing of the caller's settings may reach them.
  for (const name of Object.keys(process.env)) if (!(name in environment({}))) delete process.env[name];
  const rows = { start: [], service: [], vault: [] };
  // First always: it makes the database on which the others run.
  const { benchStart } = await import('./start.mjs');
  rows.start = await benchStart(folder, data, wanted('start') ? settings.start : { ...settings.start, rounds: 1 });
  const [{ benchIntake }, { benchBulk }, { benchLedger }, { benchWebhook }, { benchClock }] = await Promise.all(
    ['intake', 'bulk', 'ledger', 'webhook', 'clock'].map((name) => import(`./${name}.mjs`)),
  );
  const benches = {
    intake: benchIntake,
    bulk: benchBulk,
    webhook: benchWebhook,
    ledger: benchLedger,
    clock: benchClock,
  };
  const chosen = Object.entries(benches).filter(([name]) => wanted(name));
  if (chosen.length > 0) {
    rows.service = await withService(
      data,
      chosen.map(
        ([name, bench]) =>
          (world) =>
            bench(world, settings[name]),
      ),
    );
  }
  if (wanted('vault')) {
    const { benchVault } = await import('./vault.mjs');
    rows.vault = await benchVault(folder, settings.vault);
  }
  return [...(wanted('start') ? rows.start : []), ...rows.service, ...rows.vault];
}

function print(rows) {
  const [cpu] = os.cpus();
  const machine = `${os.availableParallelism()} × ${cpu?.model.trim() ?? 'unknown'}, ${os.type()}, Node ${process.versions.node}`;
  const took = (performance.now() - startedAt) / 1000;
  if (options.json) {
    const report = {
      at: new Date().toISOString(),
      machine,
      load: os.loadavg(),
      quick: options.quick,
      seconds: took,
      rows,
    };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const scale = options.quick ? ' Quick: too short to be believed.' : '';
  process.stdout.write(
    `\n${table(rows)}\n\n${machine}; load ${os.loadavg()[0].toFixed(1)}; ${took.toFixed(0)} s.${scale}\n`,
  );
}

const hanging = setTimeout(() => {
  process.stderr.write('The bench hangs: ended after ten minutes.\n');
  process.exit(1);
}, HANGS_AFTER_MS);
hanging.unref();

measure().then(
  (rows) => {
    print(rows);
    process.exit(0);
  },
  (error) => {
    process.stderr.write(`The bench broke: ${error.stack}\n`);
    process.exit(1);
  },
);

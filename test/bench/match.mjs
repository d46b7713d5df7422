// `npm run bench:match`: the figures of issue 3's table "Speed", each beside its baseline of the same run. It fails when an
// answer is wrong or something broke, never because something was slow.
//   --quick  small and short, to see that it works      --sizes 1e6,3.5e6   entries (default 1 M and 3.5 M)
//   --full   10 M as well                               --only engine,hash,http    --json
import fs from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { table } from './figures.mjs';

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    sizes: { type: 'string' },
    only: { type: 'string' },
  },
});

/** Each a module here with `run(options)`, which gives rows; one that is not there is left out. */
const SECTIONS = [
  { name: 'engine', file: 'match-engine.mjs' },
  { name: 'hash', file: 'match-hash.mjs' },
  // Last: it takes the caller's settings out of the environment.
  { name: 'http', file: 'match-http.mjs', quick: { hashes: 100_000, duration: 2, rounds: 1 } },
];

function sizes() {
  if (options.sizes) return options.sizes.split(',').map(Number);
  return options.quick ? [100_000] : [1e6, 3.5e6, ...(options.full ? [10e6] : [])];
}

const startedAt = performance.now();
const say = (line) =>
  process.stderr.write(`${((performance.now() - startedAt) / 1000).toFixed(0).padStart(4)} s  ${line}\n`);

async function measure() {
  const rows = [];
  for (const { name, file, quick } of SECTIONS) {
    const address = new URL(file, import.meta.url);
    if (!fs.existsSync(address) || (options.only && !options.only.split(',').includes(name))) continue;
    const { run } = await import(address.href);
    rows.push(...(await run({ sizes: sizes(), quick: options.quick, say, ...(options.quick ? quick : {}) })));
  }
  return rows;
}

function print(rows) {
  const [cpu] = os.cpus();
  const machine = `${os.availableParallelism()} × ${cpu?.model.trim() ?? 'unknown'}, ${os.type()}, Node ${process.versions.node}`;
  if (options.json) {
    const report = { at: new Date().toISOString(), machine, load: os.loadavg(), quick: options.quick, rows };
    process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
    return;
  }
  const scale = options.quick ? ' Quick: too short to be believed.' : '';
  process.stdout.write(`\n${table(rows)}\n\n${machine}; load ${os.loadavg()[0].toFixed(1)}.${scale}\n`);
}

try {
  const rows = await measure();
  print(rows);
  process.exit(rows.some(({ what, met }) => what.includes('recall') && met === false) ? 1 : 0);
} catch (error) {
  process.stderr.write(`The bench broke: ${error.stack}\n`);
  process.exit(1);
}

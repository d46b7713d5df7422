import fs from 'node:fs';
import path from 'node:path';
import { built, pg, root } from './dist.mjs';
import { median, seconds } from './figures.mjs';
import { freePort, startService, time } from './workplace.mjs';

const { startEmbedded } = built('src/infra/embedded/start-embedded');

/** `npm start` by the npm that runs us, or by the one on the path. */
function npmStart() {
  const npm = process.env.npm_execpath;
  return npm?.endsWith('npm-cli.js') ? [process.execPath, npm, 'start'] : ['npm', 'start'];
}

/** PostgreSQL alone on the same disk: made and started, then started again. Milliseconds. */
async function databaseAlone(folder) {
  const options = {
    dataDirectory: path.join(folder, 'alone'),
    secretsDirectory: path.join(folder, 'alone', 'secrets'),
  };
  const times = [];
  for (const _ of ['first', 'again']) {
    const startedAt = performance.now();
    const server = await startEmbedded(options);
    times.push(performance.now() - startedAt);
    await server.stop();
  }
  return times;
}

/** For the later benches: by commit timestamps one sees when something was committed without asking all the time. */
async function keepCommitTimestamps(data) {
  const password = fs.readFileSync(path.join(data, 'secrets', 'postgres-superuser'), 'utf8');
  const { host, port } = fs.existsSync(path.join(data, 'run'))
    ? { host: path.join(data, 'run'), port: 5432 }
    : { host: '127.0.0.1', port: portOf(data) };
  const client = new pg.Client({ host, port, user: 'postgres', password, database: 'postgres' });
  await client.connect();
  await client.query('alter system set track_commit_timestamp = on');
  await client.end();
}

const portOf = (data) => Number(fs.readFileSync(path.join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[3]);

async function prepareUpToDate(rounds) {
  const [prepared, bare] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    prepared.push((await time(process.execPath, ['scripts/prepare.mjs'], { cwd: root })).ms);
    bare.push((await time(process.execPath, ['-e', '0'], { cwd: root })).ms);
  }
  return { prepared: median(prepared), bare: median(bare) };
}

/** `npm start` on an empty folder and on what it left there. Leaves the folder for the other benches, stopped. */
export async function benchStart(folder, data, { rounds, say }) {
  const { prepared, bare } = await prepareUpToDate(rounds);
  say(`prepare.mjs, up to date: ${seconds(prepared)}`);
  const [aloneFirst, aloneWarm] = await databaseAlone(folder);
  const port = String(await freePort());
  const own = { CLEPSYDRA_DATA: data, PORT: port };
  const service = await startService(npmStart(), own);
  await keepCommitTimestamps(data);
  await service.stop();
  const first = service.readyMs;
  const warms = [];
  for (let round = 0; round < rounds; round += 1) {
    const again = await startService(npmStart(), own);
    await again.stop();
    warms.push(again.readyMs);
  }
  const warm = median(warms);
  say(`npm start: first ${seconds(first)}, warm ${seconds(warm)}`);
  return [
    {
      what: 'npm start → ready, first time, demo story told',
      figure: seconds(first),
      baseline: `${seconds(aloneFirst)}, initdb and PostgreSQL alone`,
      ratio: first / aloneFirst,
      target: '< 10 s',
      met: first < 10_000,
      values: { first, alone: aloneFirst },
    },
    {
      what: 'npm start → ready, warm',
      figure: seconds(warm),
      baseline: `${seconds(aloneWarm)}, PostgreSQL alone`,
      ratio: warm / aloneWarm,
      target: '< 4 s',
      met: warm < 4000,
      values: { warm: warms, alone: aloneWarm },
    },
    {
      what: 'scripts/prepare.mjs, nothing to do',
      figure: seconds(prepared),
      baseline: `${seconds(bare)}, node -e 0`,
      ratio: prepared / bare,
      values: { prepared, bare },
    },
  ];
}

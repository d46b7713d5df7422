import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { root } from '../bench/dist.mjs';
import { startService } from '../bench/workplace.mjs';

/** Worker processes of the build, of which one after the other is killed (SIGKILL) and started again until `stop`. */
export async function startWorkers({ config, database, data }, { count, killEveryMs }) {
  const settings = {
    DATABASE_URL: database.ownerUrl,
    DATABASE_APP_URL: database.appUrl,
    DATABASE_WORKER_URL: database.workerUrl,
    CLEPSYDRA_DATA: data,
    CLEPSYDRA_SECRETS: config.secretsDirectory,
  };
  const command = [process.execPath, '--enable-source-maps', path.join(root, 'dist/src/worker.js')];
  const start = () => startService(command, settings);
  const workers = [];
  for (let i = 0; i < count; i += 1) workers.push(await start());
  const state = { isOver: false, isKilling: false, kills: 0 };
  const killing = (async () => {
    for (let turn = 0; !state.isOver; turn += 1) {
      for (const from = performance.now(); !state.isOver && performance.now() - from < killEveryMs;) await sleep(25);
      if (state.isOver || !state.isKilling) continue;
      const which = turn % count;
      await workers[which].kill();
      state.kills += 1;
      workers[which] = await start();
    }
  })();
  return {
    /** From now on they are killed. */
    beginKilling: () => (state.isKilling = true),
    kills: () => state.kills,
    endKilling: async () => {
      state.isOver = true;
      await killing;
    },
    stop: () => Promise.all(workers.map((worker) => worker.stop())),
  };
}

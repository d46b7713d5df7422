import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MatchAnswer } from '../../src/signals/matching/match.dto';
import type { SignalView } from '../../src/signals/store/contribution.dto';
import { startWorld, type Person, type World } from '../support/app';
import { randomHash } from '../support/hashes';
import { buildService, freePort, killServices, startService, type Service } from '../support/service';

const HOUR_MS = 3_600_000;

jest.setTimeout(120_000);

/** Two processes of the built service, as an installation with a database of its own runs them. */
describe('two processes on one database', () => {
  let world: World;
  let folder: string;
  let nodes: readonly [Service, Service];
  let curator: Person;
  let key: string;

  beforeAll(async () => {
    buildService();
    world = await startWorld({ config: { worker: false } });
    const { moderator } = await world.cast();
    curator = await world.person(await world.organisation('civil_society', 'watchers'), ['curator']);
    folder = mkdtempSync(join(tmpdir(), 'clepsydra-two-'));
    const { urls, scopeKey } = world.database;
    const { secretsDirectory } = world.config;
    writeFileSync(join(secretsDirectory, 'scope.key'), scopeKey, { mode: 0o600 });
    const start = async (name: string): Promise<Service> =>
      startService({
        data: join(folder, name),
        port: await freePort(),
        env: {
          DATABASE_URL: urls.owner,
          DATABASE_APP_URL: urls.app,
          DATABASE_WORKER_URL: urls.worker,
          CLEPSYDRA_SECRETS: secretsDirectory,
          CLEPSYDRA_REQUESTS_PER_MINUTE: '1000000',
        },
      });
    nodes = [await start('one'), await start('other')];
    // A person may ask two thousand times a day, which is soon over here.
    const wanted = { name: 'uploads', permissions: ['signal.query'], expiresAt: new Date(Date.now() + HOUR_MS) };
    ({ key } = await ask<{ key: string }>(nodes[0], moderator.token, '/v1/api-keys', wanted));
  });
  afterAll(async () => {
    await killServices();
    await world?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  async function ask<T>({ url }: Service, token: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${url}${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Asks until the answer is from memory and has this signal, or not any more. Milliseconds that it took. */
  async function until(node: Service, { id, value }: { id: string; value: string }, isKnown: boolean): Promise<number> {
    const since = performance.now();
    for (;;) {
      const { matches, freshness } = await ask<MatchAnswer>(node, key, `/v1/signals/match?type=pdq&value=${value}`);
      const isThere = matches.some(({ signalId }) => signalId === id);
      if (freshness.source === 'index' && isThere === isKnown) return Math.round(performance.now() - since);
    }
  }

  it.each([
    ['one', 0, 1],
    ['other', 1, 0],
  ] as const)(
    'what was added or withdrawn at the %s is matched or not at its neighbour',
    async (_name, at, neighbour) => {
      const value = randomHash();
      const contributed = { type: 'pdq', value, labels: {} };
      const { id } = await ask<SignalView>(nodes[at], curator.token, '/v1/signals', contributed);
      const addedMs = await until(nodes[neighbour], { id, value }, true);
      await ask(nodes[at], curator.token, `/v1/signals/${id}/withdraw`, { reason: 'a mistake' });
      const withdrawnMs = await until(nodes[neighbour], { id, value }, false);
      process.stdout.write(`matchable at the neighbour after ${addedMs} ms, no more after ${withdrawnMs} ms\n`);
    },
  );
});

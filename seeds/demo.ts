import { rm, statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from 'pg';
import { dataSourceOptions } from '../src/data-source';
import { SettableClock } from '../src/infra/clock-source';
import { RESERVE_BYTES } from '../src/infra/blobs/disk';
import type { Config } from '../src/infra/config';
import { migrate } from '../src/infra/database/migrate';
import { StartError } from '../src/infra/embedded/start-error';
import { log } from '../src/infra/log';
import { DemoReceiver } from './demo-receiver';
import { readLogins, readOrMakeLogins, type Logins } from './logins';
import { lastClosedMonth, playPastMonth, startOfPastMonth } from './past-month';
import { makeFirstPerson, registerEverybody } from './registration';
import { Stage, type StoryDatabase } from './stage';
import { beginStory, endStory, storyState, wipe } from './story-marker';
import { beginningOfToday, playToday } from './today';

const MINUTE_MS = 60_000;
const MIB = 2 ** 20;
/** Telling the story makes a data folder grow by 4 MiB, as measured, and PostgreSQL's log by segments of 16 MiB. */
const STORY_BYTES = 64 * MIB;

export interface Demo {
  /** What to print at a start: where things are and who can sign in. Empty when the database holds no story of ours. */
  readonly welcome: string;
  /** The system of the large platform; null when there is none, or when its port is taken. */
  readonly receiver: DemoReceiver | null;
  close(): Promise<void>;
}

/**
 * Tells the demo story if this database is empty, and starts the demo's own webhook receiver. For the embedded database
 * alone. A story that was cut short, by kill -9 or a full disk, is wiped and told again from the beginning.
 * @param now the end of the story: one clock is running then
 */
export async function openDemo(config: Config, database: StoryDatabase, now: Date = new Date()): Promise<Demo> {
  if (config.database) throw new Error('the demo story belongs to the embedded database alone');
  const owner = new Client({ connectionString: database.ownerUrl });
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    const state = await storyState(owner);
    if (state === 'inhabited') return { welcome: '', receiver: null, close: async () => undefined };
    if (state === 'told') {
      const receiver = await DemoReceiver.reopen(config.secretsDirectory);
      return opened(config, readLogins(config.dataDirectory), receiver ?? null);
    }
    const logins = readOrMakeLogins(config.dataDirectory);
    if (config.api) await assertPortFree(config);
    if (state === 'half-told') await startOver(owner, config, database);
    await assertRoom(config.dataDirectory);
    return opened(config, logins, await tell(owner, config, database, logins, now));
  } finally {
    await owner.end();
  }
}

const opened = (config: Config, logins: Logins | null, receiver: DemoReceiver | null): Demo => ({
  welcome: `
  The service     ${config.publicUrl}
  Its interface   ${config.publicUrl}/docs
  Demo logins     ${logins ? 'kept in' : 'no longer in'} ${join(config.dataDirectory, 'demo-logins.txt')}

${(logins?.table ?? '').replace(/^(?=.)/gm, '  ')}
`,
  receiver,
  close: async () => receiver?.close(),
});

/** Rather now than after a story for nobody. */
function assertPortFree({ port, host }: Config): Promise<void> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}

/** The vault takes nothing below its reserve, so the story would break off in the middle. */
async function assertRoom(dataDirectory: string): Promise<void> {
  const { bavail, bsize } = await statfs(dataDirectory);
  const missing = RESERVE_BYTES + STORY_BYTES - bavail * bsize;
  if (missing <= 0) return;
  throw new StartError(
    `The disk is full: free ${Math.ceil(missing / MIB)} MiB more on the disk of ${dataDirectory}, or set CLEPSYDRA_DATA to another disk. ` +
      `The demo story needs ${STORY_BYTES / MIB} MiB, and ${RESERVE_BYTES / MIB} MiB are always left free.`,
  );
}

/** What lies in the vault was put there by the half-told story: before it, nobody could have put anything there. */
async function startOver(owner: Client, config: Config, database: StoryDatabase): Promise<void> {
  for (const folder of ['blobs', 'case-keys']) await rm(join(config.dataDirectory, folder), { recursive: true, force: true }); // prettier-ignore
  await wipe(owner);
  await migrate(dataSourceOptions(database.ownerUrl, 1), database.ownerUrl, database.scopeKey);
}

async function tell(
  owner: Client,
  config: Config,
  database: StoryDatabase,
  logins: Logins,
  now: Date,
): Promise<DemoReceiver> {
  const month = lastClosedMonth(new Date(beginningOfToday(now).getTime() - 10 * MINUTE_MS));
  const clock = new SettableClock(startOfPastMonth(month));
  const level = log.level;
  log.level = level === 'silent' ? level : 'error';
  await beginStory(owner, () => makeFirstPerson(owner, logins));
  const receiver = await DemoReceiver.openNew(config.secretsDirectory, () => clock.now());
  try {
    const stage = await Stage.open(config, database, clock);
    try {
      const systems = await registerEverybody(stage, logins, receiver);
      await playPastMonth(stage, systems, month);
      await playToday(stage, logins, now);
    } finally {
      await stage.close();
    }
    await endStory(owner);
    receiver.followRealTime();
    return receiver;
  } catch (error) {
    await receiver.close();
    throw error;
  } finally {
    log.level = level;
  }
}

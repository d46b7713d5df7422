import { Client } from 'pg';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { v7 as uuidv7 } from 'uuid';
import { hashPassword } from '../accounts/password';
import { dataSourceOptions } from '../data-source';
import type { Config } from '../infra/config';
import { openDatabase, roleSecrets } from '../infra/database/connect';
import { migrate } from '../infra/database/migrate';
import { ensureRoles } from '../infra/database/roles';
import { codeOf, StartError } from '../infra/embedded/start-error';

export interface FirstPerson {
  readonly organisation: string;
  readonly slug: string;
  readonly email: string;
  readonly name: string;
  readonly password: string;
}

/**
 * Makes an installation on a server of one's own: the two roles, the tables, and the operator with its first person.
 * Once: a second call refuses and changes nothing. DATABASE_URL must name a user that may create roles, or the roles must
 * be there (docs/operating.md says how) with DATABASE_APP_URL and DATABASE_WORKER_URL set.
 */
export async function initialise(config: Config, first: FirstPerson): Promise<void> {
  if (!config.database)
    throw new StartError('clepsydra init is for a server of your own: set DATABASE_URL. The demo needs no init.');
  const database = await openDatabase(config);
  const owner = new Client({ connectionString: database.ownerUrl });
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    if (!config.database.appUrl || !config.database.workerUrl) await makeRoles(owner, config);
    await migrate(dataSourceOptions(database.ownerUrl, 1), database.ownerUrl, database.scopeKey);
    const present = await owner.query('select 1 from organisation limit 1');
    if (present.rowCount) throw new StartError('This installation has its first person already.');
    await owner.query('select first_person($1, $2, $3, $4, $5, $6, $7)', [
      uuidv7(),
      first.organisation,
      first.slug,
      uuidv7(),
      first.email,
      first.name,
      await hashPassword(first.password),
    ]);
  } finally {
    await owner.end();
  }
}

async function makeRoles(owner: Client, config: Config): Promise<void> {
  try {
    await ensureRoles(owner, roleSecrets(config));
  } catch (error) {
    if (codeOf(error) !== '42501') throw error;
    throw new StartError(
      'The user of DATABASE_URL may not create roles: make them as docs/operating.md says and set DATABASE_APP_URL and DATABASE_WORKER_URL.',
    );
  }
}

/** One line from a pipe, or from the terminal without showing what is typed. */
export async function askSecret(question: string): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: silent, terminal: process.stdin.isTTY });
  process.stderr.write(question);
  try {
    return (await terminal.question('')).trim();
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}

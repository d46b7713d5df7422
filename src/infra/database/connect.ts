import { Client } from 'pg';
import type { Config } from '../config';
import { connectionUrl } from '../embedded/connection-url';
import { startEmbedded } from '../embedded/start-embedded';
import { randomPassword, readOrCreateSecret } from '../secrets';
import { APP, ensureDatabase, ensureRoles, makeScopeKey, OWNER, WORKER } from './roles';

/** Where each of the three roles connects, and the key that signs scopes. */
export interface Database {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly workerUrl: string;
  readonly scopeKey: Buffer;
  /** Resolves when the embedded server ended without being asked to; never for one's own. */
  readonly lost: Promise<void>;
  /** Stops the embedded server; does nothing for a server of one's own. */
  stop(): Promise<void>;
}

const NAME = 'clepsydra';

const passwordOf = (config: Config, role: string): string =>
  readOrCreateSecret(config.secretsDirectory, `database-${role}`, () => Buffer.from(randomPassword())).toString('utf8');

/** The passwords of the two unprivileged roles: of the secrets folder, made on first use. */
export const roleSecrets = (config: Config): { readonly app: string; readonly worker: string } => ({
  app: passwordOf(config, 'app'),
  worker: passwordOf(config, 'worker'),
});

export const scopeKeyOf = (config: Config): Buffer =>
  readOrCreateSecret(config.secretsDirectory, 'scope.key', makeScopeKey);

/** The same server and database as `url`, as another role. */
export function withRole(url: string, role: string, password: string): string {
  const other = new URL(url);
  other.username = role;
  other.password = encodeURIComponent(password);
  return other.toString();
}

async function openEmbedded(config: Config, shared: boolean): Promise<Database> {
  const { dataDirectory, secretsDirectory } = config;
  const server = await startEmbedded({ dataDirectory, secretsDirectory, shared });
  try {
    const passwords = {
      owner: passwordOf(config, 'owner'),
      app: passwordOf(config, 'app'),
      worker: passwordOf(config, 'worker'),
    };
    const admin = new Client({ ...server.superuser, database: 'postgres' });
    admin.on('error', () => undefined);
    await admin.connect();
    try {
      await ensureRoles(admin, passwords);
      await ensureDatabase(admin, NAME);
    } finally {
      await admin.end();
    }
    const url = (user: string, password: string): string =>
      connectionUrl({ ...server.superuser, user, password, database: NAME });
    return {
      ownerUrl: url(OWNER, passwords.owner),
      appUrl: url(APP, passwords.app),
      workerUrl: url(WORKER, passwords.worker),
      scopeKey: scopeKeyOf(config),
      lost: server.lost,
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/**
 * Opens the database of this configuration. With one's own server the two unprivileged roles come from
 * DATABASE_APP_URL and DATABASE_WORKER_URL, or with the passwords that `clepsydra init` kept in the secrets folder.
 * `shared`: a command beside the running service, which uses its embedded server and leaves it running.
 */
export async function openDatabase(config: Config, options: { readonly shared?: boolean } = {}): Promise<Database> {
  if (!config.database) return openEmbedded(config, options.shared ?? false);
  const { ownerUrl, appUrl, workerUrl } = config.database;
  return {
    ownerUrl,
    appUrl: appUrl ?? withRole(ownerUrl, APP, passwordOf(config, 'app')),
    workerUrl: workerUrl ?? withRole(ownerUrl, WORKER, passwordOf(config, 'worker')),
    scopeKey: scopeKeyOf(config),
    lost: new Promise(() => undefined),
    stop: async () => undefined,
  };
}

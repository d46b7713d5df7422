import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier, type ClientConfig } from 'pg';
import { APP, ensureDatabase, OWNER, WORKER } from '../../src/infra/database/roles';
import { connectionUrl } from '../../src/infra/embedded/connection-url';
import { TEMPLATE, VARIABLE, type TestServer } from './test-server';

export interface TestDatabase {
  readonly name: string;
  readonly owner: ClientConfig;
  readonly app: ClientConfig;
  readonly worker: ClientConfig;
  readonly superuser: ClientConfig;
  /** The same as addresses, for `dataSourceOptions` and graphile-worker. */
  readonly urls: { readonly owner: string; readonly app: string; readonly worker: string; readonly superuser: string };
  /** The key that signs scopes in this database. */
  readonly scopeKey: Buffer;
  /** Ends what is still connected and drops the database. */
  readonly drop: () => Promise<void>;
}

function testServer(): TestServer {
  const text = process.env[VARIABLE];
  if (!text) throw new Error('no test server: run this spec with jest.config.js, not with jest.pure.config.js');
  const server: TestServer = JSON.parse(text);
  return server;
}

async function asAdmin(server: TestServer, work: (admin: Client) => Promise<void>): Promise<void> {
  const admin = new Client(server.superuser);
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

/** A database of one's own, cloned from the migrated template (some 50 ms). */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = testServer();
  const name = `t_${randomBytes(8).toString('hex')}`;
  const quoted = escapeIdentifier(name);
  await asAdmin(server, async (admin) => {
    await admin.query(`create database ${quoted} template ${TEMPLATE} strategy file_copy owner ${OWNER}`);
    // A clone takes everything but the rights on the database itself.
    await ensureDatabase(admin, name);
  });
  const as = (user: string, password: string): ClientConfig => ({
    ...server.superuser,
    user,
    password,
    database: name,
  });
  const logins = {
    owner: as(OWNER, server.passwords.owner),
    app: as(APP, server.passwords.app),
    worker: as(WORKER, server.passwords.worker),
    superuser: { ...server.superuser, database: name },
  };
  const { owner, app, worker, superuser } = logins;
  return {
    name,
    ...logins,
    urls: {
      owner: connectionUrl(owner),
      app: connectionUrl(app),
      worker: connectionUrl(worker),
      superuser: connectionUrl(superuser),
    },
    scopeKey: Buffer.from(server.scopeKeyHex, 'hex'),
    drop: () => asAdmin(server, async (admin) => void (await admin.query(`drop database ${quoted} with (force)`))),
  };
}

import { randomBytes } from 'node:crypto';
import { StartError } from '../embedded/start-error';
import { escapeIdentifier, escapeLiteral, type Client } from 'pg';

/** The three roles: owner (migrations), app (owns nothing, bypasses nothing), worker (explicit policies only). */
export const OWNER = 'clepsydra_owner';
export const APP = 'clepsydra_app';
export const WORKER = 'clepsydra_worker';

export interface RolePasswords {
  readonly owner?: string;
  readonly app: string;
  readonly worker: string;
}

async function ensureRole(admin: Client, role: string, password: string | undefined): Promise<void> {
  const present = await admin.query('select 1 from pg_roles where rolname = $1', [role]);
  if (present.rowCount === 0) {
    await admin.query(
      `create role ${escapeIdentifier(role)} nosuperuser nobypassrls nocreatedb nocreaterole noinherit`,
    );
  }
  if (password) await admin.query(`alter role ${escapeIdentifier(role)} login password ${escapeLiteral(password)}`);
}

/**
 * Makes the roles where they are missing and sets their passwords. `admin` may create roles: the superuser of the embedded
 * cluster, or the role that `clepsydra init` is given.
 */
export async function ensureRoles(admin: Client, passwords: RolePasswords): Promise<void> {
  if (passwords.owner) await ensureRole(admin, OWNER, passwords.owner);
  await ensureRole(admin, APP, passwords.app);
  await ensureRole(admin, WORKER, passwords.worker);
}

/** Makes the database with the owner as its owner, so that migrations run with no more rights than they need. */
export async function ensureDatabase(admin: Client, database: string): Promise<void> {
  const present = await admin.query('select 1 from pg_database where datname = $1', [database]);
  if (present.rowCount === 0) await admin.query(`create database ${escapeIdentifier(database)} owner ${OWNER}`);
  await admin.query(`revoke all on database ${escapeIdentifier(database)} from public`);
  await admin.query(`grant connect on database ${escapeIdentifier(database)} to ${APP}, ${WORKER}`);
}

export const makeScopeKey = (): Buffer => randomBytes(64);

/**
 * Puts the key that signs scopes where the policies' function finds it (owner only). 64 bytes, RFC 2104 padding. A node with
 * another key is refused: installing it would shut every other node out.
 */
export async function installScopeKey(owner: Client, key: Buffer): Promise<void> {
  const pad = (byte: number): Buffer => Buffer.from(key.map((b) => b ^ byte));
  await owner.query(
    `insert into private.scope_key (id, inner_pad, outer_pad) values (1, $1, $2)
     on conflict (id) do nothing`,
    [pad(0x36), pad(0x5c)],
  );
  const kept = await owner.query<{ inner_pad: Buffer }>('select inner_pad from private.scope_key');
  if (kept.rows[0]?.inner_pad.equals(pad(0x36))) return;
  throw new StartError(
    'The scope.key of this node is not the one this database knows: copy the secrets of the other nodes. ' +
      'To change the key, stop every node and, as the owner, delete from private.scope_key.',
  );
}

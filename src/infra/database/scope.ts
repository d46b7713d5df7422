import { createHmac } from 'node:crypto';
import type { EntityManager } from 'typeorm';

/** Key with which scopes are signed: 64 bytes of the secrets folder, known to the nodes and to the database's owner alone. */
export const SCOPE_KEY = Symbol('SCOPE_KEY');

/** The signed scope of one transaction on one backend: `organisation.person.hmac`, HMAC-SHA-256 in hex. */
export function signScope(key: Buffer, organisationId: string, personId: string | null, backendPid: number): string {
  const subject = `${organisationId}.${personId ?? '-'}`;
  const mac = createHmac('sha256', key).update(`${subject}.${backendPid}`).digest('hex');
  return `${subject}.${mac}`;
}

/** Sets the scope for this transaction alone (`set_config(…, true)` ends with it). */
export async function setScope(
  tx: EntityManager,
  key: Buffer,
  organisationId: string,
  personId: string | null,
): Promise<void> {
  const backend = (await tx.queryRunner?.connect()) as { processID?: number } | undefined;
  if (!backend?.processID) throw new Error('a scope needs a transaction on one connection');
  await tx.query(`select set_config('app.scope', $1, true)`, [
    signScope(key, organisationId, personId, backend.processID),
  ]);
}

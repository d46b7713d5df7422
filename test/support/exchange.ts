import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Person, World } from './app';
import { contribute as contributeAtOnce } from './signals';

/** A PDQ hash that nobody else in a test has: 64 hexadecimal digits. */
export const hashOf = (name: string): string => createHash('sha256').update(name).digest('hex');

export const md5Of = (name: string): string => createHash('md5').update(name).digest('hex');

export interface Issued {
  readonly id: string;
  readonly username: string | null;
  readonly secrets: Readonly<Record<string, string>>;
}

/** A credential for a program, made by an administrator. */
export async function issue(admin: Person, what: object): Promise<Issued> {
  const made = await admin.post<Issued>('/v1/exchange-credentials', {
    name: 'a program',
    expiresAt: '2027-01-01T00:00:00Z',
    ...what,
  });
  if (made.status !== 201) throw new Error(`no credential: ${made.status} ${JSON.stringify(made.body)}`);
  return made.body;
}

/** Waits until everything committed has its place in the ledger. */
export async function sequenced(world: World): Promise<void> {
  for (let turn = 0; turn < 400; turn++) {
    const { rows } = await world.sql.query('select 1 from ledger_pending limit 1');
    if (rows.length === 0) return;
    await sleep(10);
  }
  throw new Error('the sequencer does not run');
}

/** Contributes a hash, a PDQ unless told, and waits until that has its place in the ledger. @returns its id */
export async function contribute(world: World, by: Person, value: string, more: object = {}): Promise<string> {
  const { id } = await contributeAtOnce(by, { type: 'pdq', value, quality: 90, ...more });
  await sequenced(world);
  return id;
}

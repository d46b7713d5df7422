import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startWorld, type CastOrganisation, type Person, type World } from './app';
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

/** A service with a unit that contributes and a platform that fetches. */
export class Exchange {
  private constructor(
    readonly world: World,
    readonly platform: CastOrganisation,
    /** Of the unit: contributes and withdraws. */
    readonly curator: Person,
    /** Of the platform: disputes and gives feedback. */
    readonly host: Person,
    /** Of the platform: makes its credentials. */
    readonly admin: Person,
  ) {}

  static async start(): Promise<Exchange> {
    const world = await startWorld();
    const { unit, platform } = await world.cast();
    const curator = await world.person(unit, ['analyst', 'curator']);
    const host = await world.person(platform, ['curator', 'moderator']);
    return new Exchange(world, platform, curator, host, await world.person(platform, ['admin']));
  }

  /** In the name of the unit; see {@link contribute}. */
  contribute(value: string, more: object = {}): Promise<string> {
    return contribute(this.world, this.curator, value, more);
  }

  withdraw(id: string): Promise<void> {
    return this.done(this.curator, `/v1/signals/${id}/withdraw`, { reason: 'wrong file' });
  }

  dispute(id: string): Promise<void> {
    return this.done(this.host, `/v1/signals/${id}/opinion`, { opinion: 'dispute', reason: 'journalistic' });
  }

  async idOf(value: string): Promise<string> {
    const { rows } = await this.world.sql.query<{ id: string }>('select id from signal where value = $1', [value]);
    return rows[0]!.id;
  }

  close(): Promise<void> {
    return this.world.close();
  }

  private async done(by: Person, path: string, body: object): Promise<void> {
    const answer = await by.post(path, body);
    if (answer.status >= 300) throw new Error(`not done: ${answer.status} ${JSON.stringify(answer.body)}`);
    await sequenced(this.world);
  }
}

import { generateKeyPairSync } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { dataSourceOptions } from '../../src/data-source';
import { SystemClock } from '../../src/infra/clock-source';
import type { Actor } from '../../src/infra/database/actor';
import { Work, type Tx } from '../../src/infra/database/work';
import { append, type Appended, type NewEntry } from '../../src/ledger/append';
import { LedgerKey } from '../../src/ledger/ledger-key';
import { Sequencer } from '../../src/ledger/sequencer';
import { createTestDatabase, type TestDatabase } from './database';

/** The ledger alone on a database of its own: no HTTP, no accounts, any number of sequencers. */
export class LedgerWorld {
  private readonly sequencers: Sequencer[] = [];

  private constructor(
    readonly database: TestDatabase,
    private readonly sources: DataSource[],
    readonly work: Work,
    readonly key: LedgerKey,
  ) {}

  static async open(poolSize = 10): Promise<LedgerWorld> {
    const database = await createTestDatabase();
    const sources = await Promise.all(
      [database.urls.app, database.urls.worker].map((url) =>
        new DataSource(dataSourceOptions(url, poolSize)).initialize(),
      ),
    );
    const key = new LedgerKey('test.example/ledger', generateKeyPairSync('ed25519').privateKey);
    return new LedgerWorld(database, sources, new Work(sources[0]!, sources[1]!, database.scopeKey), key);
  }

  async close(): Promise<void> {
    await Promise.all(this.sequencers.map((sequencer) => sequencer.stop()));
    await Promise.all(this.sources.map((source) => source.destroy()));
    await this.database.drop();
  }

  /** A sequencer of a node of its own; not started. */
  sequencer(): Sequencer {
    const sequencer = new Sequencer(this.work, this.key, new SystemClock());
    this.sequencers.push(sequencer);
    return sequencer;
  }

  actor(name = 'A. Person'): Actor {
    return {
      organisationId: uuidv7(),
      organisationKind: 'authority',
      personId: uuidv7(),
      via: 'session',
      name,
      office: 'Duty desk',
      permissions: new Set(),
    };
  }

  append(actor: Actor, entry: Partial<NewEntry> = {}): Promise<Appended> {
    return this.work.run(actor, (tx) => append(tx, newEntry(actor, entry)));
  }

  /** SQL as one of the roles, on a connection of its own that is closed afterwards. */
  async as<T>(role: 'owner' | 'superuser' | 'app' | 'worker', work: (client: Client) => Promise<T>): Promise<T> {
    const client = new Client(this.database[role]);
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  read<T>(actor: Actor, sql: string, parameters: unknown[] = []): Promise<T[]> {
    return this.work.read(actor, (tx: Tx) => tx.query(sql, parameters));
  }
}

export function newEntry(actor: Actor, entry: Partial<NewEntry> = {}): NewEntry {
  return {
    kind: 'notice.sent',
    actor,
    at: new Date(),
    subjects: { notice: uuidv7(), case: uuidv7() },
    dims: { size: 'large', items: 3 },
    shared: { reason: 'because' },
    internal: { note: 'for us alone' },
    audience: [],
    ...entry,
  };
}

import { Client } from 'pg';
import { runMigrations as migrateJobs } from 'graphile-worker';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { installScopeKey } from './roles';

/** Two nodes that start at once take turns. */
const MIGRATION_LOCK = 4_127_031;

/**
 * Brings the database to this version, as the owner: graphile-worker's schema first, because our wrapper calls it,
 * then our own migrations, then the key that signs scopes.
 */
export async function migrate(options: DataSourceOptions, ownerUrl: string, scopeKey: Buffer): Promise<void> {
  const owner = new Client({ connectionString: ownerUrl });
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    await owner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await migrateJobs({ connectionString: ownerUrl });
    const source = new DataSource({ ...options, entities: [] });
    await source.initialize();
    try {
      await source.runMigrations();
    } finally {
      await source.destroy();
    }
    await installScopeKey(owner, scopeKey);
  } finally {
    await owner.end();
  }
}

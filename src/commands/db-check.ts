import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '../data-source';
import { readConfig } from '../infra/config';
import { differences, readCatalogue, type Catalogue } from '../infra/database/catalogue';
import { openDatabase } from '../infra/database/connect';
import { migrate } from '../infra/database/migrate';

const SNAPSHOT = resolve('docs/catalogue.json');

async function entityDrift(ownerUrl: string): Promise<string[]> {
  const source = new DataSource(dataSourceOptions(ownerUrl, 1));
  await source.initialize();
  try {
    const log = await source.driver.createSchemaBuilder().log();
    // Foreign keys and checks stand in SQL alone, and the snapshot of the catalogue holds them fast.
    const wanted = log.upQueries.filter(({ query }) => !/^ALTER TABLE "\w+" DROP CONSTRAINT "\w+"$/.test(query));
    return wanted.map(({ query }) => `entities want: ${query}`);
  } finally {
    await source.destroy();
  }
}

async function catalogueDrift(ownerUrl: string, update: boolean): Promise<string[]> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    const present = await readCatalogue(owner);
    if (update) writeFileSync(SNAPSHOT, `${JSON.stringify(present, null, 1)}\n`);
    if (!existsSync(SNAPSHOT)) return ['docs/catalogue.json is missing: run npm run db:check -- --update'];
    return differences(JSON.parse(readFileSync(SNAPSHOT, 'utf8')) as Catalogue, present);
  } finally {
    await owner.end();
  }
}

/**
 * Compares a database that the migrations have just made with the entities and with the committed snapshot of the catalogue
 * (tables, policies, grants, triggers, functions). Returns what differs; `update` writes the snapshot.
 */
export async function checkDatabase(update: boolean): Promise<string[]> {
  const dataDirectory = mkdtempSync(join(tmpdir(), 'clepsydra-check-'));
  const database = await openDatabase(readConfig({ CLEPSYDRA_DATA: dataDirectory }));
  try {
    await migrate(dataSourceOptions(database.ownerUrl, 1), database.ownerUrl, database.scopeKey);
    return [...(await entityDrift(database.ownerUrl)), ...(await catalogueDrift(database.ownerUrl, update))];
  } finally {
    await database.stop();
    rmSync(dataDirectory, { recursive: true, force: true });
  }
}

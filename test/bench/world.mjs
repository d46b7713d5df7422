import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { built, pg } from './dist.mjs';

const { readConfig } = built('src/infra/config');
const { openDatabase } = built('src/infra/database/connect');
const { dataSourceOptions } = built('src/data-source');
const { Work } = built('src/infra/database/work');
const { hashToken, makeToken } = built('src/accounts/token');
built('src/infra/log').log.level = 'silent';

/** The running service's database: as superuser for looking and laying out, and as the roles of the service through its code. */
export async function openWorld(data, url, pid) {
  const config = readConfig({ CLEPSYDRA_DATA: data, CLEPSYDRA_WORKER: 'off' });
  const database = await openDatabase(config, { shared: true });
  const { startEmbedded } = built('src/infra/embedded/start-embedded');
  const { superuser } = await startEmbedded({
    dataDirectory: data,
    secretsDirectory: config.secretsDirectory,
    shared: true,
  });
  const secondSql = async () => {
    const client = new pg.Client({ ...superuser, database: 'clepsydra' });
    client.on('error', () => undefined);
    await client.connect();
    return client;
  };
  const sql = await secondSql();
  const sources = [];
  for (const role of [database.appUrl, database.workerUrl])
    sources.push(await new DataSource(dataSourceOptions(role, 10)).initialize());
  const work = new Work(...sources, database.scopeKey);
  const close = async () => {
    await Promise.all(sources.map((source) => source.destroy()));
    await sql.end();
  };
  return { data, url, pid, config, database, sql, secondSql, work, cast: await enrol(sql), close };
}

async function organisation(sql, kind, slug, columns = {}) {
  const row = { id: uuidv7(), kind, slug, name: slug, country: 'FR', ...columns };
  const names = Object.keys(row);
  const places = names.map((_, i) => `$${i + 1}`);
  await sql.query(`insert into organisation (${names.join()}) values (${places.join()})`, Object.values(row));
  return row.id;
}

async function person(sql, organisationId, slug, roles) {
  const id = uuidv7();
  const token = makeToken('session');
  await sql.query('insert into person (id, email, display_name) values ($1, $2, $3)', [id, `p@${slug}.example`, slug]);
  await sql.query('insert into membership (organisation_id, person_id, roles) values ($1, $2, $3)', [
    organisationId,
    id,
    roles,
  ]);
  await sql.query(
    `insert into session (id, organisation_id, person_id, token_hash, created_at, expires_at)
     values ($1, $2, $3, $4, now(), now() + interval '1 day')`,
    [uuidv7(), organisationId, id, hashToken(token)],
  );
  return { id, token };
}

const UNIT_KEY = ['case.open', 'case.read', 'notice.draft', 'notice.send', 'notice.read'];

/** A unit with an API key of its system, and a platform with somebody who may name a webhook. */
async function enrol(sql) {
  const unit = await organisation(sql, 'authority', 'bench-unit', { competences: ['refer'] });
  const platform = await organisation(sql, 'platform', 'bench-platform', { platform_size: 'large' });
  const host = 'bench-platform.example';
  await sql.query('insert into platform_host (host, organisation_id, confirmed_at) values ($1, $2, now())', [
    host,
    platform,
  ]);
  const officer = await person(sql, unit, 'bench-unit', ['analyst', 'admin']);
  const moderator = await person(sql, platform, 'bench-platform', ['moderator', 'admin']);
  const key = makeToken('api-key');
  await sql.query(
    `insert into api_key (id, organisation_id, name, prefix, token_hash, permissions, created_by, created_at, expires_at)
     values ($1, $2, 'bench', $3, $4, $5, $6, now(), now() + interval '1 day')`,
    [uuidv7(), unit, key.slice(0, 10), hashToken(key), UNIT_KEY, officer.id],
  );
  return { unit, platform, host, officer, moderator, key };
}

/** A request to the service. Throws unless it answers 2xx. */
export async function call(world, token, method, route, body = {}) {
  const answer = await fetch(`${world.url}${route}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': uuidv7() },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${route} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** Waits until the sequencer has nothing left to do. */
export async function settled(sql, patienceMs = 60_000) {
  for (const startedAt = performance.now(); ;) {
    const { rows } = await sql.query('select exists (select from ledger_pending) as waiting');
    if (!rows[0].waiting) return;
    if (performance.now() - startedAt > patienceMs) throw new Error('the sequencer does not keep up: entries wait');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Writes what is dirty now, so that the checkpoint of one measurement does not fall into the next. */
export const calm = (sql) => sql.query('checkpoint');

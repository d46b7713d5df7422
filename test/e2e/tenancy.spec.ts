import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { signScope } from '../../src/infra/database/scope';
import { startWorld, type CastOrganisation, type World } from '../support/app';

/** Written for everybody to read: nothing in them belongs to an organisation. */
const OPEN_TO_ALL = ['authority_entry', 'authority_key', 'published_month'];

/** Hashes and directories that every organisation with a scope shares, by design. */
const SHARED = [
  'organisation', 'platform_host', 'provider_entry', 'provider_contact', 'signal', 'signal_contribution', 'signal_change', 'signal_list', 'contact_point',
  'ledger_leaf', 'ledger_tile', 'ledger_checkpoint',
]; // prettier-ignore

describe('row-level security', () => {
  let world: World;
  let app: Client;
  let tables: string[];
  let owner: CastOrganisation;
  let stranger: CastOrganisation;

  beforeAll(async () => {
    world = await startWorld();
    await lively(world);
    const cast = await world.sql.query<{ id: string }>(`select id from organisation where slug = 'unit-a'`);
    owner = { id: cast.rows[0]!.id, name: '', slug: 'unit-a', kind: 'authority' };
    stranger = await world.organisation('authority', 'stranger', { competences: ['refer'] });
    app = new Client(world.database.app);
    await app.connect();
    const { rows } = await world.sql.query<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' and tablename <> 'migration' order by 1`,
    );
    tables = rows.map(({ name }) => name);
  });
  afterAll(async () => {
    await app.end();
    await world.close();
  });

  /** Something of every kind, through the front door. */
  async function lively(at: World): Promise<void> {
    const { analyst, moderator } = await at.cast();
    const opened = await analyst.post<{ id: string }>('/v1/cases', {
      category: 'incitement',
      ideology: 'unknown',
      items: [{ url: 'https://harbour.example/post/1' }],
    });
    expect(opened.status).toBe(201);
    const draft = await analyst.post<{ id: string }>('/v1/notices', { caseId: opened.body.id, kind: 'referral' });
    expect(draft.status).toBe(201);
    await analyst.post(`/v1/notices/${draft.body.id}/send`);
    await analyst.post('/v1/signals', { type: 'sha256', value: randomBytes(32).toString('hex'), labels: {} });
    const page = await moderator.get('/v1/notices?box=inbox');
    expect(page.status).toBe(200);
  }

  /** Runs as the app role with this scope; `count` is what it sees, or the error's code. */
  async function countAs(scope: string | null, table: string): Promise<number | string> {
    await app.query('begin');
    try {
      if (scope !== null) await app.query(`select set_config('app.scope', $1, true)`, [scope]);
      const { rows } = await app.query<{ n: number }>(`select count(*)::int as n from ${escapeIdentifier(table)}`);
      return rows[0]?.n ?? 0;
    } catch (error) {
      return String((error as { code?: string }).code);
    } finally {
      await app.query('rollback');
    }
  }

  const pidOf = async (): Promise<number> =>
    (await app.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;

  it('is switched on for every table of the schema', async () => {
    const { rows } = await world.sql.query<{ relname: string }>(
      `select relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity and relname <> 'migration'`,
    );
    expect(rows).toEqual([]);
  });

  it('leaves the app role owning nothing and bypassing nothing', async () => {
    const { rows } = await world.sql.query(
      `select rolname from pg_roles where rolname in ('clepsydra_app', 'clepsydra_worker') and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)
       union select tableowner from pg_tables where tableowner in ('clepsydra_app', 'clepsydra_worker')`,
    );
    expect(rows).toEqual([]);
  });

  it('shows nothing without a scope, in any table', async () => {
    const seen: Record<string, number | string> = {};
    for (const table of tables.filter((name) => !OPEN_TO_ALL.includes(name))) {
      const found = await countAs(null, table);
      if (found !== 0 && found !== '42501') seen[table] = found;
    }
    expect(seen).toEqual({});
  });

  it('refuses a forged scope, and one signed for another backend', async () => {
    const pid = await pidOf();
    const forged = signScope(randomBytes(64), owner.id, null, pid);
    const elsewhere = signScope(world.database.scopeKey, owner.id, null, pid + 1);
    for (const scope of [forged, elsewhere, `${owner.id}.-.00`, owner.id, 'nonsense', `${owner.id}.-`]) {
      for (const table of ['organisation', 'case_file', 'notice', 'ledger_entry', 'exhibit', 'membership']) {
        expect([table, scope, await countAs(scope, table)]).toEqual([table, scope, '42501']);
      }
    }
  });

  it('shows a stranger nothing of another organisation, in any table that is not shared by design', async () => {
    const scope = signScope(world.database.scopeKey, stranger.id, null, await pidOf());
    const own = signScope(world.database.scopeKey, owner.id, null, await pidOf());
    const seen: Record<string, number | string> = {};
    let filled = 0;
    for (const table of tables.filter((name) => !OPEN_TO_ALL.includes(name) && !SHARED.includes(name))) {
      const found = await countAs(scope, table);
      if (found !== 0 && found !== '42501') seen[table] = found;
      if (Number(await countAs(own, table)) > 0) filled++;
    }
    expect(seen).toEqual({});
    // The test would prove nothing on empty tables.
    expect(filled).toBeGreaterThan(8);
  });

  it('lets a stranger write nothing of another organisation, in any table', async () => {
    const scope = signScope(world.database.scopeKey, stranger.id, null, await pidOf());
    const { rows } = await world.sql.query<{ table_name: string; column_name: string }>(
      `select table_name, column_name from information_schema.columns where table_schema = 'public' and table_name <> 'migration' order by 1, ordinal_position`,
    );
    const columns = new Map<string, string[]>();
    for (const row of rows) columns.set(row.table_name, [...(columns.get(row.table_name) ?? []), row.column_name]);
    for (const [table, names] of columns) {
      const attempts = [
        `delete from ${escapeIdentifier(table)}`,
        ...names.map(
          (name) => `update ${escapeIdentifier(table)} set ${escapeIdentifier(name)} = ${escapeIdentifier(name)}`,
        ),
      ];
      for (const attempt of attempts) {
        await app.query('begin');
        await app.query(`select set_config('app.scope', $1, true)`, [scope]);
        const outcome = await app.query(attempt).then(
          (done) => done.rowCount ?? 0,
          (error: { code?: string }) => String(error.code),
        );
        await app.query('rollback');
        // No row, or an error: rolled back each time, and workers write meanwhile, so the rows themselves are not compared.
        const touchesNone = outcome === 0 || typeof outcome === 'string';
        expect([attempt, outcome, touchesNone]).toEqual([attempt, outcome, true]);
      }
    }
  });

  it('lets nobody insert a row for another organisation', async () => {
    const scope = signScope(world.database.scopeKey, stranger.id, null, await pidOf());
    const inserts: [string, unknown[]][] = [
      [`insert into membership (organisation_id, person_id, roles) select $1, id, '{admin}' from person limit 1`, [owner.id]],
      [`insert into api_key (id, organisation_id, name, prefix, token_hash, permissions, created_by, created_at, expires_at)
        values (gen_random_uuid(), $1, 'x', 'x', '\\x00', '{}', gen_random_uuid(), now(), now())`, [owner.id]],
      [`insert into idempotency_key (organisation_id, key, fingerprint) values ($1, 'k', 'f')`, [owner.id]],
      [`insert into ledger_entry (id, kind, at, organisation_id, audience, audience_salt, bytes, leaf_hash)
        values (gen_random_uuid(), 'notice.sent', now(), $1, array[$1::uuid], '\\x00', '\\x00', '\\x00')`, [owner.id]],
      [`insert into signal_contribution (id, signal_id, organisation_id, labels, contributed_at) select gen_random_uuid(), id, $1, '{}', now() from signal limit 1`, [owner.id]],
    ]; // prettier-ignore
    for (const [statement, values] of inserts) {
      await app.query('begin');
      await app.query(`select set_config('app.scope', $1, true)`, [scope]);
      const outcome = await app.query(statement, values).then(
        (done) => (done.rowCount === 0 ? '42501' : 'written'),
        (error: { code?: string }) => String(error.code),
      );
      await app.query('rollback');
      expect([statement, outcome]).toEqual([statement, '42501']);
    }
  });

  it('lets nobody without a scope append to the ledger, not even in the name of the service, or ask for a job', async () => {
    const empty = Array.from({ length: 18 }, () => 'null').join(', ');
    const service = `select ledger_append(array[gen_random_uuid()], array['notice.answered'], array[now()], array[null::uuid], ${empty
      .split(', ')
      .slice(4)
      .join(', ')})`;
    await expect(app.query(service)).rejects.toMatchObject({ code: '42501' });
    await expect(app.query(`select add_job('deliver', '{}', null, null, null, null)`)).rejects.toMatchObject({
      code: '42501',
    });
    const { rows } = await world.sql.query(
      `select 1 from ledger_entry where organisation_id is null and kind = 'notice.answered'`,
    );
    expect(rows).toEqual([]);
  });

  it('shows an unknown host to those who came across it alone, until somebody has confirmed it', async () => {
    const [finder, other] = [
      await world.organisation('authority', 'finder', { competences: ['refer'] }),
      await world.organisation('authority', 'other', { competences: ['refer'] }),
    ];
    const [supervisor, elsewhere] = [
      await world.person(finder, ['supervisor']),
      await world.person(other, ['analyst']),
    ];
    const moderator = await world.person(await world.organisation('platform', 'meadow'), ['moderator']);
    const submit = (who: typeof supervisor) =>
      who.post<{ items: { platform: { id: string } }[] }>('/v1/cases', {
        category: 'threat',
        ideology: 'unknown',
        items: [{ url: 'https://brandnew.example/post/1' }],
      });
    const found = (await submit(supervisor)).body.items[0]!.platform.id;
    const seenBy = async (who: typeof supervisor) =>
      (await who.get<{ items: { id: string }[] }>('/v1/platforms?host=brandnew.example')).body.items.map(
        ({ id }) => id,
      );
    expect(await seenBy(supervisor)).toEqual([found]);
    expect([await seenBy(elsewhere), await seenBy(moderator)]).toEqual([[], []]);
    expect((await elsewhere.get(`/v1/organisations/${found}`)).status).toBe(404);
    expect((await submit(elsewhere)).body.items[0]!.platform.id).toBe(found);
    expect(await seenBy(elsewhere)).toEqual([found]);
    const confirmed = await supervisor.post(`/v1/platforms/${found}/confirm`, {
      name: 'Brand New',
      note: 'spoke to its owner',
    });
    expect(confirmed.status).toBe(200);
    expect(await seenBy(moderator)).toEqual([found]);
  });

  it('keeps the key that signs scopes, and every password hash, out of the app role’s reach', async () => {
    for (const statement of [
      'select * from private.scope_key',
      'select * from credential',
      `select * from auth_password('somebody@unit-a.example')`,
      'select * from auth_memberships(gen_random_uuid())',
      `select first_person(gen_random_uuid(), '', '', gen_random_uuid(), '', '', '')`,
    ]) {
      await expect(app.query(statement)).rejects.toMatchObject({ code: '42501' });
    }
  });
});

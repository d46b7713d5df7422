import type { Client } from 'pg';

/** Everything of a database that entities do not see. Text, one line an object, sorted: a diff says what changed. */
const PARTS: Readonly<Record<string, string>> = {
  tables: `select format('%I.%I rls=%s forced=%s owner=%s', n.nspname, c.relname, c.relrowsecurity, c.relforcerowsecurity, pg_get_userbyid(c.relowner))
    from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and n.nspname in ('public', 'private')`,
  columns: `select format('%I.%I.%I %s%s default %s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then ' not null' else '' end, coalesce(pg_get_expr(d.adbin, d.adrelid), '-'))
    from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relkind in ('r', 'p') and n.nspname in ('public', 'private') and a.attnum > 0 and not a.attisdropped`,
  constraints: `select format('%s %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) from pg_constraint
    where connamespace in ('public'::regnamespace, 'private'::regnamespace) and contype <> 'n'`,
  indexes: `select indexdef from pg_indexes where schemaname in ('public', 'private')`,
  policies: `select format('%I.%I %I %s to %s using (%s) check (%s)', schemaname, tablename, policyname, cmd, roles, coalesce(qual, '-'), coalesce(with_check, '-'))
    from pg_policies where schemaname in ('public', 'private', 'graphile_worker')`,
  grants: `select format('%I.%I %s %s', table_schema, table_name, grantee, string_agg(privilege_type, ',' order by privilege_type))
    from information_schema.role_table_grants where table_schema in ('public', 'private') and grantee like 'clepsydra\\_%' and grantee <> 'clepsydra_owner'
    group by table_schema, table_name, grantee`,
  column_grants: `select format('%I.%I.%I %s %s', table_schema, table_name, column_name, grantee, privilege_type)
    from information_schema.role_column_grants g where table_schema in ('public', 'private') and grantee in ('clepsydra_app', 'clepsydra_worker')
      and not exists (select 1 from information_schema.role_table_grants t where t.table_schema = g.table_schema and t.table_name = g.table_name
        and t.grantee = g.grantee and t.privilege_type = g.privilege_type)`,
  triggers: `select pg_get_triggerdef(t.oid) from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and c.relnamespace in ('public'::regnamespace, 'private'::regnamespace)`,
  functions: `select format('%s security=%s md5=%s grants=%s', p.oid::regprocedure, case when prosecdef then 'definer' else 'invoker' end, md5(prosrc),
      coalesce((select string_agg(acl::text, ' ' order by acl::text) from unnest(proacl) acl), '-'))
    from pg_proc p where pronamespace in ('public'::regnamespace, 'private'::regnamespace)`,
};

export type Catalogue = Record<string, string[]>;

/** Reads the catalogue as the owner. */
export async function readCatalogue(owner: Client): Promise<Catalogue> {
  const catalogue: Catalogue = {};
  for (const [part, sql] of Object.entries(PARTS)) {
    const { rows } = await owner.query<{ line: string }>(
      `select line from (${sql}) as part (line) order by line collate "C"`,
    );
    catalogue[part] = rows.map((row) => row.line);
  }
  return catalogue;
}

/** Lines that only one of the two has, marked `-` (committed) and `+` (database). */
export function differences(committed: Catalogue, present: Catalogue): string[] {
  const parts = new Set([...Object.keys(committed), ...Object.keys(present)]);
  return [...parts].flatMap((part) => {
    const before = new Set(committed[part]);
    const after = new Set(present[part]);
    const gone = [...before].filter((line) => !after.has(line)).map((line) => `- ${part}: ${line}`);
    const come = [...after].filter((line) => !before.has(line)).map((line) => `+ ${part}: ${line}`);
    return [...gone, ...come];
  });
}

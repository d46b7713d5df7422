import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The ledger. Everything is append-only: by grants for the app and the worker, by triggers for everybody else. Row-level
 * security is not forced on the owner: with it, a sequencer that ran as owner saw no entry and dropped them silently.
 */
const TABLES = `
-- The columns beside the bytes are copies for queries. That they are copies is not left to the writer.
create function ledger_columns_fit(
  bytes bytea, id uuid, kind text, at timestamptz, organisation_id uuid, person_id uuid, case_id uuid, item_id uuid,
  notice_id uuid, exhibit_id uuid, signal_id uuid, audience uuid[], audience_salt bytea
) returns boolean language plpgsql immutable parallel safe set search_path = pg_catalog as $$
declare entry jsonb := convert_from(bytes, 'UTF8')::jsonb;
declare subjects jsonb := entry -> 'subjects';
begin
  return entry ->> 'id' = id::text
    and entry ->> 'kind' = kind
    and entry ->> 'at' = to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
    and entry ->> 'org' is not distinct from organisation_id::text
    and entry ->> 'person' is not distinct from encode(sha256(audience_salt || convert_to(person_id::text, 'UTF8')), 'hex')
    and subjects ->> 'case' is not distinct from case_id::text
    and subjects ->> 'item' is not distinct from item_id::text
    and subjects ->> 'notice' is not distinct from notice_id::text
    and subjects ->> 'exhibit' is not distinct from exhibit_id::text
    and subjects ->> 'signal' is not distinct from signal_id::text
    and entry ->> 'aud' = encode(sha256(audience_salt
      || convert_to('[' || coalesce('"' || nullif(array_to_string(audience, '","'), '') || '"', '') || ']', 'UTF8')), 'hex');
end $$;

create table ledger_entry (
  id uuid not null,
  kind text not null,
  at timestamptz(3) not null,
  organisation_id uuid,
  person_id uuid,
  case_id uuid,
  item_id uuid,
  notice_id uuid,
  exhibit_id uuid,
  signal_id uuid,
  audience uuid[] not null,
  audience_salt bytea not null,
  bytes bytea not null,
  leaf_hash bytea not null,
  constraint ledger_entry_pk primary key (id),
  constraint ledger_entry_leaf_fits check (leaf_hash = sha256('\\x00'::bytea || bytes)),
  constraint ledger_entry_columns_fit check (ledger_columns_fit(bytes, id, kind, at, organisation_id, person_id, case_id,
    item_id, notice_id, exhibit_id, signal_id, audience, audience_salt)),
  constraint ledger_entry_actor_reads check (organisation_id is null or organisation_id = any (audience))
);
create index ledger_entry_case on ledger_entry (case_id, at) where case_id is not null;
create index ledger_entry_item on ledger_entry (item_id, at) where item_id is not null;
create index ledger_entry_notice on ledger_entry (notice_id, at) where notice_id is not null;
create index ledger_entry_exhibit on ledger_entry (exhibit_id, at) where exhibit_id is not null;
create index ledger_entry_signal on ledger_entry (signal_id, at) where signal_id is not null;
create index ledger_entry_own_kinds on ledger_entry (kind, id) where kind in ('ledger.disclosed', 'ledger.body-erased');

create table ledger_body (
  entry_id uuid not null,
  part text not null,
  salt bytea not null,
  body text not null,
  constraint ledger_body_pk primary key (entry_id, part),
  constraint ledger_body_part_known check (part in ('shared', 'internal'))
);

create table ledger_pending (
  entry_id uuid not null,
  leaf_hash bytea not null,
  audience uuid[] not null,
  constraint ledger_pending_pk primary key (entry_id)
) with (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_cost_delay = 0);

create table ledger_leaf (
  seq bigint not null,
  entry_id uuid not null,
  leaf_hash bytea not null,
  constraint ledger_leaf_pk primary key (seq),
  constraint ledger_leaf_entry_once unique (entry_id),
  constraint ledger_leaf_seq_positive check (seq >= 0),
  constraint ledger_leaf_hash_length check (length(leaf_hash) = 32)
);

-- C2SP tlog-tiles of height 8, full ones only; root is the hash that the tile contributes to the level above.
create table ledger_tile (
  level smallint not null,
  index bigint not null,
  root bytea not null,
  hashes bytea not null,
  constraint ledger_tile_pk primary key (level, index),
  constraint ledger_tile_full check (length(hashes) = 8192 and length(root) = 32)
);

-- What an organisation's feed delivers at seq: the leaf of that seq, or an earlier leaf that was disclosed to it there.
create table ledger_audience (
  organisation_id uuid not null,
  seq bigint not null,
  leaf_seq bigint not null,
  constraint ledger_audience_pk primary key (organisation_id, seq, leaf_seq),
  constraint ledger_audience_no_future check (leaf_seq <= seq)
);
create index ledger_audience_disclosed on ledger_audience (organisation_id, leaf_seq) where leaf_seq <> seq;

create table ledger_checkpoint (
  size bigint not null,
  root bytea not null,
  note text not null,
  at timestamptz(3) not null,
  constraint ledger_checkpoint_pk primary key (size)
);
`;

const TRIGGERS = `
create function ledger_refuse() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  raise exception 'append-only: % of % is refused', tg_op, tg_table_name using errcode = '42501';
end $$;

create trigger ledger_entry_append_only before update or delete or truncate on ledger_entry execute function ledger_refuse();
create trigger ledger_leaf_append_only before update or delete or truncate on ledger_leaf execute function ledger_refuse();
create trigger ledger_tile_append_only before update or delete or truncate on ledger_tile execute function ledger_refuse();
create trigger ledger_audience_append_only before update or delete or truncate on ledger_audience execute function ledger_refuse();
create trigger ledger_checkpoint_append_only before update or delete or truncate on ledger_checkpoint execute function ledger_refuse();
create trigger ledger_body_append_only before update or truncate on ledger_body execute function ledger_refuse();
create trigger ledger_pending_append_only before update or truncate on ledger_pending execute function ledger_refuse();

-- No entry without its pending row, whoever writes it: nobody has the right to write one, and nobody can forget to.
create function ledger_enqueue() returns trigger language plpgsql security definer set search_path = public, pg_catalog as $$
begin
  insert into ledger_pending (entry_id, leaf_hash, audience) select id, leaf_hash, audience from added;
  return null;
end $$;
create trigger ledger_entry_enqueue after insert on ledger_entry referencing new table as added
  for each statement execute function ledger_enqueue();

-- A pending row goes when its leaf stands, and not otherwise: entries cannot be lost between the two, not even by the owner.
create function ledger_dequeue() returns trigger language plpgsql security definer set search_path = public, pg_catalog as $$
begin
  if exists (select 1 from removed r left join ledger_leaf l on l.entry_id = r.entry_id and l.leaf_hash = r.leaf_hash
             where l.seq is null) then
    raise exception 'append-only: DELETE of ledger_pending without its leaf is refused' using errcode = '42501';
  end if;
  return null;
end $$;
create trigger ledger_pending_dequeue after delete on ledger_pending referencing old table as removed
  for each statement execute function ledger_dequeue();

-- A body goes only in a transaction that also says so in the ledger, whoever deletes it. (xmin is compared with the whole
-- transaction: an erasure entry written inside a savepoint does not count.)
create function ledger_erase() returns trigger language plpgsql security definer set search_path = public, pg_catalog as $$
begin
  if exists (
    select 1 from ledger_pending p join ledger_entry e on e.id = p.entry_id
    where e.kind = 'ledger.body-erased' and e.xmin = pg_current_xact_id()::xid
      and convert_from(e.bytes, 'UTF8')::jsonb -> 'subjects' ->> 'entry' = old.entry_id::text
      and convert_from(e.bytes, 'UTF8')::jsonb -> 'dims' -> 'parts' ? old.part
      and (e.organisation_id is null
           or e.organisation_id = (select o.organisation_id from ledger_entry o where o.id = old.entry_id))
  ) then return old; end if;
  raise exception 'append-only: DELETE of ledger_body without its entry is refused' using errcode = '42501';
end $$;
create trigger ledger_body_erase before delete on ledger_body for each row execute function ledger_erase();

-- The app's only way to erase: bodies of its own organisation's entries. False when there was none.
create function erase_ledger_body(erased uuid, erased_part text) returns boolean
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  if not exists (select 1 from ledger_entry e where e.id = erased and e.organisation_id = current_org()) then
    raise exception 'this entry is not of the organisation of this transaction' using errcode = '42501';
  end if;
  delete from ledger_body where entry_id = erased and part = erased_part;
  return found;
end $$;
`;

const APPEND = `
-- The only way to write an entry: one statement for any number of them with their bodies. Owner's rights, because policies
-- on each row of two tables cost more than the writing; so it does itself what they would: the app writes entries of the
-- organisation of its transaction, the worker also those of the service and of others.
create function ledger_append(
  ids uuid[], kinds text[], instants timestamptz[], organisations uuid[], persons uuid[], cases uuid[], items uuid[],
  notices uuid[], exhibits uuid[], signals uuid[], audiences text[], salts bytea[], contents bytea[], leaves bytea[],
  body_entries uuid[], body_parts text[], body_salts bytea[], bodies text[]
) returns void language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare scope uuid := current_org();
begin
  -- Without a scope there is nothing to compare with: null is not distinct from the null of an entry of the service.
  if not pg_has_role(session_user, 'clepsydra_worker', 'member')
    and (scope is null or exists (select from unnest(organisations) as o (id) where o.id is distinct from scope)) then
    raise exception 'an entry is not of the organisation of this transaction' using errcode = '42501';
  end if;
  if not body_entries <@ ids then
    raise exception 'a body is of no entry of this statement' using errcode = '42501';
  end if;
  insert into ledger_entry (id, kind, at, organisation_id, person_id, case_id, item_id, notice_id, exhibit_id, signal_id,
    audience, audience_salt, bytes, leaf_hash)
  select u.id, u.kind, u.at, u.organisation, u.person, u.case_id, u.item, u.notice, u.exhibit, u.signal,
    u.audience::uuid[], u.salt, u.content, u.leaf
  from unnest(ids, kinds, instants, organisations, persons, cases, items, notices, exhibits, signals, audiences, salts,
    contents, leaves) as u (id, kind, at, organisation, person, case_id, item, notice, exhibit, signal, audience, salt,
    content, leaf);
  insert into ledger_body (entry_id, part, salt, body)
  select * from unnest(body_entries, body_parts, body_salts, bodies);
end $$;
`;

const RIGHTS = `
alter table ledger_entry enable row level security;
alter table ledger_body enable row level security;
alter table ledger_pending enable row level security;
alter table ledger_leaf enable row level security;
alter table ledger_tile enable row level security;
alter table ledger_audience enable row level security;
alter table ledger_checkpoint enable row level security;

create policy ledger_entry_audience on ledger_entry for select to clepsydra_app using (
  (select current_org()) = any (audience)
  or exists (
    select 1 from ledger_leaf l join ledger_audience a on a.leaf_seq = l.seq and a.leaf_seq <> a.seq
    where l.entry_id = ledger_entry.id and a.organisation_id = (select current_org())
  )
);
create policy ledger_body_shared on ledger_body for select to clepsydra_app
  using (part = 'shared' and exists (select 1 from ledger_entry e where e.id = entry_id));
create policy ledger_body_internal on ledger_body for select to clepsydra_app
  using (part = 'internal'
    and exists (select 1 from ledger_entry e where e.id = entry_id and e.organisation_id = (select current_org())));
create policy ledger_audience_own on ledger_audience for select to clepsydra_app
  using (organisation_id = (select current_org()));
create policy ledger_leaf_hashes on ledger_leaf for select to clepsydra_app using ((select current_org()) is not null);
create policy ledger_tile_hashes on ledger_tile for select to clepsydra_app using ((select current_org()) is not null);
create policy ledger_checkpoint_hashes on ledger_checkpoint for select to clepsydra_app
  using ((select current_org()) is not null);

create policy ledger_entry_worker on ledger_entry for select to clepsydra_worker using (true);
create policy ledger_body_worker on ledger_body for all to clepsydra_worker using (true) with check (false);
create policy ledger_pending_worker on ledger_pending for all to clepsydra_worker using (true) with check (true);
create policy ledger_leaf_worker on ledger_leaf for all to clepsydra_worker using (true) with check (true);
create policy ledger_tile_worker on ledger_tile for all to clepsydra_worker using (true) with check (true);
create policy ledger_audience_worker on ledger_audience for all to clepsydra_worker using (true) with check (true);
create policy ledger_checkpoint_worker on ledger_checkpoint for all to clepsydra_worker using (true) with check (true);

grant select on ledger_entry, ledger_body, ledger_leaf, ledger_tile, ledger_audience, ledger_checkpoint to clepsydra_app;
grant select on ledger_entry to clepsydra_worker;
grant select, insert on ledger_leaf, ledger_tile, ledger_audience, ledger_checkpoint to clepsydra_worker;
grant select, delete on ledger_body to clepsydra_worker;
grant select, delete on ledger_pending to clepsydra_worker;

revoke all on function ledger_refuse(), ledger_enqueue(), ledger_dequeue(), ledger_erase(), erase_ledger_body(uuid, text) from public;
grant execute on function ledger_append to clepsydra_app, clepsydra_worker;
grant execute on function erase_ledger_body(uuid, text) to clepsydra_app;
`;

const DOWN = `
drop table ledger_checkpoint, ledger_audience, ledger_tile, ledger_leaf, ledger_pending, ledger_body, ledger_entry cascade;
drop function ledger_append, erase_ledger_body, ledger_erase, ledger_dequeue, ledger_enqueue, ledger_refuse, ledger_columns_fit;
`;

export class CreateLedger1764000200000 implements MigrationInterface {
  name = 'CreateLedger1764000200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES + TRIGGERS + APPEND + RIGHTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

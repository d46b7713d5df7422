import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Credentials of programs that fetch hashes in a protocol of the field, what each of them has been served, and the time of
 * the ledger as subscribers see it.
 */
const CREDENTIALS = `
create table exchange_credential (
  id uuid not null,
  organisation_id uuid not null,
  protocol text not null,
  name text not null,
  lists uuid[] not null,
  submit_to uuid,
  verbs text[] not null,
  username text,
  created_by uuid not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  last_used_at timestamptz(3),
  constraint exchange_credential_pk primary key (id),
  constraint exchange_credential_username_unique unique (username),
  constraint exchange_credential_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint exchange_credential_submit_to_fk foreign key (submit_to) references signal_list (id),
  constraint exchange_credential_protocol_known check (protocol in ('feed', 'stopncii', 'tat', 'taxii')),
  constraint exchange_credential_verbs_known check (verbs <@ array['fetch', 'submit', 'feedback']),
  constraint exchange_credential_lists_some check (cardinality(lists) > 0)
);
create index exchange_credential_organisation on exchange_credential (organisation_id, created_at);

-- SHA-256 of 32 random bytes. The role that serves requests writes hashes and asks exchange_login for those of one credential.
create table exchange_secret (
  credential_id uuid not null,
  purpose text not null,
  hash bytea not null,
  constraint exchange_secret_pk primary key (credential_id, purpose),
  constraint exchange_secret_hash_unique unique (hash),
  constraint exchange_secret_credential_fk foreign key (credential_id) references exchange_credential (id),
  constraint exchange_secret_hash_length check (length(hash) = 32)
);

-- By one of its secrets, its name or its id, whichever the protocol shows first. Ends with the membership of who made it.
create function exchange_login(of_protocol text, by_hash bytea, by_username text, by_id uuid)
returns table (id uuid, organisation_id uuid, organisation_kind text, name text, lists uuid[], submit_to uuid, verbs text[],
  expires_at timestamptz, secrets jsonb)
language sql stable security definer set search_path = public, pg_catalog as $$
  select c.id, o.id, o.kind, c.name, c.lists, c.submit_to, c.verbs, c.expires_at,
    (select jsonb_object_agg(s.purpose, encode(s.hash, 'hex')) from exchange_secret s where s.credential_id = c.id)
  from exchange_credential c join organisation o on o.id = c.organisation_id
  join membership m on m.organisation_id = c.organisation_id and m.person_id = c.created_by
  join person p on p.id = c.created_by
  where c.protocol = of_protocol and c.revoked_at is null and o.status = 'active' and m.ended_at is null and p.disabled_at is null
    and (c.id = by_id or c.username = by_username or c.id = (select s.credential_id from exchange_secret s where s.hash = by_hash)) $$;

create function exchange_used(credential uuid, at timestamptz) returns void
language sql volatile security definer set search_path = public, pg_catalog as $$
  update exchange_credential set last_used_at = at
  where id = credential and (last_used_at is null or last_used_at < at - interval '1 minute') $$;
`;

const SCOPE = `
-- Which lists a subscriber (a credential, or an organisation by its own keys) has been served, and the entry of the ledger at
-- which that changed; null for what it began with. Subscribers learn at that entry of what they gained or lost.
create table exchange_scope (
  ordinal bigint generated always as identity,
  subscriber_id uuid not null,
  organisation_id uuid not null,
  list_id uuid not null,
  served boolean not null,
  at timestamptz(3) not null,
  until timestamptz(3),
  entry_id uuid,
  constraint exchange_scope_pk primary key (ordinal),
  constraint exchange_scope_list_fk foreign key (list_id) references signal_list (id),
  constraint exchange_scope_until_whole check (served = (until is null))
);
create index exchange_scope_subscriber on exchange_scope (subscriber_id, list_id, ordinal);
create index exchange_scope_entry on exchange_scope (entry_id) where entry_id is not null;

-- A contribution that has once stood may be in somebody's copy; one that came out of quarantine by rejection never was.
alter table signal_contribution add column stood boolean not null default false;
update signal_contribution set stood = true where state <> 'quarantined';
-- So it was never anybody's to see but its contributor's and the operator's: a canary that everybody reads once it is rejected is none.
alter policy signal_contribution_read on signal_contribution using (
  organisation_id = (select current_org())
  or (list_id = any ((select readable_lists())::uuid[]) and stood and state <> 'quarantined')
  or (select current_org_kind()) = 'operator');
create function private.signal_contribution_stands() returns trigger
language plpgsql set search_path = pg_catalog as $$
begin
  new.stood := true;
  return new;
end $$;
create trigger signal_contribution_stands before insert or update on signal_contribution
  for each row when (new.state = 'standing' and not new.stood) execute function private.signal_contribution_stands();

-- The object ids under which a signal was served over TAXII: an id of version 5 cannot be turned back.
create table exchange_object (
  object_id uuid not null,
  signal_id uuid not null,
  constraint exchange_object_pk primary key (object_id),
  constraint exchange_object_signal_fk foreign key (signal_id) references signal (id)
);
`;

/**
 * Protocols that ask "since when" need a time for each place of the ledger that never stands still and never goes back,
 * also where two sequencers' clocks differ: microseconds, at least one for each leaf.
 */
const TIME = `
create table exchange_instant (
  size bigint not null,
  micros bigint not null,
  constraint exchange_instant_pk primary key (size),
  constraint exchange_instant_micros_unique unique (micros)
);
insert into exchange_instant (size, micros)
  select size, size + max((extract(epoch from at) * 1000000)::bigint - size) over (order by size) from ledger_checkpoint;
create function private.exchange_follows_checkpoints() returns trigger
language plpgsql security definer set search_path = public, pg_catalog as $$
declare before exchange_instant;
begin
  select * into before from exchange_instant order by size desc limit 1;
  insert into exchange_instant values (new.size,
    greatest((extract(epoch from new.at) * 1000000)::bigint, coalesce(before.micros + new.size - before.size, 0)));
  return null;
end $$;
create trigger exchange_follows_checkpoints after insert on ledger_checkpoint
  for each row execute function private.exchange_follows_checkpoints();
create trigger exchange_instant_append_only before update or delete or truncate on exchange_instant execute function ledger_refuse();
`;

/**
 * Contributing takes turns with what ends the right to it. Whoever contributes keeps the list from being closed and itself from leaving
 * until it has committed; whoever closes or leaves locks the same rows for update. One order everywhere, so that nobody waits in a circle:
 * the list, the membership, the hashes, the ledger.
 */
const TURNS = `
-- The key of the list is what a contribution's foreign key locks anyway: renaming a list waits for nobody. A definer's, because a row
-- can be locked only by whom its policies let change it.
create function signal_list_hold(list uuid) returns void
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  perform 1 from signal_list l where l.id = list for key share;
  perform 1 from signal_list_member m where m.list_id = list and m.organisation_id = current_org() for share;
end $$;

-- Whether others than its owner gave what is on a list: also what waits in quarantine, which the owner does not see.
create function signal_list_given(list uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select exists (select 1 from signal_contribution c join signal_list l on l.id = c.list_id
    where l.id = list and c.withdrawn_at is null and c.organisation_id is distinct from l.owner_id
      and (l.owner_id = current_org() or current_org_kind() = 'operator')) $$;
revoke all on function signal_list_hold(uuid), signal_list_given(uuid) from public;
grant execute on function signal_list_hold(uuid), signal_list_given(uuid) to clepsydra_app;
`;

const RIGHTS = `
alter table exchange_credential enable row level security;
alter table exchange_secret enable row level security;
alter table exchange_scope enable row level security;
alter table exchange_object enable row level security;
alter table exchange_instant enable row level security;

create policy exchange_credential_own on exchange_credential for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy exchange_secret_make on exchange_secret for insert to clepsydra_app
  with check (exists (select 1 from exchange_credential c where c.id = credential_id));
create policy exchange_scope_own on exchange_scope for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy exchange_scope_worker on exchange_scope for select to clepsydra_worker using (true);
create policy exchange_object_worker on exchange_object for all to clepsydra_worker using (true) with check (true);
create policy exchange_instant_worker on exchange_instant for select to clepsydra_worker using (true);

grant select, insert on exchange_credential, exchange_scope to clepsydra_app;
grant insert on exchange_secret to clepsydra_app;
grant update (revoked_at) on exchange_credential to clepsydra_app;
grant select on exchange_scope, exchange_instant to clepsydra_worker;
grant select, insert on exchange_object to clepsydra_worker;
revoke all on function exchange_login(text, bytea, text, uuid), exchange_used(uuid, timestamptz) from public;
grant execute on function exchange_login(text, bytea, text, uuid), exchange_used(uuid, timestamptz) to clepsydra_app;
`;

export class CreateExchange1764000830000 implements MigrationInterface {
  name = 'CreateExchange1764000830000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(CREDENTIALS + SCOPE + TIME + TURNS + RIGHTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger exchange_follows_checkpoints on ledger_checkpoint;
      drop trigger signal_contribution_stands on signal_contribution;
      drop table exchange_instant, exchange_object, exchange_scope, exchange_secret, exchange_credential cascade;
      drop function exchange_login, exchange_used, signal_list_hold, signal_list_given, private.exchange_follows_checkpoints, private.signal_contribution_stands;
      alter policy signal_contribution_read on signal_contribution using (organisation_id = (select current_org())
        or (list_id = any ((select readable_lists())::uuid[]) and state <> 'quarantined') or (select current_org_kind()) = 'operator');
      alter table signal_contribution drop column stood;
    `);
  }
}

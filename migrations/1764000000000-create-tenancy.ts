import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One part of the verified scope. Whole in each function rather than called from a common one: policies ask for it a dozen
 * times a request, and the nested form took 20 µs a call where this one takes 5.
 */
const scopeFunction = (name: string, part: 1 | 2): string => `
create function ${name}() returns uuid
language plpgsql stable parallel restricted security definer set search_path = pg_catalog as $$
declare
  scope text := current_setting('app.scope', true);
  keys private.scope_key%rowtype;
begin
  if scope is null or scope = '' then return null; end if;
  select * into keys from private.scope_key;
  -- organisation.person.mac: 36 + 1 + (36, or 1 for a dash) + 1 + 64 characters.
  if length(scope) not in (103, 138) or keys.id is null or right(scope, 64) <> encode(sha256(keys.outer_pad || sha256(keys.inner_pad
    || convert_to(left(scope, -65) || '.' || pg_backend_pid(), 'UTF8'))), 'hex')
  then
    raise exception 'the scope of this transaction is not signed by this service' using errcode = '42501';
  end if;
  return nullif(split_part(scope, '.', ${part}), '-')::uuid;
end $$;`;

/**
 * Organisations, people, credentials, and the scope that every policy asks for.
 *
 * The scope is signed (HMAC-SHA-256 over organisation, person and this backend's process id), so that somebody who can
 * run SQL as the app role cannot take another organisation's. The key is in a table that only the owner reads; it is kept
 * as the two padded keys of RFC 2104, so that the check needs no extension.
 */
const UP = `
create schema private;

create table private.scope_key (
  id smallint primary key default 1,
  inner_pad bytea not null,
  outer_pad bytea not null,
  constraint scope_key_single check (id = 1),
  constraint scope_key_length check (length(inner_pad) = 64 and length(outer_pad) = 64)
);

${scopeFunction('current_org', 1)}
${scopeFunction('current_person', 2)}
create table organisation (
  id uuid not null,
  kind text not null,
  name text not null,
  slug text not null,
  country text,
  competences text[] not null default '{}',
  platform_size text,
  status text not null default 'active',
  version int not null default 1,
  created_at timestamptz(3) not null default now(),
  constraint organisation_pk primary key (id),
  constraint organisation_slug_unique unique (slug),
  constraint organisation_kind_known check (kind in ('authority', 'platform', 'investigative_body', 'oversight', 'civil_society', 'operator')),
  constraint organisation_competences_known check (competences <@ array['refer', 'order', 'scrutinise', 'penalise']),
  constraint organisation_country_shape check (country ~ '^[A-Z]{2}$'),
  constraint organisation_platform_size_known check (platform_size in ('large', 'medium', 'small', 'micro')),
  constraint organisation_status_known check (status in ('active', 'provisional', 'suspended'))
);

create function current_org_kind() returns text
language sql stable parallel restricted security definer set search_path = public, pg_catalog as $$
  select kind from organisation where id = current_org() $$;

create table platform_host (
  host text not null,
  organisation_id uuid not null,
  confirmed_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  constraint platform_host_pk primary key (host),
  constraint platform_host_organisation_fk foreign key (organisation_id) references organisation (id)
);
create index platform_host_organisation on platform_host (organisation_id);

-- Who has come across an unknown host. Until somebody has confirmed it, it is nobody else's to see: that it is there says that
-- something was just found on it.
create table platform_proposal (
  platform_id uuid not null,
  organisation_id uuid not null,
  proposed_at timestamptz(3) not null default now(),
  constraint platform_proposal_pk primary key (platform_id, organisation_id),
  constraint platform_proposal_platform_fk foreign key (platform_id) references organisation (id),
  constraint platform_proposal_organisation_fk foreign key (organisation_id) references organisation (id)
);

create table person (
  id uuid not null,
  email text not null,
  display_name text not null,
  disabled_at timestamptz(3),
  created_at timestamptz(3) not null default now(),
  constraint person_pk primary key (id),
  constraint person_email_unique unique (email),
  constraint person_email_lower check (email = lower(email))
);

create table membership (
  organisation_id uuid not null,
  person_id uuid not null,
  roles text[] not null,
  office text,
  created_at timestamptz(3) not null default now(),
  ended_at timestamptz(3),
  constraint membership_pk primary key (organisation_id, person_id),
  constraint membership_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint membership_person_fk foreign key (person_id) references person (id)
);
create index membership_person on membership (person_id);

create table credential (
  person_id uuid not null,
  kind text not null,
  secret_hash text not null,
  changed_at timestamptz(3) not null default now(),
  constraint credential_pk primary key (person_id, kind),
  constraint credential_kind_known check (kind in ('password')),
  constraint credential_person_fk foreign key (person_id) references person (id)
);

create table session (
  id uuid not null,
  organisation_id uuid not null,
  person_id uuid not null,
  token_hash bytea not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  ended_at timestamptz(3),
  constraint session_pk primary key (id),
  constraint session_token_unique unique (token_hash),
  constraint session_membership_fk foreign key (organisation_id, person_id) references membership (organisation_id, person_id)
);
create index session_person on session (person_id);

create table api_key (
  id uuid not null,
  organisation_id uuid not null,
  name text not null,
  prefix text not null,
  token_hash bytea not null,
  permissions text[] not null,
  created_by uuid not null,
  created_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  revoked_at timestamptz(3),
  constraint api_key_pk primary key (id),
  constraint api_key_token_unique unique (token_hash),
  constraint api_key_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint api_key_created_by_fk foreign key (created_by) references person (id)
);
create index api_key_organisation on api_key (organisation_id, created_at);

create table approval (
  id uuid not null,
  organisation_id uuid not null,
  verb text not null,
  subject_id uuid not null,
  reason text not null,
  asked_by uuid not null,
  asked_at timestamptz(3) not null,
  decision text,
  decided_by uuid,
  decided_at timestamptz(3),
  constraint approval_pk primary key (id),
  constraint approval_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint approval_decision_known check (decision in ('approved', 'refused')),
  constraint approval_two_people check (decided_by is null or decided_by <> asked_by),
  constraint approval_decided_whole check ((decision is null) = (decided_by is null) and (decision is null) = (decided_at is null))
);
create unique index approval_open_once on approval (verb, subject_id) where decision is null;
create index approval_organisation on approval (organisation_id, asked_at);

create table idempotency_key (
  organisation_id uuid not null,
  key text not null,
  fingerprint text not null,
  answer text,
  entry_id uuid,
  created_at timestamptz(3) not null default now(),
  constraint idempotency_key_pk primary key (organisation_id, key),
  constraint idempotency_key_length check (length(key) between 1 and 255)
);
create index idempotency_key_created on idempotency_key (created_at);

-- Row-level security: every table, deny by default.
alter table organisation enable row level security;
alter table platform_host enable row level security;
alter table platform_proposal enable row level security;
alter table person enable row level security;
alter table membership enable row level security;
alter table credential enable row level security;
alter table session enable row level security;
alter table api_key enable row level security;
alter table approval enable row level security;
alter table idempotency_key enable row level security;

-- The directory: every body that takes part may look up whom it deals with.
create policy organisation_read on organisation for select to clepsydra_app using (
  (select current_org()) is not null and (
    status <> 'provisional' or (select current_org_kind()) = 'operator'
    or exists (select 1 from platform_proposal p where p.platform_id = organisation.id and p.organisation_id = (select current_org()))
  )
);
create policy platform_proposal_own on platform_proposal for select to clepsydra_app using (organisation_id = (select current_org()));
create policy organisation_register on organisation for insert to clepsydra_app with check ((select current_org_kind()) = 'operator');
create policy organisation_change on organisation for update to clepsydra_app using ((select current_org_kind()) = 'operator');
create policy platform_host_read on platform_host for select to clepsydra_app
  using (exists (select 1 from organisation o where o.id = organisation_id));
create policy platform_host_register on platform_host for insert to clepsydra_app
  with check ((select current_org_kind()) = 'operator' or organisation_id = (select current_org()));

create policy membership_own on membership for select to clepsydra_app
  using (organisation_id = (select current_org()) or person_id = (select current_person()) or (select current_org_kind()) = 'operator');
create policy membership_insert on membership for insert to clepsydra_app
  with check (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy membership_change on membership for update to clepsydra_app using (organisation_id = (select current_org()));
create policy person_colleagues on person for select to clepsydra_app
  using (exists (select 1 from membership m where m.person_id = person.id and m.organisation_id = (select current_org())));
create policy session_own on session for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()) and person_id = (select current_person()));
create policy api_key_own on api_key for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy approval_own on approval for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy idempotency_key_own on idempotency_key for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));

create policy organisation_worker on organisation for select to clepsydra_worker using (true);
create policy platform_host_worker on platform_host for select to clepsydra_worker using (true);
create policy idempotency_key_worker on idempotency_key for all to clepsydra_worker using (true);

grant usage on schema public to clepsydra_app, clepsydra_worker;
grant select, insert on organisation, platform_host to clepsydra_app;
grant select on platform_proposal to clepsydra_app;
grant update (name, country, competences, platform_size, status, version) on organisation to clepsydra_app;
grant select on person to clepsydra_app;
grant select, insert, update (roles, office, ended_at) on membership to clepsydra_app;
grant select, insert, update (ended_at, organisation_id) on session to clepsydra_app;
grant select, insert, update (revoked_at) on api_key to clepsydra_app;
grant select, insert, update (decision, decided_by, decided_at) on approval to clepsydra_app;
grant select, insert, update (answer, entry_id) on idempotency_key to clepsydra_app;
grant select on organisation, platform_host to clepsydra_worker;
grant select, delete on idempotency_key to clepsydra_worker;

-- What must be looked up before a scope can be known. Each function answers one question and no more.
create function auth_password(wanted_email text) returns table (person_id uuid, secret_hash text)
language sql stable security definer set search_path = public, pg_catalog as $$
  select p.id, c.secret_hash from person p join credential c on c.person_id = p.id and c.kind = 'password'
  where p.email = lower(wanted_email) and p.disabled_at is null $$;

create function auth_memberships(wanted_person uuid) returns table (organisation_id uuid, name text, slug text, kind text, roles text[],
  office text, display_name text)
language sql stable security definer set search_path = public, pg_catalog as $$
  select m.organisation_id, o.name, o.slug, o.kind, m.roles, m.office, p.display_name from membership m join organisation o on o.id = m.organisation_id
  join person p on p.id = m.person_id
  where m.person_id = wanted_person and m.ended_at is null and o.status = 'active' and p.disabled_at is null
  order by m.created_at, o.slug $$;

create function auth_session(wanted_hash bytea) returns table (session_id uuid, person_id uuid, display_name text, office text, roles text[],
  organisation_id uuid, organisation_kind text, competences text[], expires_at timestamptz)
language sql stable security definer set search_path = public, pg_catalog as $$
  select s.id, p.id, p.display_name, m.office, m.roles, o.id, o.kind, o.competences, s.expires_at
  from session s join person p on p.id = s.person_id join organisation o on o.id = s.organisation_id
  join membership m on m.organisation_id = s.organisation_id and m.person_id = s.person_id
  where s.token_hash = wanted_hash and s.ended_at is null and m.ended_at is null and p.disabled_at is null and o.status = 'active' $$;

create function auth_api_key(wanted_hash bytea) returns table (api_key_id uuid, name text, permissions text[], created_by uuid,
  organisation_id uuid, organisation_kind text, competences text[], expires_at timestamptz)
language sql stable security definer set search_path = public, pg_catalog as $$
  select k.id, k.name, k.permissions, k.created_by, o.id, o.kind, o.competences, k.expires_at
  from api_key k join organisation o on o.id = k.organisation_id
  join membership m on m.organisation_id = k.organisation_id and m.person_id = k.created_by
  join person p on p.id = k.created_by
  where k.token_hash = wanted_hash and k.revoked_at is null and o.status = 'active'
    and m.ended_at is null and p.disabled_at is null $$;

-- A person is one row however many organisations they belong to. Only somebody with a scope may bring one in.
create function enrol_person(new_id uuid, new_email text, new_name text) returns uuid
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare found uuid;
begin
  if current_org() is null then raise exception 'a scope is needed' using errcode = '42501'; end if;
  insert into person (id, email, display_name) values (new_id, lower(new_email), new_name) on conflict (email) do nothing returning id into found;
  if found is null then select id into found from person where email = lower(new_email); end if;
  return found;
end $$;

-- One's own password, or the first one of somebody whom one's organisation has just enrolled.
create function set_password(of_person uuid, new_hash text) returns void
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  if of_person is distinct from current_person() and not (
    not exists (select 1 from credential c where c.person_id = of_person)
    and exists (select 1 from membership m where m.person_id = of_person
                and (m.organisation_id = current_org() or current_org_kind() = 'operator'))
  ) then raise exception 'not this person''s password' using errcode = '42501'; end if;
  insert into credential (person_id, kind, secret_hash) values (of_person, 'password', new_hash)
  on conflict (person_id, kind) do update set secret_hash = excluded.secret_hash, changed_at = now();
  -- Whoever knew the old password may be signed in with it, for any organisation.
  update session set ended_at = now() where person_id = of_person and ended_at is null;
end $$;

create function has_password(of_person uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select current_org() is not null and exists (select 1 from credential c where c.person_id = of_person) $$;

-- A host nobody has registered: a provisional platform, whose contact a person confirms before anything is sent there.
create function propose_platform(new_id uuid, new_host text) returns uuid
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare platform uuid;
begin
  if current_org() is null then raise exception 'a scope is needed' using errcode = '42501'; end if;
  select h.organisation_id into platform from platform_host h where h.host = new_host;
  if platform is not null then
    insert into platform_proposal (platform_id, organisation_id)
      select o.id, current_org() from organisation o where o.id = platform and o.status = 'provisional' on conflict do nothing;
    return platform;
  end if;
  insert into organisation (id, kind, name, slug, status) values (new_id, 'platform', new_host, new_host, 'provisional') on conflict (slug) do nothing;
  select o.id into platform from organisation o where o.slug = new_host and o.kind = 'platform';
  insert into platform_host (host, organisation_id) values (new_host, platform) on conflict (host) do nothing;
  select h.organisation_id into platform from platform_host h where h.host = new_host;
  insert into platform_proposal (platform_id, organisation_id) values (platform, current_org()) on conflict do nothing;
  return platform;
end $$;

-- Somebody has found out who is behind the host and how to reach them.
create function confirm_platform(platform uuid, new_name text, new_size text, new_country text) returns boolean
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  if current_org_kind() not in ('authority', 'operator') then raise exception 'not competent' using errcode = '42501'; end if;
  update organisation set name = new_name, platform_size = new_size, country = coalesce(new_country, country), status = 'active', version = version + 1
    where id = platform and kind = 'platform' and status = 'provisional';
  if not found then return false; end if;
  update platform_host set confirmed_at = now() where organisation_id = platform;
  return true;
end $$;

-- The very first person of an installation, when there is no organisation yet: clepsydra init.
create function first_person(org uuid, org_name text, org_slug text, person_id uuid, person_email text, person_name text, password_hash text) returns void
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  lock table organisation in exclusive mode;
  if exists (select 1 from organisation) then raise exception 'there is a first organisation already' using errcode = '23505'; end if;
  insert into organisation (id, kind, name, slug) values (org, 'operator', org_name, org_slug);
  insert into person (id, email, display_name) values (person_id, lower(person_email), person_name);
  insert into membership (organisation_id, person_id, roles) values (org, person_id, array['operator', 'admin']);
  insert into credential (person_id, kind, secret_hash) values (person_id, 'password', password_hash);
end $$;

revoke all on all functions in schema public from public;
revoke all on all functions in schema private from public;
revoke all on schema private from public;
grant execute on function current_org(), current_person(), current_org_kind() to clepsydra_app, clepsydra_worker;
-- The role that serves requests can read neither a password hash nor whom a person works for.
grant execute on function auth_password(text), auth_memberships(uuid) to clepsydra_worker;
grant execute on function auth_session(bytea), auth_api_key(bytea), enrol_person(uuid, text, text),
  set_password(uuid, text), has_password(uuid), propose_platform(uuid, text), confirm_platform(uuid, text, text, text) to clepsydra_app;
alter default privileges revoke execute on functions from public;
`;

const DOWN = `
drop table platform_proposal, idempotency_key, approval, api_key, session, credential, membership, person, platform_host, organisation cascade;
drop schema private cascade;
drop function current_org, current_person, current_org_kind, auth_password, auth_memberships, auth_session, auth_api_key, enrol_person, set_password, has_password,
  propose_platform, confirm_platform, first_person;
`;

export class CreateTenancy1764000000000 implements MigrationInterface {
  name = 'CreateTenancy1764000000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

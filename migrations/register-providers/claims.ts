/** How somebody without a login claims a platform, and what that makes of it. */
export const CLAIMS = `
-- Asked by somebody who has no login yet. Nothing of it is known to anybody but the operator.
create table provider_claim (
  id uuid not null,
  host text not null,
  platform_id uuid,
  state text not null default 'asked',
  name text not null,
  admin_email text not null,
  admin_name text not null,
  token text not null,
  secret_hash bytea not null,
  tries int not null default 0,
  asked_at timestamptz(3) not null,
  expires_at timestamptz(3) not null,
  proven_at timestamptz(3),
  proof text,
  decided_at timestamptz(3),
  decided_by uuid,
  reason text,
  constraint provider_claim_pk primary key (id),
  constraint provider_claim_platform_fk foreign key (platform_id) references organisation (id),
  constraint provider_claim_state_known check (state in ('asked', 'proven', 'confirmed', 'accepted', 'refused')),
  constraint provider_claim_proof_known check (proof in ('https', 'dns')),
  constraint provider_claim_proven_whole check ((proven_at is null) = (proof is null)),
  constraint provider_claim_proven_first check (state not in ('proven', 'confirmed', 'accepted') or proven_at is not null),
  constraint provider_claim_platform_whole check (state not in ('confirmed', 'accepted') or platform_id is not null),
  constraint provider_claim_decided_whole check ((decided_at is null) = (decided_by is null))
);
create index provider_claim_list on provider_claim (asked_at desc, id desc);
create index provider_claim_host on provider_claim (host) where state in ('asked', 'proven');
-- No takeover: one claim of a platform stands.
create unique index provider_claim_one_stands on provider_claim (platform_id) where state in ('confirmed', 'accepted');

-- Whoever has people in a platform, or was given it, speaks for it: nobody else decides about its entry but the operator.
create function provider_is_claimed(platform uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select (current_org() is not null or pg_has_role(session_user, 'clepsydra_worker', 'member'))
    and (exists (select 1 from membership m where m.organisation_id = platform and m.ended_at is null)
      or exists (select 1 from provider_claim c where c.platform_id = platform and c.state in ('confirmed', 'accepted'))) $$;

-- The first person of a claimed platform. A person who was here before keeps their password, and is given none: they may
-- belong to others, and whoever claims a host need not be them.
create function accept_claim(claim uuid, secret bytea, new_person uuid, password_hash text, at timestamptz)
returns table (platform uuid, person uuid, is_new boolean)
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare found provider_claim%rowtype; who uuid;
begin
  select * into found from provider_claim c where c.id = claim and c.secret_hash = secret and c.state = 'confirmed' and c.expires_at > at for update;
  if found.id is null then return; end if;
  insert into person (id, email, display_name) values (new_person, lower(found.admin_email), found.admin_name) on conflict (email) do nothing returning id into who;
  is_new := who is not null;
  if is_new then
    insert into credential (person_id, kind, secret_hash) values (who, 'password', password_hash);
  else
    select p.id into who from person p where p.email = lower(found.admin_email);
  end if;
  insert into membership (organisation_id, person_id, roles, created_at) values (found.platform_id, who, array['admin', 'moderator', 'supervisor'], at)
    on conflict do nothing;
  update provider_claim set state = 'accepted' where id = claim;
  platform := found.platform_id;
  person := who;
  return next;
end $$;

revoke all on function provider_is_claimed(uuid), accept_claim(uuid, bytea, uuid, text, timestamptz) from public;
grant execute on function provider_is_claimed(uuid) to clepsydra_app;
grant execute on function provider_is_claimed(uuid), accept_claim(uuid, bytea, uuid, text, timestamptz) to clepsydra_worker;

alter table provider_claim enable row level security;

create policy provider_claim_operator on provider_claim for select to clepsydra_app using ((select current_org_kind()) = 'operator');
create policy provider_claim_decide on provider_claim for update to clepsydra_app using ((select current_org_kind()) = 'operator');
create policy provider_claim_worker on provider_claim for all to clepsydra_worker using (true) with check (true);

grant select (id, host, platform_id, state, name, admin_email, admin_name, asked_at, expires_at, proven_at, proof, decided_at, decided_by, reason),
  update (platform_id, state, expires_at, decided_at, decided_by, reason) on provider_claim to clepsydra_app;
grant select, insert, update (state, tries, proven_at, proof) on provider_claim to clepsydra_worker;
`;

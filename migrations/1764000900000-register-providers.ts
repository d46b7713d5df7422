import type { MigrationInterface, QueryRunner } from 'typeorm';
import { TWO_PARTIES, TWO_PARTIES_DOWN } from './register-providers/two-parties';

/**
 * The register of providers, the register of authorities, and the tokens by which two bodies find out that both order the same.
 *
 * What is found about a provider, or said by somebody else than the provider, is a proposal. Only what a person has confirmed
 * stands in `provider_entry` and `provider_contact`.
 */
const PROVIDERS = `
create table provider_entry (
  platform_id uuid not null,
  home_country text,
  legal_representative text,
  languages text[] not null default '{}',
  service_kind text not null default 'hosting',
  scope_reasons text,
  terms_url text,
  terms_version text,
  terms_date date,
  terms_explain_tools boolean,
  referral_target_minutes int not null default 60,
  confirmed_by uuid,
  confirmed_at timestamptz(3),
  changed_at timestamptz(3) not null,
  version int not null default 1,
  constraint provider_entry_pk primary key (platform_id),
  constraint provider_entry_platform_fk foreign key (platform_id) references organisation (id),
  constraint provider_entry_home_shape check (home_country ~ '^[A-Z]{2}$'),
  constraint provider_entry_service_known check (service_kind in ('hosting', 'mere_conduit', 'caching', 'registry', 'registrar', 'dns',
    'payment', 'ddos_protection', 'messaging', 'closed_group', 'infrastructure')),
  -- Out of scope means that no order can be sent there: somebody has to have said why.
  constraint provider_entry_scope_reasoned check (service_kind = 'hosting' or scope_reasons is not null),
  constraint provider_entry_target_known check (referral_target_minutes between 5 and 10080),
  constraint provider_entry_confirmed_whole check ((confirmed_by is null) = (confirmed_at is null))
);

create table provider_contact (
  id uuid not null,
  platform_id uuid not null,
  kind text not null,
  value text not null,
  source text not null,
  source_address text,
  seen_at timestamptz(3) not null,
  confirmed_by uuid not null,
  confirmed_at timestamptz(3) not null,
  removed_at timestamptz(3),
  constraint provider_contact_pk primary key (id),
  constraint provider_contact_platform_fk foreign key (platform_id) references organisation (id),
  constraint provider_contact_kind_known check (kind in ('email', 'telephone', 'web_form', 'postal')),
  constraint provider_contact_source_known check (source in ('platform', 'operator', 'authority', 'rdap', 'security_txt', 'legal_page'))
);
create unique index provider_contact_once on provider_contact (platform_id, kind, value) where removed_at is null;

create table provider_proposal (
  id uuid not null,
  platform_id uuid not null,
  organisation_id uuid not null,
  proposed_by uuid,
  source text not null,
  source_address text,
  changes jsonb not null,
  note text,
  seen_at timestamptz(3) not null,
  expires_at timestamptz(3),
  state text not null default 'open',
  decided_at timestamptz(3),
  decided_by uuid,
  constraint provider_proposal_pk primary key (id),
  constraint provider_proposal_platform_fk foreign key (platform_id) references organisation (id),
  constraint provider_proposal_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint provider_proposal_source_known check (source in ('platform', 'operator', 'authority', 'rdap', 'security_txt', 'legal_page')),
  constraint provider_proposal_state_known check (state in ('open', 'accepted', 'rejected')),
  constraint provider_proposal_decided_whole check ((state = 'open') = (decided_at is null) and (decided_at is null) = (decided_by is null))
);
create index provider_proposal_platform on provider_proposal (platform_id, seen_at desc);
-- What a provider says of itself is one statement: a later one says it anew.
create unique index provider_proposal_own_once on provider_proposal (platform_id) where source = 'platform' and state = 'open';

-- When contacts were looked for, at whose request, and what came of each source.
create table provider_discovery (
  id uuid not null,
  platform_id uuid not null,
  organisation_id uuid not null,
  asked_by uuid,
  reach text not null,
  asked_at timestamptz(3) not null,
  ended_at timestamptz(3),
  outcomes jsonb,
  constraint provider_discovery_pk primary key (id),
  constraint provider_discovery_platform_fk foreign key (platform_id) references organisation (id),
  constraint provider_discovery_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint provider_discovery_reach_known check (reach in ('registries', 'host')),
  constraint provider_discovery_ended_whole check ((ended_at is null) = (outcomes is null))
);
create index provider_discovery_platform on provider_discovery (platform_id, asked_at desc);

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
`;

const AUTHORITIES = `
create table authority_entry (
  id uuid not null,
  organisation_id uuid,
  name text not null,
  country text not null,
  competences text[] not null,
  contact_point text not null,
  telephone text not null,
  languages text[] not null default '{}',
  source_url text not null,
  source_date date not null,
  confirmed_by uuid not null,
  confirmed_at timestamptz(3) not null,
  removed_at timestamptz(3),
  version int not null default 1,
  constraint authority_entry_pk primary key (id),
  constraint authority_entry_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint authority_entry_country_shape check (country ~ '^[A-Z]{2}$'),
  constraint authority_entry_competences_known check (competences <@ array['order', 'scrutinise', 'supervise_measures', 'penalise'])
);
create unique index authority_entry_organisation_once on authority_entry (organisation_id) where removed_at is null;
create index authority_entry_country on authority_entry (country, name);
`;

const TOKENS = `
-- What orders that stand are about, as keyed tokens: without the installation's secret, which the database never has, nobody can
-- tell an address from a token or ask for one. Content tokens tell of the same file elsewhere and stop nothing; page tokens are of
-- the page of which an order names a place.
create table order_token (
  id bigint generated always as identity,
  token bytea not null,
  notice_id uuid not null,
  organisation_id uuid not null,
  kind text not null,
  recorded_at timestamptz(3) not null,
  released_at timestamptz(3),
  constraint order_token_pk primary key (id),
  constraint order_token_notice_fk foreign key (notice_id) references notice (id),
  constraint order_token_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint order_token_kind_known check (kind in ('subject', 'page', 'content')),
  constraint order_token_length check (length(token) = 32)
);
-- Rec. 36: one order on one subject, of whichever body.
create unique index order_token_one_stands on order_token (token) where kind = 'subject' and released_at is null;
-- Once for a notice while it stands. What was called back and goes again is a line of its own.
create unique index order_token_once on order_token (notice_id, token, kind) where released_at is null;
create index order_token_notice on order_token (notice_id);

-- By which key the tokens were made: a node with another one would find no order that stands, and say that all is clear.
create table private.order_key (
  id smallint not null default 1,
  fingerprint bytea not null,
  constraint order_key_pk primary key (id),
  constraint order_key_single check (id = 1)
);

create table order_question_count (
  organisation_id uuid not null,
  person_id uuid not null,
  day date not null,
  asked int not null,
  constraint order_question_count_pk primary key (organisation_id, person_id, day),
  constraint order_question_count_organisation_fk foreign key (organisation_id) references organisation (id)
);
`;

const FUNCTIONS = `
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

-- Answers one question: whose orders stand on these tokens. Which notice it is is told of one's own alone.
create function standing_orders(asked bytea[]) returns table (token bytea, kind text, organisation_id uuid, notice_id uuid)
language sql stable security definer set search_path = public, pg_catalog as $$
  select t.token, t.kind, t.organisation_id, case when t.organisation_id = current_org() then t.notice_id end
  from order_token t where current_org() is not null and t.token = any (asked) and t.released_at is null $$;

-- The first key is the installation's; whether this is it.
create function is_order_key(asked bytea) returns boolean
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  insert into private.order_key (fingerprint) values (asked) on conflict do nothing;
  return (select k.fingerprint = asked from private.order_key k);
end $$;

-- Takes so many questions of today's, or none and false when so many are not left.
create function take_order_questions(who uuid, on_day date, questions int, most int) returns boolean
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare total int;
begin
  if current_org() is null or who not in (coalesce(current_person(), who), '00000000-0000-0000-0000-000000000000') or questions < 1 then
    raise exception 'not one''s own questions' using errcode = '42501';
  end if;
  insert into order_question_count as c (organisation_id, person_id, day, asked) values (current_org(), who, on_day, questions)
    on conflict (organisation_id, person_id, day) do update set asked = c.asked + excluded.asked where c.asked + excluded.asked <= most
    returning asked into total;
  if total > most then raise exception 'more questions at once than a day has' using errcode = '22023'; end if;
  return total is not null;
end $$;

-- Its sender, or whoever ended it, lets go of what an order was about; or of some of it, where that has been carried out.
create function release_order_tokens(of_notice uuid, at timestamptz, only_these bytea[] default null) returns void
language sql volatile security definer set search_path = public, pg_catalog as $$
  update order_token t set released_at = at where t.notice_id = of_notice and t.released_at is null
    and (only_these is null or t.token = any (only_these))
    and (t.organisation_id = current_org() or pg_has_role(session_user, 'clepsydra_worker', 'member')
      or (current_org() is not null and exists (select 1 from notice n where n.id = of_notice and n.state in ('withdrawn', 'annulled', 'closed')))) $$;

revoke all on function provider_is_claimed(uuid), accept_claim(uuid, bytea, uuid, text, timestamptz), standing_orders(bytea[]),
  take_order_questions(uuid, date, int, int), release_order_tokens(uuid, timestamptz, bytea[]), is_order_key(bytea) from public;
grant execute on function provider_is_claimed(uuid), standing_orders(bytea[]), take_order_questions(uuid, date, int, int),
  release_order_tokens(uuid, timestamptz, bytea[]) to clepsydra_app;
grant execute on function is_order_key(bytea) to clepsydra_worker;
grant execute on function provider_is_claimed(uuid), accept_claim(uuid, bytea, uuid, text, timestamptz), release_order_tokens(uuid, timestamptz, bytea[])
  to clepsydra_worker;
`;

/** Who may write into a platform's entry: itself, the operator, and for one that nobody has claimed an authority that sees it. */
const WRITERS = `(select current_org_kind()) = 'operator' or platform_id = (select current_org())
    or ((select current_org_kind()) = 'authority' and not provider_is_claimed(platform_id)
      and exists (select 1 from organisation o where o.id = platform_id))`;

/** An authority may confirm what a provider has said of itself, also of one that speaks for itself. */
const STATED = `((select current_org_kind()) = 'authority'
    and exists (select 1 from provider_proposal q where q.platform_id = provider_entry.platform_id and q.source = 'platform' and q.state = 'open'))`;

const RIGHTS = `
alter table provider_entry enable row level security;
alter table provider_contact enable row level security;
alter table provider_proposal enable row level security;
alter table provider_discovery enable row level security;
alter table provider_claim enable row level security;
alter table authority_entry enable row level security;
alter table order_token enable row level security;
alter table order_question_count enable row level security;

-- As far as the platform itself is seen: an unknown host is nobody's but its finders'.
create policy provider_entry_read on provider_entry for select to clepsydra_app
  using (exists (select 1 from organisation o where o.id = platform_id));
create policy provider_entry_write on provider_entry for insert to clepsydra_app with check (${WRITERS} or ${STATED});
create policy provider_entry_change on provider_entry for update to clepsydra_app using (${WRITERS} or ${STATED}) with check (${WRITERS} or ${STATED});
create policy provider_contact_read on provider_contact for select to clepsydra_app
  using (exists (select 1 from organisation o where o.id = platform_id));
create policy provider_contact_write on provider_contact for insert to clepsydra_app with check (${WRITERS});
create policy provider_contact_change on provider_contact for update to clepsydra_app using (${WRITERS}) with check (${WRITERS});

-- What the service found tells that somebody looked: those who asked and the operator see it, not the platform.
create policy provider_proposal_read on provider_proposal for select to clepsydra_app
  using (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator'
    or (platform_id = (select current_org()) and source in ('authority', 'operator', 'platform'))
    -- Whoever relies on the entry sees what the provider says of itself beside it.
    or (source = 'platform' and exists (select 1 from organisation o where o.id = platform_id)));
create policy provider_proposal_make on provider_proposal for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and state = 'open' and source = (select current_org_kind())
    and (source <> 'platform' or platform_id = organisation_id)
    and exists (select 1 from organisation o where o.id = platform_id));
create policy provider_proposal_decide on provider_proposal for update to clepsydra_app
  using (state = 'open' and (${WRITERS} or ((select current_org_kind()) = 'authority' and source = 'platform')))
  with check (state = 'rejected' or (state = 'accepted' and (source <> 'platform' or platform_id <> (select current_org()))));
create policy provider_proposal_worker on provider_proposal for all to clepsydra_worker using (true) with check (true);
create policy provider_discovery_own on provider_discovery for select to clepsydra_app
  using (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy provider_discovery_ask on provider_discovery for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and exists (select 1 from organisation o where o.id = platform_id));
create policy provider_discovery_worker on provider_discovery for all to clepsydra_worker using (true) with check (true);
create policy provider_entry_worker on provider_entry for select to clepsydra_worker using (true);
create policy provider_contact_worker on provider_contact for select to clepsydra_worker using (true);
create policy provider_claim_operator on provider_claim for select to clepsydra_app using ((select current_org_kind()) = 'operator');
create policy provider_claim_decide on provider_claim for update to clepsydra_app using ((select current_org_kind()) = 'operator');
create policy provider_claim_worker on provider_claim for all to clepsydra_worker using (true) with check (true);

-- Published: whoever receives an order looks its sender up here.
create policy authority_entry_read on authority_entry for select to clepsydra_app
  using (removed_at is null or (select current_org_kind()) = 'operator');
create policy authority_entry_register on authority_entry for insert to clepsydra_app with check ((select current_org_kind()) = 'operator');
create policy authority_entry_change on authority_entry for update to clepsydra_app using ((select current_org_kind()) = 'operator');
create policy authority_entry_worker on authority_entry for select to clepsydra_worker using (true);

create policy order_token_own on order_token for select to clepsydra_app using (organisation_id = (select current_org()));
create policy order_token_record on order_token for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and released_at is null
    and exists (select 1 from notice n where n.id = notice_id and n.sender_id = (select current_org())));
create policy order_question_count_own on order_question_count for select to clepsydra_app using (organisation_id = (select current_org()));
create policy order_token_worker on order_token for insert to clepsydra_worker with check (true);
create policy order_token_worker_read on order_token for select to clepsydra_worker using (true);

grant select, insert, update (home_country, legal_representative, languages, service_kind, scope_reasons, terms_url, terms_version, terms_date,
  terms_explain_tools, referral_target_minutes, confirmed_by, confirmed_at, changed_at, version) on provider_entry to clepsydra_app;
grant select, insert, update (removed_at) on provider_contact to clepsydra_app;
grant select, insert, update (state, decided_at, decided_by) on provider_proposal to clepsydra_app;
grant select, insert on provider_discovery to clepsydra_app;
grant select (id, host, platform_id, state, name, admin_email, admin_name, asked_at, expires_at, proven_at, proof, decided_at, decided_by, reason),
  update (platform_id, state, expires_at, decided_at, decided_by, reason) on provider_claim to clepsydra_app;
grant select (id, organisation_id, name, country, competences, contact_point, telephone, languages, source_url, source_date, confirmed_at,
  removed_at, version), insert, update (name, country, competences, contact_point, telephone, languages, source_url, source_date, confirmed_by,
  confirmed_at, removed_at, version) on authority_entry to clepsydra_app;
grant select, insert on order_token to clepsydra_app, clepsydra_worker;
grant select on order_question_count to clepsydra_app;
grant select on provider_entry, provider_contact, authority_entry to clepsydra_worker;
grant select, insert on provider_proposal to clepsydra_worker;
grant select, update (ended_at, outcomes) on provider_discovery to clepsydra_worker;
grant select, insert, update (state, tries, proven_at, proof) on provider_claim to clepsydra_worker;

insert into private.job_task (name) values ('provider-discovery');
`;

export class RegisterProviders1764000900000 implements MigrationInterface {
  name = 'RegisterProviders1764000900000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [PROVIDERS, AUTHORITIES, TOKENS, FUNCTIONS, RIGHTS, TWO_PARTIES]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from private.job_task where name = 'provider-discovery'`);
    await runner.query(`drop table order_question_count, order_token, authority_entry, provider_discovery, provider_proposal,
      provider_contact, provider_entry cascade`);
    await runner.query(`drop table private.order_key`);
    await runner.query(
      `drop function is_order_key, accept_claim, standing_orders, take_order_questions, release_order_tokens`,
    );
    await runner.query(`drop table provider_claim cascade`);
    await runner.query(TWO_PARTIES_DOWN);
    await runner.query(`drop function provider_is_claimed`);
  }
}

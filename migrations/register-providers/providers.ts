/**
 * The register of providers. What is found about a provider, or said by somebody else than the provider, is a proposal. Only what a
 * person has confirmed stands in `provider_entry` and `provider_contact`.
 */
export const PROVIDERS = `
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
`;

export const POLICY = `
create table signal_policy (
  id uuid not null,
  organisation_id uuid not null,
  version int not null,
  name text not null,
  rules jsonb not null,
  state text not null default 'draft',
  made_at timestamptz(3) not null,
  enforced_at timestamptz(3),
  replaced_at timestamptz(3),
  constraint signal_policy_pk primary key (id),
  constraint signal_policy_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_policy_version_once unique (organisation_id, version),
  constraint signal_policy_state_known check (state in ('draft', 'in_force', 'replaced')),
  constraint signal_policy_rules_list check (jsonb_typeof(rules) = 'array'),
  constraint signal_policy_enforced_whole check ((state = 'draft') = (enforced_at is null)),
  constraint signal_policy_replaced_whole check ((state = 'replaced') = (replaced_at is not null))
);
create unique index signal_policy_in_force on signal_policy (organisation_id) where state = 'in_force';
`;

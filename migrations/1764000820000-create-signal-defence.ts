import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Defence of the shared hashes against poisoning, and what each body wants done with a match. Trust, negatives and quarantine
 * are the operator's to write; a contributor's own transaction can add to the quarantine and lower its own trust, no more.
 */
const DEFENCE = `
create table signal_trust (
  organisation_id uuid not null,
  level text not null,
  daily_quota int,
  hourly_flood int,
  note text,
  changed_at timestamptz(3) not null,
  constraint signal_trust_pk primary key (organisation_id),
  constraint signal_trust_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_trust_level_known check (level in ('new', 'known', 'trusted')),
  constraint signal_trust_daily_quota_range check (daily_quota between 0 and 100000000),
  constraint signal_trust_hourly_flood_range check (hourly_flood between 0 and 100000000)
);

-- Hashes of what must not match. The entries say when one came and went: nodes follow the ledger and read what it names.
create table signal_negative (
  id uuid not null,
  kind text not null,
  type text not null,
  value text not null,
  note text,
  source text,
  added_at timestamptz(3) not null,
  added_entry_id uuid not null,
  removed_at timestamptz(3),
  removed_entry_id uuid,
  constraint signal_negative_pk primary key (id),
  constraint signal_negative_kind_known check (kind in ('harmless', 'corpus', 'canary')),
  constraint signal_negative_type_known check (type in ('pdq', 'blockhash', 'vpdq', 'sha256', 'sha512', 'md5', 'text_sha256')),
  constraint signal_negative_value_shape check (value ~ '^[0-9a-f]+$' and length(value) = case type when 'md5' then 32 when 'sha512' then 128 else 64 end),
  constraint signal_negative_removed_whole check ((removed_at is null) = (removed_entry_id is null))
);
create unique index signal_negative_standing on signal_negative (type, value, kind) where removed_at is null;
create index signal_negative_added on signal_negative (added_entry_id);
create index signal_negative_removed on signal_negative (removed_entry_id) where removed_entry_id is not null;

-- One batch for each admission that held something back, and for each review: what a canary or a later negative threw doubt on.
create table signal_quarantine (
  id uuid not null,
  organisation_id uuid,
  made_at timestamptz(3) not null,
  constraint signal_quarantine_pk primary key (id),
  constraint signal_quarantine_organisation_fk foreign key (organisation_id) references organisation (id)
);
create index signal_quarantine_made on signal_quarantine (made_at, id);

-- By hash, not by contribution: an item is written before its contribution is.
create table signal_quarantine_item (
  id uuid not null,
  quarantine_id uuid not null,
  organisation_id uuid not null,
  list_id uuid not null,
  type text not null,
  value text not null,
  reason text not null,
  hits int not null default 0,
  outcome text,
  outcome_note text,
  decided_at timestamptz(3),
  constraint signal_quarantine_item_pk primary key (id),
  constraint signal_quarantine_item_once unique (quarantine_id, organisation_id, list_id, type, value),
  constraint signal_quarantine_item_quarantine_fk foreign key (quarantine_id) references signal_quarantine (id),
  constraint signal_quarantine_item_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_quarantine_item_list_fk foreign key (list_id) references signal_list (id),
  constraint signal_quarantine_item_type_known check (type in ('pdq', 'blockhash', 'vpdq', 'sha256', 'sha512', 'md5', 'text_sha256')),
  constraint signal_quarantine_item_reason_known check (reason in ('flood', 'corpus', 'canary', 'with_canary', 'collision')),
  constraint signal_quarantine_item_outcome_known check (outcome in ('released', 'rejected')),
  constraint signal_quarantine_item_decided_whole check ((outcome is null) = (decided_at is null))
);
create index signal_quarantine_item_waiting on signal_quarantine_item (quarantine_id) where outcome is null;
create index signal_quarantine_item_organisation on signal_quarantine_item (organisation_id) where outcome is null;

-- The one change to trust that a contributor's transaction makes, and only downwards and of its own: it hit a canary.
create function signal_distrust(distrusted uuid, at timestamptz) returns void
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  if distrusted is distinct from current_org() and not pg_has_role(session_user, 'clepsydra_worker', 'member') then
    raise exception 'this is not the organisation of this transaction' using errcode = '42501';
  end if;
  insert into signal_trust (organisation_id, level, note, changed_at) values (distrusted, 'new', null, at)
    on conflict (organisation_id) do update set level = 'new', daily_quota = null, hourly_flood = null, note = null, changed_at = excluded.changed_at;
end $$;

-- What several platforms found to be a false match is disputed by the service, once, and never because one of them says so twice.
create function signal_dispute_false_match(subject uuid, dispute uuid, at timestamptz, due timestamptz) returns boolean
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  if current_org() is null then raise exception 'a scope is needed' using errcode = '42501'; end if;
  perform 1 from signal s where s.id = subject for update;
  insert into signal_dispute (id, signal_id, organisation_id, reason, opened_at, due_at)
    select dispute, s.id, null, 'false_match', at, due from signal s
    where s.id = subject and s.state <> 'withdrawn' and s.fed_false >= 2 and s.fed_false > s.fed_confirmed
      and not exists (select 1 from signal_dispute d where d.signal_id = s.id and d.organisation_id is null and d.reason = 'false_match');
  return found;
end $$;

insert into private.job_task (name) values ('signal-canary');
`;

const POLICY = `
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

const RIGHTS = `
alter table signal_trust enable row level security;
alter table signal_negative enable row level security;
alter table signal_quarantine enable row level security;
alter table signal_quarantine_item enable row level security;
alter table signal_policy enable row level security;

create policy signal_trust_read on signal_trust for select to clepsydra_app
  using (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy signal_trust_make on signal_trust for insert to clepsydra_app with check ((select current_org_kind()) = 'operator');
create policy signal_trust_change on signal_trust for update to clepsydra_app using ((select current_org_kind()) = 'operator');
-- A canary that contributors can read is none.
create policy signal_negative_operator on signal_negative for all to clepsydra_app
  using ((select current_org_kind()) = 'operator') with check ((select current_org_kind()) = 'operator');
create policy signal_quarantine_read on signal_quarantine for select to clepsydra_app using ((select current_org_kind()) = 'operator');
create policy signal_quarantine_make on signal_quarantine for insert to clepsydra_app
  with check (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy signal_quarantine_item_read on signal_quarantine_item for select to clepsydra_app
  using ((select current_org_kind()) = 'operator');
create policy signal_quarantine_item_make on signal_quarantine_item for insert to clepsydra_app
  with check (organisation_id = (select current_org()) or (select current_org_kind()) = 'operator');
create policy signal_quarantine_item_decide on signal_quarantine_item for update to clepsydra_app
  using ((select current_org_kind()) = 'operator');
create policy signal_policy_own on signal_policy for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));

create policy signal_trust_worker on signal_trust for select to clepsydra_worker using (true);
create policy signal_negative_worker on signal_negative for select to clepsydra_worker using (true);
create policy signal_quarantine_worker on signal_quarantine for all to clepsydra_worker using (true) with check (true);
create policy signal_quarantine_item_worker on signal_quarantine_item for all to clepsydra_worker using (true) with check (true);
create policy signal_policy_worker on signal_policy for select to clepsydra_worker using (true);

grant select, insert, update (level, daily_quota, hourly_flood, note, changed_at) on signal_trust to clepsydra_app;
grant select, insert, update (removed_at, removed_entry_id) on signal_negative to clepsydra_app;
grant select, insert on signal_quarantine, signal_quarantine_item to clepsydra_app;
grant update (outcome, outcome_note, decided_at) on signal_quarantine_item to clepsydra_app;
grant select, insert, update (state, enforced_at, replaced_at) on signal_policy to clepsydra_app;
grant select on signal_trust, signal_negative, signal_policy to clepsydra_worker;
grant select, insert on signal_quarantine, signal_quarantine_item to clepsydra_worker;
revoke all on function signal_distrust(uuid, timestamptz), signal_dispute_false_match(uuid, uuid, timestamptz, timestamptz) from public;
grant execute on function signal_distrust(uuid, timestamptz) to clepsydra_app, clepsydra_worker;
grant execute on function signal_dispute_false_match(uuid, uuid, timestamptz, timestamptz) to clepsydra_app;
`;

export class CreateSignalDefence1764000820000 implements MigrationInterface {
  name = 'CreateSignalDefence1764000820000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [DEFENCE, POLICY, RIGHTS]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table signal_policy, signal_quarantine_item, signal_quarantine, signal_negative, signal_trust;
      drop function signal_distrust, signal_dispute_false_match;
      delete from private.job_task where name = 'signal-canary'`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The shared hash database. A signal is one hash whoever contributed it; each contribution belongs to one organisation and
 * can be withdrawn by it. The state of the signal follows its contributions, by trigger, so that no role writes it.
 */
const UP = `
create table signal (
  id uuid not null,
  type text not null,
  value text not null,
  state text not null default 'active',
  created_at timestamptz(3) not null,
  changed_at timestamptz(3) not null,
  constraint signal_pk primary key (id),
  constraint signal_value_unique unique (type, value),
  constraint signal_type_known check (type in ('pdq', 'blockhash', 'sha256', 'md5')),
  constraint signal_state_known check (state in ('provisional', 'active', 'disputed', 'withdrawn')),
  constraint signal_value_shape check (value ~ '^[0-9a-f]+$' and length(value) = case type when 'md5' then 32 else 64 end)
);

create table signal_contribution (
  id uuid not null,
  signal_id uuid not null,
  organisation_id uuid not null,
  labels jsonb not null,
  contributed_at timestamptz(3) not null,
  withdrawn_at timestamptz(3),
  constraint signal_contribution_pk primary key (id),
  constraint signal_contribution_signal_fk foreign key (signal_id) references signal (id),
  constraint signal_contribution_organisation_fk foreign key (organisation_id) references organisation (id)
);
create unique index signal_contribution_standing on signal_contribution (signal_id, organisation_id) where withdrawn_at is null;

create table signal_match (
  id uuid not null,
  organisation_id uuid not null,
  signal_id uuid not null,
  exhibit_id uuid,
  distance int not null,
  found_at timestamptz(3) not null,
  constraint signal_match_pk primary key (id),
  constraint signal_match_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint signal_match_signal_fk foreign key (signal_id) references signal (id),
  constraint signal_match_distance_range check (distance between 0 and 64)
);
create index signal_match_exhibit on signal_match (exhibit_id);
create index signal_match_organisation on signal_match (organisation_id, found_at);

create function private.signal_follows_contributions() returns trigger
language plpgsql security definer set search_path = public, pg_catalog as $$
begin
  -- The row lock makes two contributions to one signal take turns, so that the second sees the first.
  perform 1 from signal s where s.id = new.signal_id for update;
  update signal s set
    state = case when exists (select 1 from signal_contribution c where c.signal_id = s.id and c.withdrawn_at is null)
      then case when s.state = 'withdrawn' then 'active' else s.state end else 'withdrawn' end,
    changed_at = coalesce(new.withdrawn_at, new.contributed_at)
    where s.id = new.signal_id;
  return null;
end $$;
create trigger signal_follows_contributions after insert or update on signal_contribution
  for each row execute function private.signal_follows_contributions();

alter table signal enable row level security;
alter table signal_contribution enable row level security;
alter table signal_match enable row level security;

-- Shared by its purpose: whoever takes part may look a hash up, and sees which bodies stand behind it.
create policy signal_shared on signal for select to clepsydra_app using ((select current_org()) is not null);
create policy signal_insert on signal for insert to clepsydra_app with check ((select current_org()) is not null and state = 'active');
create policy signal_contribution_shared on signal_contribution for select to clepsydra_app using ((select current_org()) is not null);
create policy signal_contribution_insert on signal_contribution for insert to clepsydra_app with check (organisation_id = (select current_org()));
create policy signal_contribution_withdraw on signal_contribution for update to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy signal_match_own on signal_match for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy signal_worker on signal for select to clepsydra_worker using (true);

grant select, insert on signal, signal_contribution, signal_match to clepsydra_app;
grant update (withdrawn_at) on signal_contribution to clepsydra_app;
grant select on signal to clepsydra_worker;
`;

export class CreateSignals1764000250000 implements MigrationInterface {
  name = 'CreateSignals1764000250000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'drop table signal_match, signal_contribution, signal cascade; drop function private.signal_follows_contributions',
    );
  }
}

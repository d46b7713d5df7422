import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Where a platform is reached, and every try to reach it. A platform's addresses and secrets are its own: the sender sees that
 * and when a channel was tried and what came of it, never where it leads.
 */
const TABLES = `
create table webhook_endpoint (
  id uuid not null,
  organisation_id uuid not null,
  url text not null,
  secret_key_id text not null,
  secret_wrapped bytea not null,
  previous_key_id text,
  previous_wrapped bytea,
  previous_until timestamptz(3),
  created_at timestamptz(3) not null,
  rotated_at timestamptz(3),
  disabled_at timestamptz(3),
  constraint webhook_endpoint_pk primary key (id),
  constraint webhook_endpoint_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint webhook_endpoint_previous_whole check ((previous_key_id is null) = (previous_wrapped is null)
    and (previous_key_id is null) = (previous_until is null))
);
create index webhook_endpoint_organisation on webhook_endpoint (organisation_id, created_at);

create table contact_point (
  id uuid not null,
  organisation_id uuid not null,
  channel text not null,
  endpoint_id uuid,
  position int not null,
  confirmed_at timestamptz(3),
  confirmed_by uuid,
  created_at timestamptz(3) not null,
  removed_at timestamptz(3),
  constraint contact_point_pk primary key (id),
  constraint contact_point_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint contact_point_endpoint_fk foreign key (endpoint_id) references webhook_endpoint (id),
  constraint contact_point_channel_known check (channel in ('webhook', 'inbox')),
  constraint contact_point_endpoint_of_webhook check ((channel = 'webhook') = (endpoint_id is not null)),
  constraint contact_point_position_known check (position between 0 and 100)
);
create unique index contact_point_inbox_once on contact_point (organisation_id) where channel = 'inbox' and removed_at is null;
create unique index contact_point_endpoint_once on contact_point (endpoint_id) where removed_at is null;
create index contact_point_organisation on contact_point (organisation_id, position);

create table delivery (
  id uuid not null,
  notice_id uuid not null,
  sender_id uuid not null,
  recipient_id uuid not null,
  event text not null,
  channel text not null,
  endpoint_id uuid,
  position int not null,
  state text not null,
  attempts int not null default 0,
  receipt_at timestamptz(3),
  failure text,
  created_at timestamptz(3) not null,
  ended_at timestamptz(3),
  constraint delivery_pk primary key (id),
  constraint delivery_notice_fk foreign key (notice_id) references notice (id),
  constraint delivery_endpoint_fk foreign key (endpoint_id) references webhook_endpoint (id),
  constraint delivery_once unique nulls not distinct (notice_id, event, channel, endpoint_id),
  constraint delivery_event_known check (event in ('notice.sent', 'notice.withdrawn')),
  constraint delivery_channel_known check (channel in ('webhook', 'inbox')),
  constraint delivery_state_known check (state in ('waiting', 'delivered', 'failed', 'cancelled')),
  constraint delivery_receipt_whole check ((state = 'delivered') = (receipt_at is not null)),
  constraint delivery_ended_whole check ((state = 'waiting') = (ended_at is null))
);

create table delivery_attempt (
  delivery_id uuid not null,
  attempt_no int not null,
  started_at timestamptz(3) not null,
  ended_at timestamptz(3),
  outcome text,
  status int,
  problem text,
  constraint delivery_attempt_pk primary key (delivery_id, attempt_no),
  constraint delivery_attempt_delivery_fk foreign key (delivery_id) references delivery (id),
  constraint delivery_attempt_outcome_known check (outcome in ('receipt', 'refused', 'failed', 'interrupted')),
  constraint delivery_attempt_ended_whole check ((ended_at is null) = (outcome is null))
);
-- Calls under way, by which one slow endpoint is kept from taking every worker.
create index delivery_attempt_under_way on delivery_attempt (delivery_id) where ended_at is null;
`;

const RIGHTS = `
alter table webhook_endpoint enable row level security;
alter table contact_point enable row level security;
alter table delivery enable row level security;
alter table delivery_attempt enable row level security;

create policy webhook_endpoint_own on webhook_endpoint for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy contact_point_own on contact_point for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org())
    and (endpoint_id is null or exists (select 1 from webhook_endpoint e where e.id = endpoint_id and e.organisation_id = contact_point.organisation_id)));
create policy delivery_of_sender on delivery for select to clepsydra_app using (sender_id = (select current_org()));
create policy delivery_attempt_of_sender on delivery_attempt for select to clepsydra_app
  using (exists (select 1 from delivery d where d.id = delivery_id));

create policy webhook_endpoint_worker on webhook_endpoint for select to clepsydra_worker using (true);
create policy contact_point_worker on contact_point for select to clepsydra_worker using (true);
create policy delivery_worker on delivery for all to clepsydra_worker using (true) with check (true);
create policy delivery_attempt_worker on delivery_attempt for all to clepsydra_worker using (true) with check (true);

grant select, insert, update (secret_key_id, secret_wrapped, previous_key_id, previous_wrapped, previous_until, rotated_at, disabled_at)
  on webhook_endpoint to clepsydra_app;
grant select, insert, update (position, confirmed_at, confirmed_by, removed_at) on contact_point to clepsydra_app;
grant select on delivery, delivery_attempt to clepsydra_app;
grant select on webhook_endpoint, contact_point to clepsydra_worker;
grant select, insert, update (state, attempts, receipt_at, failure, ended_at) on delivery to clepsydra_worker;
grant select, insert, update (ended_at, outcome, status, problem) on delivery_attempt to clepsydra_worker;

-- A platform that has declared nothing is reached in its inbox, if it has anybody who can open it: what lies where nobody can
-- look has been received by nobody.
create function has_reader(platform uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select exists (select 1 from membership m join person p on p.id = m.person_id
                 where m.organisation_id = platform and m.ended_at is null and p.disabled_at is null) $$;
revoke all on function has_reader(uuid) from public;
grant execute on function has_reader(uuid) to clepsydra_worker;

insert into private.job_task (name) values ('deliver');
`;

export class CreateDeliveries1764000600000 implements MigrationInterface {
  name = 'CreateDeliveries1764000600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(RIGHTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`delete from private.job_task where name = 'deliver'`);
    await runner.query(`drop table delivery_attempt, delivery, contact_point, webhook_endpoint`);
    await runner.query(`drop function has_reader`);
  }
}

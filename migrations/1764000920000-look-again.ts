import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Looks at addresses after they were referred. They belong to the sender alone: the platform is never told when it is looked at.
 * The worker plans them behind the ledger and says when one is due; what came back is written within the sender's own scope.
 */
const UP = `
-- PAP of FIRST. A case that stands here already keeps what it permitted: a look is an action of PAP:GREEN.
alter table case_file add column pap text not null default 'green',
  add constraint case_file_pap_known check (pap in ('clear', 'green', 'amber', 'red'));
grant update (pap) on case_file to clepsydra_app;

alter table content_item add column reappeared_from uuid,
  add constraint content_item_reappeared_fk foreign key (reappeared_from) references content_item (id);

create table probe (
  id uuid not null,
  organisation_id uuid not null,
  notice_id uuid not null,
  item_id uuid not null,
  reason text not null,
  due_at timestamptz(3) not null,
  state text not null default 'due',
  probed_at timestamptz(3),
  outcome text,
  cause text,
  views jsonb,
  exhibit_id uuid,
  reappeared_item_id uuid,
  constraint probe_pk primary key (id),
  constraint probe_once unique (notice_id, item_id, reason, due_at),
  constraint probe_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint probe_item_fk foreign key (notice_id, item_id) references notice_item (notice_id, item_id),
  constraint probe_exhibit_fk foreign key (exhibit_id) references exhibit (id),
  constraint probe_reappeared_fk foreign key (reappeared_item_id) references content_item (id),
  constraint probe_reason_known check (reason in ('deadline', 'answer', 'follow_up')),
  constraint probe_state_known check (state in ('due', 'calling', 'done', 'dropped', 'withheld')),
  constraint probe_outcome_known check (outcome in ('online', 'offline', 'geo_blocked', 'login_walled', 'moved', 'unknown')),
  constraint probe_cause_known check (cause in ('answered', 'gone', 'says_gone', 'legal_block', 'region_block', 'differs_by_vantage',
    'login_page', 'login_redirect', 'redirected', 'redirected_home', 'refused', 'busy', 'server_error', 'odd_status', 'host_unknown',
    'timeout', 'no_connection', 'address_refused', 'too_many_redirects')),
  constraint probe_done_whole check ((state = 'done') = (probed_at is not null) and (state = 'done') = (outcome is not null)
    and (state = 'done') = (cause is not null) and (state = 'done') = (views is not null))
);
create index probe_due on probe (due_at) where state = 'due';
create index probe_of_notice on probe (notice_id, due_at, id);
create index probe_of_item on probe (item_id, probed_at) where state = 'done';

-- Up to where the ledger was read for what has to be looked at. What stood in it before is not looked at in retrospect.
create table probe_cursor (
  id boolean not null default true,
  through bigint not null,
  constraint probe_cursor_pk primary key (id),
  constraint probe_cursor_one check (id)
);
insert into probe_cursor (through) select coalesce(max(seq), -1) from ledger_leaf;

alter table probe enable row level security;
alter table probe_cursor enable row level security;

create policy probe_own on probe for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy probe_worker on probe for all to clepsydra_worker using (true) with check (true);
create policy probe_cursor_worker on probe_cursor for all to clepsydra_worker using (true) with check (true);

grant select, update (state, probed_at, outcome, cause, views, exhibit_id, reappeared_item_id) on probe to clepsydra_app;
grant select, insert, update (state, due_at) on probe to clepsydra_worker;
grant select, update (through) on probe_cursor to clepsydra_worker;

insert into private.job_task (name) values ('probe');
`;

const DOWN = `
delete from private.job_task where name = 'probe';
drop table probe_cursor, probe;
alter table content_item drop column reappeared_from;
alter table case_file drop column pap;
`;

export class LookAgain1764000920000 implements MigrationInterface {
  name = 'LookAgain1764000920000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who is on duty, whom to call when nobody acknowledges, and whether contact points answer a test.
 *
 * An escalation begins by a trigger, with the run of a clock or the draft of an order: whichever road starts it, and as whichever
 * role, its escalation stands.
 */
const DUTY = `
create table duty_settings (
  organisation_id uuid not null,
  time_zone text not null,
  second_minutes int not null,
  channel_minutes int not null,
  supervisor_minutes int not null,
  answer_minutes int not null,
  changed_at timestamptz(3) not null,
  constraint duty_settings_pk primary key (organisation_id),
  constraint duty_settings_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint duty_settings_bounds check (second_minutes between 1 and 30 and channel_minutes between 2 and 45
    and supervisor_minutes between 3 and 55 and second_minutes < supervisor_minutes and answer_minutes between 5 and 1440)
);

create table duty_member (
  id uuid not null,
  organisation_id uuid not null,
  person_id uuid,
  role text,
  page_language text not null,
  languages text[] not null default '{}',
  failover int not null,
  shifts jsonb not null,
  created_at timestamptz(3) not null,
  removed_at timestamptz(3),
  constraint duty_member_pk primary key (id),
  constraint duty_member_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint duty_member_membership_fk foreign key (organisation_id, person_id) references membership (organisation_id, person_id),
  constraint duty_member_person_or_role check ((person_id is null) <> (role is null)),
  constraint duty_member_page_language_known check (page_language in ('en', 'fr', 'de')),
  constraint duty_member_failover_small check (failover between 0 and 1000)
);
create unique index duty_member_once on duty_member (organisation_id, person_id, role) nulls not distinct where removed_at is null;

create table duty_override (
  id uuid not null,
  organisation_id uuid not null,
  member_id uuid not null,
  kind text not null,
  from_at timestamptz(3) not null,
  until_at timestamptz(3) not null,
  note text,
  handed_over_by uuid,
  created_at timestamptz(3) not null,
  removed_at timestamptz(3),
  constraint duty_override_pk primary key (id),
  constraint duty_override_member_fk foreign key (member_id) references duty_member (id),
  constraint duty_override_kind_known check (kind in ('on', 'off')),
  constraint duty_override_lasts check (from_at < until_at)
);
create index duty_override_organisation on duty_override (organisation_id, until_at) where removed_at is null;
`;

const PINGS = `
create table contact_ping (
  id uuid not null,
  contact_id uuid not null,
  organisation_id uuid not null,
  channel text not null,
  state text not null,
  asked_at timestamptz(3) not null,
  answer_by timestamptz(3) not null,
  told_at timestamptz(3),
  problem text,
  answered_at timestamptz(3),
  answered_how text,
  answered_by uuid,
  code_hash bytea,
  constraint contact_ping_pk primary key (id),
  constraint contact_ping_contact_fk foreign key (contact_id) references contact_point (id),
  constraint contact_ping_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint contact_ping_channel_known check (channel in ('webhook', 'mail', 'inbox', 'feed', 'pager')),
  constraint contact_ping_state_known check (state in ('waiting', 'answered', 'unanswered')),
  constraint contact_ping_answered_how_known check (answered_how in ('webhook', 'person', 'code')),
  constraint contact_ping_answered_whole check ((answered_at is null) = (answered_how is null))
);
create index contact_ping_organisation on contact_ping (organisation_id, asked_at desc);
create index contact_ping_waiting on contact_ping (answer_by) where state = 'waiting';
create unique index contact_ping_one_waits on contact_ping (contact_id) where state = 'waiting';
create unique index contact_ping_code on contact_ping (code_hash) where code_hash is not null;

alter table contact_point
  add column last_ping_at timestamptz(3),
  add column last_answered_at timestamptz(3),
  add column ping_state text,
  add constraint contact_point_ping_state_known check (ping_state in ('waiting', 'answered', 'unanswered')),
  add constraint contact_point_ping_whole check ((last_ping_at is null) = (ping_state is null));

-- Whoever sends somewhere sees which of its channels do not answer, and not where they lead.
create function unanswered_channels(platform uuid) returns text[]
language sql stable security definer set search_path = public, pg_catalog as $$
  select coalesce(array_agg(distinct c.channel order by c.channel), '{}') from contact_point c
  where c.organisation_id = platform and c.removed_at is null and c.ping_state = 'unanswered'
    and (current_org() is not null or pg_has_role(session_user, 'clepsydra_worker', 'member')) $$;
revoke all on function unanswered_channels(uuid) from public;
grant execute on function unanswered_channels(uuid) to clepsydra_app, clepsydra_worker;
`;

const ESCALATIONS = `
create table escalation (
  id uuid not null,
  organisation_id uuid not null,
  side text not null,
  notice_id uuid,
  run_no int,
  ping_id uuid,
  report_id uuid,
  started_at timestamptz(3) not null,
  next_at timestamptz(3),
  ended_at timestamptz(3),
  end_reason text,
  constraint escalation_pk primary key (id),
  constraint escalation_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint escalation_notice_fk foreign key (notice_id) references notice (id),
  constraint escalation_ping_fk foreign key (ping_id) references contact_ping (id),
  constraint escalation_once unique nulls not distinct (organisation_id, side, notice_id, run_no, ping_id, report_id),
  constraint escalation_side_known check (side in ('recipient', 'sender', 'signer', 'unreached', 'contact', 'life_threat')),
  constraint escalation_end_reason_known check (end_reason in ('acknowledged', 'settled', 'exhausted')),
  constraint escalation_about_one check (num_nonnulls(notice_id, ping_id, report_id) = 1),
  constraint escalation_ended_whole check ((ended_at is null) = (end_reason is null) and (ended_at is null or next_at is null))
);
create index escalation_next on escalation (next_at) where next_at is not null;
create index escalation_organisation on escalation (organisation_id, started_at desc);

-- Each step once, whoever comes first.
create table escalation_step (
  escalation_id uuid not null,
  step text not null,
  act text not null,
  due_at timestamptz(3) not null,
  written_at timestamptz(3) not null,
  stale boolean not null,
  called int not null,
  channel text,
  constraint escalation_step_pk primary key (escalation_id, step),
  constraint escalation_step_escalation_fk foreign key (escalation_id) references escalation (id),
  constraint escalation_step_known check (step in ('officer', 'second_person', 'next_channel', 'supervisor', 'everyone', 'told',
    'told_again', 'mark_25', 'mark_45', 'mark_55'))
);

-- Whether anything would come of an escalation: somebody is enrolled or can be called, or there is a further channel.
create function may_escalate(org uuid, of_side text) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select exists (select 1 from duty_member m where m.organisation_id = org and m.removed_at is null)
    or exists (select 1 from pager p where p.organisation_id = org and p.removed_at is null)
    or (of_side = 'recipient' and (select count(*) > 1 and bool_or(c.channel in ('webhook', 'mail')) from contact_point c
      where c.organisation_id = org and c.removed_at is null and c.confirmed_at is not null and c.channel <> 'pager')) $$;

create function begin_clock_escalation() returns trigger
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  insert into escalation (id, organisation_id, side, notice_id, run_no, started_at, next_at)
    select gen_random_uuid(), side.org, side.name, c.notice_id, new.run_no, new.started_at, new.started_at
    from clock c cross join lateral (values (c.recipient_id, 'recipient'), (c.sender_id, 'sender')) side (org, name)
    where c.id = new.clock_id and may_escalate(side.org, side.name)
    on conflict do nothing;
  return null;
end $$;
create trigger clock_run_escalates after insert on clock_run for each row execute function begin_clock_escalation();

create function begin_signer_escalation() returns trigger
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  insert into escalation (id, organisation_id, side, notice_id, started_at, next_at)
    select gen_random_uuid(), n.sender_id, 'signer', n.id, new.asked_at, new.asked_at from notice n
    where n.id = new.subject_id and may_escalate(n.sender_id, 'signer')
    on conflict do nothing;
  return null;
end $$;
create trigger approval_escalates after insert on approval for each row when (new.verb = 'order.sign')
  execute function begin_signer_escalation();
revoke all on function may_escalate(uuid, text), begin_clock_escalation(), begin_signer_escalation() from public;
`;

const RIGHTS = `
alter table duty_settings enable row level security;
alter table duty_member enable row level security;
alter table duty_override enable row level security;
alter table contact_ping enable row level security;
alter table escalation enable row level security;
alter table escalation_step enable row level security;

create policy duty_settings_own on duty_settings for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy duty_member_own on duty_member for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy duty_override_own on duty_override for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org())
    and exists (select 1 from duty_member m where m.id = member_id and m.organisation_id = duty_override.organisation_id));
create policy contact_ping_own on contact_ping for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org())
    and exists (select 1 from contact_point c where c.id = contact_id and c.organisation_id = contact_ping.organisation_id));
create policy escalation_own on escalation for select to clepsydra_app using (organisation_id = (select current_org()));
create policy escalation_step_own on escalation_step for select to clepsydra_app
  using (exists (select 1 from escalation e where e.id = escalation_id));

create policy duty_settings_worker on duty_settings for select to clepsydra_worker using (true);
create policy duty_member_worker on duty_member for select to clepsydra_worker using (true);
create policy duty_override_worker on duty_override for select to clepsydra_worker using (true);
create policy contact_ping_worker on contact_ping for all to clepsydra_worker using (true) with check (true);
create policy contact_point_worker_ping on contact_point for update to clepsydra_worker using (true) with check (true);
create policy escalation_worker on escalation for all to clepsydra_worker using (true) with check (true);
create policy approval_worker on approval for select to clepsydra_worker using (verb = 'order.sign');
create policy escalation_step_worker on escalation_step for all to clepsydra_worker using (true) with check (true);
-- Whom to call: ids, roles and whether they are there still, and no more.
create policy membership_worker on membership for select to clepsydra_worker using (true);
create policy person_worker on person for select to clepsydra_worker using (true);

grant select, insert, update (time_zone, second_minutes, channel_minutes, supervisor_minutes, answer_minutes, changed_at)
  on duty_settings to clepsydra_app;
grant select, insert, update (page_language, languages, failover, shifts, removed_at) on duty_member to clepsydra_app;
grant select, insert, update (removed_at) on duty_override to clepsydra_app;
grant select (id, contact_id, organisation_id, channel, state, asked_at, answer_by, told_at, problem, answered_at, answered_how, answered_by),
  insert, update (state, answered_at, answered_how, answered_by) on contact_ping to clepsydra_app;
grant update (last_ping_at, last_answered_at, ping_state) on contact_point to clepsydra_app, clepsydra_worker;
grant select on escalation, escalation_step to clepsydra_app;
grant select on duty_settings, duty_member, duty_override to clepsydra_worker;
grant select, insert, update (state, told_at, problem, answered_at, answered_how, code_hash) on contact_ping to clepsydra_worker;
grant select, insert, update (next_at, ended_at, end_reason) on escalation to clepsydra_worker;
grant select, insert on escalation_step to clepsydra_worker;
grant select (id, verb, subject_id, asked_by, decision) on approval to clepsydra_worker;
grant select (organisation_id, person_id, roles, ended_at) on membership to clepsydra_worker;
grant select (id, disabled_at) on person to clepsydra_worker;

insert into private.job_task (name) values ('contact-ping'), ('next-channel');
`;

export class CreateDuty1764000970000 implements MigrationInterface {
  name = 'CreateDuty1764000970000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [DUTY, PINGS, ESCALATIONS, RIGHTS]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop trigger clock_run_escalates on clock_run; drop trigger approval_escalates on approval; drop policy approval_worker on approval;
       drop function begin_clock_escalation, begin_signer_escalation, may_escalate, unanswered_channels;
       drop policy membership_worker on membership; drop policy person_worker on person;
       drop policy contact_point_worker_ping on contact_point;
       revoke select (organisation_id, person_id, roles, ended_at) on membership from clepsydra_worker;
       revoke select (id, disabled_at) on person from clepsydra_worker;
       revoke select (id, verb, subject_id, asked_by, decision) on approval from clepsydra_worker;
       drop table escalation_step, escalation, contact_ping, duty_override, duty_member, duty_settings;
       alter table contact_point drop column last_ping_at, drop column last_answered_at, drop column ping_state;
       delete from private.job_task where name in ('contact-ping', 'next-channel')`,
    );
  }
}

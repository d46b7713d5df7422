import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Notices, their answers and their clocks. A notice belongs to two parties: the sender, who wrote it, and the platform, which
 * sees it from the moment it was sent. What is the sender's alone (the case, the persons) lies apart in notice_origin, so that
 * no query of the platform can reach it. What was sent is copied into notice_item and is never changed.
 */
const TABLES = `
create table notice_counter (
  organisation_id uuid not null,
  year int not null,
  last int not null,
  constraint notice_counter_pk primary key (organisation_id, year),
  constraint notice_counter_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint notice_counter_positive check (last > 0)
);

create table notice (
  id uuid not null,
  reference text not null,
  kind text not null,
  state text not null,
  version int not null default 1,
  sender_id uuid not null,
  recipient_id uuid not null,
  category text not null,
  ideology text not null,
  language text not null,
  grounds text,
  requested_action text not null,
  sender_country text,
  platform_size text,
  created_at timestamptz(3) not null,
  sent_at timestamptz(3),
  received_at timestamptz(3),
  receipt_channel text,
  acknowledged_at timestamptz(3),
  answered_at timestamptz(3),
  closed_at timestamptz(3),
  withdrawn_at timestamptz(3),
  withdrawal_reason text,
  constraint notice_pk primary key (id),
  constraint notice_reference_unique unique (reference),
  constraint notice_sender_fk foreign key (sender_id) references organisation (id),
  constraint notice_recipient_fk foreign key (recipient_id) references organisation (id),
  constraint notice_kind_known check (kind in ('referral', 'removal_order')),
  constraint notice_state_known check (state in ('draft', 'sent', 'received', 'acknowledged', 'answered', 'closed', 'withdrawn')),
  constraint notice_category_known check (category in ('incitement', 'solicit_offence', 'solicit_group', 'instruction', 'threat', 'other')),
  constraint notice_ideology_known check (ideology in ('jihadist', 'right_wing', 'left_wing_anarchist', 'ethno_nationalist_separatist',
    'single_issue', 'other', 'unknown')),
  constraint notice_language_shape check (language ~ '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$'),
  constraint notice_requested_action_known check (requested_action in ('review', 'review_and_preserve')),
  constraint notice_platform_size_known check (platform_size in ('large', 'medium', 'small', 'micro')),
  constraint notice_receipt_channel_known check (receipt_channel in ('webhook', 'inbox', 'answer')),
  constraint notice_draft_unsent check (state <> 'draft' or sent_at is null),
  constraint notice_under_way_sent check (state in ('draft', 'withdrawn') or sent_at is not null),
  constraint notice_received_whole check ((received_at is null) = (receipt_channel is null)),
  constraint notice_received_known check (state not in ('received', 'acknowledged', 'answered', 'closed') or received_at is not null),
  constraint notice_withdrawn_whole check ((state = 'withdrawn') = (withdrawn_at is not null))
);
create index notice_sender on notice (sender_id, created_at);
create index notice_recipient on notice (recipient_id, sent_at);

create table notice_origin (
  notice_id uuid not null,
  organisation_id uuid not null,
  case_id uuid not null,
  drafted_by uuid,
  sent_by uuid,
  constraint notice_origin_pk primary key (notice_id),
  constraint notice_origin_notice_fk foreign key (notice_id) references notice (id),
  constraint notice_origin_case_fk foreign key (case_id) references case_file (id)
);
create index notice_origin_case on notice_origin (case_id);

create table notice_party (
  organisation_id uuid not null,
  created_at timestamptz(3) not null,
  notice_id uuid not null,
  side text not null,
  constraint notice_party_pk primary key (organisation_id, created_at, notice_id),
  constraint notice_party_notice_fk foreign key (notice_id) references notice (id),
  constraint notice_party_side_known check (side in ('sender', 'platform'))
);

create table notice_item (
  notice_id uuid not null,
  item_id uuid not null,
  position int not null,
  kind text not null,
  address text not null,
  uploaded_at timestamptz(3),
  constraint notice_item_pk primary key (notice_id, item_id),
  constraint notice_item_position_once unique (notice_id, position),
  constraint notice_item_notice_fk foreign key (notice_id) references notice (id),
  constraint notice_item_item_fk foreign key (item_id) references content_item (id),
  constraint notice_item_kind_known check (kind in ('url', 'account', 'channel', 'file'))
);
create index notice_item_item on notice_item (item_id);

-- Append-only: a correction is a further revision, and the last one counts.
create table notice_answer (
  id uuid not null,
  notice_id uuid not null,
  item_id uuid not null,
  revision int not null,
  outcome text not null,
  measure_at timestamptz(3),
  answered_at timestamptz(3) not null,
  reason text,
  note text,
  preservation text,
  timing text not null,
  constraint notice_answer_pk primary key (id),
  constraint notice_answer_revision_once unique (notice_id, item_id, revision),
  constraint notice_answer_item_fk foreign key (notice_id, item_id) references notice_item (notice_id, item_id),
  constraint notice_answer_outcome_known check (outcome in ('removed', 'disabled', 'account_actioned', 'declined', 'already_gone', 'not_found')),
  constraint notice_answer_reason_known check (reason in ('not_terrorist_content', 'within_terms', 'journalistic', 'educational_or_research',
    'artistic', 'counter_terrorism', 'public_debate', 'insufficient_information', 'not_our_service', 'legal_obstacle', 'other')),
  constraint notice_answer_preservation_known check (preservation in ('complete', 'outstanding', 'failed')),
  constraint notice_answer_timing_known check (timing in ('in_time', 'late_feedback', 'late')),
  constraint notice_answer_measure_past check (measure_at <= answered_at)
);

create table clock (
  id uuid not null,
  notice_id uuid not null,
  sender_id uuid not null,
  recipient_id uuid not null,
  kind text not null,
  state text not null,
  run_no int not null default 1,
  target_ms int not null,
  started_at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  stopped_at timestamptz(3),
  last_mark smallint,
  next_mark_at timestamptz(3),
  fact text,
  fact_at timestamptz(3),
  corrected_at timestamptz(3),
  constraint clock_pk primary key (id),
  constraint clock_notice_once unique (notice_id),
  constraint clock_notice_fk foreign key (notice_id) references notice (id),
  constraint clock_kind_known check (kind in ('statutory', 'target')),
  constraint clock_state_known check (state in ('running', 'stopped')),
  constraint clock_last_mark_known check (last_mark in (25, 45, 55, 60)),
  constraint clock_fact_known check (fact in ('target_missed', 'deadline_passed')),
  constraint clock_fact_whole check ((fact is null) = (fact_at is null)),
  -- Whatever crashed meanwhile: the fact is dated to the deadline.
  constraint clock_fact_at_deadline check (fact_at is null or fact_at = due_at),
  constraint clock_due_after_target check (due_at = started_at + target_ms * interval '1 millisecond'),
  constraint clock_stopped_whole check ((state = 'stopped') = (stopped_at is not null))
);
create index clock_next_mark on clock (next_mark_at) where next_mark_at is not null;

create table clock_run (
  clock_id uuid not null,
  run_no int not null,
  started_at timestamptz(3) not null,
  due_at timestamptz(3) not null,
  ended_at timestamptz(3),
  end_reason text,
  constraint clock_run_pk primary key (clock_id, run_no),
  constraint clock_run_clock_fk foreign key (clock_id) references clock (id),
  constraint clock_run_end_reason_known check (end_reason in ('answered', 'withdrawn', 'restarted')),
  constraint clock_run_ended_whole check ((ended_at is null) = (end_reason is null))
);

create table clock_mark (
  clock_id uuid not null,
  run_no int not null,
  mark smallint not null,
  at timestamptz(3) not null,
  written_at timestamptz(3) not null,
  stale boolean not null,
  constraint clock_mark_pk primary key (clock_id, run_no, mark),
  constraint clock_mark_run_fk foreign key (clock_id, run_no) references clock_run (clock_id, run_no),
  constraint clock_mark_known check (mark in (25, 45, 55, 60))
);
`;

const RIGHTS = `
alter table notice_counter enable row level security;
alter table notice enable row level security;
alter table notice_origin enable row level security;
alter table notice_party enable row level security;
alter table notice_item enable row level security;
alter table notice_answer enable row level security;
alter table clock enable row level security;
alter table clock_run enable row level security;
alter table clock_mark enable row level security;

create policy notice_counter_own on notice_counter for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));

-- The platform sees a notice from its sending on; a draft, or a draft that was dropped, never.
create policy notice_read on notice for select to clepsydra_app
  using (sender_id = (select current_org()) or (recipient_id = (select current_org()) and sent_at is not null));
create policy notice_draft on notice for insert to clepsydra_app
  with check (sender_id = (select current_org()) and state = 'draft');
create policy notice_change on notice for update to clepsydra_app
  using (sender_id = (select current_org()) or (recipient_id = (select current_org()) and sent_at is not null))
  with check (sender_id = (select current_org()) or (recipient_id = (select current_org()) and sent_at is not null));

create policy notice_origin_own on notice_origin for all to clepsydra_app
  using (organisation_id = (select current_org()))
  with check (organisation_id = (select current_org())
    and exists (select 1 from notice n where n.id = notice_id and n.sender_id = organisation_id));

create policy notice_party_own on notice_party for select to clepsydra_app using (organisation_id = (select current_org()));
create policy notice_party_of_sender on notice_party for insert to clepsydra_app
  with check (exists (select 1 from notice n where n.id = notice_id and n.sender_id = (select current_org())
    and organisation_id in (n.sender_id, n.recipient_id)));

create policy notice_item_read on notice_item for select to clepsydra_app
  using (exists (select 1 from notice n where n.id = notice_id));
create policy notice_item_draft on notice_item for insert to clepsydra_app
  with check (exists (select 1 from notice n where n.id = notice_id and n.sender_id = (select current_org()) and n.state = 'draft'));

create policy notice_answer_read on notice_answer for select to clepsydra_app
  using (exists (select 1 from notice n where n.id = notice_id));
create policy notice_answer_give on notice_answer for insert to clepsydra_app
  with check (exists (select 1 from notice n where n.id = notice_id and n.recipient_id = (select current_org())
    and n.state in ('acknowledged', 'answered')));

create policy clock_read on clock for select to clepsydra_app
  using (sender_id = (select current_org()) or recipient_id = (select current_org()));
create policy clock_start on clock for insert to clepsydra_app
  with check (exists (select 1 from notice n where n.id = notice_id and n.recipient_id = (select current_org())
    and n.sender_id = clock.sender_id and n.recipient_id = clock.recipient_id));
create policy clock_stop on clock for update to clepsydra_app
  using (sender_id = (select current_org()) or recipient_id = (select current_org()));
create policy clock_run_read on clock_run for select to clepsydra_app
  using (exists (select 1 from clock c where c.id = clock_id));
create policy clock_run_start on clock_run for insert to clepsydra_app
  with check (exists (select 1 from clock c where c.id = clock_id and c.recipient_id = (select current_org())));
create policy clock_run_end on clock_run for update to clepsydra_app
  using (exists (select 1 from clock c where c.id = clock_id));
create policy clock_mark_read on clock_mark for select to clepsydra_app
  using (exists (select 1 from clock c where c.id = clock_id));

-- The worker proves receipts and writes marks; it never answers for a platform, nor sees who sent.
create policy notice_worker on notice for select to clepsydra_worker using (true);
create policy notice_worker_receipt on notice for update to clepsydra_worker using (true);
create policy notice_item_worker on notice_item for select to clepsydra_worker using (true);
create policy clock_worker on clock for all to clepsydra_worker using (true) with check (true);
create policy clock_run_worker on clock_run for all to clepsydra_worker using (true) with check (true);
create policy clock_mark_worker on clock_mark for all to clepsydra_worker using (true) with check (true);

grant select, insert, update (last) on notice_counter to clepsydra_app;
grant select, insert, update (state, version, sender_country, platform_size, sent_at, received_at, receipt_channel, acknowledged_at,
  answered_at, closed_at, withdrawn_at, withdrawal_reason) on notice to clepsydra_app;
grant select, insert, update (sent_by) on notice_origin to clepsydra_app;
grant select, insert on notice_party, notice_item, notice_answer to clepsydra_app;
grant select, insert, update (state, stopped_at, next_mark_at, corrected_at) on clock to clepsydra_app;
grant select, insert, update (ended_at, end_reason) on clock_run to clepsydra_app;
grant select on clock_mark to clepsydra_app;
grant select, update (state, version, received_at, receipt_channel) on notice to clepsydra_worker;
grant select on notice_item to clepsydra_worker;
grant select, insert, update (last_mark, next_mark_at, fact, fact_at) on clock to clepsydra_worker;
grant select, insert on clock_run, clock_mark to clepsydra_worker;

-- What was answered stays answered, for everybody: the owner too.
create function notice_answer_append_only() returns trigger language plpgsql set search_path = pg_catalog as $$
begin
  raise exception 'answers are append-only: a correction is a further answer' using errcode = '42501';
end $$;
create trigger notice_answer_append_only before update or delete on notice_answer
  for each row execute function notice_answer_append_only();
create trigger notice_answer_no_truncate before truncate on notice_answer
  for each statement execute function notice_answer_append_only();
`;

export class CreateNotices1764000500000 implements MigrationInterface {
  name = 'CreateNotices1764000500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(RIGHTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop table clock_mark, clock_run, clock, notice_answer, notice_item, notice_party, notice_origin, notice, notice_counter`,
    );
    await runner.query(`drop function notice_answer_append_only`);
  }
}

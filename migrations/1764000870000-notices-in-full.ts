import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a notice can be beside sent and answered: on its way out and still to be recalled, halted by an obstacle of Art. 3(7) or
 * 3(8), hidden for now, annulled, and to be undone by the platform. A clock can pause and run again, and counts the hours in
 * which a contact point is staffed when its notice is a referral.
 */
const NOTICE = `
alter table notice
  add column departs_at timestamptz(3),
  add column unreached_at timestamptz(3),
  add column annulled_at timestamptz(3),
  add column annulment_ground text,
  add column home_authority_id uuid,
  add column escalated_from uuid,
  add constraint notice_home_authority_fk foreign key (home_authority_id) references organisation (id),
  add constraint notice_escalated_from_fk foreign key (escalated_from) references notice (id),
  add constraint notice_annulment_ground_known check (annulment_ground in ('scrutiny', 'court', 'issuer')),
  add constraint notice_annulled_whole check ((state = 'annulled') = (annulled_at is not null)
    and (annulled_at is null) = (annulment_ground is null)),
  add constraint notice_leaving_whole check ((state = 'leaving') = (departs_at is not null)),
  drop constraint notice_state_known,
  drop constraint notice_draft_unsent,
  drop constraint notice_under_way_sent;
alter table notice
  add constraint notice_state_known check (state in
    ('draft', 'leaving', 'sent', 'received', 'acknowledged', 'answered', 'closed', 'withdrawn', 'annulled')),
  add constraint notice_draft_unsent check (state not in ('draft', 'leaving') or sent_at is null),
  add constraint notice_under_way_sent check (state in ('draft', 'leaving', 'withdrawn') or sent_at is not null);
create index notice_departing on notice (departs_at) where departs_at is not null;
create index notice_home_authority on notice (home_authority_id, sent_at) where home_authority_id is not null;

alter table notice_party drop constraint notice_party_side_known;
alter table notice_party add constraint notice_party_side_known check (side in ('sender', 'platform', 'home'));

alter table notice_answer
  add column territory text,
  add column addressee_ref text,
  add column authorised_person text,
  add constraint notice_answer_territory_known check (territory in ('worldwide', 'union', 'partial')),
  drop constraint notice_answer_outcome_known;
alter table notice_answer add constraint notice_answer_outcome_known check (outcome in ('removed', 'disabled', 'hidden', 'restricted',
  'account_actioned', 'declined', 'already_gone', 'not_found'));
`;

const BESIDE = `
-- How far the platform's preservation of an item has come: beside its answer, and later than it.
create table notice_preservation (
  notice_id uuid not null,
  item_id uuid not null,
  state text not null,
  changed_at timestamptz(3) not null,
  deleted_at timestamptz(3),
  constraint notice_preservation_pk primary key (notice_id, item_id),
  constraint notice_preservation_item_fk foreign key (notice_id, item_id) references notice_item (notice_id, item_id),
  constraint notice_preservation_state_known check (state in ('complete', 'outstanding', 'failed')),
  -- Art. 6: what is not preserved is not destroyed.
  constraint notice_preservation_before_deletion check (deleted_at is null or state = 'complete')
);

-- Annex III: why a notice cannot be acted on. One at a time; the clock does not run while one stands.
create table notice_obstacle (
  id uuid not null,
  notice_id uuid not null,
  kind text not null,
  ground text not null,
  explanation text not null,
  needed text,
  since timestamptz(3) not null,
  raised_at timestamptz(3) not null,
  clarification text,
  clarified_at timestamptz(3),
  ended_at timestamptz(3),
  end_recorded_at timestamptz(3),
  constraint notice_obstacle_pk primary key (id),
  constraint notice_obstacle_notice_fk foreign key (notice_id) references notice (id),
  constraint notice_obstacle_kind_known check (kind in ('impossible', 'clarification')),
  constraint notice_obstacle_ground_known check (ground in ('force_majeure', 'manifest_errors', 'insufficient_information')),
  constraint notice_obstacle_ground_of_kind check ((kind = 'impossible') = (ground = 'force_majeure')),
  constraint notice_obstacle_needed_whole check ((kind = 'clarification') = (needed is not null)),
  constraint notice_obstacle_since_past check (since <= raised_at),
  constraint notice_obstacle_clarified_whole check ((clarification is null) = (clarified_at is null)),
  constraint notice_obstacle_ended_whole check ((ended_at is null) = (end_recorded_at is null) and ended_at >= since)
);
create unique index notice_obstacle_one_open on notice_obstacle (notice_id) where ended_at is null;

-- What a platform is asked to put back once a notice was withdrawn, an order annulled or a complaint upheld.
create table reinstatement (
  id uuid not null,
  notice_id uuid not null,
  item_id uuid not null,
  ground text not null,
  asked_at timestamptz(3) not null,
  outcome text,
  reason text,
  done_at timestamptz(3),
  answered_at timestamptz(3),
  constraint reinstatement_pk primary key (id),
  constraint reinstatement_item_fk foreign key (notice_id, item_id) references notice_item (notice_id, item_id),
  constraint reinstatement_ground_known check (ground in ('withdrawn', 'scrutiny', 'court', 'issuer', 'complaint')),
  constraint reinstatement_outcome_known check (outcome in ('reinstated', 'kept_under_terms', 'not_possible')),
  constraint reinstatement_answered_whole check ((outcome is null) = (answered_at is null)),
  constraint reinstatement_done_of_outcome check ((outcome is not distinct from 'reinstated') = (done_at is not null)),
  constraint reinstatement_done_past check (done_at <= answered_at)
);
create unique index reinstatement_one_open on reinstatement (notice_id, item_id) where outcome is null;
`;

const CLOCK = `
alter table clock
  add column paused_at timestamptz(3),
  add column staffed jsonb,
  add column correction text,
  drop constraint clock_state_known,
  drop constraint clock_due_after_target;
update clock set correction = 'late_feedback' where corrected_at is not null;
alter table clock
  add constraint clock_state_known check (state in ('running', 'paused', 'stopped')),
  add constraint clock_paused_whole check ((state = 'paused') = (paused_at is not null)),
  add constraint clock_correction_known check (correction in ('late_feedback', 'not_running')),
  add constraint clock_correction_whole check ((correction is null) = (corrected_at is null)),
  -- The hour of the law knows no office hours.
  add constraint clock_staffed_of_target check (staffed is null or kind = 'target'),
  add constraint clock_due_after_target check (case when staffed is null
    then due_at = started_at + target_ms * interval '1 millisecond'
    else due_at >= started_at + target_ms * interval '1 millisecond' end);

alter table clock_run
  add column fact text,
  add column fact_at timestamptz(3),
  add column correction text,
  add column corrected_at timestamptz(3),
  add constraint clock_run_fact_known check (fact in ('target_missed', 'deadline_passed')),
  add constraint clock_run_fact_whole check ((fact is null) = (fact_at is null)),
  add constraint clock_run_correction_known check (correction in ('late_feedback', 'not_running')),
  add constraint clock_run_correction_whole check ((correction is null) = (corrected_at is null)),
  drop constraint clock_run_end_reason_known;
update clock_run r set fact = c.fact, fact_at = c.fact_at, correction = c.correction, corrected_at = c.corrected_at
  from clock c where c.id = r.clock_id and c.run_no = r.run_no;
alter table clock_run add constraint clock_run_end_reason_known check (end_reason in
  ('answered', 'withdrawn', 'annulled', 'restarted', 'impossible', 'clarification', 'voided'));

-- When somebody is at the contact point of a platform, in its own time zone. None: round the clock.
create table contact_hours (
  organisation_id uuid not null,
  hours jsonb not null,
  changed_at timestamptz(3) not null,
  constraint contact_hours_pk primary key (organisation_id),
  constraint contact_hours_organisation_fk foreign key (organisation_id) references organisation (id)
);

-- Only a person of the competent authority says that an order was not complied with; the clock never does.
create table non_compliance (
  notice_id uuid not null,
  organisation_id uuid not null,
  recorded_by uuid not null,
  recorded_at timestamptz(3) not null,
  reasons text not null,
  constraint non_compliance_pk primary key (notice_id),
  constraint non_compliance_notice_fk foreign key (notice_id) references notice (id),
  constraint non_compliance_organisation_fk foreign key (organisation_id) references organisation (id)
);
`;

const DELIVERY = `
-- What else a platform is told over its channels; a notice can be clarified more than once.
alter table delivery
  add column subject_id uuid,
  drop constraint delivery_event_known,
  drop constraint delivery_once;
alter table delivery
  add constraint delivery_event_known check (event in ('notice.sent', 'notice.withdrawn', 'notice.annulled', 'notice.clarified')),
  add constraint delivery_once unique nulls not distinct (notice_id, event, subject_id, channel, endpoint_id);
`;

const RIGHTS = `
alter table notice_preservation enable row level security;
alter table notice_obstacle enable row level security;
alter table reinstatement enable row level security;
alter table contact_hours enable row level security;
alter table non_compliance enable row level security;

-- The home authority reads the orders that concern its Member State from their sending on (Art. 4(1)).
drop policy notice_read on notice;
create policy notice_read on notice for select to clepsydra_app
  using (sender_id = (select current_org())
    or (sent_at is not null and (recipient_id = (select current_org()) or home_authority_id = (select current_org()))));
drop policy clock_read on clock;
create policy clock_read on clock for select to clepsydra_app
  using (sender_id = (select current_org()) or recipient_id = (select current_org())
    or exists (select 1 from notice n where n.id = notice_id and n.home_authority_id = (select current_org())));
drop policy notice_party_of_sender on notice_party;
create policy notice_party_of_sender on notice_party for insert to clepsydra_app
  with check (exists (select 1 from notice n where n.id = notice_id and n.sender_id = (select current_org())
    and organisation_id in (n.sender_id, n.recipient_id, n.home_authority_id)));

create policy notice_preservation_read on notice_preservation for select to clepsydra_app
  using (exists (select 1 from notice n where n.id = notice_id));
create policy notice_preservation_tell on notice_preservation for insert to clepsydra_app
  with check (exists (select 1 from notice n where n.id = notice_id and n.recipient_id = (select current_org())));
create policy notice_preservation_change on notice_preservation for update to clepsydra_app
  using (exists (select 1 from notice n where n.id = notice_id and n.recipient_id = (select current_org())));

create policy notice_obstacle_read on notice_obstacle for select to clepsydra_app
  using (exists (select 1 from notice n where n.id = notice_id));
create policy notice_obstacle_raise on notice_obstacle for insert to clepsydra_app
  with check (exists (select 1 from notice n where n.id = notice_id and n.recipient_id = (select current_org())));
create policy notice_obstacle_end on notice_obstacle for update to clepsydra_app
  using (exists (select 1 from notice n where n.id = notice_id
    and (select current_org()) in (n.recipient_id, n.sender_id)));
create policy notice_obstacle_worker on notice_obstacle for all to clepsydra_worker using (true) with check (true);

create policy reinstatement_read on reinstatement for select to clepsydra_app
  using (exists (select 1 from notice n where n.id = notice_id));
create policy reinstatement_ask on reinstatement for insert to clepsydra_app
  with check (outcome is null and exists (select 1 from notice n where n.id = notice_id and n.sender_id = (select current_org())));
create policy reinstatement_answer on reinstatement for update to clepsydra_app
  using (exists (select 1 from notice n where n.id = notice_id and n.recipient_id = (select current_org())));
create policy reinstatement_worker on reinstatement for select to clepsydra_worker using (true);

create policy contact_hours_own on contact_hours for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy contact_hours_worker on contact_hours for select to clepsydra_worker using (true);

create policy non_compliance_read on non_compliance for select to clepsydra_app
  using (organisation_id = (select current_org()) or exists (select 1 from notice n where n.id = notice_id));
create policy non_compliance_record on non_compliance for insert to clepsydra_app
  with check (organisation_id = (select current_org()) and exists (select 1 from notice n where n.id = notice_id
    and (select current_org()) in (n.sender_id, n.home_authority_id)));

create policy notice_party_worker on notice_party for insert to clepsydra_worker with check (true);

grant update (departs_at, annulled_at, annulment_ground, home_authority_id) on notice to clepsydra_app;
grant update (departs_at, sent_at, unreached_at) on notice to clepsydra_worker;
grant insert on notice_party to clepsydra_worker;
grant select, insert, update (state, changed_at, deleted_at) on notice_preservation to clepsydra_app;
grant select, insert, update (clarification, clarified_at, ended_at, end_recorded_at) on notice_obstacle to clepsydra_app;
grant select, update (ended_at, end_recorded_at) on notice_obstacle to clepsydra_worker;
grant select, insert, update (outcome, reason, done_at, answered_at) on reinstatement to clepsydra_app;
grant select on reinstatement to clepsydra_worker;
grant select, insert, update (hours, changed_at) on contact_hours to clepsydra_app;
grant select on contact_hours to clepsydra_worker;
grant select, insert on non_compliance to clepsydra_app;
grant update (paused_at, correction, run_no, started_at, due_at, last_mark, fact, fact_at) on clock to clepsydra_app;
grant update (fact, fact_at, correction, corrected_at) on clock_run to clepsydra_app;
grant update (state, run_no, started_at, due_at, stopped_at, paused_at, corrected_at, correction) on clock to clepsydra_worker;
grant update (ended_at, end_reason, fact, fact_at, correction, corrected_at) on clock_run to clepsydra_worker;
`;

export class NoticesInFull1764000870000 implements MigrationInterface {
  name = 'NoticesInFull1764000870000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [NOTICE, BESIDE, CLOCK, DELIVERY, RIGHTS]) await runner.query(part);
  }

  /** Notices may be in states that the tables before this could not hold: the way back is a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('this migration has no way back: restore a backup'));
  }
}

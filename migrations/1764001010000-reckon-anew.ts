import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What was reckoned by a clock that had not been running is reckoned anew: how an answer stands to the deadline, and that an order
 * was not complied with.
 */
const TIMINGS = `
-- Answers are append-only. How one stands to the deadline can turn out to be another than when it was given; the last of these counts.
-- No foreign key to the answer, which its own trigger keeps from being deleted.
create table answer_timing (
  id uuid not null,
  answer_id uuid not null,
  notice_id uuid not null,
  timing text not null,
  reckoned_at timestamptz(3) not null,
  constraint answer_timing_pk primary key (id),
  constraint answer_timing_notice_fk foreign key (notice_id) references notice (id),
  constraint answer_timing_timing_known check (timing in ('in_time', 'late_feedback', 'late'))
);
create index answer_timing_notice on answer_timing (notice_id);

alter table answer_timing enable row level security;
create policy answer_timing_read on answer_timing for select to clepsydra_app using (exists (select 1 from notice n where n.id = notice_id));
-- A platform that tells of an obstacle, within what that means for its own answers; it is told to the sender.
create policy answer_timing_reckon on answer_timing for insert to clepsydra_app
  with check (exists (select 1 from notice n join notice_answer a on a.notice_id = n.id
    where n.id = answer_timing.notice_id and a.id = answer_id and n.recipient_id = (select current_org())));
create policy answer_timing_worker on answer_timing for all to clepsydra_worker using (true) with check (true);
grant select, insert on answer_timing to clepsydra_app, clepsydra_worker;
`;

const NON_COMPLIANCE = `
-- Recorded by a person, and lifted where the fact that it rests on turns out to be none; what is recorded after that stands by itself.
alter table non_compliance add column lifted_at timestamptz(3), drop constraint non_compliance_pk;
alter table non_compliance add constraint non_compliance_pk primary key (notice_id, recorded_at),
  add constraint non_compliance_lifted_later check (lifted_at >= recorded_at);
create unique index non_compliance_standing on non_compliance (notice_id) where lifted_at is null;

-- Lifts what was recorded when no deadline of the notice was missed, as everything stands now: no fact of any run of its clock, none that
-- is still to be written, and no item whose last answer is late. By a worker, or within the platform's own act. When it was recorded, or null.
create function lift_non_compliance(of_notice uuid, at timestamptz) returns timestamptz
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
declare recorded timestamptz;
begin
  if not pg_has_role(session_user, 'clepsydra_worker', 'member')
    and not exists (select 1 from notice n where n.id = of_notice and n.recipient_id = current_org()) then return null; end if;
  if exists (select 1 from clock c where c.notice_id = of_notice and c.correction is null
      and (c.fact is not null or coalesce(c.paused_at, c.stopped_at, at) >= c.due_at))
    or exists (select 1 from clock c join clock_run r on r.clock_id = c.id and r.run_no < c.run_no
      where c.notice_id = of_notice and r.fact is not null and r.correction is null)
    or exists (select 1 from (select distinct on (a.item_id) a.id, a.timing from notice_answer a where a.notice_id = of_notice
        order by a.item_id, a.revision desc) last
      where coalesce((select t.timing from answer_timing t where t.answer_id = last.id order by t.id desc limit 1), last.timing) = 'late')
    then return null; end if;
  update non_compliance n set lifted_at = at where n.notice_id = of_notice and n.lifted_at is null returning n.recorded_at into recorded;
  return recorded;
end $$;
revoke all on function lift_non_compliance(uuid, timestamptz) from public;
grant execute on function lift_non_compliance(uuid, timestamptz) to clepsydra_app, clepsydra_worker;
`;

const CLOCK = `
-- An answer given while the clock is halted stops it for good; that it had been halted before, and since when, stays known.
alter table clock drop constraint clock_paused_whole;
alter table clock add constraint clock_paused_whole check (case state when 'paused' then paused_at is not null
  when 'running' then paused_at is null else paused_at <= stopped_at end);
`;

export class ReckonAnew1764001010000 implements MigrationInterface {
  name = 'ReckonAnew1764001010000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [TIMINGS, NON_COMPLIANCE, CLOCK]) await runner.query(part);
  }

  /** What was recorded twice, or reckoned anew, has no place in the tables before this: the way back is a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('this migration has no way back: restore a backup'));
  }
}

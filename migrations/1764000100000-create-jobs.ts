import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * graphile-worker's schema was migrated before this one (see migrate.ts). Here it is opened to the worker role, table by
 * table, and to the app role through one function: without a policy the runner starts, says nothing and runs no job.
 */
const UP = `
create table private.job_task (
  name text not null,
  constraint job_task_pk primary key (name)
);
alter table private.job_task enable row level security;

-- Whoever may change something may ask for what must be called out afterwards, in the same transaction, and for nothing else.
create function add_job(task text, payload json, job_key text, run_at timestamptz, queue text, max_attempts int) returns void
language plpgsql volatile security definer set search_path = pg_catalog as $$
begin
  if not exists (select 1 from private.job_task t where t.name = task) then
    raise exception 'there is no task of that name' using errcode = '42501';
  end if;
  if public.current_org() is null and not pg_has_role(session_user, 'clepsydra_worker', 'member') then
    raise exception 'a scope is needed' using errcode = '42501';
  end if;
  perform graphile_worker.add_job(task, payload => payload, queue_name => queue, run_at => run_at,
    max_attempts => max_attempts, job_key => job_key);
end $$;
revoke all on function add_job(text, json, text, timestamptz, text, int) from public;
grant execute on function add_job(text, json, text, timestamptz, text, int) to clepsydra_app, clepsydra_worker;

grant usage on schema graphile_worker to clepsydra_worker;
grant select, insert, update, delete on graphile_worker._private_jobs, graphile_worker._private_job_queues,
  graphile_worker._private_tasks, graphile_worker._private_known_crontabs to clepsydra_worker;
grant select on graphile_worker.migrations to clepsydra_worker;
grant usage, select on all sequences in schema graphile_worker to clepsydra_worker;
grant execute on all functions in schema graphile_worker to clepsydra_worker;
create policy jobs_worker on graphile_worker._private_jobs for all to clepsydra_worker using (true) with check (true);
create policy job_queues_worker on graphile_worker._private_job_queues for all to clepsydra_worker using (true) with check (true);
create policy tasks_worker on graphile_worker._private_tasks for all to clepsydra_worker using (true) with check (true);
create policy known_crontabs_worker on graphile_worker._private_known_crontabs for all to clepsydra_worker using (true) with check (true);

-- One row for each process that works. What it says of itself by the service's clock tells an outage; what the database says
-- of it by its own clock tells a dead process, whose jobs graphile-worker alone would keep locked for four hours.
create table service_heartbeat (
  node_id uuid not null,
  pool_id text,
  started_at timestamptz(3) not null,
  beat_at timestamptz(3) not null,
  seen_at timestamptz(3) not null default now(),
  constraint service_heartbeat_pk primary key (node_id)
);
alter table service_heartbeat enable row level security;
create policy service_heartbeat_worker on service_heartbeat for all to clepsydra_worker using (true) with check (true);
grant select, insert, update, delete on service_heartbeat to clepsydra_worker;
`;

const DOWN = `
drop table service_heartbeat;
drop policy jobs_worker on graphile_worker._private_jobs;
drop policy job_queues_worker on graphile_worker._private_job_queues;
drop policy tasks_worker on graphile_worker._private_tasks;
drop policy known_crontabs_worker on graphile_worker._private_known_crontabs;
revoke all on all functions in schema graphile_worker from clepsydra_worker;
revoke all on all sequences in schema graphile_worker from clepsydra_worker;
revoke all on all tables in schema graphile_worker from clepsydra_worker;
revoke all on schema graphile_worker from clepsydra_worker;
drop function add_job;
drop table private.job_task;
`;

export class CreateJobs1764000100000 implements MigrationInterface {
  name = 'CreateJobs1764000100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

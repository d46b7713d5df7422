import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Reports of an imminent threat to life (TCO Art. 14(5)): what a platform reported, who was told and who has it in hand. */
const TABLES = `
create table life_threat (
  id uuid not null,
  organisation_id uuid not null,
  reported_by uuid,
  reported_at timestamptz(3) not null,
  content_ref text not null,
  why_imminent text not null,
  ms_concerned text[] not null,
  basis text,
  home_country text,
  unreached text[] not null,
  is_calling boolean not null,
  copy_channel text not null,
  copy_note text,
  copy_organisation_id uuid,
  copied_at timestamptz(3),
  constraint life_threat_pk primary key (id),
  constraint life_threat_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint life_threat_copy_organisation_fk foreign key (copy_organisation_id) references organisation (id),
  constraint life_threat_basis_known check (basis in ('offender_nationality', 'victim_nationality', 'target_location')),
  constraint life_threat_basis_whole check ((cardinality(ms_concerned) = 0) = (basis is null)),
  constraint life_threat_copy_channel_known check (copy_channel in ('in_platform', 'other', 'outstanding')),
  constraint life_threat_copied_whole check ((copy_channel = 'outstanding') = (copied_at is null)),
  constraint life_threat_copy_here check ((copy_channel = 'in_platform') = (copy_organisation_id is not null)),
  constraint life_threat_copy_noted check (copy_channel <> 'other' or copy_note is not null)
);
create index life_threat_organisation on life_threat (organisation_id, reported_at desc);

create table life_threat_recipient (
  report_id uuid not null,
  organisation_id uuid not null,
  platform_id uuid not null,
  reason text not null,
  told_at timestamptz(3) not null,
  acknowledged_at timestamptz(3),
  acknowledged_by uuid,
  constraint life_threat_recipient_pk primary key (report_id, organisation_id),
  constraint life_threat_recipient_report_fk foreign key (report_id) references life_threat (id),
  constraint life_threat_recipient_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint life_threat_recipient_reason_known check (reason in ('concerned', 'home')),
  constraint life_threat_recipient_by_person check ((acknowledged_at is null) = (acknowledged_by is null))
);
create index life_threat_recipient_organisation on life_threat_recipient (organisation_id, told_at desc);

alter table escalation add constraint escalation_report_fk foreign key (report_id) references life_threat (id);

-- A policy of either table that read the other would go round in a circle.
create function may_read_life_threat(report uuid) returns boolean
language sql stable security definer set search_path = public, pg_catalog as $$
  select exists (select 1 from life_threat_recipient r where r.report_id = report and r.organisation_id = current_org())
    or exists (select 1 from life_threat t where t.id = report and t.copy_organisation_id = current_org()) $$;

-- An authority is always told, also where nobody is enrolled: then there are its supervisors, whoever can be called of them.
create function begin_life_threat_escalation() returns trigger
language plpgsql volatile security definer set search_path = public, pg_catalog as $$
begin
  insert into escalation (id, organisation_id, side, report_id, started_at, next_at)
    values (gen_random_uuid(), new.organisation_id, 'life_threat', new.report_id, new.told_at,
      case when (select t.is_calling from life_threat t where t.id = new.report_id) then new.told_at end)
    on conflict do nothing;
  return null;
end $$;
create trigger life_threat_recipient_escalates after insert on life_threat_recipient for each row
  execute function begin_life_threat_escalation();
revoke all on function may_read_life_threat(uuid), begin_life_threat_escalation() from public;
grant execute on function may_read_life_threat(uuid) to clepsydra_app;
`;

const RIGHTS = `
alter table life_threat enable row level security;
alter table life_threat_recipient enable row level security;

create policy life_threat_read on life_threat for select to clepsydra_app
  using (organisation_id = (select current_org()) or may_read_life_threat(id));
create policy life_threat_report on life_threat for insert to clepsydra_app with check (organisation_id = (select current_org()));
create policy life_threat_copy on life_threat for update to clepsydra_app
  using (copy_channel = 'outstanding' and (organisation_id = (select current_org()) or may_read_life_threat(id)))
  with check (copy_channel = 'other');
create policy life_threat_recipient_read on life_threat_recipient for select to clepsydra_app
  using ((select current_org()) in (organisation_id, platform_id) or may_read_life_threat(report_id));
create policy life_threat_recipient_tell on life_threat_recipient for insert to clepsydra_app
  with check (platform_id = (select current_org()) and acknowledged_at is null
    and exists (select 1 from life_threat t where t.id = report_id and t.organisation_id = (select current_org())));
create policy life_threat_recipient_take on life_threat_recipient for update to clepsydra_app
  using (organisation_id = (select current_org()) and acknowledged_at is null)
  with check (organisation_id = (select current_org()) and acknowledged_by = (select current_person()));
create policy life_threat_worker on life_threat for select to clepsydra_worker using (true);
create policy life_threat_recipient_worker on life_threat_recipient for select to clepsydra_worker using (true);

grant select, insert, update (copy_channel, copy_note, copied_at) on life_threat to clepsydra_app;
grant select, insert, update (acknowledged_at, acknowledged_by) on life_threat_recipient to clepsydra_app;
grant select on life_threat, life_threat_recipient to clepsydra_worker;

insert into private.job_task (name) values ('life-threat');
`;

export class CreateLifeThreats1764000980000 implements MigrationInterface {
  name = 'CreateLifeThreats1764000980000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [TABLES, RIGHTS]) await runner.query(part);
  }

  /** What was reported is evidence, and what was called for it stands in escalations: the way back is a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('this migration has no way back: restore a backup'));
  }
}

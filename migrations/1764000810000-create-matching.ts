import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What is kept of questions to the shared hashes: matches, for the asker alone; of questions without one a count by
 * organisation and day. A person's own count lives for a day or two, because there is a limit to what one person may ask.
 */
const UP = `
alter table signal_match
  add column type text,
  add column action text,
  add column source text not null default 'exhibit',
  add column times int not null default 1;
update signal_match m set type = s.type, action = 'review' from signal s where s.id = m.signal_id;
alter table signal_match
  alter column type set not null,
  alter column action set not null,
  alter column source drop default,
  add constraint signal_match_type_known check (type in ('pdq', 'blockhash', 'vpdq', 'sha256', 'sha512', 'md5', 'text_sha256')),
  add constraint signal_match_action_known check (action in ('ignore', 'review', 'block')),
  add constraint signal_match_source_known check (source in ('lookup', 'batch', 'file', 'exhibit')),
  add constraint signal_match_exhibit_source check ((source = 'exhibit') = (exhibit_id is not null)),
  add constraint signal_match_times_positive check (times > 0);
create index signal_match_old on signal_match (found_at) where source <> 'exhibit';

-- person_id is the nil UUID for keys and the service, and for persons once their day is over.
create table signal_query_count (
  organisation_id uuid not null,
  person_id uuid not null,
  day date not null,
  asked bigint not null,
  matched bigint not null,
  constraint signal_query_count_pk primary key (organisation_id, person_id, day),
  constraint signal_query_count_organisation_fk foreign key (organisation_id) references organisation (id)
);
create index signal_query_count_day on signal_query_count (day) where person_id <> '00000000-0000-0000-0000-000000000000';

alter table signal_query_count enable row level security;
create policy signal_query_count_own on signal_query_count for select to clepsydra_app using (organisation_id = (select current_org()));
create policy signal_query_count_worker on signal_query_count for all to clepsydra_worker using (true) with check (true);
create policy signal_match_worker on signal_match for all to clepsydra_worker using (true) with check (true);

grant select on signal_query_count to clepsydra_app;
grant select, insert, update (asked, matched), delete on signal_query_count to clepsydra_worker;
grant select, insert, delete on signal_match to clepsydra_worker;
`;

export class CreateMatching1764000810000 implements MigrationInterface {
  name = 'CreateMatching1764000810000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table signal_query_count;
      drop policy signal_match_worker on signal_match;
      revoke select, insert, delete on signal_match from clepsydra_worker;
      delete from signal_match where source <> 'exhibit';
      drop index signal_match_old;
      alter table signal_match drop column type, drop column action, drop column source, drop column times`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Long lists. A list is taken in portions, each in a transaction of its own with the digest of what it held: whoever sends the
 * same list again under the same key goes on behind the last portion, and another list under that key is recognised.
 */
const UP = `
create table bulk_submission (
  id uuid not null,
  organisation_id uuid not null,
  case_id uuid not null,
  format text not null,
  state text not null default 'receiving',
  cut_because text,
  portions int not null default 0,
  lines int not null default 0,
  added int not null default 0,
  joined int not null default 0,
  held int not null default 0,
  rejected int not null default 0,
  begun_at timestamptz(3) not null,
  begun_by uuid,
  completed_at timestamptz(3),
  constraint bulk_submission_pk primary key (id),
  constraint bulk_submission_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint bulk_submission_case_fk foreign key (case_id) references case_file (id),
  constraint bulk_submission_format_known check (format in ('csv', 'json_lines', 'text')),
  constraint bulk_submission_state_known check (state in ('receiving', 'completed')),
  constraint bulk_submission_cut_known check (cut_because in ('items', 'bytes')),
  constraint bulk_submission_adds_up check (lines = added + joined + held + rejected),
  constraint bulk_submission_completed_whole check ((state = 'completed') = (completed_at is not null))
);
create index bulk_submission_case on bulk_submission (case_id);

create table bulk_portion (
  bulk_id uuid not null,
  no int not null,
  organisation_id uuid not null,
  digest bytea not null,
  taken_at timestamptz(3) not null,
  constraint bulk_portion_pk primary key (bulk_id, no),
  constraint bulk_portion_bulk_fk foreign key (bulk_id) references bulk_submission (id),
  constraint bulk_portion_digest_length check (length(digest) = 32)
);

create table bulk_line (
  bulk_id uuid not null,
  position int not null,
  organisation_id uuid not null,
  line int not null,
  outcome text not null,
  item_id uuid,
  platform_provisional boolean,
  code text,
  detail text,
  constraint bulk_line_pk primary key (bulk_id, position),
  constraint bulk_line_bulk_fk foreign key (bulk_id) references bulk_submission (id),
  constraint bulk_line_item_fk foreign key (item_id) references content_item (id),
  constraint bulk_line_outcome_known check (outcome in ('added', 'joined', 'held', 'rejected')),
  constraint bulk_line_rejected_whole check ((outcome = 'rejected') = (item_id is null) and (outcome = 'rejected') = (code is not null))
);

alter table bulk_submission enable row level security;
alter table bulk_portion enable row level security;
alter table bulk_line enable row level security;

create policy bulk_submission_own on bulk_submission for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy bulk_portion_own on bulk_portion for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy bulk_line_own on bulk_line for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));

grant select, insert, update (state, cut_because, portions, lines, added, joined, held, rejected, completed_at)
  on bulk_submission to clepsydra_app;
grant select, insert on bulk_portion, bulk_line to clepsydra_app;
`;

const DOWN = `drop table bulk_line, bulk_portion, bulk_submission;`;

export class TakeInBulk1764000910000 implements MigrationInterface {
  name = 'TakeInBulk1764000910000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

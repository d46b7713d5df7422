import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Cases and the content items in them.
 *
 * An item that is not closed stands once in an organisation, whoever submits it again and however many do so at the same
 * instant: the partial unique index makes the second one wait for the first and then join it. Identities can be longer than
 * an index row, so their SHA-256 is indexed.
 */
const UP = `
create table case_file (
  id uuid not null,
  organisation_id uuid not null,
  reference text not null,
  state text not null default 'open',
  title text,
  category text not null,
  ideology text not null,
  language text not null default 'und',
  reasons text,
  tlp text not null default 'amber',
  exhibits int not null default 0,
  version int not null default 1,
  opened_at timestamptz(3) not null,
  opened_by uuid,
  closed_at timestamptz(3),
  constraint case_file_pk primary key (id),
  constraint case_file_reference_unique unique (organisation_id, reference),
  constraint case_file_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint case_file_state_known check (state in ('open', 'closed')),
  constraint case_file_category_known check (category in ('incitement', 'solicit_offence', 'solicit_group', 'instruction', 'threat', 'other')),
  constraint case_file_ideology_known check (ideology in ('jihadist', 'right_wing', 'left_wing_anarchist', 'ethno_nationalist_separatist',
    'single_issue', 'other', 'unknown')),
  constraint case_file_tlp_known check (tlp in ('clear', 'green', 'amber', 'amber+strict', 'red')),
  constraint case_file_closed_whole check ((state = 'closed') = (closed_at is not null))
);
create index case_file_list on case_file (organisation_id, opened_at desc, id desc);

create table content_item (
  id uuid not null,
  organisation_id uuid not null,
  case_id uuid not null,
  kind text not null,
  platform_id uuid,
  address text not null,
  identity text not null,
  identity_digest bytea not null,
  state text not null,
  held_because text,
  uploaded_at timestamptz(3),
  note text,
  previous_item_id uuid,
  added_at timestamptz(3) not null,
  added_by uuid,
  released_at timestamptz(3),
  constraint content_item_pk primary key (id),
  constraint content_item_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint content_item_case_fk foreign key (case_id) references case_file (id),
  constraint content_item_platform_fk foreign key (platform_id) references organisation (id),
  constraint content_item_previous_fk foreign key (previous_item_id) references content_item (id),
  constraint content_item_kind_known check (kind in ('url', 'account', 'channel', 'file')),
  constraint content_item_state_known check (state in ('open', 'held', 'closed')),
  constraint content_item_held_known check (held_because in ('home', 'search', 'collection')),
  constraint content_item_held_says_why check (state <> 'held' or held_because is not null),
  constraint content_item_digest_length check (length(identity_digest) = 32)
);
create unique index content_item_open_once on content_item (organisation_id, identity_digest) where state <> 'closed';
create index content_item_history on content_item (organisation_id, identity_digest, added_at desc);
create index content_item_case on content_item (case_id, id);

-- An item that another case of the same organisation has open: this case speaks of it too.
create table case_join (
  case_id uuid not null,
  item_id uuid not null,
  organisation_id uuid not null,
  joined_at timestamptz(3) not null,
  constraint case_join_pk primary key (case_id, item_id),
  constraint case_join_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint case_join_case_fk foreign key (case_id) references case_file (id),
  constraint case_join_item_fk foreign key (item_id) references content_item (id)
);
create index case_join_item on case_join (item_id);

alter table case_file enable row level security;
alter table content_item enable row level security;
alter table case_join enable row level security;

create policy case_file_own on case_file for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy content_item_own on content_item for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy case_join_own on case_join for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));

grant select, insert, update (state, exhibits, version, closed_at) on case_file to clepsydra_app;
grant select, insert, update (state, released_at) on content_item to clepsydra_app;
grant select, insert on case_join to clepsydra_app;
`;

const DOWN = `drop table case_join, content_item, case_file cascade;`;

export class CreateCases1764000300000 implements MigrationInterface {
  name = 'CreateCases1764000300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

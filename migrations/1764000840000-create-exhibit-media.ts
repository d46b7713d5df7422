import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What hashing found in exhibits that are not still images. It takes longer than an upload may wait, so it comes after, by a
 * job; and which of an organisation's items turned out to be copies of what somebody had seen before.
 */
const UP = `
create table exhibit_media (
  exhibit_id uuid not null,
  organisation_id uuid not null,
  kind text not null,
  state text not null default 'pending',
  vpdq text,
  text_sha256 text,
  duration_ms int,
  page_count int,
  fault text,
  hashed_at timestamptz(3),
  constraint exhibit_media_pk primary key (exhibit_id),
  constraint exhibit_media_exhibit_fk foreign key (exhibit_id) references exhibit (id),
  constraint exhibit_media_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint exhibit_media_kind_known check (kind in ('video', 'pdf')),
  constraint exhibit_media_state_known check (state in ('pending', 'hashed', 'not_hashed')),
  constraint exhibit_media_digests_shape check (vpdq ~ '^[0-9a-f]{64}$' and text_sha256 ~ '^[0-9a-f]{64}$'),
  constraint exhibit_media_hashed_whole check ((state = 'pending') = (hashed_at is null))
);

-- Frames of a video (at_ms says when) or pages of a document, in their order.
create table exhibit_media_hash (
  exhibit_id uuid not null,
  organisation_id uuid not null,
  ordinal int not null,
  hash text not null,
  quality smallint not null,
  at_ms int,
  constraint exhibit_media_hash_pk primary key (exhibit_id, ordinal),
  constraint exhibit_media_hash_media_fk foreign key (exhibit_id) references exhibit_media (exhibit_id),
  constraint exhibit_media_hash_shape check (hash ~ '^[0-9a-f]{64}$'),
  constraint exhibit_media_hash_quality_range check (quality between 0 and 100)
);

create table item_reupload (
  item_id uuid not null,
  organisation_id uuid not null,
  signal_id uuid not null,
  exhibit_id uuid not null,
  earlier_item_id uuid,
  distance int not null,
  found_at timestamptz(3) not null,
  constraint item_reupload_pk primary key (item_id, signal_id),
  constraint item_reupload_item_fk foreign key (item_id) references content_item (id),
  constraint item_reupload_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint item_reupload_signal_fk foreign key (signal_id) references signal (id),
  constraint item_reupload_exhibit_fk foreign key (exhibit_id) references exhibit (id),
  constraint item_reupload_earlier_fk foreign key (earlier_item_id) references content_item (id),
  constraint item_reupload_not_itself check (earlier_item_id <> item_id)
);
create index item_reupload_earlier on item_reupload (earlier_item_id) where earlier_item_id is not null;

alter table exhibit_media enable row level security;
alter table exhibit_media_hash enable row level security;
alter table item_reupload enable row level security;
create policy exhibit_media_own on exhibit_media for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy exhibit_media_hash_own on exhibit_media_hash for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy item_reupload_own on item_reupload for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
grant select, insert, update (state, vpdq, text_sha256, duration_ms, page_count, fault, hashed_at) on exhibit_media to clepsydra_app;
grant select, insert on exhibit_media_hash, item_reupload to clepsydra_app;

insert into private.job_task (name) values ('exhibit.hash-media');
`;

export class CreateExhibitMedia1764000840000 implements MigrationInterface {
  name = 'CreateExhibitMedia1764000840000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop table item_reupload, exhibit_media_hash, exhibit_media; delete from private.job_task where name = 'exhibit.hash-media'`,
    );
  }
}

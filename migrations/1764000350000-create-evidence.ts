import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Exhibits and the stored objects that hold them.
 *
 * A stored object is written before its bytes are ('pending') and sealed in the transaction that acknowledges it, so that a
 * process killed at any instant leaves a row from which recovery can clear what was never acknowledged. 'discarded' comes
 * before the bytes are removed: from then on nothing can seal the object any more.
 */
const UP = `
create table stored_object (
  id uuid not null,
  organisation_id uuid not null,
  case_id uuid not null,
  state text not null default 'pending',
  wrapped_key bytea,
  size bigint,
  encrypted_size bigint,
  touched_at timestamptz(3) not null default now(),
  sealed_at timestamptz(3),
  constraint stored_object_pk primary key (id),
  constraint stored_object_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint stored_object_state_known check (state in ('pending', 'sealed', 'discarded')),
  constraint stored_object_sealed_whole check (state <> 'sealed'
    or (wrapped_key is not null and size is not null and encrypted_size is not null and sealed_at is not null))
);
create index stored_object_unsealed on stored_object (touched_at) where state <> 'sealed';

create table exhibit (
  id uuid not null,
  organisation_id uuid not null,
  case_id uuid not null,
  item_id uuid,
  object_id uuid not null,
  number int not null,
  exhibit_no text not null,
  file_name text not null,
  type text not null,
  size bigint not null,
  sha256 text not null,
  sha512 text not null,
  md5 text not null,
  image_width int,
  image_height int,
  pdq text,
  pdq_quality smallint,
  blockhash text,
  not_hashed text,
  collected_at timestamptz(3) not null,
  collected_by uuid,
  constraint exhibit_pk primary key (id),
  constraint exhibit_number_unique unique (case_id, number),
  constraint exhibit_no_unique unique (organisation_id, exhibit_no),
  constraint exhibit_object_unique unique (object_id),
  constraint exhibit_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint exhibit_case_fk foreign key (case_id) references case_file (id),
  constraint exhibit_item_fk foreign key (item_id) references content_item (id),
  constraint exhibit_object_fk foreign key (object_id) references stored_object (id),
  constraint exhibit_digests_shape check (sha256 ~ '^[0-9a-f]{64}$' and sha512 ~ '^[0-9a-f]{128}$' and md5 ~ '^[0-9a-f]{32}$'),
  constraint exhibit_image_whole check ((pdq is null) = (blockhash is null) and (pdq is null) = (pdq_quality is null)
    and (pdq is null) = (image_width is null) and (pdq is null) = (image_height is null))
);
create index exhibit_item on exhibit (item_id);

alter table stored_object enable row level security;
alter table exhibit enable row level security;

create policy stored_object_own on stored_object for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
-- What is sealed is never given up by these roles; only what nobody was told of is.
create policy stored_object_never_sealed on stored_object as restrictive for delete to clepsydra_app, clepsydra_worker using (state = 'discarded');
create policy exhibit_own on exhibit for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));
create policy stored_object_worker on stored_object for all to clepsydra_worker using (true);

-- Nobody leads a sealed object back to a state from which it could be removed.
create function stored_object_stays_sealed() returns trigger
language plpgsql set search_path = public, pg_catalog as $$
begin
  raise exception 'a sealed object is evidence: it stays sealed' using errcode = '42501';
end $$;
create trigger stored_object_stays_sealed before update on stored_object for each row
  when (old.state = 'sealed' and new.state in ('pending', 'discarded')) execute function stored_object_stays_sealed();

grant select, insert, update (state, wrapped_key, size, encrypted_size, touched_at, sealed_at), delete on stored_object to clepsydra_app;
grant select, update (state, touched_at), delete on stored_object to clepsydra_worker;
grant select, insert on exhibit to clepsydra_app;
`;

const DOWN = `
drop table exhibit, stored_object cascade;
drop function stored_object_stays_sealed;
`;

export class CreateEvidence1764000350000 implements MigrationInterface {
  name = 'CreateEvidence1764000350000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The keys with which authorities sign their forms. The public parts are a directory for everybody, signed in or not: whoever
 * holds an order must be able to verify it. The private parts lie wrapped under the master key, for their own authority alone.
 */
const TABLES = `
create table authority_key (
  organisation_id uuid not null,
  kid text not null,
  public_key bytea not null,
  origin text not null,
  created_at timestamptz(3) not null,
  retired_at timestamptz(3),
  constraint authority_key_pk primary key (organisation_id, kid),
  constraint authority_key_organisation_fk foreign key (organisation_id) references organisation (id),
  constraint authority_key_origin_known check (origin in ('own', 'pinned')),
  -- The thumbprint of RFC 7638: SHA-256 in base64url.
  constraint authority_key_kid_shape check (kid ~ '^[A-Za-z0-9_-]{43}$'),
  constraint authority_key_length check (length(public_key) = 32),
  constraint authority_key_order check (retired_at is null or retired_at >= created_at)
);
-- Two requests that both find no key make one.
create unique index authority_key_own_once on authority_key (organisation_id) where origin = 'own' and retired_at is null;

create table authority_key_secret (
  organisation_id uuid not null,
  kid text not null,
  master_key_id text not null,
  wrapped bytea not null,
  constraint authority_key_secret_pk primary key (organisation_id, kid),
  constraint authority_key_secret_key_fk foreign key (organisation_id, kid) references authority_key (organisation_id, kid)
);
`;

const RIGHTS = `
alter table authority_key enable row level security;
alter table authority_key_secret enable row level security;

create policy authority_key_open on authority_key for select to clepsydra_app using (true);
create policy authority_key_own on authority_key for insert to clepsydra_app
  with check (origin = 'own' and organisation_id = (select current_org()));
create policy authority_key_pinned on authority_key for insert to clepsydra_app
  with check (origin = 'pinned' and (select current_org_kind()) = 'operator');
create policy authority_key_retired on authority_key for update to clepsydra_app
  using ((origin = 'own' and organisation_id = (select current_org())) or (origin = 'pinned' and (select current_org_kind()) = 'operator'))
  with check ((origin = 'own' and organisation_id = (select current_org())) or (origin = 'pinned' and (select current_org_kind()) = 'operator'));
create policy authority_key_secret_own on authority_key_secret for all to clepsydra_app
  using (organisation_id = (select current_org())) with check (organisation_id = (select current_org()));

create policy authority_key_worker on authority_key for select to clepsydra_worker using (true);
create policy authority_key_worker_own on authority_key for insert to clepsydra_worker with check (origin = 'own');
create policy authority_key_secret_worker on authority_key_secret for select to clepsydra_worker using (true);
create policy authority_key_secret_worker_own on authority_key_secret for insert to clepsydra_worker with check (true);

grant select, insert, update (retired_at) on authority_key to clepsydra_app;
grant select, insert, delete on authority_key_secret to clepsydra_app;
-- An order may leave when its sender has gone: the worker signs it, with a first key if there is none.
grant select, insert on authority_key, authority_key_secret to clepsydra_worker;
`;

export class CreateAuthorityKeys1764000880000 implements MigrationInterface {
  name = 'CreateAuthorityKeys1764000880000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES);
    await runner.query(RIGHTS);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table authority_key_secret, authority_key');
  }
}

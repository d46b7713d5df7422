import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Published months: what anyone may read, without a login. Written once by the worker when the month has closed, never
 * changed: a public page that moves in between would tell that something has just happened.
 */
const UP = `
create table published_month (
  month text not null,
  figures jsonb not null,
  tree_size bigint not null,
  published_at timestamptz(3) not null,
  constraint published_month_pk primary key (month),
  constraint published_month_shape check (month ~ '^\\d{4}-(0[1-9]|1[0-2])$')
);
alter table published_month enable row level security;
create policy published_month_open on published_month for select to clepsydra_app using (true);
create policy published_month_worker on published_month for all to clepsydra_worker using (true) with check (true);
grant select on published_month to clepsydra_app;
grant select, insert on published_month to clepsydra_worker;
`;

export class CreateTransparency1764000700000 implements MigrationInterface {
  name = 'CreateTransparency1764000700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table published_month');
  }
}

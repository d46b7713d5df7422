import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When the contributor of a hash was last asked to look at it again, so that each is asked once for each 24 months; and the task
 * that tells contributors of disputes and of what they are asked.
 */
const UP = `
alter table signal_contribution add column review_asked_at timestamptz(3);
create index signal_contribution_review on signal_contribution (coalesce(reviewed_at, contributed_at))
  where state = 'standing';
grant update (review_asked_at) on signal_contribution to clepsydra_worker;

insert into private.job_task (name) values ('tell');
`;

export class AskForReviews1764000860000 implements MigrationInterface {
  name = 'AskForReviews1764000860000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `delete from private.job_task where name = 'tell';
       alter table signal_contribution drop column review_asked_at; drop index signal_contribution_review`,
    );
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What one organisation asks a second person about something that it shares with others is no question of theirs. */
export class AskApart1764001020000 implements MigrationInterface {
  name = 'AskApart1764001020000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index approval_open_once;
      create unique index approval_open_once on approval (organisation_id, verb, subject_id) where decision is null`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index approval_open_once;
      create unique index approval_open_once on approval (verb, subject_id) where decision is null`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MEMORY } from './signal-defence/memory';
import { POLICY } from './signal-defence/policy';
import { RIGHTS } from './signal-defence/rights';
import { DEFENCE } from './signal-defence/tables';

/**
 * Defence of the shared hashes against poisoning, and what each body wants done with a match. Trust, negatives and quarantine
 * are the operator's to write; a contributor's own transaction can add to the quarantine and lower its own trust, no more.
 */
export class CreateSignalDefence1764000820000 implements MigrationInterface {
  name = 'CreateSignalDefence1764000820000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [DEFENCE, MEMORY, POLICY, RIGHTS]) await runner.query(part);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop trigger signal_quarantine_names on signal_contribution;
      drop trigger signal_usage_counts on signal_contribution;
      drop trigger signal_remembers on signal_contribution;
      drop function signal_reopen_disputes, signal_said, signal_remembered, signal_release_held, signal_held_back, signal_silence;
      drop function private.signal_remembers, private.signal_digest;
      drop table signal_memory;
      drop function private.signal_quarantine_names, private.signal_usage_counts;
      drop table signal_policy, signal_quarantine_item, signal_quarantine, signal_negative, signal_usage, signal_trust;
      drop function signal_standing_places, signal_distrust, signal_dispute_false_match, private.signal_found_false, private.signal_let_back;
      delete from private.job_task where name = 'signal-canary'`);
  }
}

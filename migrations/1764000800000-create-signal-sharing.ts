import type { MigrationInterface, QueryRunner } from 'typeorm';
import { DISPUTES } from './signal-sharing/disputes';
import { ENDS } from './signal-sharing/ends';
import { LISTS } from './signal-sharing/lists';
import { OPINIONS } from './signal-sharing/opinions';
import { RIGHTS } from './signal-sharing/rights';
import { SIGNALS } from './signal-sharing/signals';
import { STATE } from './signal-sharing/state';

/**
 * Lists, standing of contributions, opinions, disputes and feedback. A signal is still one hash whoever stands behind it;
 * what an organisation sees of it is what stands on the lists that it may read. The state of a signal is computed by
 * trigger from its contributions, opinions and disputes, so that no role writes it.
 */
export class CreateSignalSharing1764000800000 implements MigrationInterface {
  name = 'CreateSignalSharing1764000800000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [LISTS, SIGNALS, OPINIONS, STATE, ENDS, DISPUTES, RIGHTS]) await runner.query(part);
  }

  async down(): Promise<void> {
    throw new Error(
      'Lists, opinions and disputes cannot be folded back into a table that has no room for them: restore a backup',
    );
  }
}

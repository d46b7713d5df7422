import type { MigrationInterface, QueryRunner } from 'typeorm';
import { amendFunction } from './amend-function';
import { CONTENT } from './order-scrutiny/content';
import { AMENDMENTS, CONTRIBUTIONS } from './order-scrutiny/contributions';
import { FINALITY } from './order-scrutiny/finality';
import { PERIODS } from './order-scrutiny/periods';
import { SCRUTINIES } from './order-scrutiny/scrutinies';

/**
 * What can come of an order besides being carried out (Regulation (EU) 2021/784, Art. 3(9), 4, 9, 10, 11): scrutiny by the home
 * authority, review by a court, becoming final; what the content provider reads under a reference, and its complaint.
 */
export class ScrutiniseOrders1764000950000 implements MigrationInterface {
  name = 'ScrutiniseOrders1764000950000';

  async up(runner: QueryRunner): Promise<void> {
    for (const part of [SCRUTINIES, PERIODS, FINALITY, CONTENT, CONTRIBUTIONS]) await runner.query(part);
    for (const { signature, was, becomes } of AMENDMENTS) await amendFunction(runner, signature, was, becomes);
  }

  /** Orders may have become final or fallen by what these tables hold: the way back is a backup. */
  down(): Promise<void> {
    return Promise.reject(new Error('this migration has no way back: restore a backup'));
  }
}

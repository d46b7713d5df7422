import type { Tx } from '../../../infra/database/work';
import { addJob } from '../../../infra/jobs/jobs';

/** Reads one source; payload `sourceId`. */
export const SYNC_TASK = 'exchange-sync';

/** Readings of one source take turns; one that waits is not asked for twice. */
export const addSync = (tx: Tx, sourceId: string): Promise<void> =>
  addJob(tx, SYNC_TASK, { sourceId }, { key: `${SYNC_TASK}:${sourceId}`, queue: `${SYNC_TASK}:${sourceId}` });

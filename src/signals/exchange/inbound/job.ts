import type { Tx } from '../../../infra/database/work';
import { addJob, slotOf } from '../../../infra/jobs/jobs';

/** Reads one source; payload `sourceId`. */
export const SYNC_TASK = 'exchange-sync';

/**
 * Readings of one source take turns; one that waits is not asked for twice. An organisation has two readings at a time: a side
 * that answers slowly holds up the other sources of whoever follows it, and nobody else's.
 */
export const addSync = (tx: Tx, organisationId: string, sourceId: string): Promise<void> =>
  addJob(
    tx,
    SYNC_TASK,
    { sourceId },
    { key: `${SYNC_TASK}:${sourceId}`, queue: slotOf(SYNC_TASK, organisationId, sourceId) },
  );

import type { LedgerKind } from '../domain/ledger-kinds';
import type { Tx } from '../infra/database/work';
import { addJob } from '../infra/jobs/jobs';

/** The task that tells; `deliveries` does it, and imports this, because signals may not import upwards. */
export const TELL = 'tell';

/** What asks something of those who stand behind a hash, or settles it: told over their webhooks too, beside their feed. */
export const TOLD_KINDS: readonly LedgerKind[] = [
  'signal.disputed',
  'signal.opinion-retracted',
  'signal.dispute-decided',
  'signal.dispute-overdue',
  'signal.review-due',
];

/** Has the audience of these entries told, once this transaction is committed. */
export async function tell(tx: Tx, kind: LedgerKind, entryIds: readonly string[]): Promise<void> {
  if (!TOLD_KINDS.includes(kind)) return;
  for (const entryId of entryIds) await addJob(tx, TELL, { entryId });
}

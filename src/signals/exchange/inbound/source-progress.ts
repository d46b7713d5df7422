import type { ProblemCode } from '../../../domain/errors';
import type { Tx } from '../../../infra/database/work';
import { pauseAfter } from './backoff';
import type { Refusal } from './placing.service';
import type { Checkpoint } from './source';
import { KEPT_FAULTS, type SourceRow } from './source-row';
import type { Taken } from './taking.service';

/** Newest first; of a page that is nothing but refusals, its last ones. */
const toFaults = (refusals: readonly Refusal[], at: Date): string =>
  JSON.stringify(
    refusals
      .slice(-KEPT_FAULTS)
      .toReversed()
      .map(({ record, code, detail }) => ({ record, code, detail, at: at.toISOString() })),
  );

/** In the transaction of the page: counts, the last refusals, and where the next page begins. */
export async function recordPage(
  tx: Tx,
  source: SourceRow,
  done: Taken,
  checkpoint: Checkpoint | null,
  at: Date,
): Promise<void> {
  await tx.query(
    `update exchange_source set taken = taken + $2, quarantined = quarantined + $3, refused = refused + $4, retracted = retracted + $5,
       faults = (select coalesce(jsonb_agg(f order by n), '[]') from (
         select f, n from jsonb_array_elements($6::jsonb || faults) with ordinality as e (f, n) order by n limit ${KEPT_FAULTS}) kept),
       checkpoint = coalesce($7::jsonb, checkpoint), pages = pages + $8, last_change_at = case when $9 then $10 else last_change_at end
     where id = $1`,
    [
      source.id,
      done.taken + done.quarantined,
      done.quarantined,
      done.refusals.length,
      done.retracted,
      toFaults(done.refusals, at),
      checkpoint === null ? null : JSON.stringify(checkpoint),
      checkpoint === null ? 0 : 1,
      done.isChange,
      at,
    ],
  );
}

/** A reading that went well. `isLeft`: it stopped because it had read enough for once. */
export async function recordSuccess(tx: Tx, source: SourceRow, at: Date, isLeft: boolean): Promise<void> {
  const pauseMs = isLeft ? 0 : (source.interval_s ?? 0) * 1000;
  await tx.query(
    `update exchange_source set state = 'active', failures = 0, last_error = null, last_run_at = $2, next_run_at = $3
     where id = $1 and state in ('active', 'failing')`,
    [source.id, at, new Date(at.getTime() + pauseMs)],
  );
}

/** @returns whether it had gone well until now */
export async function recordFailure(
  tx: Tx,
  source: SourceRow,
  code: ProblemCode,
  askedMs: number,
  at: Date,
): Promise<boolean> {
  const failures = source.failures + 1;
  const next = new Date(at.getTime() + pauseAfter(code, failures, askedMs));
  await tx.query(
    `update exchange_source set state = 'failing', failures = $2, last_error = $3, last_run_at = $4, next_run_at = $5
     where id = $1 and state in ('active', 'failing')`,
    [source.id, failures, code, at, next],
  );
  return source.state === 'active';
}

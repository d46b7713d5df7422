import type { Subjects } from '../../domain/ledger-entry';
import type { Actor, Tx } from '../../infra/database/work';
import { countsAsReviewed, type Candidate } from './candidate';
import type { Admitted, Placement } from './contribution-insert';
import { appendChange, concerned } from './entries';

/** What all of them share, or undefined. */
function common<T>(candidates: readonly Candidate[], pick: (candidate: Candidate) => T | undefined): T | undefined {
  const values = new Set(candidates.map(pick));
  return values.size === 1 ? [...values][0] : undefined;
}

const isHeld = ({ heldBecause }: Admitted): boolean => heldBecause !== null;

/**
 * Says that these were contributed, those in quarantine apart: their entry is also for the operator, who has to look.
 * @param gainedFrames films by whose frames is matched from now on whoever knows them, so that it is told on every list
 */
export async function appendContributed(
  tx: Tx,
  actor: Actor,
  placement: Placement,
  fresh: readonly Admitted[],
  gainedFrames: ReadonlySet<string>,
): Promise<string[]> {
  const [held, standing] = [fresh.filter(isHeld), fresh.filter((one) => !isHeld(one))];
  const { listId } = placement;
  const audience = held.length > 0 ? await concerned(tx, held.map(({ signalId }) => ({ signalId, listId }))) : []; // prettier-ignore
  return [
    ...(await appendOne(tx, actor, placement, 'signal.contributed', standing, gainedFrames, [])),
    ...(await appendOne(tx, actor, placement, 'signal.quarantined', held, gainedFrames, audience)),
  ];
}

async function appendOne(
  tx: Tx,
  actor: Actor,
  placement: Placement,
  kind: 'signal.contributed' | 'signal.quarantined',
  admitted: readonly Admitted[],
  gainedFrames: ReadonlySet<string>,
  audience: readonly string[],
): Promise<string[]> {
  if (admitted.length === 0) return [];
  const candidates = admitted.map(({ candidate }) => candidate);
  const [exhibit, caseId, notice] = [
    common(candidates, ({ exhibitId }) => exhibitId),
    common(candidates, ({ caseId: id }) => id),
    common(candidates, ({ noticeId }) => noticeId),
  ];
  const subjects: Subjects = {
    ...(exhibit ? { exhibit } : {}),
    ...(caseId ? { case: caseId } : {}),
    ...(notice ? { notice } : {}),
  };
  const notes = [...new Set(candidates.flatMap(({ note }) => note ?? []))];
  const reasons = [...new Set(admitted.flatMap(({ heldBecause }) => heldBecause ?? []))];
  return appendChange(tx, {
    kind,
    actor,
    at: placement.at,
    signals: admitted.map(({ signalId, candidate }) => ({
      id: signalId,
      type: candidate.type,
      isOfHash: gainedFrames.has(signalId),
    })),
    lists: [placement.listId],
    subjects,
    dims: {
      list: placement.listId,
      batch: placement.batchId ?? undefined,
      category: common(candidates, ({ labels }) => labels.category) ?? null,
      ideology: common(candidates, ({ labels }) => labels.ideology) ?? null,
      reviewed: placement.reviewed && candidates.every(countsAsReviewed),
    },
    shared: reasons.length > 0 ? { reasons } : undefined,
    internal: notes.length > 0 ? { notes } : undefined,
    audience,
  });
}

import type { Exhibit } from '../evidence/evidence.entity';
import type { Actor } from '../infra/database/work';
import type { NewEntry } from '../ledger/append';
import type { Match } from '../signals/matching/match.dto';

/** That an object lies within the threshold of a signal, for the organisation that holds the object and nobody else. */
export const matchEntry = (actor: Actor, at: Date, exhibit: Exhibit, match: Match): NewEntry => ({
  kind: 'match.found',
  actor,
  at,
  subjects: {
    case: exhibit.caseId,
    exhibit: exhibit.id,
    signal: match.signalId,
    ...(exhibit.itemId ? { item: exhibit.itemId } : {}),
  },
  dims: { type: match.type, distance: match.distance },
  audience: [actor.organisationId],
});

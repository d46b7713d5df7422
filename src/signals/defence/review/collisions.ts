import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '../../../infra/database/work';
import { mapInTurns } from '../../../infra/turn';
import { radiusFor } from '../../../perceptual/match-radius';
import type { SignalIndex } from '../../matching/signal-index.service';
import type { NegativeLine } from '../negative-list';

/** Searches between two turns of the event loop: about a millisecond at a million signals. */
const SLICE = 50;

/** Of one standing signal: how many of the negatives it matches, and how near the nearest is. */
export interface Hit {
  readonly hits: number;
  readonly distance: number;
}

/** Standing signals within matching distance of these negatives, by their id. The index has to be loaded. */
export async function collide(index: SignalIndex, lines: readonly NegativeLine[]): Promise<Map<string, Hit>> {
  const found = new Map<string, Hit>();
  await mapInTurns(lines, SLICE, ({ type, value }) => {
    for (const { signalId, distance } of index.near(type, value, radiusFor(type))) {
      const before = found.get(signalId);
      found.set(signalId, {
        hits: (before?.hits ?? 0) + 1,
        distance: Math.min(before?.distance ?? distance, distance),
      });
    }
  });
  return found;
}

/** A batch for review of everything that stands of these signals. @returns the contributions, none when nothing stands */
export async function listCollisions(
  tx: Tx,
  found: ReadonlyMap<string, Hit>,
  at: Date,
): Promise<{ quarantineId: string; contributionIds: string[] }> {
  const quarantineId = uuidv7();
  const signalIds = [...found.keys()];
  await tx.query('insert into signal_quarantine (id, organisation_id, made_at) values ($1, null, $2)', [
    quarantineId,
    at,
  ]);
  const rows = await tx.query<{ id: string }[]>(
    `with standing as (
       select c.id, c.organisation_id, c.list_id, s.type, s.value, given.hits
       from unnest($2::uuid[], $3::int[]) as given (signal_id, hits) join signal s on s.id = given.signal_id
       join signal_contribution c on c.signal_id = s.id and c.state = 'standing'
     ), listed as (
       insert into signal_quarantine_item (id, quarantine_id, organisation_id, list_id, type, value, reason, hits, contribution_id)
       select gen_random_uuid(), $1, organisation_id, list_id, type, value, 'collision', hits, id from standing
     ) select id from standing`,
    [quarantineId, signalIds, signalIds.map((id) => found.get(id)?.hits ?? 1)],
  );
  return { quarantineId, contributionIds: rows.map(({ id }) => id) };
}

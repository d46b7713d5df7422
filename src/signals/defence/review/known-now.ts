import { v7 as uuidv7 } from 'uuid';
import type { SignalType } from '../../../domain/vocabulary';
import type { Tx } from '../../../infra/database/work';
import { countFrames, distinctUsable } from '../judgement';
import type { NegativeIndex } from '../negative-index.service';

/** A contribution that waits, by the names of its columns. */
export interface Waiting {
  readonly contribution_id: string;
  readonly signal_id: string;
  readonly organisation_id: string;
  readonly list_id: string;
  readonly type: SignalType;
  readonly value: string;
}

interface Frame {
  readonly signal_id: string;
  readonly hash: string;
  readonly quality: number;
}

/**
 * Which of these match what is known to be harmless, the corpus or a canary by now, and how many of them: what waited is not
 * let out because the reason for which it was held has gone, when a better one has come.
 */
export async function knownNow<Row extends Waiting>(
  tx: Tx,
  negatives: NegativeIndex,
  waiting: readonly Row[],
): Promise<Map<Row, number>> {
  const hits = await negatives.hitsOf(waiting);
  const found = new Map<Row, number>();
  for (const [index, row] of waiting.entries()) {
    const hit = hits[index];
    const count = hit ? hit.corpus + (hit.harmless ? 1 : 0) + (hit.canary ? 1 : 0) : 0;
    if (count > 0) found.set(row, count);
  }
  const videos = waiting.filter(({ type }) => type === 'vpdq');
  if (videos.length === 0) return found;
  const frames = await tx.query<Frame[]>(
    'select signal_id, hash, quality from signal_frame where signal_id = any($1::uuid[])',
    [videos.map((row) => row.signal_id)],
  );
  const framesOf = Map.groupBy(frames, (frame) => frame.signal_id);
  for (const row of videos) {
    const hashes = distinctUsable(framesOf.get(row.signal_id) ?? []);
    const { canary, harmless, corpus } = countFrames(
      await negatives.hitsOf(hashes.map((value) => ({ type: 'pdq', value }))),
    );
    if (canary + harmless + corpus > 0) found.set(row, canary + harmless + corpus);
  }
  return found;
}

/** A batch of their own for these, for the operator to decide knowing what they collide with. */
export async function listKnown(tx: Tx, found: ReadonlyMap<Waiting, number>, at: Date): Promise<void> {
  if (found.size === 0) return;
  const id = uuidv7();
  const rows = [...found.keys()];
  await tx.query('insert into signal_quarantine (id, organisation_id, made_at) values ($1, null, $2)', [id, at]);
  await tx.query(
    `insert into signal_quarantine_item (id, quarantine_id, organisation_id, list_id, type, value, reason, hits, contribution_id)
     select i, $1, o, l, t, v, 'collision', h, c
     from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::int[], $8::uuid[]) as given (i, o, l, t, v, h, c)`,
    [
      id,
      rows.map(() => uuidv7()),
      rows.map((row) => row.organisation_id),
      rows.map((row) => row.list_id),
      rows.map((row) => row.type),
      rows.map((row) => row.value),
      rows.map((row) => found.get(row) ?? 1),
      rows.map((row) => row.contribution_id),
    ],
  );
}

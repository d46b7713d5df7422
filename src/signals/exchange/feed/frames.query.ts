import type { Tx } from '../../../infra/database/work';
import { PDQ_MIN_QUALITY } from '../../../perceptual/pdq';

/**
 * As the worker: the usable frames of videos, as `usableFrames` of the perceptual folder keeps them, as one hex text of 64
 * digits a frame, ascending. Of a video without frames, or of which nothing stands on one of the lists any more, there is none.
 */
export async function framesOf(
  tx: Tx,
  signalIds: readonly string[],
  lists: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ id: string; frames: string }[]>(
    `select f.signal_id as id, string_agg(distinct f.hash collate "C", '') as frames from signal_frame f
     where f.signal_id = any ($1::uuid[]) and f.quality >= $2 and exists (
       select 1 from signal_contribution c where c.signal_id = f.signal_id and c.state = 'standing' and c.list_id = any ($3::uuid[]))
     group by f.signal_id`,
    [signalIds, PDQ_MIN_QUALITY, lists],
  );
  return new Map(rows.map(({ id, frames }) => [id, frames]));
}

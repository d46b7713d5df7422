import type { Tx } from '../infra/database/work';
import type { ObstacleView, PreservationView, ReinstatementView } from './notice.view';
import { Obstacle } from './obstacle.entity';
import { Reinstatement } from './reinstatement.entity';

export const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

/** An item of a notice, in maps over several notices. */
export const key = (noticeId: string, itemId: string): string => `${noticeId}.${itemId}`;

export function grouped<Row, View>(rows: readonly Row[], entryOf: (row: Row) => [string, View]): Map<string, View[]> {
  const groups = new Map<string, View[]>();
  for (const row of rows) {
    const [name, view] = entryOf(row);
    const group = groups.get(name);
    if (group) group.push(view);
    else groups.set(name, [view]);
  }
  return groups;
}

interface PreservationRow extends Pick<PreservationView, 'state'> {
  readonly notice_id: string;
  readonly item_id: string;
  readonly changed_at: Date;
  readonly deleted_at: Date | null;
}

/** What stands beside the items of these notices, by `key`. */
export async function besideItems(
  tx: Tx,
  ids: readonly string[],
): Promise<{
  readonly preservation: ReadonlyMap<string, PreservationView>;
  readonly reinstatement: ReadonlyMap<string, ReinstatementView>;
}> {
  const preserved = await tx.query<PreservationRow[]>(
    `select notice_id, item_id, state, changed_at, deleted_at from notice_preservation where notice_id = any($1)`,
    [ids],
  );
  const asked = await tx
    .createQueryBuilder(Reinstatement, 'r')
    .where('r.noticeId = any(:ids)', { ids })
    .orderBy('r.askedAt')
    .addOrderBy('r.id')
    .getMany();
  return {
    preservation: new Map(
      preserved.map(({ notice_id, item_id, state, changed_at, deleted_at }) => [
        key(notice_id, item_id),
        { state, changedAt: changed_at.toISOString(), deletedAt: instant(deleted_at) },
      ]),
    ),
    // The last one stands.
    reinstatement: new Map(asked.map((row) => [key(row.noticeId, row.itemId), reinstatementView(row)])),
  };
}

const reinstatementView = (row: Reinstatement): ReinstatementView => ({
  ground: row.ground,
  askedAt: row.askedAt.toISOString(),
  outcome: row.outcome,
  doneAt: instant(row.doneAt),
  answeredAt: instant(row.answeredAt),
  reason: row.reason,
});

export async function obstaclesOf(tx: Tx, ids: readonly string[]): Promise<Map<string, ObstacleView[]>> {
  const rows = await tx
    .createQueryBuilder(Obstacle, 'o')
    .where('o.noticeId = any(:ids)', { ids })
    .orderBy('o.raisedAt')
    .addOrderBy('o.id')
    .getMany();
  return grouped(rows, ({ noticeId, kind, ground, explanation, needed, clarification, ...at }) => [
    noticeId,
    {
      kind,
      ground,
      explanation,
      needed,
      since: at.since.toISOString(),
      raisedAt: at.raisedAt.toISOString(),
      clarification,
      clarifiedAt: instant(at.clarifiedAt),
      endedAt: instant(at.endedAt),
    },
  ]);
}

export async function nonComplianceOf(tx: Tx, ids: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.query<{ notice_id: string; recorded_at: Date }[]>(
    `select notice_id, recorded_at from non_compliance where notice_id = any($1) and lifted_at is null`,
    [ids],
  );
  return new Map(rows.map((row) => [row.notice_id, row.recorded_at.toISOString()]));
}

import type { Tx } from '../infra/database/work';
import type { Notice, NoticeAnswer } from './notice.entity';

/** Writes what answers said about preserving their items. What an answer does not mention stays as it was. */
export async function notePreservation(
  tx: Tx,
  notice: Notice,
  answers: readonly Pick<NoticeAnswer, 'itemId' | 'preservation'>[],
  at: Date,
): Promise<void> {
  const told = answers.filter(({ preservation }) => preservation !== null);
  if (told.length === 0) return;
  await tx.query(
    `insert into notice_preservation as p (notice_id, item_id, state, changed_at)
     select $1, u.item_id, u.state, $4 from unnest($2::uuid[], $3::text[]) u (item_id, state)
     on conflict (notice_id, item_id) do update set state = excluded.state, changed_at = excluded.changed_at
     where p.deleted_at is null and p.state <> excluded.state`,
    [notice.id, told.map(({ itemId }) => itemId), told.map(({ preservation }) => preservation), at],
  );
}

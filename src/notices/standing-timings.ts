import type { Timing } from '../domain/clock';
import type { Tx } from '../infra/database/work';
import type { NoticeAnswer } from './notice.entity';

/** Brings what was reckoned anew since into answers that were read: how each stands to the deadline, as it is known now. */
export async function standingTimings(tx: Tx, answers: readonly NoticeAnswer[]): Promise<void> {
  if (answers.length === 0) return;
  const rows = await tx.query<{ answer_id: string; timing: Timing }[]>(
    `select distinct on (answer_id) answer_id, timing from answer_timing where notice_id = any ($1) order by answer_id, id desc`,
    [[...new Set(answers.map(({ noticeId }) => noticeId))]],
  );
  const anew = new Map(rows.map(({ answer_id, timing }) => [answer_id, timing]));
  for (const answer of answers) answer.timing = anew.get(answer.id) ?? answer.timing;
}

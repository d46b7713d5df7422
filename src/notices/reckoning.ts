import { v7 as uuidv7 } from 'uuid';
import { timingAfter, type Deadline } from '../domain/answer-timing';
import type { Correction } from '../domain/clock';
import type { Actor, Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { correctFact, correctionBy, deadlineFactsOf, isPast, lockClock, runOf } from './clocks';
import type { NoticeClock } from './clock.entity';
import { entryOf } from './notice-facts';
import { type Notice, NoticeAnswer, NoticeItem } from './notice.entity';
import { standingTimings } from './standing-timings';

interface Reckoning {
  /** When it came out. */
  readonly at: Date;
  readonly actor: Actor | 'service';
}

/**
 * The clock was another than had been thought: it had been halted before, or what it ran from was no receipt. What was late by it
 * is reckoned anew, each answer by the run that it was given under. What was recorded because of it is lifted.
 */
export async function reckonAnew(tx: Tx, notice: Notice, { at, actor }: Reckoning): Promise<void> {
  const clock = await lockClock(tx, notice.id);
  if (!clock) return;
  const timings = await retime(tx, notice, clock, { at, actor });
  const items = await tx.countBy(NoticeItem, { noticeId: notice.id });
  if (timings.length === items && clock.state === 'stopped' && isPast(clock, at)) {
    await correctFact(tx, notice, clock, { at, actor, correction: correctionBy(timings) });
  }
  await liftNonCompliance(tx, notice, { at, actor });
}

/** Lifts recorded non-compliance where no deadline was missed any more. Both sides and the home authority are told. */
export async function liftNonCompliance(tx: Tx, notice: Notice, { at, actor }: Reckoning): Promise<void> {
  if (notice.kind !== 'removal_order') return;
  const [row] = await tx.query<{ recorded: Date | null }[]>(`select lift_non_compliance($1, $2) as recorded`, [
    notice.id,
    at,
  ]);
  if (!row?.recorded) return;
  const dims = { recordedAt: row.recorded.toISOString() };
  await append(tx, entryOf(notice, { kind: 'notice.non-compliance-lifted', actor, at, dims }));
}

/** How the last answer to each item stands to the deadline now. */
async function retime(
  tx: Tx,
  notice: Notice,
  clock: NoticeClock,
  { at, actor }: Reckoning,
): Promise<NoticeAnswer['timing'][]> {
  const answers = await tx.find(NoticeAnswer, {
    where: { noticeId: notice.id },
    order: { itemId: 'asc', revision: 'asc' },
  });
  await standingTimings(tx, answers);
  const deadlines = [deadlineFactsOf(clock), ...(await earlierDeadlines(tx, clock))];
  const last = new Map<string, NoticeAnswer>();
  for (const answer of answers) {
    const before = last.get(answer.itemId) ?? null;
    last.set(answer.itemId, answer);
    const deadline = deadlines.find(({ run }) => run.startedAt <= answer.answeredAt);
    if (answer.timing === 'in_time' || !deadline) continue;
    const timing = timingAfter(before, answer, deadline);
    if (timing === answer.timing) continue;
    const dims = { revision: answer.revision, before: answer.timing, timing };
    answer.timing = timing;
    await tx.query(
      `insert into answer_timing (id, answer_id, notice_id, timing, reckoned_at) values ($1, $2, $3, $4, $5)`,
      [uuidv7(), answer.id, notice.id, timing, at],
    );
    await append(tx, entryOf(notice, { kind: 'notice.timing-corrected', actor, at, itemId: answer.itemId, dims }));
  }
  return [...last.values()].map(({ timing }) => timing);
}

/** Of the runs before the present one, latest first. */
async function earlierDeadlines(tx: Tx, clock: NoticeClock): Promise<Deadline[]> {
  const runs = await tx.query<{ started_at: Date; halted_at: Date | null; correction: Correction | null }[]>(
    `select started_at, correction, case when end_reason in ('impossible', 'clarification') then ended_at end as halted_at
     from clock_run where clock_id = $1 and run_no < $2 order by run_no desc`,
    [clock.id, clock.runNo],
  );
  return runs.map(({ started_at: startedAt, halted_at: haltedAt, correction }) => ({
    run: { ...runOf(clock), startedAt },
    haltedAt,
    correction,
  }));
}

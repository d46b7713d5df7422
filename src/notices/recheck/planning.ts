import type { Tx } from '../../infra/database/work';
import { treeSize } from '../../ledger/feed.query';
import { dropProbes, scheduleProbes, STALE_AFTER_MS } from './schedule';

/** Leaves of one transaction. */
const PORTION = 2_000;

const KINDS = [
  'clock.started', 'clock.paused', 'clock.restarted', 'clock.target-missed', 'clock.deadline-passed',
  'notice.answered', 'notice.withdrawn', 'notice.annulled', 'reinstatement.asked',
] as const; // prettier-ignore

interface Heard {
  readonly kind: (typeof KINDS)[number];
  readonly notice_id: string;
  readonly item_id: string | null;
  readonly at: Date;
  readonly outcome: string | null;
}

const NEWS = `select e.kind, e.notice_id, e.item_id, e.at, convert_from(e.bytes, 'UTF8')::jsonb -> 'dims' ->> 'outcome' as outcome
  from ledger_leaf l join ledger_entry e on e.id = l.entry_id
  where l.seq > $1 and l.seq <= $2 and e.kind = any ($3) and e.notice_id is not null order by l.seq`;

/**
 * Plans looks by what the ledger says happened, in its order and without gaps; where it stands is kept in the transaction that
 * plans. One worker at a time. Says whether there is more.
 */
export async function planProbes(tx: Tx, now: Date): Promise<boolean> {
  const [cursor] = await tx.query<{ through: string }[]>(`select through from probe_cursor for update skip locked`);
  if (!cursor) return false;
  const from = Number(cursor.through);
  const newest = (await treeSize(tx)) - 1;
  const through = Math.min(newest, from + PORTION);
  if (through <= from) return false;
  for (const heard of await tx.query<Heard[]>(NEWS, [from, through, [...KINDS]])) await planFor(tx, heard, now);
  await tx.query(`update probe_cursor set through = $1`, [through]);
  return through < newest;
}

async function planFor(tx: Tx, { kind, notice_id: noticeId, item_id, at, outcome }: Heard, now: Date): Promise<void> {
  const itemId = item_id ?? undefined;
  if (kind === 'notice.answered') {
    // Declined: it is there, as everybody knows.
    if (outcome === 'declined' || isStale(at, now)) return;
    return scheduleProbes(tx, noticeId, 'answer', at, itemId);
  }
  // Nobody asks for it to be gone any more: that it is there again is no reappearance.
  if (kind === 'notice.withdrawn' || kind === 'notice.annulled') return dropProbes(tx, noticeId);
  if (kind === 'reinstatement.asked') return dropProbes(tx, noticeId, itemId === undefined ? {} : { itemId });
  if (kind === 'clock.target-missed' || kind === 'clock.deadline-passed') return planUnanswered(tx, noticeId, at);
  return planDeadline(tx, noticeId, now);
}

const isStale = (due: Date, now: Date): boolean => due.getTime() < now.getTime() - STALE_AFTER_MS;

/** As the clock stands now, whatever it did meanwhile: while it is paused there is no deadline. */
async function planDeadline(tx: Tx, noticeId: string, now: Date): Promise<void> {
  const [clock] = await tx.query<{ state: string; due_at: Date }[]>(
    `select state, due_at from clock where notice_id = $1`,
    [noticeId],
  );
  if (!clock) return;
  if (clock.state === 'paused') return dropProbes(tx, noticeId, { reasons: ['deadline'] });
  if (!isStale(clock.due_at, now)) await scheduleProbes(tx, noticeId, 'deadline', clock.due_at);
}

async function planUnanswered(tx: Tx, noticeId: string, at: Date): Promise<void> {
  const silent = await tx.query<{ item_id: string }[]>(
    `select i.item_id from notice_item i where i.notice_id = $1 and i.kind = 'url'
       and not exists (select 1 from probe p where p.notice_id = i.notice_id and p.item_id = i.item_id and p.reason in ('answer', 'follow_up'))`,
    [noticeId],
  );
  for (const { item_id } of silent) await scheduleProbes(tx, noticeId, 'follow_up', at, item_id);
}

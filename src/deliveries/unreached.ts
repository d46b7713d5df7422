import { In } from 'typeorm';
import type { Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import { entryOf } from '../notices/notice-facts';
import { Notice } from '../notices/notice.entity';
import { Delivery } from './deliveries.entity';
import { BESIDE, planRest } from './plan';
import { addTask, addTaskIn, type DeliverTask } from './task';

/** Whoever is only shown a notice, by a feed or an inbox that it has not declared, has so long to take it up. */
const SHOWN_GRACE_MS = 15 * 60_000;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 60 * 60_000;
/** Of one channel in its first turn. */
const FIRST_ATTEMPTS = 6;

/** A minute, then twice as long each time, up to an hour. */
const pauseMs = (attempts: number): number =>
  Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.max(0, attempts - FIRST_ATTEMPTS));

/**
 * No channel has reached the platform, and none is left: its sender is told, whose people are called, and all of it is tried again,
 * with what the platform has declared meanwhile, for as long as the notice asks for anything.
 * @param rows of the sending, none of which is waiting
 */
export async function reachNobody(
  tx: Tx,
  notice: Notice,
  rows: readonly Delivery[],
  { task, at }: { readonly task: DeliverTask; readonly at: Date },
): Promise<void> {
  const shownUntil = (notice.sentAt?.getTime() ?? 0) + SHOWN_GRACE_MS;
  if (rows.some(({ state }) => state === 'told') && at.getTime() < shownUntil && !notice.unreachedAt) {
    await addTaskIn(tx, shownUntil - at.getTime(), task);
    return;
  }
  if (!notice.unreachedAt) await tellSender(tx, notice, rows, at);
  const declared = await stillDeclared(tx, rows);
  const failed = rows.filter(
    ({ id, state, position }) => state === 'failed' && position !== BESIDE && declared.has(id),
  );
  const since = Math.max(at.getTime() - LONGEST_PAUSE_MS, ...failed.map(({ endedAt }) => endedAt?.getTime() ?? 0));
  const pause = pauseMs(Math.max(FIRST_ATTEMPTS, ...failed.map(({ attempts }) => attempts)));
  const left = since + pause - at.getTime();
  const isNew = await planRest(tx, notice, { ...task, at });
  if (left > 0 && !isNew) return addTaskIn(tx, left, task);
  if (failed.length > 0 && left <= 0) {
    const again = { state: 'waiting', endedAt: null, begunAt: null, failure: null } as const;
    await tx.update(Delivery, { id: In(failed.map(({ id }) => id)) }, again);
  }
  if (failed.length > 0 || isNew) await addTask(tx, task);
  else await addTaskIn(tx, LONGEST_PAUSE_MS, task);
}

/** A contact point that was removed is no way to anybody any more. */
async function stillDeclared(tx: Tx, rows: readonly Delivery[]): Promise<ReadonlySet<string>> {
  const ids = rows.map(({ id }) => id);
  const found = await tx.query<{ id: string }[]>(
    `select d.id from delivery d left join contact_point c on c.id = d.contact_id where d.id = any ($1) and c.removed_at is null`,
    [ids],
  );
  return new Set(found.map(({ id }) => id));
}

async function tellSender(tx: Tx, notice: Notice, rows: readonly Delivery[], at: Date): Promise<void> {
  await tx.update(Notice, { id: notice.id }, { unreachedAt: at });
  notice.unreachedAt = at;
  const channels = rows.map(({ channel }) => channel).filter((channel) => channel !== 'pager');
  await append(tx, entryOf(notice, { kind: 'notice.unreached', actor: 'service', at, dims: { channels } }));
  await tx.query(
    `insert into escalation (id, organisation_id, side, notice_id, run_no, started_at, next_at)
     select gen_random_uuid(), $1, 'unreached', $2, 1 + count(*), $3, $3 from escalation
     where notice_id = $2 and side = 'unreached' on conflict do nothing`,
    [notice.senderId, notice.id, at],
  );
}

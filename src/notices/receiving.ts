import { steps } from '../domain/notice-lifecycle';
import type { Actor, Tx } from '../infra/database/work';
import { append } from '../ledger/append';
import type { NoticeClock } from './clock.entity';
import { startNoticeClock } from './clocks';
import { entryOf, facts } from './notice-facts';
import { Notice, NoticeItem, type ReceiptChannel } from './notice.entity';
import { beginPeriodsOfReceipt } from './redress/periods';

export interface Receipt {
  /** When the platform had it; may lie before the moment at which it is recorded. */
  readonly at: Date;
  readonly channel: ReceiptChannel;
  readonly actor: Actor | 'service';
}

/** A notice that the caller may see, locked until this transaction ends: two who act on it at once take turns. */
export const lockNotice = (tx: Tx, id: string): Promise<Notice | null> =>
  tx.findOne(Notice, { where: { id }, lock: { mode: 'pessimistic_write' } });

/**
 * Receipt of a sent notice: state, entry and clock together. `notice` is locked and in the state `sent`; it is brought up to
 * date in place.
 */
export async function receive(tx: Tx, notice: Notice, receipt: Receipt): Promise<NoticeClock> {
  const { at, channel, actor } = receipt;
  const [step] = steps(notice.state, 'receive');
  const change = {
    state: step?.to ?? 'received',
    receivedAt: at,
    receiptChannel: channel,
    version: notice.version + 1,
  };
  await tx.update(Notice, { id: notice.id }, change);
  Object.assign(notice, change);
  const items = await tx.countBy(NoticeItem, { noticeId: notice.id });
  const dims = {
    ...facts('notice.received', { receivedAt: at.toISOString(), items, receiptImplied: channel === 'answer' }),
    channel,
  };
  await append(tx, entryOf(notice, { kind: 'notice.received', actor, at, dims }));
  await beginPeriodsOfReceipt(tx, notice);
  return startNoticeClock(tx, notice, at, actor);
}

/**
 * What a channel proves. The earliest receipt that is recorded stands and starts the clock; a second proof, by another channel
 * or by a worker that repeats what a killed one had done, changes nothing. Returns whether it was the first.
 */
export async function proveReceipt(tx: Tx, noticeId: string, receipt: Receipt): Promise<boolean> {
  const notice = await lockNotice(tx, noticeId);
  if (notice?.state !== 'sent') return false;
  await receive(tx, notice, receipt);
  return true;
}

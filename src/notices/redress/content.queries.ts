import type { Form } from '../../domain/forms/forms';
import { isDown } from '../../domain/item-answer';
import { isSuppressed } from '../../domain/redress';
import type { ItemOutcome, ReinstatementOutcome } from '../../domain/vocabulary';
import type { Tx } from '../../infra/database/work';
import type { NoticeState } from '../../domain/notice-lifecycle';
import { Notice } from '../notice.entity';
import type { RedressDto } from '../orders/orders.dto';
import type { ComplaintOutcome } from '../../domain/redress';
import type { ScrutinyOutcome } from '../../domain/scrutiny';

export interface Reference {
  readonly id: string;
  readonly notice_id: string;
  readonly item_id: string;
}

/** An item whose measure can be told now. */
export interface Told {
  readonly reference: Reference;
  readonly notice: Notice;
  readonly address: string;
  /** The last answer that took it down, and the last of all. */
  readonly down: Answer;
  readonly last: Answer;
}

export interface Answer {
  readonly outcome: ItemOutcome;
  readonly measure_at: Date | null;
  readonly revision: number;
}

const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * What the reference stands for, if anything about it can be told. The same questions are asked whether it is unknown, nothing was
 * taken down, or the content provider must not be informed (Art. 11(3)): neither the answer nor the work that it takes tells which.
 */
export async function toldBy(tx: Tx, tokenHash: Buffer, now: Date): Promise<Told | null> {
  const [found] = await tx.query<Reference[]>(
    `select id, notice_id, item_id from content_reference where token_hash = $1`,
    [tokenHash],
  );
  const reference = found ?? { id: NOBODY, notice_id: NOBODY, item_id: NOBODY };
  const notice = await tx.findOneBy(Notice, { id: reference.notice_id });
  const [item] = await tx.query<{ address: string }[]>(
    `select address from notice_item where notice_id = $1 and item_id = $2`,
    [reference.notice_id, reference.item_id],
  );
  const answers = await tx.query<Answer[]>(
    `select outcome, measure_at, revision from notice_answer where notice_id = $1 and item_id = $2 order by revision`,
    [reference.notice_id, reference.item_id],
  );
  // Whichever order about this item says so: also one that came after what this reference is about.
  const hushes = await tx.query<{ until: Date | null; state: NoticeState }[]>(
    `select o.non_disclosure_until as until, n.state from notice_item i join removal_order o on o.notice_id = i.notice_id
       join notice n on n.id = i.notice_id
     where i.item_id = $1 and n.sent_at is not null and n.state not in ('withdrawn', 'annulled') and o.non_disclosure_until is not null`,
    [reference.item_id],
  );
  const isHushed = hushes.some((hush) => isSuppressed(hush, now));
  const down = answers.findLast(({ outcome }) => isDown(outcome));
  const last = answers.at(-1);
  if (!notice || !item || !down || !last || isHushed) return null;
  return { reference, notice, address: item.address, down, last };
}

export interface Beside {
  readonly platform: string;
  readonly form: Form | null;
  readonly redress: RedressDto | null;
  readonly informedAt: Date | null;
  readonly scrutiny: Stated<ScrutinyOutcome> | null;
  readonly complaint: Stated<ComplaintOutcome> | null;
  readonly reinstatement: Asked | null;
}

interface Stated<Outcome> {
  readonly at: Date;
  readonly due_at: Date;
  readonly outcome: Outcome | null;
  readonly reasons: string | null;
  readonly decided_at: Date | null;
}

interface Asked {
  readonly asked_at: Date;
  readonly outcome: ReinstatementOutcome | null;
  readonly done_at: Date | null;
  readonly reason: string | null;
}

/** When the content provider first read what became of this item: its receipt of the information under Art. 11(2). */
export async function informedAtOf(tx: Tx, { notice_id, item_id }: Reference): Promise<Date | null> {
  const [row] = await tx.query<{ at: Date | null }[]>(
    `select min(informed_at) as at from content_reference where notice_id = $1 and item_id = $2`,
    [notice_id, item_id],
  );
  return row?.at ?? null;
}

/** What stands beside a measure that is told. */
export async function besideOf(tx: Tx, { reference, notice }: Told): Promise<Beside> {
  const ids = [reference.notice_id, reference.item_id];
  const [platform] = await tx.query<{ name: string }[]>(`select name from organisation where id = $1`, [
    notice.recipientId,
  ]);
  const [order] = await tx.query<{ form: Form | null; redress: RedressDto }[]>(
    `select form, redress from removal_order where notice_id = $1`,
    [notice.id],
  );
  const [scrutiny] = await tx.query<Stated<ScrutinyOutcome>[]>(
    `select opened_at as at, due_at, outcome, decision_reasons as reasons, decided_at from scrutiny
     where notice_id = $1 and item_id = $2 and origin = 'content_provider'`,
    ids,
  );
  const [complaint] = await tx.query<Stated<ComplaintOutcome>[]>(
    `select lodged_at as at, due_at, outcome, reasons, decided_at from complaint where notice_id = $1 and item_id = $2
     order by revision desc limit 1`,
    ids,
  );
  const [reinstatement] = await tx.query<Asked[]>(
    `select asked_at, outcome, done_at, reason from reinstatement where notice_id = $1 and item_id = $2
     order by asked_at desc, id desc limit 1`,
    ids,
  );
  return {
    platform: platform?.name ?? '',
    form: order?.form ?? null,
    redress: order?.redress ?? null,
    informedAt: await informedAtOf(tx, reference),
    scrutiny: scrutiny ?? null,
    complaint: complaint ?? null,
    reinstatement: reinstatement ?? null,
  };
}

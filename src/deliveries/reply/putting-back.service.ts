import { Injectable } from '@nestjs/common';
import { ClockSource } from '../../infra/clock-source';
import type { Actor, Tx } from '../../infra/database/work';
import { Afterwards } from '../../notices/afterwards.service';
import { lockNotice } from '../../notices/receiving';
import { instantOf, putBacksOf, ReplyFault, type Fields } from './form-body';

/** What a platform says by the link in a mail about being asked to put back (Art. 4(7)). */
@Injectable()
export class PuttingBack {
  constructor(
    private readonly afterwards: Afterwards,
    private readonly clock: ClockSource,
  ) {}

  /** Each item is said once. @throws ReplyFault, DomainError `reinstatement.*` */
  async say(tx: Tx, actor: Actor, noticeId: string, fields: Fields): Promise<object> {
    const notice = await lockNotice(tx, noticeId);
    const askedAt = notice?.withdrawnAt ?? notice?.annulledAt;
    if (!askedAt) throw new ReplyFault('state');
    const now = this.clock.now();
    const { items, all } = putBacksOf(fields);
    const rest = all ? await openItems(tx, noticeId, items) : [];
    const others = all ? rest.map((itemId) => ({ itemId, ...all })) : [];
    const said = [...items, ...others].map(({ itemId, outcome, done, reason }) => ({
      itemId,
      outcome,
      ...(outcome === 'reinstated' ? { doneAt: done ? instantOf(done, askedAt) : now } : {}),
      ...(reason ? { reason } : {}),
    }));
    if (said.length === 0) throw new ReplyFault('nothing');
    for (const { itemId, ...dto } of said)
      await this.afterwards.answerReinstatementIn(tx, actor, noticeId, itemId, dto);
    return { reinstatements: said };
  }
}

/** Those of which nobody has said anything, and nothing was chosen. */
async function openItems(
  tx: Tx,
  noticeId: string,
  chosen: readonly { readonly itemId: string }[],
): Promise<readonly string[]> {
  const rows = await tx.query<{ item_id: string }[]>(
    'select item_id from reinstatement where notice_id = $1 and outcome is null order by asked_at, id',
    [noticeId],
  );
  const taken = new Set(chosen.map(({ itemId }) => itemId));
  return rows.map((row) => row.item_id).filter((itemId) => !taken.has(itemId));
}

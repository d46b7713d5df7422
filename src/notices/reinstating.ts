import { v7 as uuidv7 } from 'uuid';
import { isDown } from '../domain/item-answer';
import type { ReinstatementGround } from '../domain/vocabulary';
import type { Actor, Tx } from '../infra/database/work';
import { appendAll } from '../ledger/append';
import { entryOf } from './notice-facts';
import type { Notice } from './notice.entity';
import { lastAnswers } from './notices.queries';
import { Reinstatement } from './reinstatement.entity';

interface Asking {
  readonly ground: ReinstatementGround;
  readonly at: Date;
  readonly actor: Actor | 'service';
  /** Default: everything that was taken down. */
  readonly itemIds?: readonly string[];
}

/**
 * Asks the platform to put back what it took down because of a notice (TCO Art. 4(7), 10(2)). Where that was asked before and is
 * still open, once is enough. Returns the items that it is asked for.
 */
export async function askReinstatement(tx: Tx, notice: Notice, asking: Asking): Promise<readonly string[]> {
  const { ground, at, actor, itemIds } = asking;
  const open = await tx.query<{ item_id: string }[]>(
    `select item_id from reinstatement where notice_id = $1 and outcome is null`,
    [notice.id],
  );
  const asked = new Set(open.map((row) => row.item_id));
  const down = (await lastAnswers(tx, [notice.id]))
    .filter(({ outcome }) => isDown(outcome))
    .map(({ itemId }) => itemId)
    .filter((itemId) => !asked.has(itemId) && (itemIds?.includes(itemId) ?? true));
  if (down.length === 0) return [];
  await tx.insert(
    Reinstatement,
    down.map((itemId) => ({ id: uuidv7(), noticeId: notice.id, itemId, ground, askedAt: at })),
  );
  await appendAll(
    tx,
    down.map((itemId) => entryOf(notice, { kind: 'reinstatement.asked', actor, at, itemId, dims: { ground } })),
  );
  return down;
}

import { Injectable } from '@nestjs/common';
import type { Actor, Tx } from '../infra/database/work';
import { Contributions } from '../signals/store/contributions.service';
import { Retraction } from '../signals/store/retraction.service';

/**
 * What was contributed to the hash database because of an order ends with it, in the transaction that ends the order: what names
 * it, and what its issuer had made from its items before. Which these are, and who may end them, is asked in the database.
 */
@Injectable()
export class FallenContributions {
  constructor(
    private readonly retraction: Retraction,
    private readonly contributions: Contributions,
  ) {}

  /** Returns the signals concerned, for `told` after the commit. */
  async retract(tx: Tx, actor: Actor, noticeId: string, at: Date): Promise<readonly string[]> {
    const rows = await tx.query<{ id: string }[]>(`select id from annulled_contributions($1) as id`, [noticeId]);
    const contributionIds = rows.map(({ id }) => id);
    const ended = await this.retraction.retract(tx, actor, { contributionIds }, 'order_annulled', at);
    return ended.signalIds;
  }

  /** This node matches by what is so now; the others follow. */
  async told(signalIds: readonly string[]): Promise<void> {
    if (signalIds.length > 0) await this.contributions.told(signalIds);
  }
}

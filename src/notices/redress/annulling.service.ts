import { Injectable } from '@nestjs/common';
import { OrderDeconfliction } from '../../cases/deconfliction/order-deconfliction.service';
import type { JsonObject } from '../../domain/canonical';
import { advance } from '../../domain/notice-lifecycle';
import type { AnnulmentGround } from '../../domain/vocabulary';
import type { Actor, Tx } from '../../infra/database/work';
import { append } from '../../ledger/append';
import { lockClock, stopNoticeClock } from '../clocks';
import { enqueue } from '../delivery-job';
import { FallenContributions } from '../fallen-contributions.service';
import { entryOf } from '../notice-facts';
import { Notice } from '../notice.entity';
import { dropObstacle } from '../obstacles';
import { askReinstatement } from '../reinstating';

export interface Fall {
  readonly ground: AnnulmentGround;
  readonly at: Date;
  readonly actor: Actor;
  /** Reasons and references, for everybody who reads the order. */
  readonly shared: JsonObject;
}

/**
 * An order ceases to have legal effect (Art. 4(7), 9): in the transaction of the decision its hour stops, what kept it from being
 * acted on is no matter any more, another body may order, the platform is told and asked to put back, and what was contributed to
 * the hash database because of it ends. By the issuer, or by the home authority that decided so, which the database asks.
 */
@Injectable()
export class Annulling {
  constructor(
    private readonly deconfliction: OrderDeconfliction,
    private readonly fallen: FallenContributions,
  ) {}

  /** `notice` is locked, and brought up to date in place. Returns the signals concerned, for `told` after the commit. */
  async annul(tx: Tx, notice: Notice, { ground, at, actor, shared }: Fall): Promise<readonly string[]> {
    const change = {
      state: advance(notice.state, 'annul'),
      annulledAt: at,
      annulmentGround: ground,
      version: notice.version + 1,
    };
    const clock = await lockClock(tx, notice.id);
    await tx.update(Notice, { id: notice.id }, change);
    Object.assign(notice, change);
    await dropObstacle(tx, notice.id, at);
    await this.deconfliction.releaseOrderTokens(tx, notice.id);
    if (clock) await stopNoticeClock(tx, notice, clock, { at, reason: 'annulled', actor });
    const dims = { annulledAt: at.toISOString(), ground };
    await append(tx, entryOf(notice, { kind: 'notice.annulled', actor, at, dims, shared }));
    await askReinstatement(tx, notice, { ground, at, actor });
    await enqueue(tx, notice.id, 'notice.annulled');
    return this.fallen.retract(tx, actor, notice.id, at);
  }

  /** After the commit: this node matches by what is so now; the others follow. */
  told(signalIds: readonly string[]): Promise<void> {
    return this.fallen.told(signalIds);
  }
}

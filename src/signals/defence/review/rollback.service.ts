import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../domain/errors';
import { ClockSource } from '../../../infra/clock-source';
import { Work, type Actor } from '../../../infra/database/work';
import { append } from '../../../ledger/append';
import { SignalIndex } from '../../matching/signal-index.service';
import { Retraction } from '../../store/retraction.service';
import type { RollBackAnswer, RollBackDto } from './defence.dto';

/** Takes back everything that one contributor added, in one transaction; what others stand behind goes on standing. */
@Injectable()
export class Rollback {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    private readonly retraction: Retraction,
    private readonly index: SignalIndex,
  ) {}

  async rollBack(actor: Actor, organisationId: string, { since, reason }: RollBackDto): Promise<RollBackAnswer> {
    const at = this.clock.now();
    let touched: readonly string[] = [];
    const answer = await this.work.run(actor, async (tx) => {
      const found = await tx.query<unknown[]>('select 1 from organisation where id = $1', [organisationId]);
      if (found.length === 0) throw new DomainError('request.not-found');
      const which = { organisationId, ...(since ? { since } : {}) };
      const ended = await this.retraction.retract(tx, actor, which, 'rolled_back', at, reason);
      touched = ended.signalIds;
      const counts = { contributions: ended.contributions, tombstones: ended.tombstones.length };
      await append(tx, {
        kind: 'signal.rolled-back',
        actor,
        at,
        subjects: { organisation: organisationId },
        dims: { ...counts, since: since?.toISOString() ?? null },
        shared: { reason },
        audience: [organisationId],
      });
      return { organisationId, ...counts, supportedByOthers: ended.signalIds.length - ended.tombstones.length };
    });
    await this.index.touch(touched);
    return answer;
  }
}

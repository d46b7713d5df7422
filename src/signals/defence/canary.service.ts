import { Injectable } from '@nestjs/common';
import { Work, type Tx } from '../../infra/database/work';
import { JobRegistry, type JobPayload } from '../../infra/jobs/jobs';
import { ClockSource } from '../../infra/clock-source';
import { append } from '../../ledger/append';
import { CANARY_TASK } from './admission.service';

/** What was contributed for so long before a canary was hit is looked at again. */
const LOOK_BACK_MS = 24 * 3_600_000;

/**
 * After a canary was hit: tells the operator, and lists for review what else of the contributor stands. The trust fell in the
 * contributor's own transaction.
 */
@Injectable()
export class CanaryWatch {
  constructor(
    private readonly work: Work,
    private readonly clock: ClockSource,
    registry: JobRegistry,
  ) {
    registry.register(CANARY_TASK, (payload) => this.record(payload));
  }

  private async record({ quarantineId, reviewId }: JobPayload): Promise<void> {
    if (!quarantineId || !reviewId) return;
    const at = this.clock.now();
    await this.work.asWorker(async (tx) => {
      const [hit] = await tx.query<{ organisation_id: string; made_at: Date; canaries: number }[]>(
        `select q.organisation_id, q.made_at, (select count(*)::int from signal_quarantine_item i where i.quarantine_id = q.id and i.reason = 'canary') as canaries
         from signal_quarantine q where q.id = $1 and q.organisation_id is not null`,
        [quarantineId],
      );
      if (!hit || !(await isFirst(tx, reviewId, hit.organisation_id, at))) return;
      const listed = await listForReview(tx, reviewId, hit.organisation_id, hit.made_at);
      const operators = await tx.query<{ id: string }[]>(`select id from organisation where kind = 'operator'`);
      const audience = operators.map(({ id }) => id);
      await append(tx, {
        kind: 'signal.canary-hit',
        actor: 'service',
        at,
        subjects: { quarantine: quarantineId, review: reviewId, organisation: hit.organisation_id },
        dims: { canaries: hit.canaries, listed },
        audience,
      });
      await append(tx, {
        kind: 'signal-trust.changed',
        actor: 'service',
        at,
        subjects: { organisation: hit.organisation_id },
        dims: { level: 'new' },
        audience: [...audience, hit.organisation_id],
      });
    });
  }
}

/** A job can run twice; its review is made once. */
async function isFirst(tx: Tx, reviewId: string, organisationId: string, at: Date): Promise<boolean> {
  const made = await tx.query<unknown[]>(
    'insert into signal_quarantine (id, organisation_id, made_at) values ($1, $2, $3) on conflict do nothing returning id',
    [reviewId, organisationId, at],
  );
  return made.length > 0;
}

async function listForReview(tx: Tx, reviewId: string, organisationId: string, hitAt: Date): Promise<number> {
  const listed = await tx.query<unknown[]>(
    `insert into signal_quarantine_item (id, quarantine_id, organisation_id, list_id, type, value, reason, contribution_id)
     select gen_random_uuid(), $1, c.organisation_id, c.list_id, s.type, s.value, 'with_canary', c.id
     from signal_contribution c join signal s on s.id = c.signal_id
     where c.organisation_id = $2 and c.contributed_at > $3 and c.state = 'standing' returning id`,
    [reviewId, organisationId, new Date(hitAt.getTime() - LOOK_BACK_MS)],
  );
  return listed.length;
}

import { Injectable } from '@nestjs/common';
import { DomainError } from '../../domain/errors';
import { Work, type Actor } from '../../infra/database/work';
import type { AttemptView } from '../deliveries.dto';
import type { AttemptOutcome, DeliveryState, Proof } from '../deliveries.entity';

/** One address of the provider: what was tried and what came of it, never where it leads. */
export class AdvanceDeliveryView {
  id!: string;
  channel!: 'mail';
  state!: DeliveryState;
  createdAt!: string;
  receiptAt!: string | null;
  /** What the receipt rests on. */
  proof!: Proof | null;
  /** When it came out that the receipt was none: the mail came back. */
  voidedAt!: string | null;
  failure!: string | null;
  attempts!: AttemptView[];
}

interface Row {
  readonly id: string;
  readonly state: DeliveryState;
  readonly created_at: Date;
  readonly receipt_at: Date | null;
  readonly proof: Proof | null;
  readonly voided_at: Date | null;
  readonly failure: string | null;
}

interface AttemptRow {
  readonly delivery_id: string;
  readonly attempt_no: number;
  readonly started_at: Date;
  readonly ended_at: Date | null;
  readonly outcome: AttemptOutcome | null;
  readonly status: number | null;
  readonly problem: string | null;
  readonly response: string | null;
}

@Injectable()
export class AdvanceDeliveries {
  constructor(private readonly work: Work) {}

  /** For the authority that sent it; for everybody else there is no such thing. */
  of(actor: Actor, informationId: string): Promise<AdvanceDeliveryView[]> {
    return this.work.read(actor, async (tx) => {
      const own = await tx.query<unknown[]>(
        'select 1 from advance_information where id = $1 and organisation_id = $2',
        [informationId, actor.organisationId],
      );
      if (own.length === 0) throw new DomainError('request.not-found');
      const rows = await tx.query<Row[]>(
        `select id, state, created_at, receipt_at, proof, voided_at, failure from advance_delivery where information_id = $1
         order by created_at, id`,
        [informationId],
      );
      const attempts = await tx.query<AttemptRow[]>(
        `select delivery_id, attempt_no, started_at, ended_at, outcome, status, problem, response from advance_delivery_attempt
         where delivery_id = any($1) order by attempt_no`,
        [rows.map(({ id }) => id)],
      );
      const byDelivery = Map.groupBy(attempts, (attempt) => attempt.delivery_id);
      return rows.map((row) => toView(row, byDelivery.get(row.id) ?? []));
    });
  }
}

const toView = (row: Row, attempts: readonly AttemptRow[]): AdvanceDeliveryView => ({
  id: row.id,
  channel: 'mail',
  state: row.state,
  createdAt: row.created_at.toISOString(),
  receiptAt: row.receipt_at?.toISOString() ?? null,
  proof: row.proof,
  voidedAt: row.voided_at?.toISOString() ?? null,
  failure: row.failure,
  attempts: attempts.map(attemptView),
});

const attemptView = (row: AttemptRow): AttemptView => ({
  attempt: row.attempt_no,
  startedAt: row.started_at.toISOString(),
  endedAt: row.ended_at?.toISOString() ?? null,
  outcome: row.outcome,
  status: row.status,
  problem: row.problem,
  response: row.response,
  replay: false,
});

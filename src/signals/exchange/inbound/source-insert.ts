import type { Tlp } from '../../../domain/vocabulary';
import type { WrappedByMaster } from '../../../infra/crypto/key-provider';
import type { Actor, Tx } from '../../../infra/database/work';
import type { SourceProtocol, SourceState } from './source';
import type { SourceRow } from './source-row';

export interface NewSource {
  readonly id: string;
  readonly protocol: SourceProtocol;
  readonly name: string;
  readonly address?: string;
  readonly sealed?: WrappedByMaster | null;
  readonly listId: string;
  readonly tlp: Tlp;
  readonly acceptReviews: boolean;
  readonly intervalS?: number;
  readonly state: SourceState;
  readonly at: Date;
}

export async function insertSource(tx: Tx, actor: Actor, made: NewSource): Promise<SourceRow> {
  const [row] = await tx.query<SourceRow[]>(
    `insert into exchange_source (id, organisation_id, protocol, name, address, credential_key_id, credential_wrapped, list_id, tlp,
       accept_reviews, interval_s, state, next_run_at, created_by, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) returning *`,
    [
      made.id,
      actor.organisationId,
      made.protocol,
      made.name,
      made.address ?? null,
      made.sealed?.keyId ?? null,
      made.sealed ? Buffer.from(made.sealed.wrapped) : null,
      made.listId,
      made.tlp,
      made.acceptReviews,
      made.intervalS ?? null,
      made.state,
      // The first reading has a job of its own; should that be lost, the tick brings it.
      made.intervalS === undefined ? null : new Date(made.at.getTime() + made.intervalS * 1000),
      actor.personId,
      made.at,
    ],
  );
  if (!row) throw new Error('nothing was inserted');
  return row;
}

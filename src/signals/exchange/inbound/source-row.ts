import { DomainError } from '../../../domain/errors';
import type { Tlp } from '../../../domain/vocabulary';
import type { Tx } from '../../../infra/database/work';
import type { Checkpoint, SourceProtocol, SourceState } from './source';

/** A record that was refused, as it is shown to the subscriber. */
export interface Fault {
  /** The source's id of it, or its place on the page. */
  readonly record: string;
  readonly code: string;
  readonly detail: string;
  readonly at: string;
}

/** So many of the last refusals are kept. */
export const KEPT_FAULTS = 50;

/** A row of `exchange_source`. */
export interface SourceRow {
  readonly id: string;
  readonly organisation_id: string;
  readonly protocol: SourceProtocol;
  readonly name: string;
  readonly address: string | null;
  readonly credential_key_id: string | null;
  readonly credential_wrapped: Buffer | null;
  readonly list_id: string;
  readonly tlp: Tlp;
  readonly accept_reviews: boolean;
  readonly interval_s: number | null;
  readonly state: SourceState;
  readonly checkpoint: Checkpoint | null;
  readonly pages: string;
  readonly next_run_at: Date | null;
  readonly last_run_at: Date | null;
  readonly last_change_at: Date | null;
  readonly failures: number;
  readonly last_error: string | null;
  readonly taken: string;
  readonly quarantined: string;
  readonly refused: string;
  readonly retracted: string;
  readonly faults: Fault[];
  readonly created_at: Date;
  readonly ended_at: Date | null;
  readonly takes_back: boolean;
}

/** For the rest of the transaction nobody else takes a page of it. @throws DomainError `request.not-found` */
export async function lockSource(tx: Tx, id: string): Promise<SourceRow> {
  const [row] = await tx.query<SourceRow[]>('select * from exchange_source where id = $1 for update', [id]);
  if (!row) throw new DomainError('request.not-found');
  return row;
}

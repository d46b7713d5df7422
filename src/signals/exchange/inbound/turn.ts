import type { Actor, Tx } from '../../../infra/database/work';
import type { SourceRow } from './source-row';

/** One transaction in which something of one source is taken, in the name of its subscriber. */
export interface Turn {
  readonly tx: Tx;
  readonly actor: Actor;
  readonly source: SourceRow;
  readonly at: Date;
}

import type { LedgerKind } from '../../../domain/ledger-kinds';
import type { Actor, Tx } from '../../../infra/database/work';
import { append } from '../../../ledger/append';
import type { SourceRow } from './source-row';

/** What happens to a subscription. Its address and its name are the organisation's own affair. */
export async function note(
  tx: Tx,
  actor: Actor,
  { id, protocol, name, address }: SourceRow,
  kind: LedgerKind,
  at: Date,
  dims: Readonly<Record<string, string | number | boolean | null>>,
): Promise<void> {
  const subjects = { exchangeSource: id };
  const internal = { name, ...(address === null ? {} : { address }) };
  await append(tx, { kind, actor, at, subjects, dims: { protocol, ...dims }, internal, audience: [] });
}
